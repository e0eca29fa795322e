"""JPEG and PNG files as structure: size, resolution, orientation, and which bytes are picture rather than metadata."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from templates.errors import TemplateError

_CHUNK = 1 << 20
_JPEG_SIZE = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What a decoder needs; texts, times, EXIF and unknown chunks are left out.
_PNG_KEPT = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())


class BrokenPicture(TemplateError):
    """A file that claims to be a JPEG or PNG picture and is not a whole one."""


@dataclass
class Picture:
    """A picture file. Sizes in pixels as stored, `dpi` dots an inch (72 if unsaid), `orientation` as in EXIF (1 to 8),
    `kept` the (offset, length) ranges without metadata."""

    kind: str
    width: int = 0
    height: int = 0
    dpi: tuple[float, float] = (72.0, 72.0)
    orientation: int = 1
    kept: tuple[tuple[int, int], ...] = ()

    @property
    def turned(self) -> bool:
        """Whether width and height change places when the picture is shown upright."""
        return self.orientation >= 5


@contextmanager
def opened(source: Path | bytes) -> Iterator[IO[bytes]]:
    """The bytes of a path or a byte string as a seekable stream."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    with source.open("rb") as stream:
        yield stream


def read_picture(name: str, source: Path | bytes) -> Picture:
    """Read a picture's structure without decoding it; memory does not grow with the file.

    Raises BrokenPicture when the file is neither JPEG nor PNG, or ends early.
    """
    with opened(source) as stream:
        head = stream.read(8)
        try:
            if head == _PNG_SIGNATURE:
                return _read_png(stream)
            if head[:3] == b"\xff\xd8\xff":
                return _read_jpeg(stream)
        except (struct.error, IndexError, EOFError) as cause:
            message = "{name}: the picture ends early or is damaged; next: export it again"
            raise BrokenPicture(message, name=name) from cause
    raise BrokenPicture("{name}: found no JPEG or PNG picture; next: save it as one of these", name=name)


def read_size(stream: IO[bytes]) -> tuple[int, int]:
    """Width and height in pixels from the head of a JPEG, PNG, GIF, BMP or TIFF; (0, 0) for anything else."""
    head = stream.read(26)
    try:
        if head.startswith(_PNG_SIGNATURE[:4]):
            return struct.unpack(">II", head[16:24])
        if head.startswith(b"GIF8"):
            return struct.unpack("<HH", head[6:10])
        if head.startswith(b"BM"):
            width, height = struct.unpack("<ii", head[18:26])
            return abs(width), abs(height)
        if head.startswith((b"II*\0", b"MM\0*")):
            return _tiff_size(stream, head)
        return _jpeg_size(stream) if head.startswith(b"\xff\xd8\xff") else (0, 0)
    except struct.error:
        return 0, 0


def _jpeg_size(stream: IO[bytes]) -> tuple[int, int]:
    offset = 2
    while True:
        stream.seek(offset)
        marker, length = struct.unpack(">xBH", stream.read(4))
        if marker in _JPEG_SIZE:
            height, width = struct.unpack(">xHH", stream.read(5))
            return width, height
        offset += length + 2 if marker != 0xFF else 1


def _tiff_size(stream: IO[bytes], head: bytes) -> tuple[int, int]:
    """From the first directory: tags 256 and 257, numbers of two or four bytes."""
    order = "<" if head.startswith(b"II") else ">"
    stream.seek(*struct.unpack(order + "I", head[4:8]))
    (count,) = struct.unpack(order + "H", stream.read(2))
    sides = {256: 0, 257: 0}
    for entry in (stream.read(12) for _ in range(min(count, 64))):
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in sides:
            (sides[tag],) = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8 : 10 if kind == 3 else 12])
    return sides[256], sides[257]


def copy_clean(source: Path | bytes, picture: Picture, write: Callable[[bytes], object]) -> None:
    """Pass the picture without its metadata to `write`, piece by piece."""
    with opened(source) as stream:
        for offset, length in picture.kept:
            stream.seek(offset)
            while length and (piece := stream.read(min(length, _CHUNK))):
                write(piece)
                length -= len(piece)


def digest_clean(source: Path | bytes, picture: Picture) -> str:
    """SHA-256 of the picture without its metadata, lower-case hex."""
    digest = hashlib.sha256()
    copy_clean(source, picture, digest.update)
    return digest.hexdigest()


def _read_png(stream: IO[bytes]) -> Picture:
    picture = Picture("png")
    kept = [(0, 8)]
    kind = b""
    while kind != b"IEND":
        offset = stream.tell()
        length, kind = struct.unpack(">I4s", stream.read(8))
        if kind in (b"IHDR", b"pHYs", b"eXIf"):
            _read_png_chunk(picture, kind, stream.read(length))
        if kind in _PNG_KEPT:
            kept.append((offset, length + 12))
        stream.seek(offset + length + 12)
    _require_length(stream, kept)
    picture.kept = tuple(_joined(kept))
    return picture


def _read_png_chunk(picture: Picture, kind: bytes, data: bytes) -> None:
    if kind == b"IHDR":
        picture.width, picture.height = struct.unpack(">II", data[:8])
    elif kind == b"pHYs" and data[8:9] == b"\x01":
        across, down = struct.unpack(">II", data[:8])
        picture.dpi = (across * 0.0254 or 72.0, down * 0.0254 or 72.0)
    elif kind == b"eXIf":
        picture.orientation = _orientation(data)


def _read_jpeg(stream: IO[bytes]) -> Picture:
    picture = Picture("jpeg")
    kept = [(0, 2)]
    offset = 2
    while True:
        stream.seek(offset)
        start, marker = struct.unpack(">BB", stream.read(2))
        if start != 0xFF:
            raise EOFError
        if marker == 0xFF:  # a fill byte
            offset += 1
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        if marker == 0xDA:
            break
        if _keep_segment(picture, marker, stream.read(min(length - 2, 65533))):
            kept.append((offset, length + 2))
        offset += length + 2
    kept.append((offset, _end_of_scan(stream, offset) - offset))
    if not picture.width:
        raise EOFError
    picture.kept = tuple(_joined(kept))
    return picture


def _keep_segment(picture: Picture, marker: int, data: bytes) -> bool:
    """Take note of a segment before the scan; whether it stays in the cleaned picture."""
    if marker in _JPEG_SIZE:
        picture.height, picture.width = struct.unpack(">HH", data[1:5])
    elif marker == 0xE0 and data[:5] == b"JFIF\0" and data[7] in (1, 2):
        scale = 1.0 if data[7] == 1 else 2.54
        picture.dpi = tuple(dots * scale or 72.0 for dots in struct.unpack(">HH", data[8:12]))  # type: ignore[assignment]
    elif marker == 0xE1 and data[:6] == b"Exif\0\0":
        picture.orientation = _orientation(data[6:])
    if marker == 0xE0:
        return data[:5] == b"JFIF\0"
    if marker == 0xE2:
        return data[:12] == b"ICC_PROFILE\0"
    return marker == 0xEE or not (0xE1 <= marker <= 0xEF or marker == 0xFE)


def _end_of_scan(stream: IO[bytes], scan: int) -> int:
    """The offset after the end marker. Only a file that does not end with one is searched through."""
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(end - 2, scan))
    if stream.read(2) == b"\xff\xd9":
        return end
    stream.seek(scan)
    data = stream.read()
    found = data.find(b"\xff\xd9")
    if found < 0:
        raise EOFError
    return scan + found + 2


def _orientation(tiff: bytes) -> int:
    """EXIF tag 0x0112 of the first directory, 1 when absent or out of range."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for entry in range(min(count, 64)):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + entry * 12)
        if tag == 0x0112:
            return value if 1 <= value <= 8 else 1
    return 1


def _require_length(stream: IO[bytes], kept: list[tuple[int, int]]) -> None:
    if stream.seek(0, io.SEEK_END) < sum(kept[-1]):
        raise EOFError


def _joined(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, size = ranges[0]
    for offset, length in ranges[1:]:
        if offset == start + size:
            size += length
        else:
            yield start, size
            start, size = offset, length
    yield start, size
