"""Hides the length of a price file, which the length of its age file would tell."""

from storage.age.errors import PayloadError

BLOCK = 64 * 1024
"""Bytes: price offers, cost sheets and price volumes of usual size all fill one or two."""
_MARK = b"\x80"


def pad(data: bytes) -> bytes:
    """`data`, a byte 0x80, and zeros up to a multiple of BLOCK (ISO/IEC 7816-4)."""
    return data + _MARK + bytes(-(len(data) + 1) % BLOCK)


def unpad(padded: bytes) -> bytes:
    """What `pad` was given.

    Raises:
        PayloadError: `padded` was not made by `pad`.
    """
    data = padded.rstrip(b"\0")
    if not data.endswith(_MARK) or len(padded) % BLOCK or len(padded) - len(data) >= BLOCK:
        raise PayloadError("age payload: it is not padded, though content of this kind must be")
    return data[:-1]
