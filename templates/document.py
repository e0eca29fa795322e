"""The package being written: parts streamed in order, pictures stored once, relationships at the end."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from lxml import etree

from templates.pictures import Picture, copy_clean, digest_clean, read_picture
from templates.raw_copy import copy_entry

CONTENT_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Document:
    """Writes one document. `part` is the part whose content is being rendered; relationships go to it."""

    def __init__(self, package: zipfile.ZipFile, out: zipfile.ZipFile) -> None:
        self.package = package
        self._out = out
        self._drawings = count(1)
        self._pictures: dict[str, tuple[Picture, Path | bytes]] = {}
        self._seen: dict[Path | bytes, tuple[Picture, str]] = {}
        self._relations: dict[str, dict[tuple[str, str, bool], str]] = defaultdict(dict)
        self.part = ""

    def copy(self, part: str) -> None:
        """Take a part over from the template; relationships wait for `finish`."""
        if part.endswith(".rels"):
            return
        if part == CONTENT_TYPES:
            self._put(part, _with_picture_types(self.package.read(part)))
        else:
            copy_entry(self.package, part, self._out)

    def write(self, part: str, chunks: Iterable[str]) -> None:
        """Stream a rendered part."""
        self.part = part
        with self._out.open(_entry(part), "w") as stream:
            for chunk in chunks:
                stream.write(chunk.encode())

    def next_drawing(self) -> str:
        """An id that no other drawing of the document has."""
        return str(next(self._drawings))

    def add_picture(self, source: Path | bytes) -> tuple[Picture, str]:
        """A picture's structure and the id of its relationship from the current part."""
        if source not in self._seen:
            picture = read_picture(_name(source), source)
            file = f"media/{digest_clean(source, picture)[:32]}.{picture.kind}"
            self._seen[source] = picture, file
            self._pictures.setdefault(file, (picture, source))
        picture, file = self._seen[source]
        return picture, self._relate(f"{_OFFICE}/image", file)

    def add_link(self, url: str) -> str:
        """The id of a hyperlink from the current part."""
        return self._relate(f"{_OFFICE}/hyperlink", url, external=True)

    def _relate(self, kind: str, target: str, *, external: bool = False) -> str:
        relations = self._relations[self.part]
        return relations.setdefault((kind, target, external), f"rIdFill{len(relations) + 1}")

    def finish(self) -> None:
        """Write the pictures, uncompressed, and all relationships."""
        for file, (picture, source) in self._pictures.items():
            with self._out.open(_entry(f"word/{file}", zipfile.ZIP_STORED), "w") as stream:
                copy_clean(source, picture, stream.write)
        existing = [name for name in self.package.namelist() if name.endswith(".rels")]
        changed = {_relations_name(part): relations for part, relations in self._relations.items()}
        for name in dict.fromkeys([*existing, *changed]):
            if name in changed:
                self._put(name, self._relations_xml(name, changed[name], exists=name in existing))
            else:
                copy_entry(self.package, name, self._out)

    def _relations_xml(self, name: str, added: dict[tuple[str, str, bool], str], *, exists: bool) -> bytes:
        empty = f'<Relationships xmlns="{_RELATIONS}"/>'.encode()
        root = etree.fromstring(self.package.read(name) if exists else empty)
        for (kind, target, external), identifier in added.items():
            attributes = {"Id": identifier, "Type": kind, "Target": target}
            if external:
                attributes["TargetMode"] = "External"
            etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", attributes)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _put(self, name: str, content: bytes) -> None:
        self._out.writestr(_entry(name), content)


def _entry(name: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = method
    return entry


def _relations_name(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _name(source: Path | bytes) -> str:
    return source.name if isinstance(source, Path) else "picture"


def _with_picture_types(content: bytes) -> bytes:
    """Content types with an entry for each kind of picture that may come; a second one is never added."""
    missing = [kind for kind in ("jpeg", "png") if f'Extension="{kind}"'.encode() not in content]
    added = "".join(f'<Default Extension="{kind}" ContentType="image/{kind}"/>' for kind in missing)
    return re.sub(rb"(<Types\b[^>]*>)", lambda start: start[1] + added.encode(), content, count=1)
