"""A check report for people, in their language: what each finding says, and one self-contained HTML page."""

import re
from html import escape

from flows.steps.checks.registry import registered
from flows.steps.checks.verdict import CheckReport, Finding, Verdict, gravest_first
from flows.steps.checks.words import Say, Words

COLUMNS = ("rule", "verdict", "defect", "document", "place", "found", "expected", "law", "fix")
COLOURS = {Verdict.FAIL: "B3261E", Verdict.HUMAN: "8A5A00", Verdict.PASS: "1B6E3C", Verdict.NOT_APPLICABLE: "5F6368"}


def row(finding: Finding, say: Say) -> tuple[str, ...]:
    """Return a finding as texts in the order of `COLUMNS`, in the language of `say`; what was read stays as it was."""
    title, fix = (say(text) if text else "" for text in (registered()[finding.rule].title, finding.fix))
    document, found, expected = (_spoken(text, say) for text in (finding.document, finding.found, finding.expected))
    place = _said_place(finding.place, say)
    law = _LAW.sub(lambda match: say(f"{match[1]}. {{number}}").format(number=match[2]), finding.law)
    return (finding.rule, say(str(finding.verdict)), title, document, place, found, expected, law, fix)


def to_look_at(finding: Finding, say: Say) -> tuple[str, str, str, str, str]:
    """Return what a person must look at: rule, defect, document, place, what was found and what is expected."""
    rule, _verdict, defect, document, place, found, expected, *_rest = row(finding, say)
    return rule, defect, document, place, " → ".join(text for text in (found, expected) if text)


def _spoken(text: str, say: Say) -> str:
    return text.say(say) if isinstance(text, Words) else text


def _said_place(place: str, say: Say) -> str:
    """Places are named by the program, as words, as one of few names, or by numbers: `table 1, row 3`."""
    if _PLACE.fullmatch(place):
        return say(", ").join(_counted(word, number, say) for word, number in _COUNTED.findall(place))
    return _spoken(place, say) if isinstance(place, Words) or not place else say(place)


_LAW = re.compile(r"(art|ch)\. (\d+)")
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
    colours = "".join(f".{v.name} td:nth-child(2){{color:#{c};font-weight:600}}" for v, c in COLOURS.items())
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title><style>'
        "body{font:14px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;margin:2rem;color:#202124}"
        "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #dadce0;padding:.35rem .5rem;"
        "text-align:left;vertical-align:top}th{background:#f1f3f4;position:sticky;top:0}"
        f"{colours}</style></head><body><h1>{escape(title)}</h1><p>{escape(summary(report, say))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )
