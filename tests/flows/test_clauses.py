"""The clause matrix."""

from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.clauses import derived_deviation, read_clauses, unknown_numbers, write_clauses
from flows.steps.mistake import InvalidTender
from flows.steps.tender import Clause
from tests.templates import hostile

_texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Co")), max_size=40).map(str.strip)
_filled = _texts.filter(bool)
_clauses = st.lists(
    st.builds(
        Clause,
        clause=_filled,
        mark=st.sampled_from(["", "★", "▲"]),
        requirement=_filled,
        relation=st.sampled_from(["≥", "≤", "=", "range", "±", "text"]),
        value=_texts,
        response=_texts,
        offered=_texts,
        deviation=st.sampled_from(["", "none", "positive", "negative"]),
        evidence=_texts,
        place=_texts,
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda clause: clause.clause,
)


@settings(max_examples=60, deadline=None)
@given(_clauses)
def test_a_matrix_comes_back_from_excel_as_it_went(clauses: list[Clause]) -> None:
    assert list(read_clauses(write_clauses(clauses), "clauses.xlsx")) == clauses


def _workbook(*rows: list[object], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_doubled_numbers_unknown_relations_and_empty_requirements_are_all_named_by_cell() -> None:
    rows = (["条款号", "招标要求", "关系"], ["1.1", "a", "≥"], ["1.1", "b", "about"], ["1.2", "", "text"])
    with pytest.raises(InvalidTender) as refused:
        read_clauses(_workbook(*rows), "clauses.xlsx")
    found = {(m.place, m.found) for m in refused.value.mistakes}
    assert found == {("Sheet!A3", "1.1 again"), ("Sheet!C3", "about"), ("Sheet!B4", "nothing")}


def test_a_number_typed_into_a_clause_cell_keeps_the_decimals_that_it_shows() -> None:
    content = _workbook(["条款号", "招标要求"], [1.1, "a"], [1.1, "b"], formats={"A2": "0.0", "A3": "0.00"})
    assert [clause.clause for clause in read_clauses(content, "clauses.xlsx")] == ["1.1", "1.10"]


def test_english_headers_and_words_are_read() -> None:
    content = _workbook(["clause", "requirement", "relation", "deviation"], ["1", "load", ">=", "正偏差"])
    (clause,) = read_clauses(content, "clauses.xlsx")
    assert (clause.relation, clause.deviation) == ("≥", "positive")


@pytest.mark.parametrize(
    ("relation", "value", "unit", "offered", "expected"),
    [
        ("≥", "180", "kg", "200", "positive"),
        ("≥", "180", "kg", "180", "none"),
        ("≥", "180", "kg", "0.2 t", "positive"),
        ("≥", "180", "kg", "179.9", "negative"),
        ("≤", "60", "dB", "55", "positive"),
        ("≤", "60", "dB", "61", "negative"),
        ("=", "1100", "mm", "1.1 m", "none"),
        ("=", "1100", "mm", "1200", "negative"),
        ("range", "3.5–4.0", "m", "3.8", "none"),
        ("range", "3.5–4.0", "m", "4.2", "negative"),
        ("range", "0–1800", "mm/s", "0～1800", "none"),
        ("range", "0–1800", "mm/s", "0–2000", ""),
        ("range", "0–1800", "mm/s", "0–1500", ""),
        ("range", "0–1800", "mm/s", "100–1900", "negative"),
        ("±", "10", "mm", "±8 mm", "positive"),
        ("±", "10", "mm", "±12mm", "negative"),
        ("≥", "180", "kg", "two hundred", ""),
        ("≥", "180", "kg", "200 mm", ""),
    ],
)
def test_the_deviation_follows_from_relation_value_and_unit(
    relation: str, value: str, unit: str, offered: str, expected: str
) -> None:
    clause = Clause.model_validate(
        {"clause": "1", "requirement": "r", "relation": relation, "value": value, "unit": unit, "offered": offered}
    )
    assert derived_deviation(clause) == expected


@pytest.mark.parametrize(
    ("response", "expected"), [("满足，二维码导航", "none"), ("不满足", "negative"), ("部分满足", "negative"), ("", "")]
)
def test_the_deviation_of_a_text_clause_follows_from_the_answer(response: str, expected: str) -> None:
    assert derived_deviation(Clause(clause="1", requirement="r", response=response)) == expected


def test_numbers_that_the_matrix_lacks_are_named() -> None:
    clauses = [Clause(clause="1.1", requirement="r")]
    assert unknown_numbers(clauses, ["1.1", "9.9", "9.9"]) == ("9.9",)


@pytest.mark.parametrize("name", ["laughs.docx", "deflate.docx", "object.docx", "cut.docx"])
def test_a_hostile_or_broken_workbook_is_refused_before_it_is_opened(name: str) -> None:
    with pytest.raises(InvalidTender) as refused:
        read_clauses(hostile.content(name), "clauses.xlsx")
    (mistake,) = refused.value.mistakes
    assert mistake.found.startswith("clauses.xlsx")
    assert "next: " in mistake.found
