"""Amounts in Chinese capital numerals by 《支付结算办法》, annex 1 (中国人民银行, 银发〔1997〕393号)."""

from __future__ import annotations

import re
from decimal import Decimal

from templates.errors import TemplateError

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUP = 10_000
_LIMIT = Decimal(10) ** 16


class AmountError(TemplateError):
    """An amount that cannot be written in words, or words that are no amount."""


def amount_cn(amount: Decimal) -> str:
    """An amount of yuan in capital numerals, without the word 人民币.

    整 stands after 元, not after 角 (where it is optional) nor after 分 (where it is forbidden). Of the two forms that
    the annex allows for a zero at the 元 place before 角, and at the 万 place before 仟, the first of its examples is
    taken: 壹仟陆佰捌拾元零叁角贰分, 壹拾万柒仟元零伍角叁分.
    Raises AmountError for amounts below zero, from 10**16 on, or finer than a fen: nothing is ever rounded.
    """
    return _write(_checked(amount), yuan_zero=True, wan_zero=False, whole_jiao=False)


def parse_amount_cn(text: str) -> Decimal:
    """The amount that capital numerals stand for.

    Takes every form that the annex allows, 正 for 整, 圆 for 元, and the word 人民币 before it. Raises AmountError for
    anything else, also for a missing or forbidden 整.
    """
    plain = "".join(text.split()).removeprefix("人民币").replace("圆", "元").replace("正", "整")
    amount = _read(plain)
    if amount is None or plain not in _forms(amount):
        raise AmountError("amount in words: not written by 《支付结算办法》; next: write it anew")
    return amount


def _checked(amount: Decimal) -> Decimal:
    if not isinstance(amount, Decimal):
        raise AmountError("amount: found a {kind}, expected Decimal; next: read it as text", kind=type(amount).__name__)
    if not amount.is_finite() or amount < 0 or amount >= _LIMIT:
        raise AmountError("amount: not between 0 and 10**16; next: correct it")
    if amount != amount.quantize(Decimal("0.01")):
        raise AmountError("amount: finer than a fen; next: round it by the tender's rule first")
    return amount


def _forms(amount: Decimal) -> set[str]:
    choices = (False, True)
    return {
        _write(amount, yuan_zero=yuan_zero, wan_zero=wan_zero, whole_jiao=whole_jiao)
        for yuan_zero in choices
        for wan_zero in choices
        for whole_jiao in choices
    }


def _write(amount: Decimal, *, yuan_zero: bool, wan_zero: bool, whole_jiao: bool) -> str:
    yuan, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = _whole(yuan, wan_zero) + "元" if yuan else ""
    if not cents:
        return (text or "零元") + "整"
    if text and (not jiao or (yuan % 10 == 0 and yuan_zero)):
        text += "零"
    if jiao:
        text += _DIGITS[jiao] + "角"
    return text + (_DIGITS[fen] + "分" if fen else "整" if whole_jiao else "")


def whole_cn(number: int) -> str:
    """A whole number from 1 to 10**16 - 1 in capital numerals: 壹拾, 壹佰零伍."""
    return _whole(number, wan_zero=False)


def _whole(number: int, wan_zero: bool) -> str:
    """A whole number above zero; 亿 is 万 twice, so that 10**12 is 壹万亿."""
    for unit, word in ((_GROUP**2, "亿"), (_GROUP, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            text = _whole(high, wan_zero) + word
            if not low:
                return text
            full = low >= unit // 10
            return text + ("零" if not full or (high % 10 == 0 and wan_zero) else "") + _whole(low, wan_zero)
    return _group(number)


def _group(number: int) -> str:
    digits = f"{number:04d}"
    pieces = [_DIGITS[int(d)] + place if d != "0" else "零" for d, place in zip(digits, _PLACES, strict=True)]
    text = "".join(pieces).strip("零")
    while "零零" in text:
        text = text.replace("零零", "零")
    return text


def _read(text: str) -> Decimal | None:
    """The value of capital numerals, whatever their order; `parse_amount_cn` compares the order."""
    whole, has_yuan, rest = text.partition("元")
    if not has_yuan:
        whole, rest = "", text
    yuan = _read_whole(whole) if whole else 0
    match = re.fullmatch(f"零?(?:([{_DIGITS}])角)?零?(?:([{_DIGITS}])分)?整?", rest)
    if yuan is None or match is None or not text:
        return None
    jiao, fen = (_DIGITS.index(digit or "零") for digit in match.groups())
    return Decimal(yuan * 100 + jiao * 10 + fen).scaleb(-2)


def _read_whole(text: str) -> int | None:
    for word, unit in (("亿", _GROUP**2), ("万", _GROUP)):
        high, found, low = text.rpartition(word)
        if found:
            left, right = _read_whole(high), _read_whole(low) if low else 0
            return None if left is None or right is None else left * unit + right
    value, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in _PLACES[:3]:
            value, digit = value + digit * 10 ** (3 - _PLACES.index(character)), 0
        else:
            return None
    return value + digit
