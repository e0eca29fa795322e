"""Opening records as people send them: read, doubted cell by cell, made into archive rows."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from flows.cli import opening as command
from flows.steps.credit_code import check_digit
from flows.steps.outcome import OpeningError, read_opening, read_outcome, read_recorded, sealed, to_archive_rows
from flows.steps.tender import Tender, from_record

OWN = "上海示例公司"


def code(first: str) -> str:
    return first + check_digit(first)


@pytest.fixture
def tender() -> Tender:
    people = {
        "handler": "a.b",
        "leader": "a.c",
        "pricing": ["a.d"],
        "reviewer": "a.e",
        "submitter": "a.f",
        "clerk": "a.g",
    }
    item = {"no": "1", "name": "AGV", "unit": "台", "quantity": "4"}
    lot = {"name": "AGV", "ceiling": "2250000", "delivery_days": 60, "warranty_months": 24, "items": [item]}
    record: dict[str, Any] = {
        "tender": "agv-2024", "title": "AGV",
        "number": "CS-017", "buyer": {"name": "血液中心"}, "set": "cn", "issued": "2026-11-01",
        "deadline": "2026-12-20T09:30", "validity_days": 90,
        "department": "m-1", "signer": {"name": "x"}, "sign_date": "2026-12-15",
        "bidder": {"name": OWN, "credit_code": code("91310000132216060"), "legal_representative": "x"},
        "score": {"formula": "low-price", "weight": "0.4"}, "people": people,
        "lots": [{"id": "1", **lot}, {"id": "2", **lot}],
    }  # fmt: skip
    return from_record(record)


def csv(
    *rows: str, header: str = "标段,投标人,投标报价（万元）,状态,否决原因,币种,开标日期,统一社会信用代码"
) -> tuple[str, bytes]:
    return "opening.csv", "\n".join([header, f"1,{OWN},210,,,,,", *rows]).encode()


def test_a_chinese_workbook_with_a_title_row_and_wan_yuan_is_read(tender: Tender) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["开标记录表"],
        ["标段", "投标人名称", "投标报价（万元）", "状态"],
        ["1", OWN, 210.5, "有效"],
        ["1", "乙公司", "２１８", "有效"],
    ):
        book.active.append(row)  # type: ignore[union-attr]
    out = BytesIO()
    book.save(out)
    record = read_opening(("开标记录.xlsx", out.getvalue()), tender)
    assert [(row.bidder, row.price, row.own) for row in record.rows] == [
        (OWN, Decimal("2105000.00"), True),
        ("乙公司", Decimal("2180000.00"), False),
    ]
    assert record.quarantined == ()


def test_csv_in_gb18030_is_read(tender: Tender) -> None:
    name, content = csv("2,乙公司,218,,,,,")
    record = read_opening((name, content.decode().encode("gb18030")), tender)
    assert [row.lot for row in record.rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("1,乙,abc,,,,,", "price", "text in a number"),
        ('1,乙,"2,180,000元",,,,,', "price", "ambiguous unit"),
        ("1,乙,0,,,,,", "price", "a price of 0 or less"),
        ("1,乙,,,,,,", "price", "nothing there"),
        ("1,乙,2180000,,,,,", "price", "over 100 times the usual price"),
        ("1,乙,0.5,,,,,", "price", "under 1/100 of the usual price"),
        ("1,乙,218,,,,2026-10-01,", "opened_on", "a date before the tender"),
        ("1,乙,218,,,,2026-12-01,", "opened_on", "a date before the deadline"),
        ("1,乙,218,,,USD,,", "currency", "a currency without rate"),
        ("1,乙,218,,,,,91310000132216061X", "credit_code", "no credit code"),
        ("1,乙,218,maybe,,,,", "status", "a word without meaning here"),
        ("9,乙,218,,,,,", "lot", "an unknown lot"),
        (f"1,{OWN},211,,,,,", "bidder", "a row that stands twice"),
    ],
)
def test_a_doubtful_cell_is_named_and_its_row_set_aside(tender: Tender, row: str, column: str, reason: str) -> None:
    record = read_opening(csv(row), tender)
    assert [bid.bidder for bid in record.rows] == [OWN]
    assert [(found.row, found.column, found.reason) for found in record.quarantined] == [(3, column, reason)]


def test_a_unit_that_stands_nowhere_is_ambiguous_unless_the_person_gives_it(tender: Tender) -> None:
    source = ("o.csv", f"标段,投标人,投标报价\n1,{OWN},2100000\n".encode())
    assert "ambiguous unit" in [found.reason for found in read_opening(source, tender).quarantined]
    assert read_opening(source, tender, default_unit="元").rows[0].price == Decimal(2100000)


def test_two_bidders_with_one_name_are_both_set_aside(tender: Tender) -> None:
    codes = code("91310000132216061"), code("91310000132216062")
    record = read_opening(csv(*(f"1,乙,21{n},,,,,{c}" for n, c in enumerate(codes))), tender)
    assert [found.reason for found in record.quarantined] == ["two bidders with one name"] * 2


def test_another_tenders_record_is_refused(tender: Tender) -> None:
    with pytest.raises(OpeningError, match="expected CS-017"):
        read_opening(("o.csv", f"招标编号,投标人,投标报价（元）\nX-1,{OWN},2100000\n".encode()), tender)
    with pytest.raises(OpeningError, match="found lot 7"):
        read_opening(("o.csv", f"标段,投标人,投标报价（元）\n7,{OWN},2100000\n".encode()), tender)


def test_a_record_without_our_bid_is_doubted(tender: Tender) -> None:
    record = read_opening([{"lot": "1", "bidder": "乙", "price": "2100000"}], tender)
    assert [(found.row, found.reason) for found in record.quarantined] == [(0, "our own bid is missing")]


def test_foreign_money_keeps_its_currency_and_counts_by_its_rate(tender: Tender) -> None:
    rows = [
        {"lot": "1", "bidder": OWN, "price": "2100000"},
        {"lot": "1", "bidder": "B", "price": "300000", "currency": "USD"},
    ]
    opening = read_opening(rows, tender, rates={"USD": Decimal("7.1")})
    outcome = read_outcome([{"lot": "1", "result": "won", "winner": OWN, "winning_price": "2100000"}], tender, opening)
    value = sealed(opening, outcome, read_by="feng.xue", read_at=datetime.now(UTC))
    bids = to_archive_rows(value, tender).bids
    assert [(row.currency, row.price, row.rate, row.won) for row in bids] == [
        ("CNY", Decimal(2100000), Decimal(1), True), ("USD", Decimal(300000), Decimal("7.1"), False)
    ]  # fmt: skip


def test_doubtful_rows_stay_out_only_on_a_persons_word(tender: Tender) -> None:
    opening = read_opening(csv("1,乙,abc,,,,,", "1,丙,220,否决,无授权,,,"), tender)
    outcome = read_outcome([{"lot": "1", "result": "中标", "winner": OWN}], tender, opening)
    with pytest.raises(OpeningError, match=r"1 doubtful cells, first in opening\.csv row 3, column price"):
        sealed(opening, outcome, read_by="feng.xue", read_at=datetime.now(UTC))
    value = sealed(opening, outcome, read_by="feng.xue", read_at=datetime.now(UTC), leave_out=True)
    rows = to_archive_rows(value, tender)
    assert [(row.status, row.reject_reason) for row in rows.bids] == [("valid", ""), ("rejected", "无授权")]
    assert value["left_out"][0]["found"] == "abc"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ({"lot": "1", "result": "won", "winner": "乙"}, "won, but by another"),
        ({"lot": "1", "result": "lost", "winner": OWN}, "not won, but by us"),
        ({"lot": "1", "result": "failed", "winner": OWN}, "a winner of a lot without one"),
        ({"lot": "1", "result": "lost", "winner": "nobody"}, "no valid bidder of the lot"),
    ],
)
def test_an_outcome_that_contradicts_itself_is_doubted(tender: Tender, outcome: dict[str, object], reason: str) -> None:
    found = read_outcome([outcome], tender, read_opening(csv(), tender)).quarantined
    assert reason in [entry.reason for entry in found]


def test_rates_of_the_command_reach_the_sealed_record(tender: Tender, tmp_path: Path) -> None:
    record, outcome = tmp_path / "o.csv", tmp_path / "outcome.yaml"
    record.write_bytes(csv("1,乙,30万元,,,USD,,")[1])
    outcome.write_text(f"- {{lot: '1', result: won, winner: {OWN}, winning_price: '2100000', unit: 元}}\n", "utf-8")
    value = read_recorded(record, outcome, tender, read_by="feng.xue", rates={"USD": Decimal("7.12")})
    assert [(bid["currency"], bid["rate"]) for bid in value["bids"]] == [("CNY", "1"), ("USD", "7.12")]


@pytest.mark.parametrize("rate", ["USD", "USD=0", "usd=7", "USD=7.1234567", "USD=NaN"])
def test_a_rate_that_is_none_is_refused_before_anything_is_opened(rate: str, tmp_path: Path) -> None:
    (tmp_path / "o.csv").touch()
    app = typer.Typer()
    command.register(app)
    file = str(tmp_path / "o.csv")
    done = CliRunner().invoke(app, ["agv-2024", file, "--outcome", file, "--as", "feng.xue", "--rate", rate])
    assert done.exit_code == 2
    assert "USD=7.12" in done.output
