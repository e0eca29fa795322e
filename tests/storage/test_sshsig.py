"""SSH signatures: `ssh-keygen` accepts what we sign, we accept what it signs, and both refuse the same."""

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import sshsig

SPACE = "tender-decision@v1"
TEXT = "开标 decision\n".encode()


@dataclass
class Signed:
    """One signed text on disk, with the list of allowed signers beside it."""

    folder: Path
    key: Ed25519PrivateKey
    armored: str

    def keygen_accepts(
        self, *, text: bytes = TEXT, space: str = SPACE, who: str = "zhao.min", options: str = "", line: str = ""
    ) -> bool:
        line = line or sshsig.public_line(self.key.public_key())
        (self.folder / "signers").write_text(f"zhao.min {options} {line}\n")
        (self.folder / "text.sig").write_text(self.armored)
        command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", who, "-n", space, "-s", "text.sig"]
        done = subprocess.run(command, input=text, cwd=self.folder, capture_output=True, check=False, timeout=20)
        return done.returncode == 0


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    key = Ed25519PrivateKey.generate()
    return Signed(tmp_path, key, sshsig.sign(TEXT, key, SPACE))


def test_ssh_keygen_accepts_our_signature(signed: Signed) -> None:
    assert signed.keygen_accepts()
    assert signed.keygen_accepts(options=f'namespaces="{SPACE}",valid-after="20200101"')


@pytest.mark.parametrize(
    "change",
    [
        {"text": b"another text"},
        {"space": "tender-event@v1"},
        {"who": "qian.wei"},
        {"options": 'valid-before="20200101"'},
        {"options": 'valid-after="29990101"'},
        {"options": 'namespaces="tender-event@v1"'},
        {"line": sshsig.public_line(Ed25519PrivateKey.generate().public_key())},
    ],
    ids=["text", "namespace", "identity", "expired", "not yet valid", "namespace of the signer", "key"],
)
def test_ssh_keygen_refuses_our_signature_with_another(signed: Signed, change: dict[str, str]) -> None:
    assert not signed.keygen_accepts(**change)  # type: ignore[arg-type]


def test_we_accept_what_ssh_keygen_signs(signed: Signed) -> None:
    private = signed.folder / "key"
    private.touch(0o600)
    private.write_bytes(signed.key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    for options in ((), ("-O", "hashalg=sha256")):
        command = ["ssh-keygen", "-Y", "sign", *options, "-f", "key", "-n", SPACE]
        armored = subprocess.run(command, input=TEXT, cwd=signed.folder, capture_output=True, check=True, timeout=20)
        found = sshsig.verify(TEXT, armored.stdout.decode(), SPACE)
        assert found == sshsig.public_line(signed.key.public_key())


def test_verification_names_the_key_that_signed(signed: Signed) -> None:
    line = sshsig.verify(TEXT, signed.armored, SPACE)
    assert sshsig.read_public_line(line + " a comment").public_bytes_raw() == signed.key.public_key().public_bytes_raw()


def test_another_text_or_namespace_is_refused(signed: Signed) -> None:
    with pytest.raises(sshsig.SignatureRefused, match="not made over this text"):
        sshsig.verify(TEXT + b" ", signed.armored, SPACE)
    with pytest.raises(sshsig.SignatureRefused, match="found namespace tender-decision@v1"):
        sshsig.verify(TEXT, signed.armored, "tender-event@v1")


def test_every_changed_bit_of_a_signature_is_refused(signed: Signed) -> None:
    data = signed.armored.encode()
    accepted = 0
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        try:
            line = sshsig.verify(TEXT, changed.decode(errors="replace"), SPACE)
        except sshsig.SignatureRefused:
            continue
        accepted += line == sshsig.public_line(signed.key.public_key())
    print(f"signature bits changed: {len(data) * 8}, accepted: {accepted}")
    assert accepted == 0


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.binary(max_size=200))
def test_any_text_is_refused_as_a_signature_and_nothing_else_escapes(text: str, blob: bytes) -> None:
    framed = f"{sshsig.BEGIN}\n{base64.b64encode(b'SSHSIG' + blob).decode()}\n{sshsig.END}\n"
    for candidate in (text, framed):
        with pytest.raises(sshsig.SignatureRefused):
            sshsig.verify(TEXT, candidate, SPACE)
        with pytest.raises(sshsig.SignatureRefused):
            sshsig.read_public_line(candidate)
