"""Hides the length of what is sealed: content, a byte 0x80, zeros up to a whole block (ISO/IEC 7816-4), as a stream."""

from typing import BinaryIO

from storage.age import PayloadError
from storage.age.source import Readable

BLOCK = 64 * 1024
"""Bytes: price offers, cost sheets and price volumes of usual size all fill one or two."""
_MARK = b"\x80"


class PaddedReader:
    """A readable that gives a source's content and then its padding.

    Args:
        source: read to its end; not closed.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._size = 0
        self._tail: bytes | None = None

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, none only at the end."""
        if self._tail is None:
            part = self._source.read(size)
            self._size += len(part)
            if part or not size:
                return part
            self._tail = _MARK + bytes(-(self._size + 1) % BLOCK)
        part, self._tail = self._tail[:size], self._tail[size:]
        return part


def cut_padding(file: BinaryIO) -> None:
    """Cut the padding off the end of a file that can seek and truncate.

    Raises:
        PayloadError: it was not padded.
    """
    length = file.seek(0, 2)
    file.seek(max(0, length - BLOCK))
    last = file.read().rstrip(b"\0")
    if length % BLOCK or not last.endswith(_MARK):
        raise PayloadError("age payload: it is not padded, though content of this kind must be")
    file.truncate(max(0, length - BLOCK) + len(last) - 1)
