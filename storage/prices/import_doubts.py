"""What only several imported rows together show: rows that stand twice, one name for two bidders, prices far off."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median_low

from storage.prices.companies import name_key
from storage.prices.schema import BidRow

_FAR_OFF = 100
Numbered = tuple[int, BidRow]
Doubt = tuple[int, str, str, str]


def across(rows: Sequence[Numbered]) -> list[Doubt]:
    """Return (row, field, found, reason) of what each lot and round shows; of two equal rows the first stays."""
    lots: dict[tuple[str, str, int], list[Numbered]] = defaultdict(list)
    for number, bid in rows:
        lots[bid.tender, bid.lot, bid.round].append((number, bid))
    found = [doubt for lot in lots.values() for doubt in (*_doubled(lot), *_one_name(lot), *_far_off(lot))]
    return sorted({doubt[0]: doubt for doubt in reversed(found)}.values())


def _doubled(lot: Sequence[Numbered]) -> Iterator[Doubt]:
    seen: set[tuple[str, str]] = set()
    for number, bid in lot:
        key = (name_key(bid.bidder), bid.credit_code)
        if key in seen:
            yield number, "bidder", bid.bidder, "a row that stands twice"
        seen.add(key)


def _one_name(lot: Sequence[Numbered]) -> Iterator[Doubt]:
    codes: dict[str, set[str]] = defaultdict(set)
    for _number, bid in lot:
        codes[name_key(bid.bidder)].add(bid.credit_code)
    for number, bid in lot:
        if len(codes[name_key(bid.bidder)]) > 1:
            yield number, "bidder", bid.bidder, "two bidders with one name"


def _far_off(lot: Sequence[Numbered]) -> Iterator[Doubt]:
    """The usual price is the lot's ceiling, else its (lower) median."""
    prices = [bid.price for _number, bid in lot if bid.price]
    for number, bid in lot:
        usual = bid.ceiling or (median_low(prices) if prices else Decimal(0))
        if bid.price and bid.price > _FAR_OFF * usual:
            yield number, "price", f"{bid.price}", "over 100 times the usual price"
        elif bid.price and bid.price * _FAR_OFF < usual:
            yield number, "price", f"{bid.price}", "under 1/100 of the usual price"
