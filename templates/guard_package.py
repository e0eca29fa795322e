"""Office packages: the zip directory before anything is unpacked, then the content types, then every part."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from templates.guard_errors import Limits, RefusedFile
from templates.guard_xml import Facts, check_xml, is_markup
from templates.pictures import read_size

_END = b"PK\x05\x06"
_MAIN = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
}
_XML = {".xml", ".rels", ".vml", ".svg"}
_LINKS = ("http://", "https://", "mailto:", "#")
_ACTIVE = (
    "vbaproject",
    "activex",
    "oleobject",
    "externallink",
    "macrosheet",
    "connections.xml",
    "customui",
    "dialogsheet",
)
_BROKEN = "{file} is no whole Office file: {problem}; next: save it again with Word, Excel or LibreOffice"


def check_package(name: str, stream: IO[bytes], limits: Limits, *, inner: bool = False) -> str:
    """Check a zip package; the result is "docx" or "xlsx". Raises RefusedFile."""
    _check_directory(name, stream, limits)
    try:
        with zipfile.ZipFile(stream) as package:
            entries = package.infolist()
            _check_entries(name, entries, limits)
            markup = _markup(package)
            _count_markup(name, package, markup, limits)
            kind = _check_parts(name, package, markup, limits, inner=inner)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, UnicodeDecodeError) as cause:
        raise RefusedFile(_BROKEN, file=name, problem=type(cause).__name__) from cause
    return kind


def _check_directory(name: str, stream: IO[bytes], limits: Limits) -> None:
    """The number of entries, read from the end record: `zipfile` would build them all."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise RefusedFile(_BROKEN, file=name, problem="no directory")
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if count > limits.entries:
        raise RefusedFile.over(name, "entries in the archive", count, limits.entries)
    if length > limits.entries * 400:
        raise RefusedFile.over(name, "bytes of the archive's directory", length, limits.entries * 400)


def _check_entries(name: str, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise RefusedFile.over(name, "entries in the archive", len(entries), limits.entries)
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise RefusedFile.over(name, "unpacked bytes", total, limits.unpacked_bytes)
    for entry in entries:
        _check_entry(name, entry, limits)
    _check_overlap(name, entries)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise RefusedFile("{file} holds two parts of one name; next: save it again", file=name)


def _check_entry(name: str, entry: zipfile.ZipInfo, limits: Limits) -> None:
    part = entry.filename
    if entry.flag_bits & 0x41:
        raise RefusedFile("{file} is encrypted (part {part}); next: remove the password", file=name, part=part)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedFile(_BROKEN, file=name, problem=f"compression {entry.compress_type} of {part}")
    if part.startswith("/") or "\\" in part or ".." in PurePosixPath(part).parts or "\0" in part or ":" in part:
        raise RefusedFile("{file} holds a part with the path {part}; next: do not use this file", file=name, part=part)
    ratio = entry.file_size // max(entry.compress_size, 1)
    if entry.file_size > limits.ratio_from_bytes and ratio > limits.ratio:
        raise RefusedFile.over(name, f"compression ratio of {part}", ratio, limits.ratio)
    if _is_xml(part) and entry.file_size > limits.xml_bytes:
        raise RefusedFile.over(name, f"unpacked bytes of {part}", entry.file_size, limits.xml_bytes)


def _check_overlap(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes: one small kernel unpacked many times."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise RefusedFile(
                "{file} holds overlapping parts ({part}); next: do not use it", file=name, part=entry.filename
            )
        end = entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size


def _is_xml(part: str) -> bool:
    return PurePosixPath(part).suffix.lower() in _XML


def _markup(package: zipfile.ZipFile) -> frozenset[str]:
    """The parts that are XML, by name or by content: readers go by relationships and look at no suffix."""
    found = set()
    for entry in package.infolist():
        if _is_xml(entry.filename):
            found.add(entry.filename)
        else:
            with package.open(entry) as part:
                if is_markup(part.read(1024)):
                    found.add(entry.filename)
    return frozenset(found)


def _count_markup(name: str, package: zipfile.ZipFile, markup: frozenset[str], limits: Limits) -> None:
    """Count tags, that is "<", at the speed of memory before the slower parser runs."""
    count = 0
    for part in markup:
        with package.open(part) as stream:
            while chunk := stream.read(1 << 16):
                count += chunk.count(b"<")
                if count > limits.tags:
                    raise RefusedFile.over(name, "XML tags, at least", count, limits.tags)


def _check_parts(name: str, package: zipfile.ZipFile, markup: frozenset[str], limits: Limits, *, inner: bool) -> str:
    facts = Facts()
    for entry in package.infolist():
        part = entry.filename
        if word := next((word for word in _ACTIVE if word in part.lower()), None):
            raise _active(name, part, word)
        if part in markup:
            with package.open(entry) as stream:
                check_xml(name, part, stream, limits, facts)
        else:
            _check_binary(name, package, entry, limits, inner=inner)
    _check_relations(name, facts)
    return _kind(name, facts)


def _active(name: str, part: str, found: str) -> RefusedFile:
    message = (
        "{file} holds active or linked content: part {part}, found {found}; "
        "next: save it without macros, objects and links"
    )
    return RefusedFile(message, file=name, part=part, found=found)


def _check_relations(name: str, facts: Facts) -> None:
    for part, kind, target, external in facts.relations:
        short = kind.rpartition("/")[2]
        if external and not (short == "hyperlink" and target.lower().startswith(_LINKS)):
            message = (
                "{file} loads from outside: {part}, a {kind} to another file or server; "
                "next: embed it or remove the link"
            )
            raise RefusedFile(message, file=name, part=part, kind=short)
        if short.lower() in ("oleobject", "vbaproject", "control", "attachedtoolbars", "subdocument", "afchunk"):
            raise _active(name, part, short)


def _kind(name: str, facts: Facts) -> str:
    for content_type in facts.content_types:
        if "macroenabled" in content_type.lower() or "oleobject" in content_type.lower():
            raise _active(name, "[Content_Types].xml", content_type)
    kinds = {kind for ending, kind in _MAIN.items() for t in facts.content_types if t.endswith(ending)}
    if len(kinds) != 1:
        raise RefusedFile(_BROKEN, file=name, problem="no main part of Word or Excel")
    return kinds.pop()


def _check_binary(name: str, package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, *, inner: bool) -> None:
    """Pictures by size, an embedded workbook of a chart by this same check, nothing that runs."""
    part, suffix = entry.filename, PurePosixPath(entry.filename).suffix.lower()
    if "/embeddings/" in part.lower():
        if suffix != ".xlsx" or inner:
            raise _active(name, part, "embedded object")
        check_package(f"{name}/{part}", io.BytesIO(_bounded(name, package, entry)), limits, inner=True)
    elif suffix in (".exe", ".dll", ".js", ".vbs", ".hta", ".swf", ".lnk", ".bat", ".ps1"):
        raise _active(name, part, suffix)
    else:
        _check_embedded_picture(name, package, entry, limits)


def _bounded(name: str, package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > 16 << 20:
        raise RefusedFile.over(name, f"bytes of {entry.filename}", entry.file_size, 16 << 20)
    return package.read(entry)


def _check_embedded_picture(name: str, package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    with package.open(entry) as stream:
        width, height = read_size(stream)
    if max(width, height) > limits.picture_side:
        raise RefusedFile.over(name, f"side in pixels of {entry.filename}", max(width, height), limits.picture_side)
    if width * height > limits.picture_pixels:
        raise RefusedFile.over(name, f"pixels of {entry.filename}", width * height, limits.picture_pixels)
