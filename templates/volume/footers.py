"""Page numbers of a volume in Word: the parts' own are taken out, one line with the volume's number is put in.

The PDF gets the same line as a stamp, on scans too; so a page never shows two numbers, and Word and PDF show the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.sax.saxutils import escape

from lxml import etree

from templates.compose.package import HEAD, WML, Package, R, Relation, parse, remove, rewritten, serialise
from templates.compose.sections import number_pages_from, sections
from templates.tree import W, all_text

_NUMBERS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"}
# What stands around a page number and means nothing without it.
_AROUND = re.compile(r"[\s\d第页共頁總总/\\|·\-–—~,，.、:：()（）]*|\s*page\s*(of)?\s*", re.IGNORECASE)
_FOOTER = f"{R}/footer"


@dataclass(frozen=True)
class Anchor:
    """A bookmark `name` at the start of block `block` (from 0) of a document's body."""

    name: str
    block: int


def strip_numbers(docx: bytes, name: str) -> bytes:
    """The document without page number fields in its headers and footers; unchanged when it has none."""
    with Package(docx, name) as package:
        changed: dict[str, bytes] = {}
        for part in _heads(package):
            root = package.xml(part)
            if sum(_strip_paragraph(paragraph) for paragraph in root.iter(W + "p")):
                changed[part] = serialise(root)
        return rewritten(package, changed) if changed else docx


def add_numbers(docx: bytes, name: str, *, first: int, line: tuple[str, str], anchors: Sequence[Anchor] = ()) -> bytes:
    """The document with the volume's page numbers from `first` on in every footer, and with bookmarks.

    `line` is the text before and after the number.
    """
    with Package(docx, name) as package:
        root = package.xml(package.main)
        body = next(root.iter(W + "body"))
        found = sections(body)
        number_pages_from(found[0], first)
        changed: dict[str, bytes] = {}
        relations = list(package.relations(package.main).values())
        targets = {relation.id: relation.target for relation in relations}
        for identifier in sorted({_id(node) for section in found for node in section.findall(W + "footerReference")}):
            head = package.xml(targets[identifier])
            head.append(_number_line(line))
            changed[targets[identifier]] = serialise(head)
        added = _add_footer(found, relations, package)
        if added:
            changed[added] = HEAD + _footer(line)
        for number, anchor in enumerate(anchors):
            _mark(body, anchor, number)
        changed[package.main] = serialise(root)
        new = {added: f"{WML}.footer+xml"} if added else {}
        return rewritten(package, changed, relations, new)


def _add_footer(found: list[etree._Element], relations: list[Relation], package: Package) -> str:
    """Refer to a new footer wherever the first section has none; the result is its part, or nothing."""
    kinds = {"default"} | ({"first"} if any(s.find(W + "titlePg") is not None for s in found) else set())
    settings = package.related("settings")
    if settings and package.xml(settings).find(W + "evenAndOddHeaders") is not None:
        kinds.add("even")
    present = {node.get(W + "type", "default") for node in found[0].findall(W + "footerReference")}
    if not (lacking := sorted(kinds - present)):
        return ""
    part = str(PurePosixPath(package.main).parent / "footerOfVolume.xml")
    relations.append(Relation("rIdFooterOfVolume", _FOOTER, part))
    for kind in lacking:
        node = etree.Element(W + "footerReference")
        node.set(W + "type", kind)
        node.set(f"{{{R}}}id", "rIdFooterOfVolume")
        found[0].insert(0, node)
    return part


def _mark(body: etree._Element, anchor: Anchor, number: int) -> None:
    """Bookmark a block; ids start high to stay clear of the document's own and are renumbered when composing."""
    block = body[anchor.block]
    holder = block if block.tag == W + "p" else next(block.iter(W + "p"), None)
    if holder is None:
        return
    start, end = (etree.Element(W + f"bookmark{edge}") for edge in ("Start", "End"))
    for node in (start, end):
        node.set(W + "id", str(900_000 + number))
    start.set(W + "name", anchor.name)
    place = 1 if holder.find(W + "pPr") is not None else 0
    holder.insert(place, end)
    holder.insert(place, start)


def _heads(package: Package) -> Iterator[str]:
    for relation in package.relations(package.main).values():
        if relation.kind.rpartition("/")[2] in ("header", "footer") and not relation.external:
            yield relation.target


def _strip_paragraph(paragraph: etree._Element) -> bool:
    """Take page number fields out of a paragraph, with the words around them when nothing else stands there."""
    numbers = [node for field in _fields(paragraph) for node in field]
    for node in numbers:
        remove(node)
    if numbers and _AROUND.fullmatch(all_text(paragraph)):
        for child in list(paragraph):
            if child.tag != W + "pPr":
                paragraph.remove(child)
    return bool(numbers)


def _fields(paragraph: etree._Element) -> Iterator[list[etree._Element]]:
    """The elements of each page number field."""
    yield from ([n] for n in list(paragraph.iter(W + "fldSimple")) if _is_number(n.get(W + "instr", "")))
    yield from ([n] for n in list(paragraph.iter(W + "pgNum")))
    inside: list[etree._Element] = []
    code, depth = "", 0
    for run in list(paragraph.iter(W + "r")):
        kinds = [mark.get(W + "fldCharType") for mark in run.iter(W + "fldChar")]
        depth += kinds.count("begin")
        if depth:
            inside.append(run)
            code += "".join(node.text or "" for node in run.iter(W + "instrText"))
        depth -= kinds.count("end")
        if inside and depth <= 0:
            if _is_number(code):
                yield inside
            inside, code, depth = [], "", 0


def _is_number(code: str) -> bool:
    return code.split()[:1] != [] and code.split()[0].upper() in _NUMBERS


def _number_line(line: tuple[str, str]) -> etree._Element:
    return parse(_footer(line))[0]


def _footer(line: tuple[str, str]) -> bytes:
    before, after = (f'<w:r>{{rpr}}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' for text in line)
    marks = [f'<w:r>{{rpr}}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    code = '<w:r>{rpr}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    runs = before + marks[0] + code + marks[1] + "<w:r>{rpr}<w:t>1</w:t></w:r>" + marks[2] + after
    rpr = (
        '<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/><w:sz w:val="18"/>'
        '<w:szCs w:val="18"/></w:rPr>'
    )
    spacing = (
        '<w:spacing w:before="0" w:after="0"/><w:ind w:left="0" w:right="0" w:firstLine="0"/><w:jc w:val="center"/>'
    )
    body = f"<w:p><w:pPr>{spacing}</w:pPr>{runs.replace('{rpr}', rpr)}</w:p>"
    return f'<w:ftr xmlns:w="{W[1:-1]}">{body}</w:ftr>'.encode()


def _id(node: etree._Element) -> str:
    return node.get(f"{{{R}}}id", "")
