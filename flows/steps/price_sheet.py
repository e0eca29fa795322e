"""The workbook that the pricing group works in: costs, unit prices, scenarios and opened proposals of one lot.

Sheets `cost` and `offer` come back as `flows.steps.cost` reads them; the others are there to look at.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flows.steps.cost import COST_LINES, CostSheet
from flows.steps.price import PriceOffer
from flows.steps.proposals import Proposal
from flows.steps.tender import Lot
from flows.steps.workbook import open_sheets, write

_WIDTHS = (12, 18, 16, 16, 16, 30)
Rows = Sequence[Sequence[str | Decimal]]


def write_sheet(
    lot: Lot, cost: CostSheet, offer: PriceOffer | None, proposals: Sequence[Proposal], about: Mapping[str, str]
) -> bytes:
    """Return the workbook of a lot; unit prices are those of the newest offer, empty before the first one.

    Args:
        about: where the rows come from, see `read_about`.
    """
    told: list[Sequence[str | Decimal]] = [["person", "total", "margin"]]
    told += [[proposal.person, proposal.total, proposal.margin] for proposal in proposals]
    return write(
        {
            "cost": _cost(cost),
            "offer": _offer(lot, cost, offer),
            "scenarios": _scenarios(lot, cost, offer),
            "proposals": told,
            "about": [["key", "value"], *([key, value] for key, value in about.items())],
        },
        _WIDTHS,
    )


def read_about(content: bytes, file: str) -> dict[str, str]:
    """Return what the workbook says of where it comes from; empty when it was made by hand."""
    rows = open_sheets(content, file).get("about", ())
    return {row[0].text: row[1].text for row in rows[1:] if len(row) > 1}


def _cost(cost: CostSheet) -> Rows:
    body: Rows = [[line.no, line.line, line.amount, line.low, line.high, line.remark] for line in cost.lines]
    return [["item no", "cost line", "amount", "low", "high", "remark"], *body]


def _offer(lot: Lot, cost: CostSheet, offer: PriceOffer | None) -> Rows:
    prices = {line.no: (line.unit_price, line.remark) for line in offer.lines} if offer else {}
    prices = prices or {price.no: (price.unit_price, price.remark) for price in cost.unit_prices}
    body: list[list[str | Decimal]] = []
    for item in lot.items:
        price, remark = prices.get(item.no, ("", ""))
        body.append([item.no, price, remark, item.name, item.unit, item.quantity])
    return [["item no", "unit price", "remark", "name", "unit", "quantity"], *body]


def _scenarios(lot: Lot, cost: CostSheet, offer: PriceOffer | None) -> Rows:
    """Return per cost line its Chinese name and its sum in each scenario, then totals, cost and ceiling."""
    rows: list[list[str | Decimal]] = [["line", "low", "base", "high"]]
    for line, name in COST_LINES.items():
        of_line = [each for each in cost.lines if each.line == line]
        if of_line:
            sums = [sum((getattr(each, field) for each in of_line), Decimal(0)) for field in ("low", "amount", "high")]
            rows.append([name, *sums])
    rows.append(["合计", *(cost.scenario(name) for name in ("low", "base", "high"))])
    rows.append(["成本（不含利润）", "", cost.floor, ""])
    rows.append(["底价", "", offer.floor if offer else cost.floor, ""])
    rows.append(["最高投标限价", "", lot.ceiling if lot.ceiling is not None else "", ""])
    return rows
