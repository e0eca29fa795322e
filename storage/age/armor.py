"""ASCII armor, for age files that travel as text: strict PEM (c2sp.org/age, RFC 7468 §3)."""

import binascii
import io
from collections.abc import Iterator

from storage.age import base64
from storage.age.errors import ArmorError
from storage.age.source import BlockReader, Readable, Writable

BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
END = b"-----END AGE ENCRYPTED FILE-----"
COLUMNS = 64
MAX_SPACE = 1024
"""Bytes of white space that may stand before and after the armor."""
_LINE_BYTES = COLUMNS // 4 * 3
_READ = 64 * 1024


class ArmorReader(BlockReader):
    """The binary age file in an armored one, decoded as it is read.

    Raises:
        ArmorError: from reading, where the text leaves the strict form.
    """

    def __init__(self, source: Readable) -> None:
        super().__init__(_decoded(_lines(source)))


class ArmorWriter:
    """Writes armor into `target`, which is not closed. Only `close` completes it."""

    def __init__(self, target: Writable) -> None:
        self._target = target
        self._held = b""
        target.write(BEGIN + b"\n")

    def write(self, data: bytes | memoryview) -> None:
        held = self._held + bytes(data)
        whole = len(held) // _LINE_BYTES * _LINE_BYTES
        self._write_lines(held[:whole])
        self._held = held[whole:]

    def close(self) -> None:
        self._write_lines(self._held)
        self._target.write(END + b"\n")

    def _write_lines(self, data: bytes) -> None:
        text = binascii.b2a_base64(data, newline=False)
        for start in range(0, len(text), COLUMNS):
            self._target.write(text[start : start + COLUMNS] + b"\n")


def armor(data: bytes) -> bytes:
    """The armored text of a binary age file."""
    target = io.BytesIO()
    writer = ArmorWriter(target)
    writer.write(data)
    writer.close()
    return target.getvalue()


def dearmor(text: bytes) -> bytes:
    """The binary age file in an armored text.

    Raises:
        ArmorError: the text leaves the strict form.
    """
    return ArmorReader(io.BytesIO(text)).readall()


def is_armored(start: bytes) -> bool:
    """Whether a file that begins with `start` is an armored one."""
    return start[: MAX_SPACE + len(BEGIN)].lstrip().startswith(BEGIN)


def _lines(source: Readable) -> Iterator[bytes]:
    """The lines without their LF."""
    held = b""
    while block := source.read(_READ):
        *lines, held = (held + block).split(b"\n")
        yield from lines
        if len(held) > MAX_SPACE:
            raise ArmorError("age armor: a line of more than {limit} bytes", limit=MAX_SPACE)
    if held:
        yield held


def _decoded(lines: Iterator[bytes]) -> Iterator[bytes]:
    if _skip_space(lines) != BEGIN:
        raise ArmorError("age armor: no line {begin}", begin=BEGIN.decode())
    last = False
    for line in map(_without_cr, lines):
        if line == END:
            if _skip_space(lines) is not None:
                raise ArmorError("age armor: data after its end")
            return
        if last or not 0 < len(line) <= COLUMNS:
            raise ArmorError("age armor: a line is empty, too long or too short")
        data = base64.decode_padded(line)
        if data is None:
            raise ArmorError("age armor: a line is not canonical base64")
        last = len(data) < _LINE_BYTES
        yield data
    raise ArmorError("age armor: no line {end}", end=END.decode())


def _skip_space(lines: Iterator[bytes]) -> bytes | None:
    """The next line that is not white space, if there is one."""
    skipped = 0
    for line in lines:
        if line.strip():
            return _without_cr(line)
        skipped += len(line) + 1
        if skipped > MAX_SPACE:
            raise ArmorError("age armor: more than {limit} bytes of white space around it", limit=MAX_SPACE)
    return None


def _without_cr(line: bytes) -> bytes:
    return line.removesuffix(b"\r")
