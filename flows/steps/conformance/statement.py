"""The statement of conformance: every requirement judged, gathered by article in the order of the rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flows.steps.conformance.evidence import Evidence
from flows.steps.conformance.requirement import REQUIREMENTS, Conformity, Finding, Requirement
from flows.steps.interpretation import ARTICLES
from flows.steps.procedure import WHOLE_TENDER

_WORST_FIRST = (Conformity.BROKEN, Conformity.OPEN, Conformity.SATISFIED, Conformity.NOT_APPLICABLE)


@dataclass(frozen=True)
class Article:
    """One article: the worst state of its requirements, the events behind them, entries of the interpretations."""

    article: str
    state: Conformity
    findings: tuple[Finding, ...]
    interpretations: tuple[int, ...] = ()

    @property
    def events(self) -> tuple[int, ...]:
        """Return the numbers of the events behind every finding, in order, each once."""
        return tuple(sorted({seq for finding in self.findings for seq in finding.events}))

    def to_json(self, evidence: Evidence) -> dict[str, Any]:
        """Return the article as a JSON value, each event with its type, author and time."""
        known = {event.seq: event for event in evidence.events}
        return {
            "article": self.article,
            "state": self.state.value,
            "events": [
                {"seq": seq, "type": known[seq].type, "by": known[seq].by, "at": known[seq].at.isoformat()}
                for seq in self.events
            ],
            "requirements": [
                {
                    "requirement": finding.requirement,
                    "lot": finding.lot,
                    "state": finding.state.value,
                    "events": list(finding.events),
                    "note": finding.note,
                }
                for finding in self.findings
            ],
            "interpretations": list(self.interpretations),
        }


def judge(evidence: Evidence) -> list[Article]:
    """Return how the tender stands against every article of the rule, in its order."""
    findings = [finding for each in REQUIREMENTS for finding in _judged(each, evidence)]
    return [_article(name, [f for f in findings if f.article == name], evidence) for name in ARTICLES]


def _judged(each: Requirement, evidence: Evidence) -> Iterable[Finding]:
    for lot in evidence.lots if each.per_lot else [WHOLE_TENDER]:
        found = each.judge(evidence, lot)
        end = evidence.ended(lot) if each.per_lot else None
        if end is not None and found.state is Conformity.OPEN:
            yield Finding(each.article, each.text, lot, Conformity.NOT_APPLICABLE, (end.seq,), "the lot has ended")
        else:
            yield Finding(each.article, each.text, lot, found.state, found.events, found.note)


def _article(name: str, findings: list[Finding], evidence: Evidence) -> Article:
    states = {finding.state for finding in findings}
    worst = next((state for state in _WORST_FIRST if state in states), Conformity.NOT_APPLICABLE)
    return Article(name, worst, tuple(findings), evidence.interpretations.get(name, ()))
