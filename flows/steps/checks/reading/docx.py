"""Word files read for checking: streamed, bounded, forgiving about everything but a broken package."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any

from lxml import etree

from flows.steps.checks.reading.document import Block, Cell, Document, Paragraph, Revision, Table
from flows.steps.checks.reading.parts import assign_parts
from flows.steps.checks.words import Words
from templates import guard
from templates.errors import TemplateError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|标题|berschrift)\s*([1-9])", re.IGNORECASE)
_METADATA = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")


def read_docx(name: str, content: bytes) -> Document:
    """Return a Word file as a document; a refused, broken or encrypted one as a document with a fault."""
    try:
        guard.check(name if name.endswith(".docx") else f"{name}.docx", content)
        with zipfile.ZipFile(BytesIO(content)) as package:
            return _read(name, package)
    except TemplateError as error:
        return Document(name, fault=Words(error.message, **error.values))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, OSError, EOFError, NotImplementedError,
            RuntimeError, zipfile.LargeZipFile) as error:  # fmt: skip
        return Document(name, fault=Words("broken Word file: {error}", error=type(error).__name__))


def _read(name: str, package: zipfile.ZipFile) -> Document:
    main = _main_part(package)
    reader = _Body(_styles(package))
    with package.open(main) as stream:
        blocks = list(reader.blocks(stream))
    around, revisions, images = _around(package, main)
    return Document(
        name, assign_parts(name, blocks), tuple(around), tuple(reader.revisions + revisions), images_in_headers=images
    )


def _main_part(package: zipfile.ZipFile) -> str:
    if "word/document.xml" in package.namelist():
        return "word/document.xml"
    root = _parse(package.read("[Content_Types].xml"))
    for override in root:
        if str(override.get("ContentType", "")).endswith("document.main+xml"):
            return str(override.get("PartName", "")).lstrip("/")
    raise KeyError("main document part")


def _parse(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _styles(package: zipfile.ZipFile) -> dict[str, tuple[int, bool]]:
    """Style id → (heading level, is a contents style)."""
    if "word/styles.xml" not in package.namelist():
        return {}
    styles: dict[str, tuple[int, bool]] = {}
    for style in _parse(package.read("word/styles.xml")).iter(f"{_W}style"):
        name = _value(style.find(f"{_W}name"))
        outline = _value(style.find(f"{_W}pPr/{_W}outlineLvl"))
        heading = _HEADING.search(name)
        level = int(heading[1]) if heading else int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0
        styles[str(style.get(f"{_W}styleId", ""))] = (level, name.lower().startswith("toc "))
    return styles


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{_W}val", ""))


class _Body:
    """Walks the body of `document.xml` block by block and forgets each once read, so memory stays flat."""

    def __init__(self, styles: dict[str, tuple[int, bool]]) -> None:
        self._styles = styles
        self.revisions: list[Revision] = []
        self._paragraphs = self._tables = 0

    def blocks(self, stream: Any) -> Iterator[Block]:
        depth = 0
        tags = (f"{_W}p", f"{_W}tbl")
        events = etree.iterparse(
            stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True, huge_tree=False
        )
        for event, element in events:
            if event == "start":
                depth += 1
                continue
            depth -= 1
            if depth:
                continue
            yield self._table(element) if element.tag == tags[1] else self._paragraph(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _paragraph(self, element: Any) -> Paragraph:
        self._paragraphs += 1
        place = f"paragraph {self._paragraphs}"
        level, toc = self._styles.get(_value(element.find(f"{_W}pPr/{_W}pStyle")), (0, False))
        outline = _value(element.find(f"{_W}pPr/{_W}outlineLvl"))
        if outline.isdigit() and int(outline) < 9:
            level = int(outline) + 1
        self._note_revisions(element, place)
        return Paragraph(text_of(element), place, level, toc=toc)

    def _table(self, element: Any) -> Table:
        self._tables += 1
        place = f"table {self._tables}"
        self._note_revisions(element, place)
        rows: list[tuple[Cell, ...]] = []
        above: dict[int, str] = {}
        for row in element.iterchildren(f"{_W}tr", f"{_W}sdt", f"{_W}ins"):
            for line in [row] if row.tag == f"{_W}tr" else row.iter(f"{_W}tr"):
                rows.append(self._row(line, above))
        return Table(tuple(rows), place)

    def _row(self, row: Any, above: dict[int, str]) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        before = _value(row.find(f"{_W}trPr/{_W}gridBefore"))
        column = int(before) if before.isdigit() else 0
        for cell in row.iterdescendants(f"{_W}tc"):
            if _nearest(cell, f"{_W}tr") is not row:
                continue
            span = _value(cell.find(f"{_W}tcPr/{_W}gridSpan"))
            width = min(int(span), 100) if span.isdigit() and int(span) else 1
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and _value(merge) in ("", "continue"):
                text = above.get(column, "")
            else:
                own = (text_of(p) for p in cell.iter(f"{_W}p") if _nearest(p, f"{_W}p") is None)
                text = "\n".join(t for t in own if t.strip())
            above[column] = text
            cells.append(Cell(text.strip(), column, width))
            column += width
        return tuple(cells)

    def _note_revisions(self, element: Any, place: str) -> None:
        for name, kind in _REVISIONS.items():
            for found in element.iter(_W + name):
                text = "".join(t.text or "" for t in found.iter(f"{_W}t", f"{_W}delText"))
                if name != "vanish" or _hides_text(found):
                    self.revisions.append(Revision(kind, text, place))


_REVISIONS = {
    "ins": "tracked insertion", "del": "tracked deletion", "moveFrom": "tracked move", "moveTo": "tracked move",
    "rPrChange": "tracked formatting", "pPrChange": "tracked formatting", "commentReference": "comment",
    "vanish": "hidden text",
}  # fmt: skip


def _hides_text(vanish: Any) -> bool:
    """Tell whether `w:vanish` is on and in a run with text (paragraph marks are often hidden by layout)."""
    run = vanish.getparent().getparent()
    if vanish.get(f"{_W}val") in ("0", "false", "off") or run is None or run.tag != f"{_W}r":
        return False
    return any((t.text or "").strip() for t in run.iter(f"{_W}t"))


_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def text_of(paragraph: Any) -> str:
    """Return the text that a paragraph shows; tabs and breaks as such, deleted text left out."""
    pieces: list[str] = []
    for element in paragraph.iter():
        tag = element.tag
        if tag == f"{_W}t":
            if not _deleted(element) and _nearest(element, _FALLBACK) is None:
                pieces.append(element.text or "")
        elif tag == f"{_W}tab":
            if element.getparent().tag == f"{_W}r":
                pieces.append("\t")
        elif tag in (f"{_W}br", f"{_W}cr"):
            pieces.append("\n")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)


def _deleted(element: Any) -> bool:
    return _nearest(element, f"{_W}del") is not None or _nearest(element, f"{_W}moveFrom") is not None


def _around(package: zipfile.ZipFile, main: str) -> tuple[list[tuple[str, str]], list[Revision], int]:
    """Texts around the body by where they stand, comments as revisions, images in headers and footers."""
    around: list[tuple[str, str]] = []
    revisions: list[Revision] = []
    images = 0
    for part in package.namelist():
        story = re.fullmatch(r"word/(header|footer|footnotes|endnotes)\d*\.xml", part)
        if part in _METADATA:
            around += [("metadata", text) for text in _all_text(package.read(part))]
        elif story:
            root = _parse(package.read(part))
            around += [(story[1], text_of(p)) for p in root.iter(f"{_W}p")]
            images += sum(1 for e in root.iter() if str(e.tag).endswith(("}blip", "}imagedata")))
        elif re.fullmatch(r"word/comments\d*\.xml", part):
            root = _parse(package.read(part))
            for comment in root.iter(f"{_W}comment"):
                text = "".join(text_of(p) for p in comment.iter(f"{_W}p"))
                around.append(("comment", text))
                revisions.append(Revision("comment", text, "comments"))
    around += [("alternative text", text) for text in _alt_texts(package.read(main))]
    return [(kind, text) for kind, text in around if text.strip()], revisions, images


def _all_text(content: bytes) -> Iterator[str]:
    return (str(e.text) for e in _parse(content).iter() if isinstance(e.tag, str) and e.text and e.text.strip())


def _alt_texts(content: bytes) -> Iterator[str]:
    for found in re.finditer(rb"<(?:\w+:)?(?:docPr|cNvPr)\b[^>]*>", content):
        for value in re.finditer(rb'\b(?:descr|title)="([^"]*)"', found[0]):
            yield unescape(value[1].decode("utf-8", "replace"))
