"""Which signatures count at a gate: the last word of each person who may sign, until a vote is closed.

Pure, like `flows.steps.procedure`, whose gates ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from flows.steps.returned import returned

LATE = "signed after the deadline"
if TYPE_CHECKING:
    from flows.steps.procedure import Facts, Gate, Signed


def last_words(gate: Gate, lot: str, facts: Facts, digests: frozenset[str]) -> tuple[Signed, ...]:
    """Return the last word of each person who is named for a role of the gate, over exactly these documents.

    What was signed before a review sent the stage back does not count, nor a vote after its close, nor a vote or a
    submission after the deadline.
    """
    barred = {person for role in gate.not_also for person in facts.people.get(role, ())}
    words: dict[tuple[str, str], Signed] = {}
    back = returned(gate.stage, lot, facts)
    for signed in facts.decisions:
        fits = signed.decision == gate.decision and signed.lot == lot and signed.subjects == digests
        fits = fits and (back is None or signed.at > back.at)
        fits = fits and in_time(gate, facts, signed)
        named = signed.role in gate.signers and signed.named in facts.people.get(signed.role, ())
        if fits and named and not barred & {signed.person, signed.named}:
            words[(signed.role, signed.named)] = signed
            if gate.quorum and closed(gate, facts, words.values()):
                break
    return tuple(words.values())


def in_time(gate: Gate, facts: Facts, signed: Signed) -> bool:
    """Tell whether a signature came before the deadline, where the gate asks for that."""
    return not gate.until_deadline or facts.deadline is None or signed.at <= facts.deadline


def too_late(gate: Gate, lot: str, facts: Facts) -> tuple[str, ...]:
    """Return whose signatures came after the deadline and do not count."""
    mine = [s for s in facts.decisions if (s.decision, s.lot) == (gate.decision, lot)]
    return tuple(dict.fromkeys(f"{s.named}: {LATE}" for s in mine if not in_time(gate, facts, s)))


def closed(gate: Gate, facts: Facts, signed: Iterable[Signed]) -> bool:
    """Tell whether a vote is over: the quorum is reached, and what is said later does not count."""
    return votes([s for s in signed if s.verdict in gate.passing]) >= facts.quorum


def refusal(gate: Gate, lot: str, facts: Facts, signed: Sequence[Signed]) -> Signed | None:
    """Return the refusal that stands: one of a signer, as many of a group as put the quorum out of reach, a return."""
    refusals = [s for s in signed if s.verdict in gate.refusing]
    spare = max(0, len(facts.people.get(gate.signers[0], ())) - facts.quorum) if gate.quorum else 0
    if len(refusals) > spare:
        return refusals[-1 if gate.quorum else 0]
    return None if signed else returned(gate.stage, lot, facts)


def missing_signers(gate: Gate, facts: Facts, signed: Sequence[Signed]) -> tuple[str, ...]:
    """Return who has not signed yet, as `role: person`; nobody once a quorum is reached."""
    if gate.quorum:
        role = gate.signers[0]
        have = {s.named for s in signed}
        lacking = facts.quorum - votes(signed)
        open_people = [p for p in facts.people.get(role, ()) if p not in have]
        return tuple(f"{role}: {person}" for person in open_people) if lacking > 0 else ()
    missing, used = [], set[str]()
    for role in gate.signers:
        fit = next((s for s in signed if s.role == role and not s.people & used), None)
        if fit is None:
            missing.append(f"{role}: {', '.join(facts.people.get(role, ())) or '?'}")
        else:
            used |= fit.people
    return tuple(missing)


def votes(signed: Sequence[Signed]) -> int:
    """Return how many votes there are of which no person stands behind two, in person, as deputy or as witness."""
    for size in range(len(signed), 0, -1):
        for some in combinations(signed, size):
            if sum(len(s.people) for s in some) == len(frozenset().union(*(s.people for s in some))):
                return size
    return 0
