"""The cost sheet (成本表): what each item costs us, line by line, and the unit prices offered; read from Excel once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self

import rfc8785

from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.tender import Lot
from flows.steps.workbook import Cell, Row, open_sheets, table

COST_LINES: Mapping[str, str] = {
    "materials": "原材料", "bought-in": "外购件", "energy": "燃料动力", "wages": "人工", "manufacturing": "制造费用",
    "scrap": "废品损失", "management": "管理费用", "finance": "财务费用", "freight": "运输包装",
    "installation": "安装调试", "service": "技术服务", "warranty": "质保", "risk": "风险", "tax": "税金",
    "profit": "利润", "bidding": "投标费用",
}  # fmt: skip
SCENARIOS = ("low", "base", "high")
_COST_HEADERS = {"no": ("item no", "序号", "item"), "line": ("cost line", "成本项"), "amount": ("金额",),
                 "low": ("低方案",), "high": ("高方案",), "remark": ("备注",)}  # fmt: skip
_OFFER_HEADERS = {"no": ("item no", "序号", "item"), "unit_price": ("unit price", "单价"), "remark": ("备注",)}
_LINE_IDS = {**{line: line for line in COST_LINES}, **{chinese: line for line, chinese in COST_LINES.items()}}


@dataclass(frozen=True)
class CostLine:
    """One cost of one item (`-`: of the whole lot) with tax; `low` and `high` differ by scenario."""

    no: str
    line: str
    amount: Decimal
    low: Decimal
    high: Decimal
    remark: str = ""


@dataclass(frozen=True)
class UnitPrice:
    """The unit price that the pricing group proposes for one item, on the tender's tax basis."""

    no: str
    unit_price: Decimal
    remark: str = ""


@dataclass(frozen=True)
class CostSheet:
    """Costs and proposed unit prices of one lot."""

    lines: tuple[CostLine, ...]
    unit_prices: tuple[UnitPrice, ...]

    @property
    def floor(self) -> Decimal:
        """Return every cost but our profit: the floor (底价) where the company's rules put nothing on top."""
        return sum((line.amount for line in self.lines if line.line != "profit"), Decimal(0))

    def floor_over(self, share: Decimal) -> Decimal:
        """Return the floor (底价) that lies a share above the costs, in cents, rounded up."""
        return (self.floor * (1 + share)).quantize(Decimal("0.01"), rounding=ROUND_UP) if share else self.floor

    @property
    def scenarios(self) -> dict[str, Decimal]:
        """Return the sum of all costs, profit included, of each scenario."""
        return {name: self.scenario(name) for name in SCENARIOS}

    def scenario(self, name: str) -> Decimal:
        """Return the sum of all costs, profit included, of `low`, `base` or `high`."""
        field = "amount" if name == "base" else name
        return sum((getattr(line, field) for line in self.lines), Decimal(0))

    def to_json(self) -> str:
        """Return the sheet as canonical JSON text (RFC 8785), amounts as text."""
        data: dict[str, Any] = {
            "v": 1,
            "lines": [{k: str(v) for k, v in vars(line).items()} for line in self.lines],
            "unit_prices": [{k: str(v) for k, v in vars(price).items()} for price in self.unit_prices],
        }
        return rfc8785.dumps(data).decode()

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Return the cost sheet that `to_json` wrote."""
        entry = json.loads(data)
        lines = [
            CostLine(e["no"], e["line"], Decimal(e["amount"]), Decimal(e["low"]), Decimal(e["high"]), e["remark"])
            for e in entry["lines"]
        ]
        prices = [UnitPrice(e["no"], Decimal(e["unit_price"]), e["remark"]) for e in entry["unit_prices"]]
        return cls(tuple(lines), tuple(prices))


def read_cost(sheet: Path, lot: Lot) -> CostSheet:
    """Return the cost sheet of a workbook with the sheets `cost` and `offer`.

    Raises:
        InvalidTender: no workbook, a missing sheet, text in a number, an unknown cost line, a doubled item;
            each with its cell. What was found is described, never quoted: it may be a price.
    """
    file = sheet.name
    sheets, mistakes = open_sheets(sheet.read_bytes(), file), list[Mistake]()
    rows: dict[str, Sequence[Row]] = {}
    for name, headers in (("cost", _COST_HEADERS), ("offer", _OFFER_HEADERS)):
        rows[name] = table(sheets.get(name, ()), headers)
        if not rows[name]:
            mistakes.append(Mistake(file, name, "no table", "a sheet with a header row and at least one line"))
    lines = [_cost_line(row, file, mistakes) for row in rows["cost"]]
    prices = [_unit_price(row, file, mistakes) for row in rows["offer"]]
    _numbers(rows, lot, file, mistakes)
    if mistakes:
        raise InvalidTender(mistakes)
    return CostSheet(tuple(lines), tuple(prices))


def _cost_line(row: Row, file: str, mistakes: list[Mistake]) -> CostLine:
    line = row.get("line")
    if line is None or line.text not in _LINE_IDS:
        place = (line or next(iter(row.values()))).place
        mistakes.append(Mistake(file, place, "another word", "one of the company's cost lines"))
    amount = _amount(row, "amount", file, mistakes)
    low = _amount(row, "low", file, mistakes) if _written(row, "low") else amount
    high = _amount(row, "high", file, mistakes) if _written(row, "high") else amount
    remark = row["remark"].text if "remark" in row else ""
    return CostLine(_number(row) or "-", _LINE_IDS.get(line.text if line else "", ""), amount, low, high, remark)


def _unit_price(row: Row, file: str, mistakes: list[Mistake]) -> UnitPrice:
    if not _number(row):
        mistakes.append(Mistake(file, next(iter(row.values())).place, "nothing", "an item number"))
    remark = row["remark"].text if "remark" in row else ""
    return UnitPrice(_number(row), _amount(row, "unit_price", file, mistakes), remark)


def _number(row: Row) -> str:
    return row["no"].text if "no" in row else ""


def _written(row: Row, field: str) -> bool:
    return field in row and bool(row[field].text)


def _amount(row: Row, field: str, file: str, mistakes: list[Mistake]) -> Decimal:
    cell = row.get(field)
    number = _decimal(cell) if cell else None
    if number is None or not number.is_finite() or number < 0:
        place = cell.place if cell else next(iter(row.values())).place
        kind = "nothing" if not cell or not cell.text else "a negative number" if number is not None else "text"
        mistakes.append(Mistake(file, place, kind, "a number"))
        return Decimal(0)
    return number


def _decimal(cell: Cell) -> Decimal | None:
    """A number written as text counts only when it is nothing but digits: a sheet made by another program."""
    if cell.number is not None:
        return cell.number
    try:
        return Decimal(cell.text) if cell.text.isascii() else None
    except InvalidOperation:
        return None


def _numbers(rows: Mapping[str, Sequence[Row]], lot: Lot, file: str, mistakes: list[Mistake]) -> None:
    known, seen = {item.no for item in lot.items}, set[str]()
    for row in rows["offer"]:
        if _number(row) in seen:
            mistakes.append(Mistake(file, row["no"].place, f"item {_number(row)} again", "every item once"))
        seen.add(_number(row))
    for row in (*rows["offer"], *rows["cost"]):
        if _number(row) not in ("", "-", *known):
            mistakes.append(Mistake(file, row["no"].place, f"item {_number(row)}", "an item of the lot"))
