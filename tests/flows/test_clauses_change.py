"""The clause matrix between people and record, and the technical department's deliverables (SJE/ZY/GK-02 art. 3.3)."""

import shutil
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.clauses import read_about, read_placed, write_clauses
from flows.steps.clauses_change import Change, Editor, changes, mistakes
from flows.steps.deliverables import Delivery, owed
from flows.steps.mistake import InvalidTender
from flows.steps.read_tender import read
from flows.steps.tender import Clause
from tests.flows.conftest import EXAMPLE

OWNERS = {"li.na": "technical", "李示娜": "technical", "technical": "technical", "zhao.min": "marketing-1"}
HANDLER, TECHNICAL = Editor("marketing-1", settles=True), Editor("technical", settles=False)
MATRIX = (
    Clause(clause="1.1", mark="★", requirement="load", relation="≥", value="180", unit="kg", owner="li.na"),
    Clause(clause="1.2", requirement="payment", owner="zhao.min"),
    Clause(clause="1.10", requirement="training"),
)
_texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Co"), whitelist_characters="\n"), max_size=30).map(
    str.strip
)
_rows = st.lists(
    st.builds(
        Clause,
        clause=_texts.filter(bool),
        mark=st.sampled_from(["", "★", "▲"]),
        requirement=_texts.filter(bool),
        parameter=_texts,
        relation=st.sampled_from(["≥", "≤", "=", "range", "±", "text"]),
        value=_texts,
        unit=_texts,
        response=_texts,
        offered=_texts,
        deviation=st.sampled_from(["", "none", "positive", "negative"]),
        owner=st.sampled_from(["", *OWNERS]),
        evidence=_texts,
        place=_texts,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda clause: clause.clause,
)


def edited(changed: dict[str, object], rows: tuple[Clause, ...] = MATRIX) -> bytes:
    """The matrix as a workbook in which a person changed some cells."""
    book = openpyxl.load_workbook(BytesIO(write_clauses(rows, {"tender": "t", "lot": "1", "version": "1"})))
    for cell, value in changed.items():
        book["clauses"][cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def wrong(content: bytes, editor: Editor = HANDLER, added: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    rows = read_placed(content, "clauses.xlsx")
    return {(m.place, m.found) for m in mistakes(MATRIX, rows, "clauses.xlsx", OWNERS, editor, added)}


@settings(max_examples=60, deadline=None)
@given(_rows)
def test_a_matrix_goes_out_and_comes_back_without_loss_and_without_a_change(rows: list[Clause]) -> None:
    content = write_clauses(rows, {"tender": "t", "lot": "1", "version": "7"})
    placed = read_placed(content, "clauses.xlsx")
    assert [row.clause for row in placed] == rows
    assert changes(rows, [row.clause for row in placed]) == []
    assert mistakes(rows, placed, "clauses.xlsx", OWNERS, TECHNICAL, ()) == []
    assert read_about(content, "clauses.xlsx") == {"tender": "t", "lot": "1", "version": "7"}


@settings(max_examples=40, deadline=None)
@given(_rows, st.data())
def test_exactly_the_cells_that_a_person_changed_are_named(rows: list[Clause], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(["response", "offered", "evidence", "place"]))
    text = data.draw(_texts.filter(lambda text: text != getattr(rows[place], field)))
    after = [row.model_copy(update={field: text}) if n == place else row for n, row in enumerate(rows)]
    back = [row.clause for row in read_placed(write_clauses(after), "clauses.xlsx")]
    assert changes(rows, back) == [Change(rows[place].clause, field, getattr(rows[place], field), text)]


def test_unknown_numbers_lost_rows_and_unknown_owners_are_refused_by_cell() -> None:
    content = edited({"A3": "1.3", "K4": "nobody.x"})
    assert wrong(content) == {("clauses!A3", "1.3"), ("clauses!K4", "nobody.x"), ("sheet", "no row 1.2")}


def test_a_new_clause_is_taken_when_it_is_said_to_be_new_and_not_when_it_is_not() -> None:
    content = edited({"A5": "1.11", "C5": "noise"})
    assert wrong(content, added=("1.11",)) == set()
    assert wrong(content) == {("clauses!A5", "1.11")}
    assert wrong(edited({}), added=("1.2",)) == {("clauses!A3", "1.2")}


def test_art_3_3_the_technical_department_changes_neither_the_buyers_words_nor_marketings_rows() -> None:
    content = edited({"H2": "200 kg", "F2": "170", "H3": "30/65/5", "H4": "three days"})
    assert wrong(content, TECHNICAL) == {("clauses!F2", "170"), ("clauses!H3", "30/65/5")}
    assert wrong(content, HANDLER) == set()


def test_a_department_of_the_register_may_own_a_clause_as_may_a_person_by_name() -> None:
    assert wrong(edited({"K2": "李示娜", "K3": "technical"})) == set()


AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def states(now: datetime, **sealed: datetime) -> dict[str, Delivery]:
    tender = read(EXAMPLE).model_copy(update={"deliverables": {"project-quotation": date(2027, 3, 5)}})
    names = {"cost": "cost/1", "agreement": "input/1/technical-agreement/agreement.docx", "a": "input/1/proof/a.pdf",
             "b": "input/1/proof/b.pdf"}  # fmt: skip
    found = owed(
        tender, "1", {names[k]: at for k, at in sealed.items()}, ["input/1/proof/a.pdf", "input/1/proof/b.pdf"], now
    )
    return {row.deliverable: row.state for row in found}


def test_art_3_3_the_three_deliverables_are_open_then_in_time_late_or_overdue() -> None:
    late = AT + timedelta(days=12)
    assert set(states(AT).values()) == {Delivery.OPEN}
    assert set(states(late).values()) == {Delivery.OVERDUE}
    assert states(late, a=AT, cost=AT, agreement=late) == {
        "technical-material": Delivery.OVERDUE,
        "project-quotation": Delivery.IN_TIME,
        "technical-agreement": Delivery.LATE,
    }
    assert states(late, a=AT, b=late)["technical-material"] is Delivery.LATE
    assert states(late, a=AT, b=AT)["technical-material"] is Delivery.IN_TIME


def test_art_3_3_due_dates_follow_the_newest_deadline_where_the_record_names_none() -> None:
    tender = read(EXAMPLE)
    later = tender.model_copy(update={"deadline": tender.deadline + timedelta(days=10)})
    first, moved = (owed(record, "1", {}, ["x"], AT)[0].due for record in (tender, later))
    assert moved - first == timedelta(days=10)


@pytest.mark.parametrize(("day", "mistakes"), [("2027-03-01", 0), ("2027-02-04", 1), ("2027-03-19", 1)])
def test_art_3_3_a_due_date_before_the_tender_or_after_its_deadline_is_refused(
    tmp_path: Path, day: str, mistakes: int
) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "example")
    with (folder / "tender.yaml").open("a", encoding="utf-8") as file:
        file.write(f"deliverables: {{technical-agreement: {day}}}\n")
    if not mistakes:
        assert read(folder).deliverables == {"technical-agreement": date.fromisoformat(day)}
        return
    with pytest.raises(InvalidTender) as refused:
        read(folder)
    assert [m.expected for m in refused.value.mistakes] == ["a date between issued and the deadline"]


@pytest.mark.parametrize("text", ["_x0041_", "=1+1", "1.10", "'quoted", "a\tb"])
def test_text_that_excel_would_read_otherwise_comes_back_as_it_was(text: str) -> None:
    row = Clause(clause="1", requirement="r", response=text)
    assert [placed.clause for placed in read_placed(write_clauses([row]), "clauses.xlsx")] == [row]
