"""Sealing and opening as callers use them: streams, lengths, context, files."""

import io
import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.age import (
    AgeError,
    ContextMismatch,
    ContextStanza,
    HeaderError,
    HybridIdentity,
    NoMatchError,
    OpenedReader,
    Recipient,
    RecipientsError,
    ScryptIdentity,
    ScryptRecipient,
    SealedReader,
    X25519Identity,
    X25519Recipient,
    decrypt,
    decrypt_bytes,
    decrypt_to_file,
    encrypt,
    encrypt_bytes,
    generate_identity,
    read_header,
    sealed_length,
)

SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000]


class Trickle:
    """A source that gives a few bytes at a time, as a network does."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, 1_000))


RECIPIENTS: dict[str, Callable[[], list[Recipient]]] = {
    "X25519": lambda: [generate_identity().recipient()],
    "three X25519": lambda: [generate_identity().recipient() for _ in range(3)],
    "hybrid": lambda: [HybridIdentity.generate().recipient()],
    "scrypt": lambda: [ScryptRecipient("secret", work_factor=10)],
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", RECIPIENTS)
def test_the_sealed_length_is_known_beforehand(size: int, kind: str, context: ContextStanza) -> None:
    recipients = RECIPIENTS[kind]()
    with_context = None if kind == "scrypt" else context
    sealed = encrypt_bytes(bytes(size), recipients, context=with_context)
    assert len(sealed) == sealed_length(size, recipients, with_context)


@pytest.mark.parametrize("size", SIZES)
def test_a_sealed_reader_and_an_opened_reader_give_any_portion_asked_for(size: int, identity: X25519Identity) -> None:
    content = os.urandom(size)
    reader = SealedReader(Trickle(content), [identity.recipient()])
    sealed = b"".join(iter(lambda: reader.read(70_001), b""))
    assert decrypt_bytes(sealed, [identity]) == content
    opened = OpenedReader(Trickle(sealed), [identity])
    assert b"".join(iter(lambda: opened.read(999), b"")) == content


def test_every_read_before_the_last_is_full(identity: X25519Identity) -> None:
    reader = SealedReader(Trickle(bytes(500_000)), [identity.recipient()])
    sizes = [len(part) for part in iter(lambda: reader.read(50_000), b"")]
    assert set(sizes[:-1]) == {50_000}


def test_content_can_be_sealed_anew_to_others_in_one_stream(identity: X25519Identity) -> None:
    other, content = generate_identity(), os.urandom(200_000)
    old = io.BytesIO(encrypt_bytes(content, [identity.recipient()]))
    new = SealedReader(OpenedReader(old, [identity]), [other.recipient()]).readall()
    assert decrypt_bytes(new, [other]) == content


def test_sealing_twice_gives_different_files(identity: X25519Identity) -> None:
    first, second = (encrypt_bytes(b"same", [identity.recipient()]) for _ in range(2))
    assert first != second


def test_each_of_several_recipients_opens_the_file_and_no_one_else_does() -> None:
    keys = [generate_identity() for _ in range(3)]
    sealed = encrypt_bytes(b"content", [key.recipient() for key in keys])
    assert [decrypt_bytes(sealed, [key]) for key in keys] == [b"content"] * 3
    with pytest.raises(NoMatchError):
        decrypt_bytes(sealed, [generate_identity(), ScryptIdentity("secret"), HybridIdentity.generate()])
    with pytest.raises(NoMatchError):
        decrypt_bytes(sealed, [])


def test_a_wrong_passphrase_opens_nothing() -> None:
    sealed = encrypt_bytes(b"content", [ScryptRecipient("right", work_factor=4)])
    with pytest.raises(NoMatchError):
        decrypt_bytes(sealed, [ScryptIdentity("wrong")])


def test_recipients_that_cannot_stand_together_are_refused(context: ContextStanza) -> None:
    x25519, hybrid = generate_identity().recipient(), HybridIdentity.generate().recipient()
    passphrase = ScryptRecipient("secret", work_factor=4)
    sets: list[list[Recipient]] = [[], [passphrase, x25519], [passphrase, passphrase], [x25519, hybrid]]
    for recipients in sets:
        target = io.BytesIO()
        with pytest.raises(RecipientsError):
            encrypt(io.BytesIO(b"content"), target, recipients)
        assert target.getvalue() == b""
        with pytest.raises(RecipientsError):
            sealed_length(1, recipients)
    with pytest.raises(RecipientsError):
        encrypt_bytes(b"content", [passphrase], context=context)


def test_a_low_order_public_key_is_refused() -> None:
    with pytest.raises(RecipientsError):
        encrypt_bytes(b"content", [X25519Recipient(bytes(32))])


@pytest.mark.parametrize(("passphrase", "work_factor"), [("", 18), ("secret", 0), ("secret", 21)])
def test_an_empty_passphrase_and_an_impossible_work_factor_are_refused(passphrase: str, work_factor: int) -> None:
    with pytest.raises(RecipientsError):
        ScryptRecipient(passphrase, work_factor=work_factor)


def test_a_source_that_has_nothing_yet_is_not_taken_for_ended(identity: X25519Identity) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with open(reading, "rb", buffering=0) as source, open(writing, "wb"), pytest.raises(BlockingIOError):
        encrypt(source, io.BytesIO(), [identity.recipient()])


# Context


def test_the_context_is_checked_and_stands_in_the_header(identity: X25519Identity, context: ContextStanza) -> None:
    sealed = encrypt_bytes(b"content", [identity.recipient()], context=context)
    assert decrypt_bytes(sealed, [identity], expect_context=context) == b"content"
    header = decrypt(io.BytesIO(sealed), io.BytesIO(), [identity])
    assert context.to_stanza() in header.stanzas
    assert read_header(io.BytesIO(sealed)) == header


def test_a_file_without_context_is_refused_where_one_is_expected(
    identity: X25519Identity, context: ContextStanza
) -> None:
    sealed = encrypt_bytes(b"content", [identity.recipient()])
    target = io.BytesIO()
    with pytest.raises(ContextMismatch, match="found none"):
        decrypt(io.BytesIO(sealed), target, [identity], expect_context=context)
    assert target.getvalue() == b""


@pytest.mark.parametrize("tender", ["", "two words", "line\nbreak", "长沙", "x" * 65])
def test_a_context_that_cannot_stand_in_a_header_is_refused(tender: str) -> None:
    with pytest.raises(HeaderError):
        ContextStanza(tender, "0" * 32, 1, "price")
    with pytest.raises(HeaderError):
        ContextStanza("t-1", "0" * 32, -1, "price")


# Files


@pytest.fixture
def sealed(identity: X25519Identity) -> bytes:
    return encrypt_bytes(os.urandom(200_000), [identity.recipient()])


def test_an_opened_file_is_whole_and_readable_by_its_owner_only(
    sealed: bytes, identity: X25519Identity, tmp_path: Path
) -> None:
    path = tmp_path / "offer.json"
    decrypt_to_file(io.BytesIO(sealed), path, [identity])
    assert path.read_bytes() == decrypt_bytes(sealed, [identity])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("attack", ["cut in the last chunk", "cut in the header", "last bit", "wrong key", "context"])
def test_a_failed_opening_leaves_no_file_and_an_older_one_unchanged(
    attack: str, sealed: bytes, identity: X25519Identity, context: ContextStanza, tmp_path: Path
) -> None:
    data = {"cut in the last chunk": sealed[:-1], "cut in the header": sealed[:50]}.get(attack, sealed)
    data = data[:-1] + bytes([data[-1] ^ 1]) if attack == "last bit" else data
    key = generate_identity() if attack == "wrong key" else identity
    older = tmp_path / "older"
    older.write_bytes(b"older")
    for path in (tmp_path / "new", older):
        with pytest.raises(AgeError):
            decrypt_to_file(io.BytesIO(data), path, [key], expect_context=context if attack == "context" else None)
    assert [path.name for path in tmp_path.iterdir()] == ["older"]
    assert older.read_bytes() == b"older"


def test_a_disk_that_takes_no_more_leaves_no_file(sealed: bytes, identity: X25519Identity, tmp_path: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, usual[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            decrypt_to_file(io.BytesIO(sealed), tmp_path / "offer.json", [identity])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_and_never_replaced(sealed: bytes, identity: X25519Identity, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    small = encrypt_bytes(b"content", [identity.recipient()])
    decrypt_to_file(io.BytesIO(small), pipe, [identity])
    assert os.read(reading, 100) == b"content"
    os.close(reading)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
