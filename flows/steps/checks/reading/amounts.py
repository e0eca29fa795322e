"""Amounts of money in bid documents: figures with their unit, and words (大写, English) parsed back to Decimal."""

import re
from dataclasses import dataclass
from decimal import Decimal

from flows.steps.checks.reading.text import narrow

_FIGURE = re.compile(
    r"(?P<symbol>[¥￥$€£]|RMB|CNY|USD|EUR|JPY|人民币|美元|欧元)?\s*[:：]?\s*"
    r"(?<![\d.A-Za-z])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d])"
    r"\s*(?P<unit>亿元|百万元|万元|千元|元|万美元|美元|万欧元|欧元|yuan|RMB|CNY|USD|EUR|%)?",
    re.IGNORECASE,
)
_FACTORS = {
    "亿元": 100_000_000, "百万元": 1_000_000, "万元": 10_000, "千元": 1_000, "万美元": 10_000, "万欧元": 10_000,
}  # fmt: skip
_CURRENCIES = {
    "¥": "CNY", "￥": "CNY", "rmb": "CNY", "cny": "CNY", "人民币": "CNY", "元": "CNY", "万元": "CNY", "yuan": "CNY", "千元": "CNY",  # noqa: E501
    "$": "USD", "usd": "USD", "美元": "USD", "万美元": "USD", "€": "EUR", "eur": "EUR", "欧元": "EUR", "万欧元": "EUR",
    "£": "GBP", "jpy": "JPY",
}  # fmt: skip
_HEADER_UNIT = re.compile(r"(亿元|百万元|万元|千元|万美元|万欧元|美元|欧元|元)")

_CN_DIGITS = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)) | {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)), "两": 2, "貳": 2, "參": 3, "陸": 6, "兩": 2, "弍": 2,
}  # fmt: skip
_CN_SMALL = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_CN_BIG = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_CN_LETTERS = "".join([*_CN_DIGITS, *_CN_SMALL, *_CN_BIG])
CN_WORDS = re.compile(rf"[{_CN_LETTERS}]+(?:元|圆|圓)(?:[{_CN_LETTERS}角分]*)(?:整|正)?")
_EN_UNITS = {w: n for n, w in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])}  # fmt: skip  # noqa: E501
_EN_TENS = {
    w: n * 10 for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_EN_BIG = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_EN_WORD = "|".join([*_EN_TENS, *sorted(_EN_UNITS, key=len, reverse=True), "hundred", *_EN_BIG])
EN_WORDS = re.compile(
    rf"\b(?:{_EN_WORD})(?:[\s,\-]+(?:and\s+)?(?:{_EN_WORD}))*\b"
    rf"(?:\s+(?:yuan|dollars?|euros?|renminbi|rmb|us)(?:\s+and\s+(?:{_EN_WORD})(?:[\s\-]+(?:{_EN_WORD}))*)?)?"
    r"(?P<minor>\s+(?:cents?|fen)\b)?(?:\s+only\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figure:
    """An amount in figures: its value in the currency's main unit, whether a unit or symbol was written, where it stands."""  # noqa: E501

    value: Decimal
    raw: str
    start: int
    currency: str = ""
    marked: bool = False
    factor: int = 1


@dataclass(frozen=True)
class Words:
    """An amount in words; `value` is None when the words are no proper amount."""

    value: Decimal | None
    raw: str
    start: int


def figures_in(text: str, factor: int = 1) -> list[Figure]:
    """Return every amount in figures in `text`; `factor` is the unit of the header above (10,000 for 万元).

    Percentages are left out. A unit written beside the number wins over the header's.
    """
    plain = narrow(text)
    found = []
    for match in _FIGURE.finditer(plain):
        unit, symbol = (match["unit"] or "").strip(), (match["symbol"] or "").strip()
        if unit == "%":
            continue
        own = _FACTORS.get(unit, 1) if unit else factor
        value = Decimal(match["number"].replace(",", "")) * own
        currency = _CURRENCIES.get(symbol.lower(), "") or _CURRENCIES.get(unit.lower(), "")
        found.append(Figure(value, match[0].strip(), match.start("number"), currency, bool(unit or symbol), own))
    return found


def plain_number(text: str) -> Decimal | None:
    """Return the number that a table cell holds and nothing else but a currency sign or unit, or None."""
    found = figures_in(text)
    stripped = re.sub(r"[\s¥￥$€£]|RMB|CNY|USD|EUR|元|人民币", "", narrow(text), flags=re.IGNORECASE)
    if len(found) != 1 or not re.fullmatch(r"-?[\d,]+(?:\.\d+)?", stripped):
        return None
    return -found[0].value if stripped.startswith("-") else found[0].value


def header_factor(text: str) -> int:
    """Return the factor of the unit that a header names (`单价（万元）`), 1 when it names none."""
    unit = _HEADER_UNIT.search(narrow(text))
    return _FACTORS.get(unit[1], 1) if unit else 1


def words_in(text: str) -> list[Words]:
    """Return every amount in words in `text`, Chinese capitals or English."""
    plain = narrow(text)
    chinese = [Words(parse_cn(m[0]), m[0], m.start()) for m in CN_WORDS.finditer(plain) if _is_formal(m[0])]
    english = [Words(parse_en(m[0]), m[0], m.start()) for m in EN_WORDS.finditer(plain) if len(m[0].split()) > 2]
    return [*chinese, *english]


def _is_formal(words: str) -> bool:
    """一元二次 is no amount: capitals, or plain numerals that go on to 整, 角 or 分."""
    return len(words) > 2 and bool(
        re.search("[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟]", words) or re.search("[整正角分]$", words)
    )


def parse_cn(words: str) -> Decimal | None:
    """Return the value of a Chinese amount in words, or None when it is no proper one (支付结算办法, annex 1)."""
    whole, _, small = re.sub("[圆圓]", "元", re.sub("[整正]$", "", words)).partition("元")
    value = _cn_whole(whole)
    cents = re.fullmatch(rf"零?(?:([{_CN_LETTERS}])角)?零?(?:([{_CN_LETTERS}])分)?", small)
    if value is None or cents is None:
        return None
    parts = [_CN_DIGITS.get(cents[n] or "零") for n in (1, 2)]
    if None in parts:
        return None
    return Decimal(value) + Decimal(parts[0] or 0) / 10 + Decimal(parts[1] or 0) / 100


def _cn_whole(text: str) -> int | None:
    total = section = digit = 0
    fresh = False
    for letter in text:
        if letter in _CN_DIGITS:
            if fresh and digit:
                return None
            digit, fresh = _CN_DIGITS[letter], True
        elif letter in _CN_SMALL:
            section += (digit if fresh and digit else 1) * _CN_SMALL[letter]
            digit, fresh = 0, False
        else:
            big = _CN_BIG[letter]
            section += digit
            total = (total + section) * big if big == 100_000_000 or not total else total + section * big
            section, digit, fresh = 0, 0, False
    return total + section + digit


def parse_en(words: str) -> Decimal | None:
    """Return the value of an English amount in words, or None."""
    match = EN_WORDS.fullmatch(words.strip())
    if match is None:
        return None
    text, cents = words.lower(), 0
    if match["minor"]:
        text, _, minor = text.rpartition(" and ")
        cents = _en_whole(minor) or 0
    else:
        text = re.split(r"\b(?:yuan|dollars?|euros?|renminbi|rmb)\b", text)[0]
    value = _en_whole(text)
    return None if value is None or cents > 99 else Decimal(value) + Decimal(cents) / 100


def _en_whole(text: str) -> int | None:
    total = section = 0
    seen = False
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _EN_UNITS or word in _EN_TENS:
            section += _EN_UNITS.get(word, _EN_TENS.get(word, 0))
            seen = True
        elif word == "hundred":
            section *= 100
        elif word in _EN_BIG:
            total, section = total + section * _EN_BIG[word], 0
    return total + section if seen else None
