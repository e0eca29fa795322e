"""The gate for files from outside: what is not plainly a harmless document is refused before a parser sees it.

Only the standard library's zip directory reader and expat run here, so the memory stays small and nothing is
built from a hostile file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from templates.guard_errors import Limits, RefusedFile
from templates.guard_package import check_package
from templates.guard_pdf import check_pdf
from templates.pictures import opened, read_picture

__all__ = ["Checked", "Limits", "RefusedFile", "check"]

_SUFFIXES = {".docx": "docx", ".xlsx": "xlsx", ".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Checked:
    """A file that passed: kind is docx, xlsx, pdf, png or jpeg; size in bytes; SHA-256 in lower-case hex."""

    kind: str
    size: int
    sha256: str


def check(name: str, source: Path | bytes, limits: Limits | None = None) -> Checked:
    """Check a file from outside.

    Args:
        name: The file's name as given, for messages and for its suffix.
        source: The file.
        limits: What is allowed; by default what the installation allows.

    Raises RefusedFile with the reason, what was found, the limit and the next step.
    """
    limits = limits or Limits.of_installation()
    with opened(source) as stream:
        size = stream.seek(0, 2)
        if size > limits.file_bytes:
            raise RefusedFile.over(name, "its size in bytes", size, limits.file_bytes)
        stream.seek(0)
        kind = _check_kind(name, stream, source, limits)
        _require_suffix(name, kind)
        stream.seek(0)
        return Checked(kind, size, _digest(stream))


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _check_kind(name: str, stream: IO[bytes], source: Path | bytes, limits: Limits) -> str:
    head = stream.read(8)
    if head[:4] == b"PK\x03\x04":
        return check_package(name, stream, limits)
    if head == _OLD_OFFICE:
        raise _refuse_old_office(name, stream)
    if head[:5] == b"%PDF-":
        check_pdf(name, stream, limits)
        return "pdf"
    if head == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff":
        return _check_picture(name, source, limits)
    raise RefusedFile("{file} is no .docx, .xlsx, .pdf, .png or .jpeg by its content; next: save it as one", file=name)


def _refuse_old_office(name: str, stream: IO[bytes]) -> RefusedFile:
    stream.seek(0)
    if _ENCRYPTED in stream.read(1 << 20):
        return RefusedFile(
            "{file} is encrypted with a password; next: remove the password and save it again", file=name
        )
    return RefusedFile("{file} is an old binary Office file (.doc, .xls); next: save it as .docx or .xlsx", file=name)


def _check_picture(name: str, source: Path | bytes, limits: Limits) -> str:
    picture = read_picture(name, source)
    if max(picture.width, picture.height) > limits.picture_side:
        raise RefusedFile.over(name, "picture side in pixels", max(picture.width, picture.height), limits.picture_side)
    if picture.width * picture.height > limits.picture_pixels:
        raise RefusedFile.over(name, "pixels of the picture", picture.width * picture.height, limits.picture_pixels)
    return picture.kind


def _require_suffix(name: str, kind: str) -> None:
    suffix = Path(name).suffix.lower()
    if _SUFFIXES.get(suffix) != kind:
        message = "{file} is a {kind} by its content, found suffix {suffix}; next: give it its right name"
        raise RefusedFile(message, file=name, kind=kind, suffix=suffix or "none")
