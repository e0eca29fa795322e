"""The rejection checks, through their door."""

import ast
import json
import os
import shutil
import string
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import i18n
from flows.steps.checks import BidUnderCheck, CheckReport, UnknownRule, Verdict, registered, run
from flows.steps.checks.reading.amounts import parse_cn, parse_en
from flows.steps.checks.report import to_html
from flows.steps.checks.report_word import to_word
from flows.steps.checks.residue import terms_of
from flows.steps.checks.run import BROKEN
from flows.steps.credit_code import credit_code_fault
from templates import own_set
from templates.wording import amount_cn, amount_en

sys.path.append(str(Path(__file__).parents[2] / "bench"))
from mutants import bids

_amounts = st.decimals(min_value=1, max_value=10**11, places=2)


@pytest.fixture(scope="module")
def bid() -> BidUnderCheck:
    return bids.from_set("cn-equipment-2017")


def _docx(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_there_are_forty_rules_each_with_law_and_fix() -> None:
    assert list(registered()) == [f"R{number:02d}" for number in range(1, 41)]
    assert all(rule.law and rule.fix and rule.title for rule in registered().values())


@pytest.mark.parametrize("maker", ["cn-equipment-2017", "cn-goods-87", "wb-goods", "python-docx"])
def test_a_good_bid_fails_no_rule(maker: str) -> None:
    good = bids.plain() if maker == "python-docx" else bids.from_set(maker)
    report = run(good)
    assert report.failed_rules() == ()
    assert {finding.rule for finding in report.findings} == set(registered())


def test_without_record_and_documents_nothing_passes() -> None:
    report = run(BidUnderCheck(None, {}))
    assert {report.verdict(rule) for rule in registered()} == {Verdict.HUMAN}


def test_an_unreadable_document_never_leaves_a_pass(bid: BidUnderCheck) -> None:
    report = run(replace(bid, documents={**bid.documents, "price/broken": b"PK\x03\x04 no package"}))
    assert Verdict.PASS not in {report.verdict(rule) for rule in registered()}


def test_an_unknown_rule_is_refused(bid: BidUnderCheck) -> None:
    with pytest.raises(UnknownRule, match="R41"):
        run(bid, ["R41"])


def test_a_finding_names_document_place_found_and_expected() -> None:
    report = run(BidUnderCheck(None, {"letter": _docx("好", "品牌待定")}), ["R08"])
    (failed,) = [finding for finding in report.findings if finding.verdict is Verdict.FAIL]
    assert (failed.document, failed.place, failed.expected) == ("letter", "paragraph 2", "a value")
    assert CheckReport.from_json(report.to_json()) == report
    assert set(json.loads(report.to_json())[0]) == {
        "rule", "verdict", "document", "place", "found", "expected", "law", "fix", "words"
    }  # fmt: skip


def test_a_sealed_report_is_said_in_chinese_and_what_was_read_stays_as_it_was() -> None:
    report = run(BidUnderCheck(None, {"letter": _docx("好", "品牌待定", "投标有效期为90天")}), ["R08", "R19"])
    kept = CheckReport.from_json(report.to_json())
    i18n.use("zh")
    try:
        page = to_html(kept, "t", i18n._)
    finally:
        i18n.use("en")
    assert "<td>letter</td><td>第 2 段</td><td>占位符：品牌待定</td>" in page
    assert "90 天，各处一致" in page
    assert "placeholder" in to_html(kept, "t", i18n._)


def test_late_counts_the_buffer_for_printing_and_travel(bid: BidUnderCheck) -> None:
    assert bid.record is not None
    in_time = replace(bid, now=bid.record.deadline - timedelta(hours=24))
    assert run(in_time, ["R01"]).verdict("R01") is Verdict.PASS
    assert run(replace(bid, now=bid.record.deadline - timedelta(hours=23)), ["R01"]).verdict("R01") is Verdict.FAIL


@settings(max_examples=150, deadline=None)
@given(_amounts)
def test_amounts_in_words_come_back_as_figures(amount: object) -> None:
    from decimal import Decimal

    assert isinstance(amount, Decimal)
    assert parse_cn(amount_cn(amount)) == amount
    words = amount_en(amount, "USD").removeprefix("US Dollars ").removeprefix("US Dollar ")
    assert parse_en(words) == amount


@pytest.mark.parametrize(
    ("code", "valid"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("9135010OM000100Y43", False)]
)
def test_a_credit_code_passes_by_its_check_digit(code: str, valid: bool) -> None:
    assert (credit_code_fault(code) == "") is valid


_GOOD = _docx("投标函", "投标总报价：人民币壹佰元整（¥100.00）", "日期：2027年3月12日")
_PARTS = {name: zipfile.ZipFile(BytesIO(_GOOD)).read(name) for name in zipfile.ZipFile(BytesIO(_GOOD)).namelist()}
# A sample by default, all of it with TENDERFLOW_FULL=1.
_hostile = settings(max_examples=800 if os.environ.get("TENDERFLOW_FULL") == "1" else 80, deadline=None)


def _holds(content: bytes) -> None:
    """Assert that no rule breaks on a file and that none passes on what could not be read."""
    bid = BidUnderCheck(None, {"a": content}, pdfs={"b": content})
    report = run(bid)
    assert BROKEN not in {finding.place for finding in report.findings}
    assert bid.read or Verdict.PASS not in {finding.verdict for finding in report.findings}


@_hostile
@given(content=st.binary(max_size=400), head=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"]))
def test_random_bytes_never_crash_a_rule(content: bytes, head: bytes) -> None:
    _holds(head + content)


@_hostile
@given(changes=st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_mutated_word_file_never_crashes_a_rule(changes: list[tuple[int, int]]) -> None:
    content = bytearray(_GOOD)
    for place, value in changes:
        content[place] = value
    _holds(bytes(content))


@_hostile
@given(
    part=st.sampled_from(sorted(_PARTS)),
    start=st.floats(0, 1),
    length=st.integers(0, 400),
    text=st.sampled_from(
        [
            b"",
            b"<w:tbl><w:tr/></w:tbl>",
            b"<w:p/>",
            b"&#0;",
            b"&amp;",
            b'w:val="-1"',
            "１２，３４５元".encode(),
            b"\x00",
        ]
    ),
    times=st.integers(1, 40),
)
def test_a_word_file_with_a_part_cut_and_filled_never_crashes_a_rule(
    part: str, start: float, length: int, text: bytes, times: int
) -> None:
    whole = _PARTS[part]
    at = int(start * len(whole))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in _PARTS.items():
            package.writestr(name, whole[:at] + text * times + whole[at + length :] if name == part else content)
    _holds(out.getvalue())


def test_the_report_is_a_page_and_a_word_document_with_a_checklist(bid: BidUnderCheck) -> None:
    report = run(bid, ["R03", "R12"])
    page = to_html(report, "<t>", str)
    assert "R03" in page
    assert "&lt;t&gt;" in page
    text = "\n".join(p.text for p in docx.Document(BytesIO(to_word(report, "t", str))).paragraphs)
    assert "Checklist for a person" in text


def test_a_rule_that_the_template_set_does_not_name_is_not_applicable(bid: BidUnderCheck) -> None:
    assert bid.record is not None
    other = replace(bid, record=bid.record.model_copy(update={"set": "technical-agreement"}))
    report = run(other, ["R12", "R33"])
    assert (report.verdict("R12"), report.verdict("R33")) == (Verdict.NOT_APPLICABLE, Verdict.PASS)


def test_residue_is_not_passed_on_an_index_that_is_empty_or_partly_unread(bid: BidUnderCheck) -> None:
    assert run(replace(bid, residue=[]), ["R32"]).verdict("R32") is Verdict.NOT_APPLICABLE
    assert run(replace(bid, residue_unread=1), ["R32"]).verdict("R32") is Verdict.HUMAN
    assert run(bid, ["R32"]).verdict("R32") is Verdict.PASS


def test_words_of_trade_and_ware_sold_in_three_tenders_are_no_residue() -> None:
    one = {"names": ["长江大学附属中学实验室", "设备采购项目"], "models": ["SL-AGV-L40", "XJ-9000-PRO"]}
    rest = [{"names": ["采购中心", "A1"], "models": ["SL-AGV-L40"]}] * 2
    assert terms_of([one, *rest]) == ["长江大学附属中学实验室", "XJ-9000-PRO"]


def test_an_addendum_that_the_bid_names_and_the_record_does_not_goes_to_a_person(bid: BidUnderCheck) -> None:
    letter = _docx("投标函", "我方已收到补遗文件第1号和补遗（第二号）。")
    report = run(replace(bid, documents={"letter": letter}), ["R37"])
    asked = [(f.found, f.document) for f in report.findings if f.verdict is Verdict.HUMAN]
    assert asked == [("addendum 2", "letter")]
    silent = run(replace(bid, documents={"letter": _docx("投标函")}), ["R37"])
    assert [f.found for f in silent.findings if f.verdict is Verdict.HUMAN] == ["not named in the bid"]
    assert run(BidUnderCheck(None, {"letter": letter}), ["R37"]).verdict("R37") is Verdict.HUMAN


def test_every_blank_of_a_finding_is_filled() -> None:
    unfilled = []
    for path in (Path(__file__).parents[2] / "flows/steps/checks").rglob("*.py"):
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        for call in (n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "Words"):
            if isinstance(call.args[0], ast.Constant):
                blanks = {name for _, name, _, _ in string.Formatter().parse(call.args[0].value) if name}
                if blanks != {keyword.arg for keyword in call.keywords}:
                    unfilled.append((path.name, call.lineno))
    assert unfilled == []


def test_a_set_in_the_tenders_folder_silences_no_rule(bid: BidUnderCheck, tmp_path: Path) -> None:
    assert bid.record is not None
    own = tmp_path / "set"
    shutil.copytree(Path(__file__).parents[2] / "templates/sets/technical-agreement", own)
    record = bid.record.model_copy(update={"set": own_set.take_in(own)})
    assert run(replace(bid, record=record), ["R12"]).verdict("R12") is Verdict.PASS
