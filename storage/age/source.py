"""Reads exactly as much as asked from whatever can be read: a file, a pipe, a response of the object store."""

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_Result = TypeVar("_Result")


class Readable(Protocol):
    """Anything with a `read(n)` that returns at most n bytes, and none only at the end."""

    def read(self, size: int, /) -> bytes: ...


class Writable(Protocol):
    """Anything with a `write` that takes all it is given, as buffered files do."""

    def write(self, data: bytes | memoryview, /) -> object: ...


class Source:
    """A readable whose bytes may be read ahead and handed back."""

    def __init__(self, readable: Readable) -> None:
        self._readable = readable
        self._direct: Callable[[memoryview], int | None] | None = getattr(readable, "readinto", None)
        self._ahead = b""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, none only at the end."""
        if not self._ahead:
            return _some(self._readable.read(size))
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def hand_back(self, data: bytes) -> None:
        """Puts `data` before what comes next."""
        self._ahead = data + self._ahead

    def fill(self, view: memoryview) -> int:
        """Fills `view` as far as the readable reaches; returns the number of bytes."""
        filled = 0
        while filled < len(view) and (size := self._read_into(view[filled:])):
            filled += size
        return filled

    def _read_into(self, view: memoryview) -> int:
        if self._direct is not None and not self._ahead:
            return _some(self._direct(view))
        part = self.read(len(view))
        view[: len(part)] = part
        return len(part)


def _some(read: _Result | None) -> _Result:
    """Refuses the None of a non-blocking file that has nothing yet: taken for the end it would cut the content."""
    if read is None:
        raise BlockingIOError("the source of an age file must block")
    return read


class BlockReader(io.RawIOBase):
    """A readable file over blocks made one after the other; each block is used up before the next is made."""

    def __init__(self, blocks: Iterator[bytes] | Iterator[memoryview]) -> None:
        super().__init__()
        self._blocks = blocks
        self._block = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fills `buffer` as far as the blocks reach."""
        view, filled = memoryview(buffer).cast("B"), 0
        while filled < len(view) and self._has_block():
            size = min(len(view) - filled, len(self._block))
            view[filled : filled + size] = self._block[:size]
            self._block = self._block[size:]
            filled += size
        return filled

    def _has_block(self) -> bool:
        while not self._block:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._block = memoryview(block)
        return True
