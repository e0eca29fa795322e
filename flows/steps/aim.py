"""Figures for the aim of the rule: how often bids were won with technical support and without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from storage.prices.figures import Share

_DECIDED = ("won", "lost", "rejected")


@dataclass(frozen=True)
class Bid:
    """A lot whose result is known, and whether the technical department supported it."""

    result: str
    supported: bool


def win_rates(bids: Iterable[Bid]) -> list[Share]:
    """Return the win rate with technical support and without it; failed and terminated tenders decide nothing."""
    decided = [bid for bid in bids if bid.result in _DECIDED]
    groups = {
        "with technical support": [bid for bid in decided if bid.supported],
        "without support": [bid for bid in decided if not bid.supported],
    }
    return [Share(name, sum(bid.result == "won" for bid in group), len(group)) for name, group in groups.items()]


def to_json(share: Share) -> dict[str, Any]:
    """Return a win rate as a JSON value; no rate and no interval without a case."""
    known = share.cases > 0
    return {
        "bids": share.label,
        "won": share.wins,
        "decided": share.cases,
        "rate": round(share.value, 4) if known else None,
        "interval": [round(bound, 4) for bound in share.interval] if known else None,
        "few": share.few,
    }
