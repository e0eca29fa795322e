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
    used = set[str]()
    missing = []
    for need in needed:
        fit = next((s for s in facts.decisions if _answers(s, need, lot, offer, facts) and not s.people & used), None)
        if fit is None:
            missing.append(f"{need.decision}: {' / '.join(need.signers)}")
        else:
            # Different tiers ask for different people; an exception may be signed by one who signs the tier as well.
            used |= fit.people if need.decision == needed[0].decision else frozenset()
    return tuple(missing)


def _answers(signed: Signed, need: Need, lot: str, offer: str, facts: Facts) -> bool:
    group = set(facts.people.get("pricing", ()))
    fits = (signed.decision, signed.lot, signed.verdict) == (need.decision, lot, "approve")
    named = facts.people.get(signed.role)
    right = signed.role in need.signers and (named is None or signed.named in named)
    return fits and right and signed.subjects == {offer} and not signed.people & group
