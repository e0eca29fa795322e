"""SSH signatures (PROTOCOL.sshsig of OpenSSH), so that `ssh-keygen -Y verify` checks what we sign."""

import base64
import binascii
import hashlib
import struct
from typing import NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.errors import StorageError

BEGIN = "-----BEGIN SSH SIGNATURE-----"
END = "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_VERSION = 1
_KEY_TYPE = b"ssh-ed25519"
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_LIMIT = 4096  # characters; an Ed25519 signature needs under 400


class SignatureRefused(StorageError):
    """A signature is malformed, for another namespace, by another key, or not of this text."""


def sign(message: bytes, key: Ed25519PrivateKey, namespace: str) -> str:
    """Return the armored SSH signature of ``message`` in ``namespace``, ending with a newline."""
    space = namespace.encode()
    signature = _field(_KEY_TYPE) + _field(key.sign(_to_be_signed(message, space, b"sha512")))
    blob = _MAGIC + struct.pack(">I", _VERSION)
    blob += _field(_public_blob(key.public_key())) + _field(space) + _field(b"") + _field(b"sha512") + _field(signature)
    text = base64.b64encode(blob).decode()
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join([BEGIN, *lines, END, ""])


def verify(message: bytes, armored: str, namespace: str) -> str:
    """Check the signature and return the key that made it, as the line ``ssh-ed25519 AAAA…``.

    The caller decides whether that key may sign this: a valid signature alone proves nothing.

    Raises:
        SignatureRefused: malformed, another namespace, or not of this message.
    """
    public, space, hash_name, signature = _parse(_unarmor(armored))
    if space != namespace.encode():
        found = space.decode(errors="replace")
        raise SignatureRefused(
            "signature: found namespace {found}, expected {expected}", found=found, expected=namespace
        )
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _to_be_signed(message, space, hash_name))
    except (InvalidSignature, ValueError):
        raise SignatureRefused("signature: it was not made over this text; next: treat the text as altered") from None
    return _line(public)


def public_line(key: Ed25519PublicKey) -> str:
    """Return the public key as OpenSSH writes it, without a comment."""
    return _line(key.public_bytes_raw())


def read_public_line(line: str) -> Ed25519PublicKey:
    """Read ``ssh-ed25519 AAAA… [comment]``.

    Raises:
        SignatureRefused: another kind of key, or broken text.
    """
    words = line.split()
    if len(words) < 2 or words[0] != _KEY_TYPE.decode():
        raise SignatureRefused("signing key: expected a line that starts with ssh-ed25519")
    try:
        return Ed25519PublicKey.from_public_bytes(_read_public(base64.b64decode(words[1], validate=True)))
    except (binascii.Error, ValueError):
        raise SignatureRefused("signing key: the text after ssh-ed25519 is broken") from None


def _line(public: bytes) -> str:
    return f"{_KEY_TYPE.decode()} {base64.b64encode(_field(_KEY_TYPE) + _field(public)).decode()}"


def _public_blob(key: Ed25519PublicKey) -> bytes:
    return _field(_KEY_TYPE) + _field(key.public_bytes_raw())


def _to_be_signed(message: bytes, space: bytes, hash_name: bytes) -> bytes:
    return _MAGIC + _field(space) + _field(b"") + _field(hash_name) + _field(_HASHES[hash_name](message).digest())


def _unarmor(armored: str) -> bytes:
    lines = armored.split("\n")
    if len(armored) > _LIMIT or len(lines) < 4 or lines[0] != BEGIN or lines[-2:] != [END, ""]:
        _malformed("its first and last line")
    text = "".join(lines[1:-2])
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        _malformed("its base64")
    if base64.b64encode(blob).decode() != text:  # one signature has one text: the last character holds unused bits
        _malformed("its base64")
    return blob


def _parse(blob: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    if not blob.startswith(_MAGIC + struct.pack(">I", _VERSION)):
        _malformed("its version")
    fields, rest = [], blob[len(_MAGIC) + 4 :]
    for _index in range(5):
        field, rest = _take(rest)
        fields.append(field)
    public, space, reserved, hash_name, signature = fields
    if rest or reserved or hash_name not in _HASHES:
        _malformed("its fields")
    return _read_public(public), space, hash_name, _read_typed(signature, 64)


def _read_public(blob: bytes) -> bytes:
    return _read_typed(blob, 32)


def _read_typed(blob: bytes, size: int) -> bytes:
    kind, rest = _take(blob)
    value, rest = _take(rest)
    if kind != _KEY_TYPE or rest or len(value) != size:
        _malformed("its key type")
    return value


def _field(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 4:
        _malformed("its length")
    end = 4 + int(struct.unpack(">I", data[:4])[0])
    if len(data) < end:
        _malformed("its length")
    return data[4:end], data[end:]


def _malformed(part: str) -> NoReturn:
    raise SignatureRefused("signature: {part} cannot be read; next: treat the file as altered", part=part)
