"""PDF files: streams measured before anything unpacks them, then no encryption and nothing that runs."""

from __future__ import annotations

import io
import mmap
import re
import zlib
from contextlib import AbstractContextManager, nullcontext
from typing import IO, BinaryIO, cast

from templates.guard_errors import Limits, RefusedFile

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_CHUNK = 1 << 16
# Keys and action names that run a program, send data, or carry other files.
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA", "/SubmitForm"}
    | {"/ImportData", "/GoToE"}
)
_BROKEN = "{file}: the PDF is damaged; next: export it again"


def check_pdf(name: str, stream: IO[bytes], limits: Limits) -> None:
    """Check a PDF. Raises RefusedFile for passwords, scripts, attachments and streams that unpack without bound."""
    with _bytes_of(stream) as data:
        _measure_streams(name, data, limits)
    stream.seek(0)
    _check_objects(name, stream, limits)


def _bytes_of(stream: IO[bytes]) -> AbstractContextManager[bytes | mmap.mmap]:
    stream.seek(0)
    if isinstance(stream, io.BytesIO):
        return nullcontext(stream.getvalue())
    return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _measure_streams(name: str, data: bytes | mmap.mmap, limits: Limits) -> None:
    """Unpack every compressed stream but pictures, in small pieces, and stop at the limit."""
    total = 0
    for match in _STREAM.finditer(data):
        start = match.end()
        head = data[data.rfind(b"obj", max(0, match.start() - 4096), match.start()) : match.start()]
        picture = b"/Image" in head and b"/ObjStm" not in head and b"#" not in head
        if not picture and data[start : start + 1] == b"\x78":
            total += _unpacked(name, data, start, limits)
            if total > limits.unpacked_bytes:
                raise RefusedFile.over(name, "unpacked bytes of the PDF's streams", total, limits.unpacked_bytes)


def _unpacked(name: str, data: bytes | mmap.mmap, start: int, limits: Limits) -> int:
    unpacker = zlib.decompressobj()
    count, pending = 0, b""
    while not unpacker.eof:
        if not pending:
            pending = data[start : start + _CHUNK]
            start += len(pending)
        if not pending:
            break
        try:
            count += len(unpacker.decompress(pending, 1 << 20))
        except zlib.error:
            break  # no Flate data after all, or damaged: the object check decides
        pending = unpacker.unconsumed_tail
        if count > limits.pdf_stream_bytes:
            raise RefusedFile.over(name, "unpacked bytes of one stream", count, limits.pdf_stream_bytes)
    return count


def _check_objects(name: str, stream: IO[bytes], limits: Limits) -> None:
    import pikepdf  # loaded for PDF files only: it weighs more than all the rest of the guard

    try:
        with pikepdf.open(cast(BinaryIO, stream), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise RefusedFile("{file}: the PDF is encrypted; next: save it without a password", file=name)
            if len(pdf.objects) > limits.pdf_objects:
                raise RefusedFile.over(name, "objects of the PDF", len(pdf.objects), limits.pdf_objects)
            for number, thing in enumerate(pdf.objects, 1):
                _check_object(name, number, thing)
                _check_picture(name, number, thing, limits)
    except pikepdf.PasswordError as cause:
        raise RefusedFile("{file}: the PDF is encrypted; next: save it without a password", file=name) from cause
    except pikepdf.PdfError as cause:
        raise RefusedFile(_BROKEN, file=name) from cause


def _check_object(name: str, number: int, thing: object, depth: int = 0) -> None:
    import pikepdf

    if depth > 20:
        raise RefusedFile.over(name, "levels of one PDF object", depth, 20)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        action = thing.get("/S")
        found = next((key for key in thing.keys() if key in _ACTIVE), None)  # noqa: SIM118
        if isinstance(action, pikepdf.Name) and str(action) in _ACTIVE:
            found = str(action)
        if found is not None:
            message = "{file}: the PDF holds {found} in object {number}; next: print it to a plain PDF"
            raise RefusedFile(message, file=name, found=found, number=number)
        children = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect:
            _check_object(name, number, child, depth + 1)


def _check_picture(name: str, number: int, thing: object, limits: Limits) -> None:
    import pikepdf

    if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
        width, height = (int(side) if isinstance(side := thing.get(key), int) else 0 for key in ("/Width", "/Height"))
        if max(width, height) > limits.picture_side or width * height > limits.picture_pixels:
            what = f"pixels of the picture in object {number}"
            raise RefusedFile.over(name, what, width * height, limits.picture_pixels)
