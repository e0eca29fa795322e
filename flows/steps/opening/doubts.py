"""Doubts that only several rows together show: rows that stand twice, one name for two companies, prices far off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import median_low
from typing import TYPE_CHECKING

from flows.steps.opening.sheet import Quarantined
from flows.steps.tender import Tender
from storage.prices.companies import name_key

if TYPE_CHECKING:
    from flows.steps.opening.record import OpenedBid

_FAR_OFF = 100


def across(bids: Sequence["OpenedBid"], tender: Tender) -> list[Quarantined]:
    """Return what the rows show together; the first of two equal rows stays."""
    found = [*_doubled(bids), *_two_with_one_name(bids), *_far_off(bids, tender)]
    if not any(bid.own for bid in bids):
        found.append(Quarantined("", 0, "bidder", "our own bid is missing", "", tender.bidder.name))
    return found


def _doubled(bids: Sequence["OpenedBid"]) -> Iterable[Quarantined]:
    first: dict[tuple[object, ...], OpenedBid] = {}
    for bid in bids:
        key = (bid.lot, bid.round, name_key(bid.bidder), bid.credit_code)
        standing = first.setdefault(key, bid)
        if standing is not bid:
            where = f"{standing.sheet} {standing.row}".strip()
            yield Quarantined(bid.sheet, bid.row, "bidder", "a row that stands twice", bid.bidder, f"only row {where}")


def _two_with_one_name(bids: Sequence["OpenedBid"]) -> Iterable[Quarantined]:
    codes: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for bid in bids:
        codes[bid.lot, bid.round, name_key(bid.bidder)].add(bid.credit_code)
    for bid in bids:
        if len(codes[bid.lot, bid.round, name_key(bid.bidder)]) > 1:
            yield Quarantined(
                bid.sheet, bid.row, "bidder", "two bidders with one name", bid.bidder, "one credit code per name"
            )


def _far_off(bids: Sequence["OpenedBid"], tender: Tender) -> Iterable[Quarantined]:
    """The usual price is the lot's ceiling, else its (lower) median; a slip of 元 and 万元 is a factor of 10,000."""
    prices: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
    for bid in bids:
        if bid.price:
            prices[bid.lot, bid.round].append(bid.price * bid.rate)
    for bid in bids:
        if not bid.price:
            continue
        price = bid.price * bid.rate
        usual = tender.lot(bid.lot).ceiling or median_low(prices[bid.lot, bid.round])
        if price > _FAR_OFF * usual:
            yield Quarantined(
                bid.sheet,
                bid.row,
                "price",
                "over 100 times the usual price",
                f"{bid.price}",
                "the right unit",
            )
        elif price * _FAR_OFF < usual:
            yield Quarantined(
                bid.sheet,
                bid.row,
                "price",
                "under 1/100 of the usual price",
                f"{bid.price}",
                "the right unit",
            )
