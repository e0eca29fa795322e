"""The price offer of a lot: unit prices become line totals, the total, its tax, floor, scenarios and margin."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Self

import rfc8785

from flows.errors import TenderError
from flows.steps.cost import CostSheet, read_cost
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.tender import Item, Lot, Money, Tender

_MONEY = ("tax_rate", "rounding", "total", "floor", "margin")
_LINE_NUMBERS = ("quantity", "unit_price", "total")


class PriceRefused(TenderError):
    """A price over its ceiling, or finer than the tender's rounding; items are named, never amounts."""


@dataclass(frozen=True)
class PriceLine:
    """One line of the price schedule; `total` is quantity × unit price, rounded."""

    no: str
    name: str
    model: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    remark: str = ""


@dataclass(frozen=True)
class PriceOffer:
    """The price of one lot and round; `total` and `lines` are on the tax basis `basis` (gross or net)."""

    lot: str
    round: int
    currency: str
    tax_rate: Decimal
    basis: str
    rounding: Decimal
    lines: tuple[PriceLine, ...]
    total: Decimal
    floor: Decimal
    scenarios: Mapping[str, Decimal]
    margin: Decimal

    @property
    def gross(self) -> Decimal:
        """Return the total with tax."""
        if self.basis == "gross":
            return self.total
        return self.total + rounded(self.total * self.tax_rate, self.rounding)

    @property
    def net(self) -> Decimal:
        """Return the total without tax."""
        return self.total if self.basis == "net" else rounded(self.total / (1 + self.tax_rate), self.rounding)

    @property
    def tax(self) -> Decimal:
        """Return the tax: gross − net, so that the three always add up."""
        return self.gross - self.net

    def to_json(self) -> str:
        """Return the offer as canonical JSON text (RFC 8785), amounts as text."""
        data: dict[str, Any] = {"v": 1, "lot": self.lot, "round": self.round, "currency": self.currency}
        data |= {"basis": self.basis, **{name: f"{getattr(self, name):f}" for name in _MONEY}}
        data["scenarios"] = {name: f"{amount:f}" for name, amount in self.scenarios.items()}
        data["lines"] = [
            {k: f"{v:f}" if isinstance(v, Decimal) else v for k, v in vars(line).items()} for line in self.lines
        ]
        return rfc8785.dumps(data).decode()

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Return the offer that `to_json` wrote; ValueError, KeyError or ArithmeticError for anything else."""
        entry: dict[str, Any] = json.loads(data)
        money: dict[str, Any] = {name: Decimal(entry[name]) for name in _MONEY}
        scenarios = {name: Decimal(amount) for name, amount in entry["scenarios"].items()}
        lines = tuple(_line_from_json(line) for line in entry["lines"])
        plain: dict[str, Any] = {name: entry[name] for name in ("lot", "round", "currency", "basis")}
        return cls(**plain, **money, lines=lines, scenarios=scenarios)


def _line_from_json(line: dict[str, Any]) -> PriceLine:
    values: dict[str, Any] = {k: Decimal(v) if k in _LINE_NUMBERS else v for k, v in line.items()}
    return PriceLine(**values)


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """Return `amount` rounded half up to a multiple of `unit` (四舍五入, as price schedules are checked)."""
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def make_offer(
    lot: Lot, money: Money, cost: CostSheet, round_: int = 1, *, floor_over_cost: Decimal = Decimal(0)
) -> PriceOffer:
    """Return the price offer of a lot from its cost sheet's unit prices.

    Args:
        floor_over_cost: by which share the floor (底价) lies above the costs.

    Raises:
        InvalidTender: an item of the lot without price, a zero price, or a price for an item that the lot has not.
    """
    prices = {price.no: price for price in cost.unit_prices}
    _refuse_mismatch(lot, {no: price.unit_price for no, price in prices.items()})
    lines = tuple(_line(item, prices[item.no].unit_price, prices[item.no].remark, money) for item in lot.items)
    total = sum((line.total for line in lines), Decimal(0))
    offer = PriceOffer(
        lot=lot.id, round=round_, currency=money.currency, tax_rate=money.tax_rate, basis=money.basis,
        rounding=money.rounding, lines=lines, total=total, floor=cost.floor_over(floor_over_cost),
        scenarios=cost.scenarios, margin=Decimal(0),
    )  # fmt: skip
    return at_total(offer, total, cost)


def at_total(offer: PriceOffer, total: Decimal, cost: CostSheet) -> PriceOffer:
    """Return an offer as if its total were another one, with the margin that it then has; the lines stay."""
    moved = replace(offer, total=total)
    return replace(moved, margin=((moved.gross - cost.floor) / moved.gross).quantize(Decimal("0.0001")))


def _refuse_mismatch(lot: Lot, prices: Mapping[str, Decimal]) -> None:
    items = {item.no for item in lot.items}
    found = [
        Mistake("cost sheet", "offer", f"no price for item {no}", "a unit price") for no in sorted(items - set(prices))
    ]
    found += [Mistake("cost sheet", "offer", f"item {no}", "an item of the lot") for no in sorted(set(prices) - items)]
    found += [
        Mistake("cost sheet", "offer", f"zero for item {no}", "a price above zero")
        for no in sorted(items & set(prices))
        if prices[no] == 0
    ]
    if found:
        raise InvalidTender(found)


def _line(item: Item, unit_price: Decimal, remark: str, money: Money) -> PriceLine:
    if rounded(unit_price, money.rounding) != unit_price:
        raise PriceRefused(
            "price: item {item} has more decimals than the tender's rounding {rounding}; next: round the unit price",
            item=item.no,
            rounding=money.rounding,
        )
    total = rounded(item.quantity * unit_price, money.rounding)
    if total == 0:
        raise PriceRefused("price: item {item} rounds to zero, expected a price; next: raise it", item=item.no)
    price = rounded(unit_price, money.rounding)
    return PriceLine(item.no, item.name, item.model, item.unit, item.quantity, price, total, remark)


def over_ceiling(lot: Lot, offer: PriceOffer) -> tuple[str, ...]:
    """Return what exceeds its ceiling: `total` and item numbers; ceilings and prices on the same tax basis."""
    ceilings = {item.no: item.ceiling for item in lot.items}
    over = ["total"] if lot.ceiling is not None and offer.total > lot.ceiling else []
    for line in offer.lines:
        ceiling = ceilings.get(line.no)
        if ceiling is not None and line.unit_price > ceiling:
            over.append(line.no)
    return tuple(over)


def read_offer(
    sheet: Path, tender: Tender, lot_id: str, round_: int = 1, *, floor_over_cost: Decimal = Decimal(0)
) -> PriceOffer:
    """Return the offer of a workbook with the sheets `cost` and `offer`.

    Raises:
        InvalidTender: mistakes in the sheets, by cell.
        PriceRefused: the total or an item is over its ceiling.
    """
    lot = tender.lot(lot_id)
    offer = make_offer(lot, tender.money, read_cost(sheet, lot), round_, floor_over_cost=floor_over_cost)
    over = over_ceiling(lot, offer)
    if over:
        raise PriceRefused(
            "price of lot {lot}: over the ceiling in {items} (SJE/ZY/GK-02 art. 3.3), expected none; "
            "next: lower the unit prices, by the pricing group",
            items=", ".join(over),
            lot=lot_id,
        )
    return offer
