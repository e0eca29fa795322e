"""Amounts, dates, lists and quantities as text; the Chinese cases are those of 《支付结算办法》, annex 1."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates import wording
from templates.wording import AmountError

# Figures → words. The first six are the examples of the annex itself.
CHINESE = {
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    "0": "零元整",
    "0.01": "壹分",
    "0.10": "壹角",
    "0.53": "伍角叁分",
    "1": "壹元整",
    "10": "壹拾元整",
    "15.00": "壹拾伍元整",
    "20.20": "贰拾元零贰角",
    "100": "壹佰元整",
    "1001": "壹仟零壹元整",
    "10010": "壹万零壹拾元整",
    "20000.20": "贰万元零贰角",
    "30000.00": "叁万元整",
    "100000": "壹拾万元整",
    "1000000": "壹佰万元整",
    "1000001.01": "壹佰万零壹元零壹分",
    "1250000.00": "壹佰贰拾伍万元整",
    "2250000": "贰佰贰拾伍万元整",
    "10000000": "壹仟万元整",
    "100000000": "壹亿元整",
    "100070000": "壹亿零柒万元整",
    "100005000": "壹亿零伍仟元整",
    "1050000000": "壹拾亿伍仟万元整",
    "100100000000": "壹仟零壹亿元整",
    "1000000000000": "壹万亿元整",
    "1000000010000": "壹万亿零壹万元整",
    "9999999999999999.99": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}
# Other writings that the annex allows.
ALSO_ALLOWED = {
    "壹仟陆佰捌拾元叁角贰分": "1680.32",
    "壹拾万零柒仟元伍角叁分": "107000.53",
    "人民币壹佰圆正": "100",
    "伍角整": "0.50",
    "壹仟肆佰零玖元伍角正": "1409.50",
    "人民币 叁万元整": "30000",
}
NOT_ALLOWED = [
    "",
    "整",
    "元整",
    "壹佰元",
    "壹元伍分",
    "壹元零伍分整",
    "壹佰零零元整",
    "壹百元整",
    "100元整",
    "贰拾伍元整整",
    "拾元整",
    "佰壹元整",
    "壹拾佰元整",
]
ENGLISH = {
    ("0", "USD"): "US Dollars Zero Only",
    ("0.01", "USD"): "US Dollars Zero and One Cent Only",
    ("21.10", "USD"): "US Dollars Twenty-One and Ten Cents Only",
    ("105", "EUR"): "Euros One Hundred Five Only",
    ("1250000.50", "CNY"): "Chinese Yuan One Million Two Hundred Fifty Thousand and Fifty Fen Only",
    ("1000000.01", "GBP"): "Pounds Sterling One Million and One Penny Only",
    ("999999999999.99", "HKD"): (
        "Hong Kong Dollars Nine Hundred Ninety-Nine Billion Nine Hundred Ninety-Nine Million Nine Hundred Ninety-Nine "
        "Thousand Nine Hundred Ninety-Nine and Ninety-Nine Cents Only"
    ),
    ("1200", "JPY"): "Japanese Yen One Thousand Two Hundred Only",
}


@pytest.mark.parametrize(("figures", "words"), CHINESE.items())
def test_an_amount_is_written_in_capital_numerals_and_read_back(figures: str, words: str) -> None:
    assert wording.amount_cn(Decimal(figures)) == words
    assert wording.parse_amount_cn(words) == Decimal(figures)


@pytest.mark.parametrize(("words", "figures"), ALSO_ALLOWED.items())
def test_every_writing_that_the_annex_allows_is_read(words: str, figures: str) -> None:
    assert wording.parse_amount_cn(words) == Decimal(figures)


@pytest.mark.parametrize("words", NOT_ALLOWED)
def test_words_against_the_rules_are_no_amount(words: str) -> None:
    with pytest.raises(AmountError):
        wording.parse_amount_cn(words)


@pytest.mark.parametrize("amount", ["1.005", "-1", "1E+16", "NaN", "Infinity"])
def test_an_amount_that_would_need_rounding_or_has_no_words_is_refused(amount: str) -> None:
    with pytest.raises(AmountError):
        wording.amount_cn(Decimal(amount))
    with pytest.raises(AmountError):
        wording.amount_en(Decimal(amount), "USD")


def test_a_float_is_no_amount() -> None:
    for write in (wording.amount_cn, wording.figures, wording.percent):
        with pytest.raises(AmountError):
            write(1.5)  # type: ignore[arg-type]


def test_10000_random_amounts_come_back_from_their_words() -> None:
    choose = random.Random(20261101)
    for _ in range(10_000):
        amount = Decimal(choose.randrange(10 ** choose.randint(1, 16))).scaleb(-2)
        assert wording.parse_amount_cn(wording.amount_cn(amount)) == amount
        assert wording.parse_amount_en(wording.amount_en(amount, "USD")) == amount


@settings(deadline=None)
@given(st.text("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整", max_size=12))
def test_words_that_are_read_are_words_that_are_written(text: str) -> None:
    try:
        amount = wording.parse_amount_cn(text)
    except AmountError:
        return
    assert wording.parse_amount_cn(wording.amount_cn(amount)) == amount


@pytest.mark.parametrize(("given_", "words"), ENGLISH.items())
def test_an_amount_is_written_in_english_words_and_read_back(given_: tuple[str, str], words: str) -> None:
    figures, currency = given_
    assert wording.amount_en(Decimal(figures), currency) == words
    assert wording.parse_amount_en(words.upper()) == Decimal(figures)


@pytest.mark.parametrize(
    "words",
    ["", "US Dollars Only", "US Dollars Ten", "Dollars Ten Only", "US Dollars Hundred Only", "US Dollars Ten Ten Only"],
)
def test_other_english_words_are_no_amount(words: str) -> None:
    with pytest.raises(AmountError):
        wording.parse_amount_en(words)


def test_a_currency_without_smaller_unit_has_no_fractions() -> None:
    with pytest.raises(AmountError):
        wording.amount_en(Decimal("1.5"), "JPY")
    with pytest.raises(AmountError, match="CNY"):
        wording.amount_en(Decimal(1), "XXX")


def test_no_error_about_an_amount_holds_the_amount() -> None:
    for call in (
        lambda: wording.amount_cn(Decimal("123.456")),
        lambda: wording.parse_amount_cn("壹佰贰拾叁元"),
        lambda: wording.figures(Decimal("123.456")),
    ):
        with pytest.raises(AmountError) as caught:
            call()
        assert "123" not in str(caught.value)
        assert "壹佰" not in str(caught.value)


def test_figures_have_separators_and_are_never_rounded() -> None:
    assert wording.figures(Decimal("1250000")) == "1,250,000.00"
    assert wording.figures(Decimal("-0.5")) == "-0.50"
    assert wording.figures(Decimal("1234.5"), 4) == "1,234.5000"
    assert wording.figures(Decimal("100"), 0) == "100"
    with pytest.raises(AmountError):
        wording.figures(Decimal("0.005"))


@pytest.mark.parametrize(
    ("share", "text"), [("0.13", "13%"), ("0.125", "12.5%"), ("1", "100%"), ("0", "0%"), ("0.0010", "0.1%")]
)
def test_a_share_is_a_percentage_without_trailing_zeros(share: str, text: str) -> None:
    assert wording.percent(Decimal(share)) == text


def test_dates_are_written_in_both_languages() -> None:
    assert wording.date_cn(date(2026, 2, 5)) == "2026年2月5日"
    assert wording.date_en(date(2026, 2, 5)) == "5 February 2026"


def test_moments_are_written_in_their_own_zone() -> None:
    moment = datetime(2026, 12, 20, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert wording.time_cn(moment) == "2026年12月20日09时05分"
    assert wording.time_en(moment) == "20 December 2026, 09:05 (UTC+08:00)"
    assert wording.time_en(moment.astimezone(timezone(-timedelta(hours=3, minutes=30)))).endswith("(UTC-03:30)")
    with pytest.raises(ValueError, match="zone"):
        wording.time_en(datetime(2026, 12, 20))  # noqa: DTZ001


def test_lists_are_joined_as_each_language_does() -> None:
    assert [wording.join_cn(items) for items in ([], ["甲"], ["甲", "乙"], ["甲", "乙", "丙"])] == [
        "",
        "甲",
        "甲和乙",
        "甲、乙和丙",
    ]
    assert [wording.join_en(items) for items in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


def test_a_quantity_stands_with_its_unit() -> None:
    assert wording.quantity(Decimal("4.00"), "台") == "4台"
    assert wording.quantity(Decimal("2.50"), "km") == "2.5 km"
    assert wording.quantity(Decimal("100"), "") == "100"
