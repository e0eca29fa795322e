"""Values as text ready to print: amounts in words and figures, dates, percentages, lists, quantities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from templates.wording_cn import AmountError, amount_cn, parse_amount_cn
from templates.wording_en import amount_en, number_en, parse_amount_en

__all__ = [
    "AmountError",
    "amount_cn",
    "amount_en",
    "date_cn",
    "date_en",
    "figures",
    "join_cn",
    "join_en",
    "number_en",
    "parse_amount_cn",
    "parse_amount_en",
    "percent",
    "quantity",
    "time_cn",
    "time_en",
]

# Written out: month names of the C library follow the process's locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def figures(amount: Decimal, places: int = 2) -> str:
    """An amount with thousands separators and exactly `places` decimals: "1,250,000.00".

    Raises AmountError when that would round: what is printed is the amount itself.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise AmountError("amount: found a {kind}, expected a finite Decimal", kind=type(amount).__name__)
    shown = f"{amount:,.{places}f}"
    if Decimal(shown.replace(",", "")) != amount:
        raise AmountError(
            "amount: has more than {places} decimals; next: round it by the tender's rule first", places=places
        )
    return shown


def percent(share: Decimal) -> str:
    """A share of one as a percentage without trailing zeros: Decimal("0.125") → "12.5%"."""
    if not isinstance(share, Decimal) or not share.is_finite():
        raise AmountError("share: found a {kind}, expected a finite Decimal", kind=type(share).__name__)
    return f"{_plain(share * 100)}%"


def quantity(number: Decimal, unit: str) -> str:
    """A number and its unit: "4台", "2.5 km" (a space before Latin letters, none before Chinese)."""
    return f"{_plain(number)}{' ' if unit[:1].isascii() else ''}{unit}".rstrip()


def date_cn(day: date) -> str:
    """2026年12月15日 (GB/T 15835: Arabic figures, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """15 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_cn(moment: datetime) -> str:
    """2026年12月20日09时30分, in the zone that the moment carries."""
    return f"{date_cn(moment)}{moment:%H}时{moment:%M}分"


def time_en(moment: datetime) -> str:
    """20 December 2026, 09:30 (UTC+08:00). Raises ValueError for a moment without zone."""
    if moment.utcoffset() is None:
        raise ValueError("the moment has no zone")
    offset = f"{moment:%z}"
    return f"{date_en(moment)}, {moment:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def join_cn(items: Sequence[str]) -> str:
    """甲、乙和丙."""
    return items[0] if len(items) == 1 else "和".join(filter(None, ["、".join(items[:-1]), *items[-1:]]))


def join_en(items: Sequence[str]) -> str:
    """A, B and C."""
    return items[0] if len(items) == 1 else " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
