"""What a rejection rule says: a verdict with its evidence, and the report that collects them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flows.steps.checks.words import Words


class Verdict(StrEnum):
    """FAIL: a defect was seen. PASS: judged on evidence. HUMAN: a person must look. N/A: the rule does not apply."""

    FAIL = "FAIL"
    PASS = "PASS"
    HUMAN = "HUMAN"
    NOT_APPLICABLE = "N/A"


@dataclass(frozen=True)
class Finding:
    """One verdict of one rule with its evidence; values stay inside the sealed report.

    `found`, `expected` and `place` are `Words` where a rule says more than a value that it read.
    """

    rule: str
    verdict: Verdict
    document: str = ""
    place: str = ""
    found: str = ""
    expected: str = ""
    law: str = ""
    fix: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON value: English texts, and under `words` what says them in another language."""
        texts: dict[str, Any] = {name: str(value) for name, value in vars(self).items()}
        return {**texts, "words": {n: value.to_json() for n, value in vars(self).items() if isinstance(value, Words)}}


@dataclass(frozen=True)
class CheckReport:
    """All findings of one run, by rule; a rule that was judged has at least one finding."""

    findings: tuple[Finding, ...]

    def verdict(self, rule: str) -> Verdict:
        """Return the gravest verdict of a rule; N/A when it was not run."""
        order = (Verdict.FAIL, Verdict.HUMAN, Verdict.PASS)
        verdicts = {finding.verdict for finding in self.findings if finding.rule == rule}
        return next((verdict for verdict in order if verdict in verdicts), Verdict.NOT_APPLICABLE)

    def counts(self) -> dict[str, int]:
        """Return how many rules came to each verdict."""
        counted = Counter(str(self.verdict(rule)) for rule in {finding.rule for finding in self.findings})
        return {str(verdict): counted[str(verdict)] for verdict in Verdict}

    def failed_rules(self) -> tuple[str, ...]:
        """Return the ids of the rules that FAIL, sorted."""
        return tuple(sorted({finding.rule for finding in self.findings if finding.verdict is Verdict.FAIL}))

    def human_rules(self) -> tuple[str, ...]:
        """Return the ids of the rules that only a person can judge here, sorted."""
        rules = sorted({finding.rule for finding in self.findings})
        return tuple(rule for rule in rules if self.verdict(rule) is Verdict.HUMAN)

    def to_json(self) -> str:
        """Return the findings as a JSON list (docs/data-model.md, "Check report")."""
        return json.dumps([finding.to_json() for finding in self.findings], ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str | bytes) -> "CheckReport":
        """Return the report that `to_json` wrote."""
        return cls(tuple(_finding(entry) for entry in json.loads(text)))


def _finding(entry: Mapping[str, Any]) -> Finding:
    words = {name: Words.from_json(value) for name, value in entry["words"].items()}
    texts = {name: value for name, value in entry.items() if name != "words"}
    return Finding(**{**texts, **words, "verdict": Verdict(entry["verdict"])})


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with FAIL first, then HUMAN, PASS, N/A; by rule within."""
    order = [Verdict.FAIL, Verdict.HUMAN, Verdict.PASS, Verdict.NOT_APPLICABLE]
    return sorted(findings, key=lambda finding: (order.index(finding.verdict), finding.rule))
