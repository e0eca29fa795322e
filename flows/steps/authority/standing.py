"""How a price stands above the pricing group: which signatures of its tier, or under the floor, are missing.

SJE/ZY/GK-02 art. 3.3 with the company's decision rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.steps.authority.need import Need
    from flows.steps.procedure import Facts, Manifested, Signed

CLAIM = "tender propose"
"""What an offer lacks that nobody has declared what it needs."""


def unauthorised(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> tuple[str, ...]:
    """Return the signatures from above that the newest offer still needs; of nobody who is in the pricing group."""
    offer = decided_on[0].digest
    needed = facts.needs.get(offer)
    if needed is None:
        return (f"{decided_on[0].name}: {CLAIM}",)
    words = _last_words(lot, offer, facts)
    used: dict[str, frozenset[str]] = {}
    missing = []
    for need in needed:
        taken = used.get(need.decision, frozenset())
        fit = next((s for s in words if _answers(s, need) and not s.people & taken), None)
        if fit is None:
            missing.append(f"{need.decision}: {' / '.join(need.signers)}")
        else:
            # Two of one tier are two people; who signs the tier may sign the exception as well.
            used[need.decision] = taken | fit.people
    return tuple(missing)


def _last_words(lot: str, offer: str, facts: Facts) -> tuple[Signed, ...]:
    """Return what each person above said last, in time, of exactly this offer; nobody of the pricing group."""
    group = set(facts.people.get("pricing", ()))
    words: dict[tuple[str, str], Signed] = {}
    for signed in facts.decisions:
        named = facts.people.get(signed.role)
        right = (named is None or signed.named in named) and not signed.people & group
        in_time = facts.deadline is None or signed.at <= facts.deadline
        if signed.lot == lot and signed.subjects == {offer} and right and in_time:
            words[(signed.decision, signed.named)] = signed
    return tuple(words.values())


def _answers(signed: Signed, need: Need) -> bool:
    return (signed.decision, signed.verdict) == (need.decision, "approve") and signed.role in need.signers
