"""Rounds of price: the sealed range that a representative may move in, and the price of each round held against it.

SJE/ZY/GK-02 art. 3.3 and 4: the pricing group stays the only source of a price; what is said in the room lies within
what it signed beforehand.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from flows.errors import TenderError
from flows.steps.authority import PriceRules, is_under_floor, needs
from flows.steps.authority.need import EXCEPTION, Need
from flows.steps.cost import CostSheet
from flows.steps.price import PriceOffer, at_total
from flows.steps.procedure import Gate

RANGE_GATE = Gate(
    "price-range", "price-range", "3.3", ("pricing",), ("approve",), ("range/{lot}",), ("reject",), quorum=True,
    not_also=("representative",),
)  # fmt: skip
FIRST = 2
"""Round 1 is the price in the bid itself."""


class RoundRefused(TenderError):
    """A price of a round that the signed range does not hold; it is never named."""


@dataclass(frozen=True)
class Range:
    """What the representative may say in every round after the first, `low` to `high`, on the tender's tax basis."""

    lot: str
    currency: str
    low: Decimal
    high: Decimal

    def to_json(self) -> bytes:
        """Return the range as JSON."""
        return json.dumps({"v": 1, **{k: str(v) for k, v in vars(self).items()}}, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return what `to_json` wrote."""
        entry = json.loads(data)
        return cls(entry["lot"], entry["currency"], Decimal(entry["low"]), Decimal(entry["high"]))


def make_range(lot: str, currency: str, low: Decimal, high: Decimal, ceiling: Decimal | None) -> Range:
    """Return a range that can be signed.

    Raises:
        RoundRefused: it is empty, not above zero, or reaches over the ceiling.
    """
    if not (low.is_finite() and high.is_finite() and 0 < low <= high):
        raise RoundRefused("Range of lot {lot}: found no amounts with 0 < low ≤ high; next: give both again", lot=lot)
    if ceiling is not None and high > ceiling:
        raise RoundRefused("Range of lot {lot}: it reaches over the ceiling; next: lower its upper end", lot=lot)
    return Range(lot, currency, low, high)


def require_covered(made: Range, offer: PriceOffer, cost: CostSheet, rules: PriceRules) -> None:
    """Refuse a range in which a price may be said that needs more from above than was signed over the offer.

    Args:
        offer: the decided one; whoever must sign it from above has.
        cost: what it rests on; rules: the decision rights that apply.

    Raises:
        RoundRefused: with the signature that is missing, without an amount (SJE/ZY/GK-02 art. 3.3).
    """
    signed = set(needs(rules, offer))
    for end in (made.low, made.high):
        at = at_total(offer, end, cost)
        lacking = [need for need in needs(rules, at) if need not in signed]
        if not lacking and is_under_floor(at) and end < offer.total:
            lacking = [Need(EXCEPTION, rules.exception)]
        if lacking:
            raise RoundRefused(
                "Range of lot {lot}: within it a price may need {decision} by {signers}, which nobody signed over the "
                "offer (SJE/ZY/GK-02 art. 3.3); next: narrow it, or tender propose at such a price and have it signed",
                lot=made.lot,
                decision=lacking[0].decision,
                signers=" / ".join(lacking[0].signers),
            )


def make_round(lot: str, number: int, rounds: int, price: Decimal, allowed: Range, at: datetime) -> dict[str, Any]:
    """Return the price of one round as plain values.

    Args:
        number: of the round, from 2.
        rounds: how many the tender has.
        at: aware; when it was given.

    Raises:
        RoundRefused: no such round, or a price outside the signed range (SJE/ZY/GK-02 art. 3.3).
    """
    if not FIRST <= number <= rounds:
        raise RoundRefused(
            "Round of lot {lot}: found {found}, expected 2 to {rounds}; next: check the number and tender.yaml",
            lot=lot,
            found=number,
            rounds=rounds,
        )
    if not price.is_finite() or not allowed.low <= price <= allowed.high:
        raise RoundRefused(
            "Round {number} of lot {lot}: the price lies outside the range that the pricing group signed "
            "(SJE/ZY/GK-02 art. 3.3); next: stay within it, or have the group sign another: tender price range",
            number=number,
            lot=lot,
        )
    return {
        "v": 1,
        "lot": lot,
        "round": number,
        "currency": allowed.currency,
        "price": str(price),
        "at": at.isoformat(),
    }
