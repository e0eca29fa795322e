"""The rejection rules by id; a rule is registered by writing it with `@rule` in a file of `rules/`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.verdict import Finding, Verdict
from flows.steps.checks.words import Words, shorten

Judge = Callable[[BidUnderCheck, "Rule"], Iterable[Finding]]
_RULES: dict[str, "Rule"] = {}


@dataclass(frozen=True)
class Rule:
    """A rejection rule: id, defect, the law or clause behind it, how to mend it, and the function that judges."""

    id: str
    title: str
    law: str
    fix: str
    judge: Judge

    def fail(self, found: object, expected: object, document: str = "", place: str = "") -> Finding:
        """Return a FAIL with its evidence."""
        return self._finding(Verdict.FAIL, found, expected, document, place)

    def human(self, found: object, expected: object, document: str = "", place: str = "") -> Finding:
        """Return a HUMAN: what a person must look at, or what the rule would need."""
        return self._finding(Verdict.HUMAN, found, expected, document, place)

    def passed(self, found: object, expected: object = "", document: str = "", place: str = "") -> Finding:
        """Return a PASS with what it rests on."""
        return self._finding(Verdict.PASS, found, expected, document, place)

    def not_applicable(self, reason: str) -> Finding:
        """Return an N/A with its reason."""
        return self._finding(Verdict.NOT_APPLICABLE, reason, "", "", "")

    def _finding(self, verdict: Verdict, found: object, expected: object, document: str, place: str) -> Finding:
        fix = self.fix if verdict in (Verdict.FAIL, Verdict.HUMAN) else ""
        return Finding(self.id, verdict, document, place, _evidence(found), _evidence(expected), self.law, fix)


def _evidence(value: object) -> str:
    return value if isinstance(value, Words) else shorten(str(value))


def rule(rule_id: str, title: str, law: str, fix: str) -> Callable[[Judge], Judge]:
    """Register the decorated function as the judge of a rule.

    Args:
        rule_id: R01 … R40.
        title: The defect, an English message id.
        law: Law and article, or the chapter of the standard tender documents.
        fix: What to do about it, an English message id.
    """

    def register(judge: Judge) -> Judge:
        _RULES[rule_id] = Rule(rule_id, title, law, fix, judge)
        return judge

    return register


def registered() -> dict[str, Rule]:
    """Return every rule by id, in the order of the ids."""
    package = importlib.import_module("flows.steps.checks.rules")

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return {rule_id: _RULES[rule_id] for rule_id in sorted(_RULES)}
