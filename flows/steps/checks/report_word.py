"""A check report on paper: a landscape Word document that ends in the checklist a person signs."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from flows.steps.checks.report import COLOURS, COLUMNS, row, summary, to_look_at
from flows.steps.checks.verdict import CheckReport, Verdict, gravest_first
from flows.steps.checks.words import Say

_FONT = "Noto Sans CJK SC"
_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21.0), Cm(1.5)
_WIDTHS = (1.2, 1.9, 3.4, 3.1, 2.7, 4.6, 4.0, 2.9, 2.9)
_LIST = (1.2, 4.6, 3.1, 2.7, 8.0, 1.4, 5.7)


def to_word(report: CheckReport, title: str, say: Say) -> bytes:
    """Return the report as a Word document (A4, landscape); HUMAN rules end in a checklist with a place to sign."""
    document = Document()
    _prepare(document, title)
    document.add_heading(title, level=1)
    document.add_paragraph(summary(report, say))
    shown = [f for f in gravest_first(report.findings) if f.verdict in (Verdict.FAIL, Verdict.HUMAN)]
    table = _table(document, [say(name) for name in COLUMNS], [row(finding, say) for finding in shown], _WIDTHS)
    for cells, finding in zip(table.rows[1:], shown, strict=True):
        _colour(cells.cells[1], COLOURS[finding.verdict])
    document.add_heading(say("Checklist for a person"), level=2)
    lines = [(*to_look_at(f, say), "☐", "") for f in shown if f.verdict is Verdict.HUMAN]
    heads = ("rule", "defect", "document", "place", "to look at", "seen", "signature, date")
    _table(document, [say(head) for head in heads], lines, _LIST)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: Any, title: str) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _LONG, _SHORT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", title, ""
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), _FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    document.styles["Normal"].font.size = Pt(8.5)


def _table(document: Any, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Any:
    table = document.add_table(rows=1 + len(rows), cols=len(header), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for number, (line, texts) in enumerate(zip(table.rows, (header, *rows), strict=True)):
        _mark(line, "w:cantSplit", *(["w:tblHeader"] if number == 0 else []))
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].add_run(text).bold = number == 0
    return table


def _mark(line: Any, *tags: str) -> None:
    for tag in tags:
        line._tr.get_or_add_trPr().append(OxmlElement(tag))


def _colour(cell: Any, colour: str) -> None:
    run = cell.paragraphs[0].runs[0]
    run.bold = True
    run.font.color.rgb = RGBColor.from_string(colour)
