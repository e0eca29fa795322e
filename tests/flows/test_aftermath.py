"""After a bid: lessons (SJE/ZY/GK-02 art. 3.5), and what the bid promised against what the contract says."""

from datetime import date
from io import BytesIO

import docx
import openpyxl
import pytest

from flows.acts import aftermath, intake
from flows.steps import handover, lessons
from flows.steps.handover import promises, read_held, sheet
from flows.steps.lessons import Lessons
from flows.steps.mistake import InvalidTender
from flows.steps.read_tender import read
from tests.flows.conftest import EXAMPLE

CONTRACT, STATE = 5, 6  # columns of the sheet


@pytest.fixture(scope="module")
def tender():
    return read(EXAMPLE)


def filled(rows, **cells):
    """Return the sheet with the contract's words as promised, but for those given by row number."""
    book = openpyxl.load_workbook(BytesIO(sheet(rows)))
    for number, row in enumerate(rows, 1):
        book.active.cell(number + 1, CONTRACT).value = row.offered
    for name, value in cells.items():
        number, column = name[1:].split("_")
        book.active.cell(int(number) + 1, {"contract": CONTRACT, "state": STATE}[column]).value = value
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def text_of(word):
    document = docx.Document(BytesIO(word))
    return "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)


def test_promises_are_goods_delivery_warranty_payment_and_every_clause_with_its_deviation(tender):
    rows = promises(tender, "1")

    sources = [row.source for row in rows]
    assert sources[:5] == ["供货范围", "供货范围", "交货期", "质保期", "付款"]
    assert len(rows) == 5 + len(tender.lots[0].clauses)
    marked = [
        source for source, clause in zip(sources[5:], tender.lots[0].clauses, strict=True) if clause.mark in source
    ]
    assert len(marked) == len(tender.lots[0].clauses)
    positive = [clause for clause in tender.lots[0].clauses if clause.deviation == "positive"]
    assert sum("正偏差" in source for source in sources) == len(positive) > 0


def test_equal_words_are_the_same_and_no_words_are_missing(tender):
    rows = promises(tender, "1")
    held = read_held(filled(rows, r3_contract=""), "list.xlsx", rows)

    assert [row.promise.no for row in held if row.state == "missing"] == ["3"]
    assert {row.state for row in held} == {"same", "missing"}


def test_other_words_need_a_persons_conclusion(tender):
    rows = promises(tender, "1")
    with pytest.raises(InvalidTender) as refused:
        read_held(filled(rows, r3_contract="50天"), "list.xlsx", rows)
    held = read_held(filled(rows, r3_contract="50天", r3_state="不一致"), "list.xlsx", rows)

    assert [mistake.expected for mistake in refused.value.mistakes] == ["一致, 不一致 or 未写入"]
    assert next(row for row in held if row.promise.no == "3").state == "differs"


def test_a_list_with_a_row_missing_or_a_promise_changed_is_refused(tender):
    rows = promises(tender, "1")
    book = openpyxl.load_workbook(BytesIO(filled(rows)))
    book.active.cell(2, 3).value = "something else"
    book.active.delete_rows(4)
    content = BytesIO()
    book.save(content)

    with pytest.raises(InvalidTender) as refused:
        read_held(content.getvalue(), "list.xlsx", rows)
    assert {mistake.expected for mistake in refused.value.mistakes} == {
        "every row of the list",
        "the promise as the list has it",
    }


def test_the_hand_over_form_shows_what_differs(tender):
    rows = promises(tender, "1")
    held = read_held(filled(rows, r3_contract="50天", r3_state="不一致"), "list.xlsx", rows)
    word = handover.word(tender, "1", held, contract="HT-8", signed=date(2027, 4, 12), signatures=[])

    text = text_of(word)
    assert "HT-8" in text
    assert "50天" in text
    assert "不一致" in text
    assert f"{len(rows)}项" in text


def test_the_lessons_form_shows_bids_winner_causes_and_what_changes(tender):
    first = {"bidder": "甲", "price": "2140000.00", "rank": 1, "price_score": "40.00", "status": "valid"}
    second = {"bidder": "乙", "price": "2198000.00", "rank": 2, "status": "rejected"}
    bids = [{**bid, "lot": "1", "opened_on": "2027-03-18"} for bid in (second, first)]
    outcomes = [
        {"lot": "1", "result": "won", "winner": "甲", "winning_price": "2140000.00", "candidates": ["甲", "乙"]}
    ]
    change = {"what": "提前催要", "who": "zhao.min", "due": "2027-05-01"}
    learnt = Lessons.model_validate({"causes": ["价格第一"], "went_wrong": ["证明材料晚到"], "improvements": [change]})

    text = text_of(lessons.word(tender, "1", {"bids": bids, "outcomes": outcomes}, learnt, []))

    for shown in (
        "2,140,000.00",
        "中标",
        "1. 甲；2. 乙",
        "价格第一",
        "不足：证明材料晚到",
        "提前催要（zhao.min，2027-05-01）",
        "否决",
    ):
        assert shown in text


@pytest.fixture
def delivered(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    intake.deliver(installation.case(tender.tender, person="li.na"), tender, folder)
    return lambda person="zhao.min": installation.case(tender.tender, person=person)


@pytest.mark.server
def test_a_hand_over_is_an_event_with_counts_and_its_words_stay_sealed(delivered, tmp_path):
    rows = promises(delivered().with_clauses("1"), "1")
    (tmp_path / "list.xlsx").write_bytes(filled(rows, r3_contract="50天", r3_state="不一致"))

    event, _held = aftermath.record_handover(
        delivered(), "1", tmp_path / "list.xlsx", contract="HT-8", signed=date(2026, 4, 12)
    )

    assert (event.body["count"], event.body["differs"], event.body["missing"]) == (len(rows), 1, 0)
    assert "50天" not in str([each.body for each in delivered().ledger.events()])
    assert "HT-8" in text_of(aftermath.handover_word(delivered(), "1"))


@pytest.mark.server
def test_art_3_5_lessons_are_sealed_into_the_archive_and_told_by_an_event(delivered):
    aftermath.record_lessons(delivered("feng.xue"), "1", Lessons(causes=("price",)))

    assert [event.body for event in delivered().ledger.find(type="lessons.recorded")] == [{"version": 1}]
    with pytest.raises(intake.NotNamed):
        aftermath.record_lessons(delivered("li.na"), "1", Lessons(causes=("price",)))
