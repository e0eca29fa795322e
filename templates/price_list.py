"""Long price lists drawn straight as PDF: LibreOffice takes half a minute for a thousand rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, WrapMode

from templates import fonts

LONG = 500  # rows from which a list is drawn instead of rendered
_COLUMNS = ("no", "name", "model", "unit", "quantity", "unit_price", "total", "remark")
_WIDTHS = (11, 44, 36, 12, 16, 26, 30, 22)  # parts of the text width
_ALIGN = ("C", "L", "L", "C", "R", "R", "R", "L")
_HEADS = {
    "zh": ("序号", "设备名称", "规格型号", "单位", "数量", "单价（元）", "合价（元）", "备注"),
    "en": ("No.", "Description", "Model", "Unit", "Quantity", "Unit price", "Line total", "Remark"),
}
_LINE, _PAD = 4.6, 2.0  # millimetres
_SUM = {"zh": "合计", "en": "Total"}


def draw(rows: Iterable[Mapping[str, str]], total: str, *, title: str, language: str = "zh-CN") -> bytes:
    """A price list as PDF on landscape A4 with a repeated header and the sum at the end.

    Args:
        rows: Lines with no, name, model, unit, quantity, unit_price, total, remark: text ready to print.
        total: The sum, text ready to print.
        title: Stands above the list.
        language: "zh-…" or English.
    """
    tongue = "zh" if language.lower().startswith("zh") else "en"
    page = FPDF(orientation="landscape", format="A4")
    page.set_margins(16, 18)
    page.set_auto_page_break(True, margin=20)
    for style, family in (("", "宋体"), ("B", "黑体")):
        path, index = fonts.file(family)
        page.add_font("list", style=style, fname=str(path), collection_font_number=index)
    page.add_page()
    page.set_font("list", "B", 15)
    page.cell(0, 12, title, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font("list", "", 9)
    _table(page, _HEADS[tongue], rows, (_SUM[tongue], total))
    return bytes(page.output())


def _table(page: FPDF, heads: Sequence[str], rows: Iterable[Mapping[str, str]], total: tuple[str, str]) -> None:
    page.set_draw_color(90)
    page.set_line_width(0.2)
    scale = page.epw / sum(_WIDTHS)
    widths = [width * scale for width in _WIDTHS]
    _head(page, heads, widths)
    for row in rows:
        texts = [_wrapped(page, row.get(column, ""), width) for column, width in zip(_COLUMNS, widths, strict=True)]
        height = _LINE * max(map(len, texts)) + _PAD
        if page.will_page_break(height):
            page.add_page()
            _head(page, heads, widths)
        _row(page, texts, widths, _ALIGN, height)
    if page.will_page_break(_LINE + _PAD):
        page.add_page()
        _head(page, heads, widths)
    spans = [sum(widths[:6]), widths[6], widths[7]]
    _row(page, [[total[0]], [total[1]], [""]], spans, ("C", "R", "L"), _LINE + _PAD)


def _head(page: FPDF, heads: Sequence[str], widths: Sequence[float]) -> None:
    page.set_font("list", "B", 9)
    _row(page, [[text] for text in heads], widths, "C" * len(heads), _LINE + _PAD)
    page.set_font("list", "", 9)


def _row(
    page: FPDF, texts: Sequence[Sequence[str]], widths: Sequence[float], aligns: Sequence[str], height: float
) -> None:
    x, y = page.l_margin, page.get_y()
    for lines, width, align in zip(texts, widths, aligns, strict=True):
        page.rect(x, y, width, height)
        top = y + (height - _LINE * len(lines)) / 2
        for number, line in enumerate(lines):
            page.set_xy(x, top + number * _LINE)
            page.cell(width, _LINE, line, align=align)
        x += width
    page.set_xy(page.l_margin, y + height)


def _wrapped(page: FPDF, text: str, width: float) -> list[str]:
    """The lines that a cell's text takes."""
    if page.get_string_width(text) <= width - 2 * page.c_margin:
        return [text]
    lines = page.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.LINES, wrapmode=WrapMode.CHAR)
    return list(cast(list[str], lines))
