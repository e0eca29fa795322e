"""Calendar dates in bid documents, Chinese and English; days that do not exist are found too."""

import re
from dataclasses import dataclass
from datetime import date

from flows.steps.checks.reading.text import narrow

_MONTHS = {m: n for n, m in enumerate(
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1)}  # fmt: skip  # noqa: E501
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_CN = "〇○零一二三四五六七八九十"
_PATTERNS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日"),
    re.compile(rf"(?P<y>[{_CN}]{{4}})年(?P<m>[{_CN}]{{1,3}})月(?P<d>[{_CN}]{{1,3}})日"),
    re.compile(r"(?<![\d.\-/A-Za-z])(?P<y>(?:19|20)\d{2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d.\-/])"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{'|'.join(_MONTHS)})\.?,?\s+(?P<y>\d{{4}})", re.I),
    re.compile(rf"\b(?P<m>{'|'.join(_MONTHS)})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})", re.I),
)


@dataclass(frozen=True)
class Dated:
    """A date as written and the day that it names, None when there is no such day."""

    raw: str
    day: date | None
    start: int


def dates_in(text: str) -> list[Dated]:
    """Return every full date in `text` in order."""
    plain = narrow(text)
    found = [_dated(match) for pattern in _PATTERNS for match in pattern.finditer(plain)]
    return sorted(found, key=lambda dated: dated.start)


def _dated(match: re.Match[str]) -> Dated:
    try:
        day = date(_year(match["y"]), _number(match["m"]), _number(match["d"]))
    except ValueError:
        return Dated(match[0], None, match.start())
    return Dated(match[0], day, match.start())


def _year(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else int("".join(str(_number(letter)) for letter in text))


def _number(text: str) -> int:
    plain = text.lower()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if plain in _MONTHS:
        return _MONTHS[plain]
    digits = {letter: n for n, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
    tens, ten, ones = plain.partition("十")
    if not ten:
        return digits.get(plain, 99) if len(plain) == 1 else 99
    return (digits.get(tens, 99) if tens else 1) * 10 + (digits.get(ones, 99) if ones else 0)
