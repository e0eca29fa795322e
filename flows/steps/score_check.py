"""Holds the published price scores of an opening record against the tender's own formula, bid by bid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.steps.opening.record import OpenedBid
from flows.steps.score import ScoreError, ScoreRule, benchmark, drawn_parameters, parse, score
from flows.steps.tender import Tender


@dataclass(frozen=True, kw_only=True)
class CheckedScore:
    """A bid's published price score beside the recomputed one, in points; `differs` beyond the rounding step."""

    lot: str
    bidder: str
    evaluated_price: Decimal
    published: Decimal | None
    recomputed: Decimal
    differs: bool

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON value, numbers as text."""
        return {
            "lot": self.lot,
            "bidder": self.bidder,
            "evaluated_price": f"{self.evaluated_price:f}",
            "published": None if self.published is None else f"{self.published:f}",
            "recomputed": f"{self.recomputed:f}",
            "differs": self.differs,
        }


def check_scores(
    tender: Tender, bids: Sequence[OpenedBid], drawn: Mapping[str, str]
) -> tuple[list[CheckedScore], dict[str, str]]:
    """Return the price score of every valid bid of the last round, published beside recomputed.

    Nothing for a tender without a formula, and for `lowest-wins`, which knows no score.

    Args:
        drawn: by lot, what was drawn at the opening (下浮系数, K, Δ), as `drop=0.03; e1=1`.

    Returns:
        The scores; and by lot why it cannot be scored, such as a formula that needs a ceiling.
    """
    if tender.score is None or tender.score.formula == "lowest-wins":
        return [], {}
    written = parse(tender.score.model_dump(mode="json", exclude_none=True))
    checked: list[CheckedScore] = []
    unscored: dict[str, str] = {}
    for lot in tender.lots:
        try:
            rule = written.drawn(**drawn_parameters(drawn.get(lot.id, "")))
            checked += _of_lot(rule, _last_round(bids, lot.id), lot.ceiling)
        except ScoreError as error:
            unscored[lot.id] = str(error)
    return checked, unscored


def _last_round(bids: Sequence[OpenedBid], lot: str) -> dict[str, OpenedBid]:
    last: dict[str, OpenedBid] = {}
    for bid in bids:
        before = last.get(bid.bidder)
        if bid.lot == lot and bid.status == "valid" and (before is None or bid.round > before.round):
            last[bid.bidder] = bid
    return {bidder: bid for bidder, bid in last.items() if evaluated(bid) is not None}


def evaluated(bid: OpenedBid) -> Decimal | None:
    """Return the price that is scored: the evaluated one, else the corrected, else the one read out."""
    if bid.evaluated_price is not None:
        return bid.evaluated_price
    opened = bid.price if bid.corrected_price is None else bid.corrected_price
    return None if opened is None else opened * bid.rate


def _of_lot(rule: ScoreRule, bids: Mapping[str, OpenedBid], ceiling: Decimal | None) -> list[CheckedScore]:
    prices = {bidder: price for bidder, bid in bids.items() if (price := evaluated(bid)) is not None}
    if not prices:
        return []
    against = benchmark(rule, list(prices.values()), ceiling)
    return [_checked(rule, bids[bidder], price, score(rule, price, against)) for bidder, price in prices.items()]


def _checked(rule: ScoreRule, bid: OpenedBid, price: Decimal, points: Decimal) -> CheckedScore:
    published = bid.price_score
    differs = published is not None and abs(published - points) > rule.step
    return CheckedScore(
        lot=bid.lot,
        bidder=bid.bidder,
        evaluated_price=price,
        published=published,
        recomputed=points,
        differs=differs,
    )
