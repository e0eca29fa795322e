"""Base 64 in its one canonical form (RFC 4648 §3.5, §4), without padding as age headers use it."""

import binascii


def encode(data: bytes) -> str:
    """The unpadded text of `data`."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def decode(text: bytes) -> bytes | None:
    """The bytes of an unpadded text, or None where another text than the canonical one was given."""
    return decode_padded(text + b"=" * (-len(text) % 4)) if b"=" not in text else None


def decode_padded(text: bytes) -> bytes | None:
    """The bytes of a padded text, or None where another text than the canonical one was given."""
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error:
        return None
    return data if binascii.b2a_base64(data, newline=False) == text else None
