"""The fields that templates see."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from flows.steps.fields import fields_of
from flows.steps.price import read_offer
from flows.steps.read_tender import read
from flows.steps.tender import Member, Tender
from templates import catalogue, fill

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"


@pytest.fixture(scope="module")
def tender() -> Tender:
    return read(EXAMPLE)


def _field(fields: object, path: str) -> object:
    for name in path.split("."):
        assert isinstance(fields, Mapping)
        fields = fields[name]
    return fields


@pytest.mark.parametrize(
    ("language", "path", "expected"),
    [
        ("zh-CN", "price.total", "2,140,000.00"),
        ("zh-CN", "price.total_words", "贰佰壹拾肆万元整"),
        ("zh-CN", "price.net", "1,893,805.31"),
        ("zh-CN", "price.tax", "246,194.69"),
        ("zh-CN", "price.tax_rate_percent", "13"),
        ("zh-CN", "sign_date", "2027年3月12日"),
        ("zh-CN", "bond.form", "银行转账"),
        ("zh-CN", "bond.amount_words", "叁万元整"),
        ("zh-CN", "affiliates", "无"),
        ("en", "sign_date", "12 March 2027"),
        ("en", "bond.form", "bank transfer"),
        ("en", "price.total_words", "Chinese Yuan Two Million One Hundred Forty Thousand Only"),
    ],
)
def test_values_are_text_ready_to_print_in_the_sets_language(
    tender: Tender, language: str, path: str, expected: str
) -> None:
    offer = read_offer(EXAMPLE / "cost.xlsx", tender, "1")
    assert _field(fields_of(tender, "1", language, offer), path) == expected


def test_without_an_offer_there_is_no_price_field(tender: Tender) -> None:
    assert "price" not in fields_of(tender, "1", "zh-CN")


def test_deviations_are_the_clauses_that_deviate(tender: Tender) -> None:
    rows = fields_of(tender, "1", "zh-CN")["deviations"]
    assert isinstance(rows, list)
    assert [(row["clause"], row["deviation"]) for row in rows] == [
        ("1.6", "正偏差"), ("1.10(1)", "正偏差"), ("1.12", "正偏差"),
    ]  # fmt: skip


def test_a_signer_who_is_not_the_legal_representative_is_an_agent(tender: Tender) -> None:
    assert _field(fields_of(tender, "1", "zh-CN"), "signer.is_agent") is True
    signer = tender.signer.model_copy(update={"name": tender.bidder.legal_representative})
    assert _field(fields_of(tender.model_copy(update={"signer": signer}), "1", "zh-CN"), "signer.is_agent") is False


def test_a_consortium_is_seen_where_the_lot_allows_it(tender: Tender) -> None:
    member = Member(name="示例甲", share=Decimal("0.60"), leader=True, duty="设备")
    lot = tender.lots[0].model_copy(update={"consortium": True})
    allowed = tender.model_copy(update={"lots": (lot,), "consortium": (member,)})
    expected = [{"name": "示例甲", "share": "60%", "leader": True, "duty": "设备"}]
    assert fields_of(allowed, "1", "zh-CN")["consortium"] == expected
    assert fields_of(tender.model_copy(update={"consortium": (member,)}), "1", "zh-CN")["consortium"] == []


def test_every_template_of_the_set_is_filled_from_the_fields(tender: Tender) -> None:
    plan = catalogue.load(tender.set)
    offer = read_offer(EXAMPLE / "cost.xlsx", tender, "1")
    fields = plan.complete(fields_of(tender, "1", plan.language, offer))
    filled = [
        s.id for _v, s in plan.sections() if s.template and s.applies(fields) and fill.fill_bytes(s.template, fields)
    ]
    assert {"bid-letter", "opening-sheet", "price-schedule", "deviations", "clause-response"} <= set(filled)
