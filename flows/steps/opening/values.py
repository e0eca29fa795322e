"""What the cells of an opening record mean: amounts with their unit, dates, scores, statuses; every doubt is named."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from flows.steps.opening.sheet import Quarantined, SheetRow

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?")
_AMOUNT = re.compile(rf"(?:人民币|rmb|[¥$€£])?\s*({_NUMBER.pattern})\s*([^\d\s]*)")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
UNITS = {
    **dict.fromkeys(("元", "圆", "人民币", "人民币元", "yuan", "rmb", "cny", "1"), Decimal(1)),
    **dict.fromkeys(("美元", "usd", "欧元", "eur", "日元", "jpy"), Decimal(1)),
    **dict.fromkeys(("千元", "thousand"), Decimal(1000)),
    **dict.fromkeys(("万元", "万", "人民币万元", "万美元", "万欧元", "万日元", "10000"), Decimal(10000)),
    **dict.fromkeys(("亿元", "亿"), Decimal(100_000_000)),
}
CURRENCIES = {
    **dict.fromkeys(("人民币", "人民币元", "元", "rmb", "¥", "cny"), "CNY"),
    **dict.fromkeys(("美元", "usd", "$"), "USD"),
    **dict.fromkeys(("欧元", "eur", "€"), "EUR"),
    **dict.fromkeys(("日元", "jpy"), "JPY"),
    **dict.fromkeys(("港元", "港币", "hkd"), "HKD"),
    **dict.fromkeys(("英镑", "gbp", "£"), "GBP"),
}


class CellReader:
    """Reads the cells of one row; what is doubtful comes back as None and is noted in `doubts`."""

    def __init__(self, row: SheetRow) -> None:
        self.row = row
        self.doubts: list[Quarantined] = []

    def doubt(self, column: str, reason: str, found: str, expected: str) -> None:
        """Note that a cell keeps this row out."""
        self.doubts.append(Quarantined(self.row.sheet, self.row.number, column, reason, found, expected))

    def text(self, column: str, *, required: bool = False) -> str:
        """Return a cell's text as it is written."""
        cell = self.row.cells.get(column)
        text = cell.text.strip() if cell else ""
        if required and not text:
            self.doubt(column, "nothing there", "", "a value")
        return text

    def number(self, column: str) -> Decimal | None:
        """Return a plain number; None when the cell is empty."""
        text = self.row.text(column).lower()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.doubt(column, "text in a number", text, "a number")
            return None
        return Decimal(text.replace(",", ""))

    def whole(self, column: str) -> int | None:
        """Return a whole number from 1 to 999."""
        value = self.number(column)
        if value is None:
            return None
        if value != value.to_integral_value() or not 1 <= value <= 999:
            self.doubt(column, "no whole number", f"{value}", "a whole number from 1 to 999")
            return None
        return int(value)

    def choice(self, column: str, meanings: Mapping[str, str], default: str) -> str:
        """Return what a cell's word means."""
        text = self.row.text(column).lower()
        if not text:
            return default
        if text not in meanings:
            self.doubt(column, "a word without meaning here", text, ", ".join(sorted(set(meanings.values()))))
        return meanings.get(text, default)

    def day(self, column: str) -> date | None:
        """Return a date."""
        text = self.row.text(column)
        found = _DATE.match(text)
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            found = None
        if text:
            self.doubt(column, "no date", text, "a date like 2026-12-20")
        return None

    def currency(self, column: str, default: str) -> str:
        """Return an ISO 4217 code."""
        text = self.row.text(column)
        code = CURRENCIES.get(text.lower(), text.upper()) if text else default
        if not re.fullmatch(r"[A-Z]{3}", code):
            self.doubt(column, "no currency", text, "three letters such as CNY")
        return code

    def amount(self, column: str, default_unit: str = "") -> Decimal | None:
        """Return an amount in whole currency units (元); None when the cell is empty or doubtful.

        The unit may stand behind the number, in the column `unit`, or in the header; it must stand somewhere, and
        everywhere the same.
        """
        text = self.row.text(column).lower()
        if not text:
            return None
        found = _AMOUNT.fullmatch(text)
        if not found:
            self.doubt(column, "text in a number", text, "a number, with its unit at most")
            return None
        stated = [found[2], self.row.text("unit").lower(), self.row.units.get(column, "")]
        factor = self._unit(column, stated, default_unit)
        return None if factor is None else self._in_hundredths(column, found[1], factor)

    def _unit(self, column: str, stated: list[str], default: str) -> Decimal | None:
        named = [unit for unit in stated if unit] or ([default] if default else [])
        unknown = [unit for unit in named if unit not in UNITS]
        if unknown:
            self.doubt(column, "text in a number", unknown[0], "a unit such as 元 or 万元")
            return None
        factors = {UNITS[unit] for unit in named}
        if len(factors) != 1:
            self.doubt(column, "ambiguous unit", " / ".join(named), "one unit, 元 or 万元")
            return None
        return factors.pop()

    def _in_hundredths(self, column: str, digits: str, factor: Decimal) -> Decimal | None:
        try:
            value = Decimal(digits.replace(",", "")) * factor
            rounded = value.quantize(Decimal("0.01"))
        except InvalidOperation:
            self.doubt(column, "too many digits", digits, "an amount below 10^16")
            return None
        if rounded != value or abs(value) >= Decimal(10) ** 16:
            self.doubt(column, "too many digits", digits, "an amount below 10^16 with two decimals")
            return None
        return rounded
