"""Holds screenings against outcomes: did a higher score win more often, and were overrides right (art. 3.2, 3.5)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

BANDS = (Decimal(0), Decimal(40), Decimal(60), Decimal(80), Decimal(100))
WON, LOST = "won", ("lost", "rejected")


@dataclass(frozen=True)
class Screened:
    """One lot that was screened: score of 100 (None: short form), advice, what was decided, how it came out.

    `decision` is empty while none stands; `outcome` is empty while none is archived.
    """

    tender: str
    lot: str
    score: Decimal | None
    advice: str
    decision: str = ""
    outcome: str = ""

    @property
    def overridden(self) -> bool:
        """Whether the decision went against the form."""
        return bool(self.decision) and self.decision != self.advice


def calibrate(screened: Sequence[Screened]) -> dict[str, Any]:
    """Return counts by band of scores and by advice, and how often a won lot had scored higher than a lost one.

    The last figure (`ordered`, 0 to 1, ties half) is None without a won and a lost lot that both have a score; every
    figure comes with the count that it rests on.
    """
    bid = [one for one in screened if one.decision == "bid"]
    won = [one.score for one in bid if one.outcome == WON and one.score is not None]
    lost = [one.score for one in bid if one.outcome in LOST and one.score is not None]
    pairs = [(high > low) + Decimal("0.5") * (high == low) for high in won for low in lost]
    ordered = sum(pairs, Decimal()) / len(pairs) if pairs else None
    return {
        "screened": len(screened),
        "decided": dict(Counter(one.decision or "open" for one in screened)),
        "overridden": sum(one.overridden for one in screened),
        "bands": [_row(label, rows) for label, rows in _bands(screened)],
        "advice": [_row(advice, [o for o in screened if o.advice == advice]) for advice in ("bid", "no-bid")],
        "ordered": None if ordered is None else f"{ordered:.2f}",
        "pairs": len(pairs),
    }


def _bands(screened: Sequence[Screened]) -> list[tuple[str, list[Screened]]]:
    scored = [one for one in screened if one.score is not None]
    last = len(BANDS) - 2
    bands = [
        (f"{low}–{high}", [o for o in scored if low <= o.score and (o.score < high or place == last)])  # type: ignore[operator]
        for place, (low, high) in enumerate(pairwise(BANDS))
    ]
    return [*bands, ("short form", [one for one in screened if one.score is None])]


def _row(label: str, rows: Sequence[Screened]) -> dict[str, Any]:
    won = sum(one.outcome == WON for one in rows if one.decision == "bid")
    lost = sum(one.outcome in LOST for one in rows if one.decision == "bid")
    rate = f"{Decimal(won) / (won + lost):.2f}" if won + lost else None
    bid = sum(one.decision == "bid" for one in rows)
    no_bid = sum(one.decision == "no-bid" for one in rows)
    return {
        "label": label, "screened": len(rows), "bid": bid, "no_bid": no_bid, "won": won, "lost": lost, "win_rate": rate,
    }  # fmt: skip
