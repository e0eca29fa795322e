"""Long tables drawn straight as PDF: LibreOffice takes half a minute for a thousand rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, WrapMode

from templates import fonts

_LINE, _PAD = 4.6, 2.0  # millimetres


@dataclass(frozen=True)
class Cell:
    """A cell's text ready to print, the columns that it spans, and its alignment: L, C or R."""

    text: str
    span: int = 1
    align: str = "L"


Row = Sequence[Cell]


def draw(heads: Sequence[Row], rows: Iterable[Row], widths: Sequence[float], *, title: str) -> bytes:
    """A table as PDF on landscape A4 whose head stands on every page.

    Args:
        heads: The rows of the head.
        rows: The other rows, sums included, drawn one by one.
        widths: Of the columns, in any unit: they share the width of the text.
        title: Stands above the table.
    """
    page = FPDF(orientation="landscape", format="A4")
    page.set_margins(16, 18)
    page.set_auto_page_break(True, margin=20)
    for style, family in (("", "宋体"), ("B", "黑体")):
        path, index = fonts.file(family)
        page.add_font("list", style=style, fname=str(path), collection_font_number=index)
    page.add_page()
    page.set_font("list", "B", 15)
    page.cell(0, 12, title, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_draw_color(90)
    page.set_line_width(0.2)
    _table(page, heads, rows, [width * page.epw / sum(widths) for width in widths])
    return bytes(page.output())


def _table(page: FPDF, heads: Sequence[Row], rows: Iterable[Row], widths: Sequence[float]) -> None:
    _heads(page, heads, widths)
    for row in rows:
        texts, spans, height = _measured(page, row, widths)
        if page.will_page_break(height):
            page.add_page()
            _heads(page, heads, widths)
        _row(page, row, texts, spans, height)


def _heads(page: FPDF, heads: Sequence[Row], widths: Sequence[float]) -> None:
    page.set_font("list", "B", 9)
    for row in heads:
        _row(page, row, *_measured(page, row, widths))
    page.set_font("list", "", 9)


def _measured(page: FPDF, row: Row, widths: Sequence[float]) -> tuple[list[list[str]], list[float], float]:
    """The lines of each cell, its width, and the height of the row."""
    spans, start = [], 0
    for cell in row:
        spans.append(sum(widths[start : start + cell.span]))
        start += cell.span
    texts = [_wrapped(page, cell.text, width) for cell, width in zip(row, spans, strict=True)]
    return texts, spans, _LINE * max(map(len, texts), default=1) + _PAD


def _row(page: FPDF, row: Row, texts: Sequence[Sequence[str]], widths: Sequence[float], height: float) -> None:
    x, y = page.l_margin, page.get_y()
    for cell, lines, width in zip(row, texts, widths, strict=True):
        page.rect(x, y, width, height)
        top = y + (height - _LINE * len(lines)) / 2
        for number, line in enumerate(lines):
            page.set_xy(x, top + number * _LINE)
            page.cell(width, _LINE, line, align=cell.align)
        x += width
    page.set_xy(page.l_margin, y + height)


def _wrapped(page: FPDF, text: str, width: float) -> list[str]:
    """The lines that a cell's text takes."""
    if "\n" not in text and page.get_string_width(text) <= width - 2 * page.c_margin:
        return [text]
    lines = page.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.LINES, wrapmode=WrapMode.CHAR)
    return list(cast(list[str], lines))
