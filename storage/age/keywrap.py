"""How age derives keys and wraps the file key (c2sp.org/age, "Conventions" and the native recipient types)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.age.errors import HeaderError

FILE_KEY_SIZE = 16
WRAPPED_SIZE = FILE_KEY_SIZE + 16
_NONCE = bytes(12)  # fixed by the format: a wrapping key is used once


def derive_key(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """A 32-byte key by HKDF-SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def wrap(wrapping_key: bytes, file_key: bytes) -> bytes:
    """The 32-byte body of a stanza that carries `file_key`."""
    return ChaCha20Poly1305(wrapping_key).encrypt(_NONCE, file_key, None)


def unwrap(wrapping_key: bytes, body: bytes) -> bytes | None:
    """The file key in a stanza's body, or None if the body was wrapped with another key."""
    try:
        return ChaCha20Poly1305(wrapping_key).decrypt(_NONCE, body, None)
    except InvalidTag:
        return None


def check_body(body: bytes, kind: str) -> None:
    """Refuses a wrapped key of another length before any attempt: the format's guard against partitioning oracles.

    Raises:
        HeaderError: the body has not 32 bytes.
    """
    if len(body) != WRAPPED_SIZE:
        raise HeaderError(
            "age {kind} stanza: the wrapped key has {found} bytes, expected {expected}",
            kind=kind, found=len(body), expected=WRAPPED_SIZE,
        )  # fmt: skip
