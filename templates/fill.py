"""Fields into Word templates: compiled once, then streamed into the new document."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from templates import guard
from templates.document import Document
from templates.parse import PartSource, parse_part
from templates.program import FillError, Program
from templates.whole_file import whole_file

__all__ = ["FillError", "Template", "compile", "fill", "fill_bytes", "part_sources"]

FILLED = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml|docProps/(core|app|custom)\.xml")
_BRACES = tuple(brace.encode() for brace in "{}｛｝")
_CACHED = 64
_cache: OrderedDict[tuple[str, str], Template] = OrderedDict()
_lock = threading.Lock()


class Template:
    """A Word template, compiled. It keeps no state of a rendering, so one serves any number of threads."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self._content = content
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self._order = package.namelist()
            self._parts = {source.part: Program(source) for source in part_sources(name, package)}

    def render(self, fields: Mapping[str, object], target: BinaryIO | Path) -> None:
        """Write the document with these fields to `target`; a path keeps what it held when that fails.

        Raises FillError for a field that is missing, empty or not text ready to print.
        """
        if not isinstance(target, Path):
            self._write(fields, target)
            return
        with whole_file(target) as stream:
            self._write(fields, stream)

    def _write(self, fields: Mapping[str, object], stream: BinaryIO) -> None:
        with zipfile.ZipFile(io.BytesIO(self._content)) as package, zipfile.ZipFile(stream, "w") as out:
            document = Document(package, out)
            for part in self._order:
                if part in self._parts:
                    document.write(part, self._parts[part].render(fields, document))
                else:
                    document.copy(part)
            document.finish()


def part_sources(name: str, package: zipfile.ZipFile) -> Iterator[PartSource]:
    """The parts of a template that hold tags: body, headers, footers, notes, document properties."""
    for part in package.namelist():
        if FILLED.fullmatch(part):
            xml = package.read(part)
            source = parse_part(name, part, xml) if any(brace in xml for brace in _BRACES) else None
            if source is not None and source.tags:
                yield source


def compile(template: Path | bytes) -> Template:
    """A template ready to render; kept, so that the same bytes are compiled once.

    Raises guard.RefusedFile for a file that no parser should see, TagError for tags that cannot work.
    """
    name = template.name if isinstance(template, Path) else "template"
    content = template.read_bytes() if isinstance(template, Path) else template
    key = name, hashlib.sha256(content).hexdigest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    guard.check(name if name.endswith(".docx") else f"{name}.docx", content)
    compiled = Template(name, content)
    with _lock:
        _cache[key] = compiled
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return compiled


def fill(template: Path | bytes, fields: Mapping[str, object], target: BinaryIO | Path) -> None:
    """Fill a Word template (docxtpl's tag syntax) with `fields` and write the document to `target`."""
    compile(template).render(fields, target)


def fill_bytes(template: Path | bytes, fields: Mapping[str, object]) -> bytes:
    """Fill a Word template and return the document."""
    target = io.BytesIO()
    fill(template, fields, target)
    return target.getvalue()
