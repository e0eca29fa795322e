"""The statement of conformance (制度执行情况表) as a Word form."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from flows.steps.conformance.evidence import Evidence
from flows.steps.conformance.requirement import Conformity
from flows.steps.conformance.statement import Article
from flows.steps.tender import Tender
from templates import catalogue, fill
from templates.wording import date_cn

_EVENTS = 8  # as many as fit the cell; the statement as JSON names every one


def word(
    evidence: Evidence,
    articles: Sequence[Article],
    record: Tender,
    chinese: Callable[[str], str],
    signatures: Sequence[Mapping[str, str]] = (),
) -> bytes:
    """Return the statement as a Word file.

    Args:
        chinese: gives the Chinese text of a message id.
        signatures: rows of the form's signature table: role, name, mark, at.
    """
    findings = [finding for article in articles for finding in article.findings]
    entries = {article.article: article.interpretations for article in articles}
    counts = Counter(finding.state for finding in findings)
    at = evidence.now.astimezone(record.deadline.tzinfo)
    fields = {
        "project": {"name": record.title, "number": record.number},
        "form": {"number": record.number, "signatures": list(signatures)},
        "conformance": {
            "department": evidence.department,
            "procedure": evidence.procedure,
            "at": f"{date_cn(at.date())} {at:%H:%M}",
            **{state.value.replace("-", "_"): str(counts[state]) for state in Conformity},
            "rows": [
                {
                    "article": "目的" if finding.article == "aim" else finding.article,
                    "requirement": chinese(finding.requirement),
                    "lot": finding.lot,
                    "state": chinese(finding.state.value),
                    "events": numbers(finding.events, _EVENTS),
                    "note": _note(chinese(finding.note), entries[finding.article]),
                }
                for finding in findings
            ],
        },
    }
    return fill.fill_bytes(catalogue.form("conformance"), fields)


def _note(text: str, entries: Sequence[int]) -> str:
    told = f"解释登记号 {'、'.join(map(str, entries))}" if entries else ""
    return "；".join(filter(None, (text, told)))


def numbers(events: Sequence[int], most: int) -> str:
    """Return event numbers as text: of many the first few, and how many there are."""
    shown = ", ".join(map(str, events[:most]))
    return shown if len(events) <= most else f"{shown} … ({len(events)})"
