"""The checklist of the rejection rules that only a person can judge: what a reviewer ticked over the very report.

SJE/ZY/GK-02 art. 3.3; a report's HUMAN rules are ticked one by one and signed, in one signature or in several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.steps.procedure import Facts, Manifested

CHECKLIST = "checklist"
TO_LOOK_AT = "for a person to look at"


def reason(rules: Iterable[str], comment: str) -> str:
    """Return the reason of a signed checklist: the ids of the rules that were ticked, then a comment."""
    return ": ".join(text for text in (", ".join(sorted(rules)), comment) if text)


def ticked(reason: str) -> frozenset[str]:
    """Return the rule ids that a signed checklist names."""
    return frozenset(re.findall(r"R\d\d", reason.partition(":")[0]))


def open_rules(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> frozenset[str]:
    """Return the rules of a lot's report that a person must judge and that no reviewer has ticked over that report."""
    reports = {m.digest for m in decided_on if m.name.startswith("checks/")}
    reviewers = set(facts.people.get("reviewer", ())) - set(facts.people.get("handler", ()))
    seen = [
        ticked(s.reason)
        for s in facts.decisions
        if (s.decision, s.lot, s.role) == (CHECKLIST, lot, "reviewer")
        if s.subjects == reports and s.named in reviewers
    ]
    return facts.human_rules.get(lot, frozenset()) - frozenset().union(*seen)


def unseen(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> tuple[str, ...]:
    """Return the same as what a gate lacks."""
    return tuple(f"{rule}: {TO_LOOK_AT}" for rule in sorted(open_rules(lot, facts, decided_on)))
