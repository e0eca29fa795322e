"""Tables of many hundred rows: the Word file keeps them, the PDF shows the form without them and then draws them."""

from dataclasses import dataclass

from lxml import etree

from templates.compose.package import Package, rewritten, serialise
from templates.drawn_table import Cell, Row, draw
from templates.tree import W, all_text

LONG = 500  # rows from which a table is drawn instead of rendered
_NOTE = {"zh": "（第 1 行至第 {count} 行见随后各页）", "en": "(Lines 1 to {count}: see the following pages)"}
_ALIGN = {"center": "C", "right": "R", "end": "R"}
# What the drawing cannot show; such a table is left to LibreOffice.
_OTHER = tuple(W + name for name in ("tbl", "drawing", "pict", "object", "vMerge", "gridBefore", "gridAfter", "sdt"))


@dataclass(frozen=True)
class _Table:
    """A long table: its head, the rows up to the last one that fills every column, and what follows (sums)."""

    node: etree._Element
    heads: list[etree._Element]
    lines: list[etree._Element]
    rest: list[etree._Element]
    widths: list[float]


def split(docx: bytes, name: str, language: str) -> tuple[bytes, list[bytes]]:
    """The document to render, in which a note stands for the rows of its long tables, and the drawn tables as PDF.

    A document without a long table comes back as it is. A table that holds pictures, tables or cells merged downwards
    stays in it.

    Args:
        docx: The Word document with every row.
        name: Its title, printed above each drawn table.
        language: Of the note: "zh-…" or English.
    """
    with Package(docx, name) as package:
        root = package.xml(package.main)
        tables = [table for node in root.findall(f"{W}body/{W}tbl") if (table := _long(node)) is not None]
        if not tables:
            return docx, []
        drawn = [_drawn(table, name) for table in tables]
        for table in tables:
            _shorten(table, language)
        return rewritten(package, {package.main: serialise(root)}), drawn


def _long(node: etree._Element) -> _Table | None:
    rows = node.findall(W + "tr")
    if len(rows) <= LONG or next(node.iterdescendants(*_OTHER), None) is not None:
        return None
    widths = [float(column.get(W + "w", "0")) for column in node.iterfind(f"{W}tblGrid/{W}gridCol")]
    heads = next((i for i, row in enumerate(rows) if row.find(f"{W}trPr/{W}tblHeader") is None), len(rows)) or 1
    full = [i for i, row in enumerate(rows) if i >= heads and len(row.findall(W + "tc")) == len(widths)]
    if len(full) <= LONG or not all(widths):
        return None
    end = full[-1] + 1
    return _Table(node, rows[:heads], rows[heads:end], rows[end:], widths)


def _drawn(table: _Table, title: str) -> bytes:
    rows = (_row(row) for row in [*table.lines, *table.rest])
    return draw([_row(row, "C") for row in table.heads], rows, table.widths, title=title)


def _row(row: etree._Element, align: str = "L") -> Row:
    return [_cell(cell, align) for cell in row.findall(W + "tc")]


def _cell(cell: etree._Element, align: str) -> Cell:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    jc = cell.find(f"{W}p/{W}pPr/{W}jc")
    text = "\n".join(all_text(paragraph) for paragraph in cell.findall(W + "p"))
    width = int(span.get(W + "val", "1")) if span is not None else 1
    return Cell(text, width, _ALIGN.get(jc.get(W + "val", ""), align) if jc is not None else align)


def _shorten(table: _Table, language: str) -> None:
    """Put a row with the note in place of the lines."""
    note = _NOTE["zh" if language.lower().startswith("zh") else "en"].format(count=len(table.lines))
    first = table.lines[0]
    cells = first.findall(W + "tc")
    for cell in cells[1:]:
        first.remove(cell)
    _span(cells[0], len(table.widths))
    _write(cells[0], note)
    for row in table.lines[1:]:
        table.node.remove(row)


def _span(cell: etree._Element, columns: int) -> None:
    properties = cell.find(W + "tcPr")
    if properties is None:
        properties = etree.Element(W + "tcPr")
        cell.insert(0, properties)
    for old in properties.findall(W + "tcW"):
        properties.remove(old)
    span = etree.Element(W + "gridSpan")
    span.set(W + "val", str(columns))
    properties.insert(0, span)


def _write(cell: etree._Element, text: str) -> None:
    """Leave one paragraph with `text` in a cell, in the look of its first run."""
    paragraph, *others = cell.findall(W + "p")
    for other in others:
        cell.remove(other)
    runs = list(paragraph.iter(W + "r"))
    run = runs[0] if runs else etree.SubElement(paragraph, W + "r")
    for child in [c for c in run if c.tag != W + "rPr"]:
        run.remove(child)
    etree.SubElement(run, W + "t").text = text
    for child in [c for c in paragraph if c.tag != W + "pPr" and c is not run]:
        paragraph.remove(child)
