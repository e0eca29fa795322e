"""Amounts in English words, as bank drafts and World Bank bid forms write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from templates.wording_cn import AmountError

_SMALL = [
    *["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"],
    *["Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"],
]
_TENS = ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
_GROUPS = ["", "Thousand", "Million", "Billion", "Trillion"]
_LIMIT = 10**15


class _Currency(NamedTuple):
    major: str
    minor: str
    minor_one: str


_CURRENCIES = {
    "CNY": _Currency("Chinese Yuan", "Fen", "Fen"),
    "USD": _Currency("US Dollars", "Cents", "Cent"),
    "EUR": _Currency("Euros", "Cents", "Cent"),
    "GBP": _Currency("Pounds Sterling", "Pence", "Penny"),
    "HKD": _Currency("Hong Kong Dollars", "Cents", "Cent"),
    "JPY": _Currency("Japanese Yen", "", ""),
}


def amount_en(amount: Decimal, currency: str) -> str:
    """An amount in words, "US Dollars One Thousand Two Hundred Thirty-Four and Fifty Cents Only".

    `currency` is an ISO 4217 code. Raises AmountError for an unknown code, and for amounts below zero, from 10**15 on
    or finer than the currency's smallest unit: nothing is ever rounded.
    """
    if currency not in _CURRENCIES:
        raise AmountError(
            "currency: found {found}; next: use one of {known}", found=currency, known=" ".join(_CURRENCIES)
        )
    names = _CURRENCIES[currency]
    major, minor = _split(amount, 100 if names.minor else 1)
    text = f"{names.major} {number_en(major)}"
    if minor:
        text += f" and {number_en(minor)} {names.minor_one if minor == 1 else names.minor}"
    return text + " Only"


def parse_amount_en(text: str) -> Decimal:
    """The amount that `amount_en` wrote; case and spaces do not matter. Raises AmountError for anything else."""
    plain = " ".join(text.split()).lower()
    for currency, names in _CURRENCIES.items():
        if plain.startswith(names.major.lower() + " ") and plain.endswith(" only"):
            amount = _read(plain[len(names.major) + 1 : -5], names)
            if amount is not None and amount_en(amount, currency).lower() == plain:
                return amount
    raise AmountError("amount in words: not in the form written here; next: write it anew")


def number_en(number: int) -> str:
    """A whole number from 0 to 10**15 - 1 in words, without "and"."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, one = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[one]}" if one else "")
    if number < 1000:
        return _joined(f"{_SMALL[number // 100]} Hundred", number % 100)
    power = (len(str(number)) - 1) // 3
    high, low = divmod(number, 1000**power)
    return _joined(f"{number_en(high)} {_GROUPS[power]}", low)


def _joined(text: str, rest: int) -> str:
    return f"{text} {number_en(rest)}" if rest else text


def _split(amount: Decimal, parts: int) -> tuple[int, int]:
    if not isinstance(amount, Decimal) or not amount.is_finite() or not 0 <= amount < _LIMIT:
        raise AmountError("amount: expected a Decimal between 0 and 10**15; next: correct it")
    units = amount * parts
    if units != int(units):
        raise AmountError("amount: finer than the currency's smallest unit; next: round it by the tender's rule first")
    return divmod(int(units), parts)


def _read(text: str, names: _Currency) -> Decimal | None:
    major, _, minor = text.partition(" and ")
    minor = re.sub(rf" ({names.minor}|{names.minor_one})$", "", minor, flags=re.IGNORECASE)
    whole, part = _read_number(major), _read_number(minor)
    if whole is None or part is None:
        return None
    return Decimal(whole) if not names.minor else Decimal(whole * 100 + part).scaleb(-2)


def _read_number(text: str) -> int | None:
    total, group = 0, 0
    for word in re.split(r"[ -]", text.title()) if text else []:
        if word in _SMALL:
            group += _SMALL.index(word)
        elif word in _TENS[2:]:
            group += _TENS.index(word) * 10
        elif word == "Hundred":
            group *= 100
        elif word in _GROUPS[1:]:
            total, group = total + group * 1000 ** _GROUPS.index(word), 0
        else:
            return None
    return total + group
