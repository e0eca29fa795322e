"""Another Word file's text, tables and pictures in place of a paragraph, for `{{p … }}`."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from templates import guard
from templates.errors import TemplateError
from templates.parse import read_tree
from templates.tree import W

if TYPE_CHECKING:
    from templates.document import Document

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_STYLED = (W + "pStyle", W + "rStyle", W + "tblStyle")
_DROPPED = (W + "bookmarkStart", W + "bookmarkEnd", W + "proofErr", W + "sectPr")
# What lives in other parts of the source, or changes its meaning away from it.
_REFUSED = ("numPr", "footnoteReference", "endnoteReference", "commentReference", "ins", "del", "object", "pict")


class SubDocumentError(TemplateError):
    """A file that cannot stand inside another document."""


@dataclass(frozen=True)
class SubDocument:
    """The body of a Word file. Styles are matched by name with the template's, page set-up is the template's.

    Lists, notes, comments, tracked changes, charts and embedded objects are refused: a document that has them is
    joined as a whole by `compose`.
    """

    source: Path | bytes
    levels: ClassVar[frozenset[str]] = frozenset({"p"})

    def to_xml(self, document: Document) -> str:
        """The body's paragraphs and tables, with pictures and links related to the part being rendered."""
        name = self.source.name if isinstance(self.source, Path) else "sub-document.docx"
        guard.check(name, self.source)
        stream = self.source if isinstance(self.source, Path) else io.BytesIO(self.source)
        with zipfile.ZipFile(stream) as package:
            body = read_tree(package.read("word/document.xml")).find(W + "body")
            if body is None:
                raise SubDocumentError("{file}: found no body; next: save it again", file=name)
            _refuse_foreign(name, body)
            _match_styles(name, body, package, document)
            _relate(name, body, package, document)
        return "".join(etree.tostring(block, encoding="unicode", with_tail=False) for block in body)


def _refuse_foreign(name: str, body: etree._Element) -> None:
    for element in list(body.iter(*_DROPPED)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    found = next(body.iter(*(W + tag for tag in _REFUSED)), None)
    if found is not None:
        message = "{file}: found {found}, which cannot stand inside another document; next: join it by compose"
        raise SubDocumentError(message, file=name, found=etree.QName(found).localname)


def _match_styles(name: str, body: etree._Element, package: zipfile.ZipFile, document: Document) -> None:
    names, identifiers = _style_names(package), {v: k for k, v in _style_names(document.package).items()}
    for element in body.iter(*_STYLED):
        style = names.get(element.get(W + "val", ""), "")
        if style not in identifiers:
            message = "{file}: style {style} is not in the template; next: add it there"
            raise SubDocumentError(message, file=name, style=style or "without name")
        element.set(W + "val", identifiers[style])


def _style_names(package: zipfile.ZipFile) -> dict[str, str]:
    """Style ids and their names, in lower case as Word compares them."""
    if "word/styles.xml" not in package.namelist():
        return {}
    found = {}
    for style in read_tree(package.read("word/styles.xml")).iter(W + "style"):
        label = style.find(W + "name")
        found[style.get(W + "styleId", "")] = "" if label is None else label.get(W + "val", "").lower()
    return found


def _relate(name: str, body: etree._Element, package: zipfile.ZipFile, document: Document) -> None:
    targets = _targets(package)
    for element in body.iter(etree.Element):
        if element.tag == _DRAWING:
            element.set("id", document.next_drawing())
        for key, identifier in element.attrib.items():
            if str(key).startswith(_R):
                target = targets.get(str(identifier), "")
                if element.tag == _BLIP:
                    _, relation = document.add_picture(package.read(f"word/{target}"))
                elif element.tag == W + "hyperlink":
                    relation = document.add_link(target)
                else:
                    message = (
                        "{file}: found {found}, which cannot stand inside another document; next: join it by compose"
                    )
                    raise SubDocumentError(message, file=name, found=etree.QName(element).localname)
                element.set(key, relation)


def _targets(package: zipfile.ZipFile) -> dict[str, str]:
    relations = "word/_rels/document.xml.rels"
    root = read_tree(package.read(relations)) if relations in package.namelist() else ()
    return {relation.get("Id", ""): relation.get("Target", "") for relation in root}
