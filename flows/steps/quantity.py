"""Technical values as people write them (`3.5–4.0 m`, `≥180°`, `±10mm`) as intervals in a base unit."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*([^\d\s~\-–—至到.,]*)\s*(?:~|-|–|—|至|到|\bto\b)\s*({_NUMBER})\s*(\S*)")
_SINGLE = re.compile(rf"({_NUMBER})\s*([^\s,，;；。]*)")
_UNITS: dict[str, tuple[str, str]] = {
    "mm": ("m", "0.001"), "cm": ("m", "0.01"), "m": ("m", "1"), "km": ("m", "1000"), "毫米": ("m", "0.001"),
    "厘米": ("m", "0.01"), "米": ("m", "1"),
    "g": ("kg", "0.001"), "kg": ("kg", "1"), "t": ("kg", "1000"),
    "公斤": ("kg", "1"), "千克": ("kg", "1"), "吨": ("kg", "1000"),
    "s": ("s", "1"), "min": ("s", "60"), "h": ("s", "3600"),
    "秒": ("s", "1"), "分钟": ("s", "60"), "小时": ("s", "3600"),
    "mm/s": ("m/s", "0.001"), "m/s": ("m/s", "1"), "m/min": ("m/s", "1/60"),
    "w": ("w", "1"), "kw": ("w", "1000"), "mw": ("w", "1000000"), "v": ("v", "1"), "kv": ("v", "1000"),
    "pa": ("pa", "1"), "kpa": ("pa", "1000"), "mpa": ("pa", "1000000"), "bar": ("pa", "100000"),
    "°": ("°", "1"), "度": ("°", "1"), "℃": ("℃", "1"), "°c": ("℃", "1"), "%": ("%", "1"),
}  # fmt: skip


@dataclass(frozen=True)
class Interval:
    """From `low` to `high` (equal for one value) in `unit`, empty when none was written."""

    low: Decimal
    high: Decimal
    unit: str = ""


def interval(text: str) -> Interval | None:
    """Return the first number or range in `text`, or None when there is none."""
    plain = unicodedata.normalize("NFKC", text.replace("℃", "°c")).replace("〜", "~").replace("～", "~")
    found = _RANGE.search(plain)
    if found:
        low, high = _decimal(found[1]), _decimal(found[3])
        return None if low is None or high is None else Interval(min(low, high), max(low, high), found[4] or found[2])
    single = _SINGLE.search(plain)
    if not single:
        return None
    number = _decimal(single[1])
    return None if number is None else Interval(number, number, single[2])


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def in_base_unit(value: Interval, default_unit: str) -> Interval | None:
    """Return `value` in the base unit of its own unit (or `default_unit`); unknown units stay as they are."""
    unit = _unit(value.unit) or _unit(default_unit)
    known = _UNITS.get(unit)
    if known is None:
        return Interval(value.low, value.high, unit)
    top, _, bottom = known[1].partition("/")
    factor, divisor = Decimal(top), Decimal(bottom or 1)
    return Interval(value.low * factor / divisor, value.high * factor / divisor, known[0])


def _unit(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.strip().replace("℃", "°c")).lower()
    if plain in _UNITS:
        return plain
    head = re.match(r"[a-z]+(?:/[a-z]+)?|[°%℃]c?|毫米|厘米|米|公斤|千克|吨|秒|分钟|小时|度", plain)
    return head[0] if head and head[0] in _UNITS else plain
