"""A check report for people: one HTML page, or a Word document with the checklist that a person signs."""

import re
from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from flows.steps.checks.registry import registered
from flows.steps.checks.verdict import CheckReport, Finding, Verdict, gravest_first
from flows.steps.checks.words import Say, Words

COLUMNS = ("rule", "verdict", "defect", "document", "place", "found", "expected", "law", "fix")
_COLOURS = {Verdict.FAIL: "B3261E", Verdict.HUMAN: "8A5A00", Verdict.PASS: "1B6E3C", Verdict.NOT_APPLICABLE: "5F6368"}


def row(finding: Finding, say: Say) -> tuple[str, ...]:
    """Return a finding as texts in the order of `COLUMNS`, in the language of `say`; what was read stays as it was."""
    title = registered()[finding.rule].title
    texts = (title, finding.document, finding.place, finding.found, finding.expected, finding.law, finding.fix)
    return (finding.rule, str(finding.verdict), *(spoken(text, say) for text in texts))


def spoken(text: str, say: Say) -> str:
    """Return a text of a finding in the language of `say`: words, or a place such as `table 1`."""
    if isinstance(text, Words):
        return text.say(say)
    if _PLACE.fullmatch(text):
        return say(", ").join(_counted(word, number, say) for word, number in _COUNTED.findall(text))
    return say(text) if text else ""


_COUNTED = re.compile(r"(paragraph|table|row|page|line) (\d+)")
_PLACE = re.compile(rf"{_COUNTED.pattern}(?:, {_COUNTED.pattern})*")


def _counted(word: str, number: str, say: Say) -> str:
    return say(f"{word} {{number}}").format(number=number)


def summary(report: CheckReport, say: Say) -> str:
    """Return one line with the number of rules per verdict."""
    counts = report.counts()
    return say("{fail} FAIL, {human} for a person, {passed} passed, {na} not applicable").format(
        fail=counts["FAIL"], human=counts["HUMAN"], passed=counts["PASS"], na=counts["N/A"]
    )


def to_html(report: CheckReport, title: str, say: Say) -> str:
    """Return the report as one self-contained HTML page."""
    head = "".join(f"<th>{escape(say(name))}</th>" for name in COLUMNS)
    body = "".join(
        f'<tr class="{finding.verdict.name}">' + "".join(f"<td>{escape(t)}</td>" for t in row(finding, say)) + "</tr>"
        for finding in gravest_first(report.findings)
    )
    colours = "".join(f".{v.name} td:nth-child(2){{color:#{c};font-weight:600}}" for v, c in _COLOURS.items())
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title><style>'
        "body{font:14px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;margin:2rem;color:#202124}"
        "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #dadce0;padding:.35rem .5rem;"
        "text-align:left;vertical-align:top}th{background:#f1f3f4;position:sticky;top:0}"
        f"{colours}</style></head><body><h1>{escape(title)}</h1><p>{escape(summary(report, say))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def to_word(report: CheckReport, title: str, say: Say) -> bytes:
    """Return the report as a landscape Word document; HUMAN rules end in a checklist with a place to sign."""
    document = Document()
    _prepare(document, title)
    document.add_heading(title, level=1)
    document.add_paragraph(summary(report, say))
    shown = [f for f in gravest_first(report.findings) if f.verdict in (Verdict.FAIL, Verdict.HUMAN)]
    _table(document, [say(name) for name in COLUMNS], [row(finding, say) for finding in shown])
    document.add_heading(say("Checklist for a person"), level=2)
    human = [f for f in shown if f.verdict is Verdict.HUMAN]
    lines = [(f.rule, say(registered()[f.rule].title), f.expected, "☐", "") for f in human]
    _table(document, [say(n) for n in ("rule", "defect", "expected", "seen", "signature, date")], lines)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: Any, title: str) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", title, ""
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = "Noto Sans CJK SC"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    document.styles["Normal"].font.size = Pt(9)


def _table(document: Any, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for texts in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            if text in list(Verdict):
                run.font.color.rgb = RGBColor.from_string(_COLOURS[Verdict(text)])
                run.bold = True
