"""Office packages: the parts of a .docx with their relationships and content types, read and written."""

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from lxml import etree

from templates.errors import TemplateError

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Parts whose content is compressed already are stored: deflating them again only costs time.
_PACKED = (".jpg", ".jpeg", ".png", ".gif", ".xlsx", ".docx", ".pptx", ".zip", ".wdp")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BrokenDocument(TemplateError):
    """A .docx that lacks a part or relationship which it names."""


@dataclass(frozen=True)
class Relation:
    """One relationship: `target` is a part's name in the package, or an address when `external`."""

    id: str
    kind: str
    target: str
    external: bool = False


class Package:
    """A .docx opened for reading; `name` stands for it in errors."""

    def __init__(self, source: bytes | Path, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
            self.parts = frozenset(self._zip.namelist())
            self._defaults, self._overrides = _content_types(self.xml("[Content_Types].xml"))
        except (zipfile.BadZipFile, OSError) as error:
            raise BrokenDocument("{name}: found no .docx package; next: save it again in Word", name=name) from error
        self.main = self._main()

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises `BrokenDocument` when the package lacks it."""
        try:
            return self._zip.read(part)
        except KeyError as error:
            raise BrokenDocument(
                "{name}: part {part} is missing; next: save it again in Word", name=self.name, part=part
            ) from error

    def xml(self, part: str) -> etree._Element:
        """The parsed part; entities are not resolved."""
        try:
            return parse(self.read(part))
        except etree.XMLSyntaxError as error:
            raise BrokenDocument(
                "{name}: part {part} is no XML; next: save it again in Word", name=self.name, part=part
            ) from error

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by their id."""
        folder, file = posixpath.split(part)
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        if rels not in self.parts:
            return {}
        return {relation.id: relation for node in self.xml(rels) if (relation := _relation(node, folder))}

    def related(self, kind: str) -> str | None:
        """The part that stands in the relationship `kind` ("styles", "numbering", …) to the main document."""
        found = (r.target for r in self.relations(self.main).values() if r.kind.rpartition("/")[2] == kind)
        return next((target for target in found if target in self.parts), None)

    def content_type(self, part: str) -> str:
        """The content type of a part, by its name or its extension."""
        extension = part.rpartition(".")[2].lower()
        return self._overrides.get(part) or self._defaults.get(extension, "application/octet-stream")

    def _main(self) -> str:
        kinds = {r.kind.rpartition("/")[2]: r.target for r in self.relations("").values()}
        if (main := kinds.get("officeDocument")) in self.parts and main is not None:
            return main
        raise BrokenDocument("{name}: found no main document; next: save it again in Word", name=self.name)


class PackageWriter:
    """Collects the parts of a package; `close` writes them sorted, so that the same parts give the same bytes."""

    def __init__(self, target: BinaryIO | Path) -> None:
        self._target = target
        self._parts: dict[str, bytes] = {}
        self._overrides: dict[str, str] = {}

    def add(self, part: str, content: bytes, content_type: str = "", relations: list[Relation] | None = None) -> None:
        """Add a part with its relationships, whose targets are names of parts in this package."""
        self._parts[part] = content
        if content_type:
            self._overrides[part] = content_type
        if relations:
            folder, file = posixpath.split(part)
            self.add(f"{folder}/_rels/{file}.rels".lstrip("/"), relations_xml(relations, folder))

    def close(self, relations: list[Relation]) -> None:
        """Add the relationships of the package and the content types, and write the file."""
        self.add("_rels/.rels", relations_xml(relations, ""))
        defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        overrides = "".join(
            f"<Override PartName={quoteattr('/' + part)} ContentType={quoteattr(kind)}/>"
            for part, kind in sorted(self._overrides.items())
        )
        self.add("[Content_Types].xml", HEAD + f'<Types xmlns="{TYPES}">{defaults}{overrides}</Types>'.encode())
        with zipfile.ZipFile(self._target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for part in sorted(self._parts):
                entry = zipfile.ZipInfo(part, _EPOCH)
                packed = part.lower().endswith(_PACKED)
                entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                archive.writestr(entry, self._parts.pop(part))


def rewritten(
    package: Package,
    changed: Mapping[str, bytes],
    relations: list[Relation] | None = None,
    added: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The package with some parts replaced.

    Args:
        package: An opened .docx.
        changed: The new content of parts.
        relations: Those of the main document, where they change.
        added: The content types of the parts of `changed` that are new.
    """
    result = io.BytesIO()
    writer = PackageWriter(result)
    for part in package.parts:
        if not part.endswith((".rels", "/")) and part != "[Content_Types].xml":
            own = relations if part == package.main and relations is not None else None
            content = changed[part] if part in changed else package.read(part)
            own = own if own is not None else list(package.relations(part).values())
            writer.add(part, content, package.content_type(part), own)
    for part, kind in added.items():
        writer.add(part, changed[part], kind)
    writer.close(list(package.relations("").values()))
    return result.getvalue()


def parse(xml: bytes) -> etree._Element:
    """Parse a part without entities, network or document types."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def serialise(root: etree._Element) -> bytes:
    """A part's XML with its declaration."""
    return HEAD + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def remove(node: etree._Element) -> None:
    """Take a node out of its tree."""
    if (parent := node.getparent()) is not None:
        parent.remove(node)


def relations_xml(relations: list[Relation], folder: str) -> bytes:
    """The relationships part of a part that lies in `folder`."""
    rows = "".join(
        f"<Relationship Id={quoteattr(r.id)} Type={quoteattr(r.kind)} Target={quoteattr(_relative(r, folder))}"
        + (' TargetMode="External"/>' if r.external else "/>")
        for r in relations
    )
    return HEAD + f'<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'.encode()


def _relative(relation: Relation, folder: str) -> str:
    return relation.target if relation.external else posixpath.relpath(relation.target, folder or ".")


def _relation(node: etree._Element, folder: str) -> Relation | None:
    if not isinstance(node.tag, str):
        return None
    target = node.get("Target", "")
    external = node.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relation(node.get("Id", ""), node.get("Type", ""), target, external)


def _content_types(root: etree._Element) -> tuple[dict[str, str], dict[str, str]]:
    defaults = {n.get("Extension", "").lower(): n.get("ContentType", "") for n in root.iter(f"{{{TYPES}}}Default")}
    overrides = {n.get("PartName", "").lstrip("/"): n.get("ContentType", "") for n in root.iter(f"{{{TYPES}}}Override")}
    return defaults, overrides
