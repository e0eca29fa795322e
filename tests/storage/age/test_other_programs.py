"""Files go both ways between this module, Debian's `age` program and pyrage."""

import os
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from storage.age import (
    ContextStanza,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    armor,
    dearmor,
    decrypt_bytes,
    encrypt_bytes,
)

SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000]

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")


@pytest.fixture(params=SIZES)
def content(request: pytest.FixtureRequest) -> bytes:
    return os.urandom(request.param)


@pytest.fixture
def key_file(identity: X25519Identity, tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(identity.to_text() + "\n")
    return path


def age(*arguments: str, data: bytes) -> bytes:
    return subprocess.run(["age", *arguments], input=data, capture_output=True, check=True).stdout


@needs_age
def test_age_opens_what_we_seal_with_context(
    content: bytes, identity: X25519Identity, context: ContextStanza, key_file: Path
) -> None:
    sealed = encrypt_bytes(content, [identity.recipient()], context=context)
    assert age("-d", "-i", str(key_file), data=sealed) == content


@needs_age
def test_age_opens_what_we_armor(content: bytes, identity: X25519Identity, key_file: Path) -> None:
    sealed = armor(encrypt_bytes(content, [identity.recipient()]))
    assert age("-d", "-i", str(key_file), data=sealed) == content


@needs_age
def test_we_open_what_age_seals(content: bytes, identity: X25519Identity) -> None:
    sealed = age("-r", str(identity.recipient()), data=content)
    assert decrypt_bytes(sealed, [identity]) == content


@needs_age
def test_we_open_what_age_armors(content: bytes, identity: X25519Identity) -> None:
    sealed = age("-a", "-r", str(identity.recipient()), data=content)
    assert decrypt_bytes(dearmor(sealed), [identity]) == content


@needs_age
def test_the_age_program_derives_the_same_recipient(identity: X25519Identity, key_file: Path) -> None:
    text = subprocess.run(["age-keygen", "-y", str(key_file)], capture_output=True, check=True, text=True).stdout
    assert text.strip() == str(identity.recipient())


def test_pyrage_opens_what_we_seal_with_context(
    content: bytes, identity: X25519Identity, context: ContextStanza
) -> None:
    theirs = pyrage.x25519.Identity.from_str(identity.to_text())
    assert pyrage.decrypt(encrypt_bytes(content, [identity.recipient()], context=context), [theirs]) == content


def test_we_open_what_pyrage_seals(content: bytes, identity: X25519Identity) -> None:
    theirs = pyrage.x25519.Recipient.from_str(str(identity.recipient()))
    assert decrypt_bytes(pyrage.encrypt(content, [theirs]), [identity]) == content


def test_passphrase_files_go_both_ways_with_pyrage() -> None:
    ours = encrypt_bytes(b"content", [ScryptRecipient("correct horse", work_factor=10)])
    assert pyrage.passphrase.decrypt(ours, "correct horse") == b"content"
    theirs = pyrage.passphrase.encrypt(b"content", "correct horse")
    assert decrypt_bytes(theirs, [ScryptIdentity("correct horse")]) == b"content"
