"""The blocks that templates are written with: paragraphs, lines to sign on, tables with repeating rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 8845  # text width of an upright page, twentieths of a point
WIDE = 13777  # of a landscape one
MARKUP = re.compile(r"(\[\[.*?\]\]|\*\*.*?\*\*|\t|\n)")


@dataclass(frozen=True)
class Cell:
    """One cell. `align`: left, center, right; `label` cells are shaded; `height` in twentieths of a point."""

    text: str = ""
    span: int = 1
    align: str = "left"
    label: bool = False
    merge: str = ""  # restart | continue
    height: int = 0


def label(text: str, span: int = 1, merge: str = "") -> Cell:
    return Cell(text, span, "center", True, merge)


def runs(text: str, properties: str = "") -> str:
    """Text to runs: `[[…]]` is underlined (a filled blank), `**…**` bold, tab and newline as in Word."""
    return "".join(_run(piece, properties) for piece in MARKUP.split(text) if piece)


def _run(piece: str, properties: str) -> str:
    if piece == "\n":
        return "<w:r><w:br/></w:r>"
    if piece == "\t":
        return "<w:r><w:tab/></w:r>"
    if piece.startswith("[["):
        return _text(f" {piece[2:-2].strip()} ", '<w:u w:val="single"/>' + properties)
    if piece.startswith("**"):
        return _text(piece[2:-2], "<w:b/>" + properties)
    return _text(piece, properties)


def _text(text: str, properties: str) -> str:
    hint = '<w:rFonts w:hint="eastAsia"/>' if re.search("[“”‘’…—·×]", text) and re.search("[一-鿿]", text) else ""
    props = f"<w:rPr>{hint}{properties}</w:rPr>" if hint or properties else ""
    return f'<w:r>{props}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def para(text: str, style: str = "BidText", extra: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{runs(text)}</w:p>'


def heading(text: str, level: int = 1) -> str:
    return para(text, f"Heading{level}")


def plain(text: str) -> str:
    return para(text, "BidPlain")


def note(text: str, *, signed_below: bool = False) -> str:
    """A note below a table; above a place to sign it goes to that page, so that no signature stands alone."""
    return para(text, "BidNote", "<w:keepNext/>" if signed_below else "")


def right(text: str, style: str = "BidSign") -> str:
    return para(text, style, '<w:jc w:val="right"/>')


def gap(style: str = "BidPlain") -> str:
    """An empty line, which stays with what follows it."""
    return para("", style, "<w:keepNext/>")


def new_page() -> str:
    return '<w:p><w:pPr><w:pStyle w:val="BidPlain"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'


def sign(title: str, value: str = "", after: str = "", style: str = "BidSign", left: int = 0, to: int = 7300) -> str:
    """A line to sign or seal on: an underlined tab, so a blank to sign is never taken for a blank left unfilled.

    It stays on the page of what follows: a date alone on a page belongs to no signature.
    """
    properties = (
        f'<w:pPr><w:pStyle w:val="{style}"/><w:keepNext/><w:tabs><w:tab w:val="left" w:pos="{to}"/></w:tabs>'
        f'<w:ind w:left="{left}"/></w:pPr>'
    )
    filled = _text(f" {value}", '<w:u w:val="single"/>') if value else ""
    line = '<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/></w:r>'
    return f"<w:p>{properties}{runs(title)}{filled}{line}{runs(after) if after else ''}</w:p>"


def table(widths: Sequence[int], header: Sequence[str], *rows: str) -> str:
    """A ruled table; the header row repeats on every page."""
    return _table(widths, _row(widths, [Cell(text) for text in header], head=True) + "".join(rows))


def grid(widths: Sequence[int], *rows: str) -> str:
    """A ruled form without a header row."""
    return _table(widths, "".join(rows))


def row(widths: Sequence[int], *cells: Cell | str) -> str:
    return _row(widths, [Cell(c) if isinstance(c, str) else c for c in cells])


def each(widths: Sequence[int], loop: str, *cells: Cell | str, empty: str = "", only: str = "") -> str:
    """Rows repeated over `loop` ("line in price.lines"), where `only` holds; `empty` when there is none."""
    body = row(widths, *cells)
    if only:
        body = _tag(widths, f"{{%tr if {only} %}}") + body + _tag(widths, "{%tr endif %}")
    rows = _tag(widths, f"{{%tr for {loop} %}}") + body + _tag(widths, "{%tr endfor %}")
    if not empty:
        return rows
    nothing = row(widths, Cell(empty, len(widths), "center"))
    name = loop.split(" in ")[1]
    return f"{rows}{_tag(widths, f'{{%tr if not {name} %}}')}{nothing}{_tag(widths, '{%tr endif %}')}"


def _tag(widths: Sequence[int], tag: str) -> str:
    return _row(widths, [Cell(tag, len(widths))])


def _table(widths: Sequence[int], rows: str) -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
    )


def _row(widths: Sequence[int], cells: Sequence[Cell], head: bool = False) -> str:
    height = max(cell.height for cell in cells)
    tall = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    properties = f"<w:trPr><w:cantSplit/>{tall}{'<w:tblHeader/>' if head else ''}</w:trPr>"
    out, column = [], 0
    for cell in cells:
        out.append(_cell(cell, sum(widths[column : column + cell.span]), head))
        column += cell.span
    if column != len(widths):
        raise ValueError(f"row of {column} columns in a table of {len(widths)}: {cells[0].text}")
    return f"<w:tr>{properties}{''.join(out)}</w:tr>"


def _cell(cell: Cell, width: int, head: bool) -> str:
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7ECF2"/>' if head or cell.label else ""
    middle = "top" if cell.height > 900 else "center"
    properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{shade}<w:vAlign w:val="{middle}"/></w:tcPr>'
    style = "BidTableHead" if head else "BidTable"
    align = "" if head or cell.align == "left" else f'<w:jc w:val="{cell.align}"/>'
    paragraphs = "".join(para(line, style, align) for line in cell.text.split("\n"))
    return f"<w:tc>{properties}{paragraphs}</w:tc>"
