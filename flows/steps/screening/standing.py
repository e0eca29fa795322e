"""How a screening stands: which opinions of the panel are missing, and whether a bid against the form gives its reason.

SJE/ZY/GK-02 art. 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.steps.procedure import Facts, Manifested, Signed

OPINION = "screening-opinion"
OVERRIDE = "reason of the override"


def opinions(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> tuple[Signed, ...]:
    """Return the last opinion of each person of the panel over exactly this form; handler and leader give none."""
    digests = frozenset(manifested.digest for manifested in decided_on)
    barred = {person for role in ("handler", "leader") for person in facts.people.get(role, ())}
    panel = set(facts.people.get("panel", ())) - barred
    found = {
        signed.named: signed
        for signed in facts.decisions
        if signed.decision == OPINION and signed.lot == lot and signed.role == "panel"
        if signed.subjects == digests and signed.named in panel and signed.person not in barred
    }
    return tuple(found.values())


def missing_opinions(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> tuple[str, ...]:
    """Return who of the panel has not signed yet, nobody when enough have."""
    have = {signed.named for signed in opinions(lot, facts, decided_on)}
    if len(have) >= facts.opinions.get(lot, 0):
        return ()
    return tuple(f"panel: {person}" for person in facts.people.get("panel", ()) if person not in have) or ("panel: ?",)


def unscreened(lot: str, facts: Facts, decided_on: Sequence[Manifested], signed: Sequence[Signed]) -> tuple[str, ...]:
    """Return what a decision to bid still lacks: opinions, or its reason where the form itself advises against it."""
    against = any(facts.advice.get(manifested.digest) == "no-bid" for manifested in decided_on)
    silent = [decision for decision in signed if against and not decision.reason.strip()]
    return missing_opinions(lot, facts, decided_on) + tuple(f"{s.role}: {OVERRIDE}" for s in silent)
