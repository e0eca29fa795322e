"""Reading a tender folder."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.raw_values import read_yaml
from flows.steps.read_tender import read
from flows.steps.tender import from_record
from flows.steps.validate_folder import validate_folder

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "tender"))


def _edit(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "tender.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")


def _mistakes(folder: Path) -> list[Mistake]:
    with pytest.raises(InvalidTender) as refused:
        validate_folder(folder)
    return list(refused.value.mistakes)


def test_the_example_has_no_mistakes_and_its_record_comes_back_as_it_went() -> None:
    tender = validate_folder(EXAMPLE)
    assert len(tender.lots[0].clauses) == 22
    assert tender.deadline.isoformat() == "2027-03-18T09:30:00+08:00"
    assert "cost" not in tender.record()
    assert from_record(tender.record()).record() == tender.record()


def test_every_mistake_is_named_at_once_with_line_and_column(folder: Path) -> None:
    _edit(
        folder,
        ("validity_days: 90", "validity_days: ninety"),
        ("91430100MAEXAMPLEC", "91430100MAEXAMPLEA"),
        ("sign_date: 2027-03-12", "sign_date: 2027-03-19"),
        ("reviewer: zheng.yun", "reviewer: zhao.min"),
        ("inputs/proof-2.3.pdf", "inputs/missing.pdf"),
        ("consortium: false", "consortium: perhaps"),
    )
    found = {(m.place.split(",")[0], m.expected) for m in _mistakes(folder)}
    assert found == {
        ("line 11", "a whole number"),
        ("line 16", "a credit code whose check digit fits (GB 32100)"),
        ("line 37", "a date not after the deadline"),
        ("line 58", "another person than the handler"),
        ("line 73", "true or false"),
        ("line 79", "a file in the tender folder"),
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("deadline: 2027-03-18T09:30", "deadline: tomorrow", "a time like 2026-12-20T09:30"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Changsha", "a time zone name such as Asia/Shanghai"),
        ("handler: zhao.min", "handler: Zhao", "a person id such as zhao.min"),
        ('quantity: "4"', 'quantity: "0"', "a number > 0"),
        ('quantity: "4"', "quantity: vier", "a number"),
        ("file: inputs/proof-1.12.pdf", "file: ../../etc/passwd", "a path inside the tender folder"),
        ("quorum: 2", "quorum: 4", "at most as many as there are people in pricing"),
        ("number: 示例-CSXY-2024-017", "numbr: 示例-CSXY-2024-017", "no such key; see docs/data-model.md"),
        ('{lot: "1", deliverable: proof, file: inputs/proof-2', '{lot: "2", deliverable: proof, file: inputs/proof-2',
         "a lot of this tender"),
        ('{no: "2", name', '{no: "1", name', "every id once"),
        ("lot-1: cost.xlsx", "lot-9: cost.xlsx", "lot-<id of a lot of this tender>"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_was_expected(folder: Path, before: str, after: str, expected: str) -> None:
    _edit(folder, (before, after))
    with pytest.raises(InvalidTender) as refused:
        read(folder)
    assert expected in {mistake.expected for mistake in refused.value.mistakes}


def test_mistakes_in_the_clause_workbook_are_named_by_cell(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "clauses.xlsx")
    book.active["A3"] = "1.1"
    book.active["E4"] = "at least"
    book.save(folder / "clauses.xlsx")
    found = {(m.file, m.place) for m in _mistakes(folder)}
    assert found == {("clauses.xlsx", "clauses!A3"), ("clauses.xlsx", "clauses!E4")}


def test_a_price_over_the_ceiling_is_named_before_the_tender_is_opened(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "cost.xlsx")
    book["offer"]["B2"] = 375000.01
    book.save(folder / "cost.xlsx")
    assert [(m.file, m.found) for m in _mistakes(folder)] == [("cost.xlsx", "1 over the ceiling")]


def test_a_hostile_input_is_named(folder: Path) -> None:
    (folder / "inputs" / "proof-1.12.pdf").write_bytes(b"MZ" + bytes(100))
    assert [m.file for m in _mistakes(folder)] == ["inputs/proof-1.12.pdf"]


def test_a_doubled_key_and_broken_yaml_are_named_where_they_stand() -> None:
    assert [m.place for m in read_yaml("a: 1\nb: 2\na: 3\n", "t").mistakes] == ["line 3, column 1"]
    assert [m.place for m in read_yaml("a: [1, 2\nb: 3\n", "t").mistakes] == ["line 2, column 2"]


def test_an_alias_bomb_ends_early() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{c}: &{c} [{', '.join([f'*{p}'] * 30)}]\n" for p, c in zip("abcdef", "bcdefg", strict=True)
    )
    assert any("200,000" in mistake.expected for mistake in read_yaml(bomb, "t").mistakes)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_named_a_mistake(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("t")
    (folder / "tender.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidTender) as refused:
        read(folder)
    assert refused.value.mistakes


def test_a_workbook_may_stand_in_for_the_yaml(folder: Path) -> None:
    expected = read(folder)
    _as_workbook(folder)
    (folder / "tender.yaml").unlink()
    assert read(folder).record() == expected.record()


def test_mistakes_in_the_workbook_are_named_by_sheet_and_cell(folder: Path) -> None:
    _as_workbook(folder)
    (folder / "tender.yaml").unlink()
    book = openpyxl.load_workbook(folder / "tender.xlsx")
    book["lots"]["D2"] = "soon"
    book.save(folder / "tender.xlsx")
    assert [m.place for m in _mistakes(folder)] == ["lots!D2"]


def _as_workbook(folder: Path) -> None:
    record = read(folder).model_dump(mode="json", exclude_none=True)
    book = openpyxl.Workbook()
    keys = book.active
    keys.title = "tender"
    tables = {name: record.pop(name) for name in ("lots", "inputs", "qualifications", "track_record")}
    for name in ("authorisations", "addenda", "consortium", "extra"):
        assert not record.pop(name)
    items = [item for lot in tables["lots"] for item in lot.pop("items")]
    for lot in tables["lots"]:
        lot["clauses"] = "clauses.xlsx"
    for key, value in _dotted(record, ""):
        keys.append([key, value])
    for name, rows in {**tables, "items": items}.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([str(row.get(key, "")) for key in rows[0]])
    book.save(folder / "tender.xlsx")


def _dotted(values: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    found = []
    for key, value in values.items():
        if isinstance(value, dict):
            found += _dotted(value, f"{prefix}{key}.")
        elif value not in ([], ""):
            found.append((f"{prefix}{key}", ", ".join(value) if isinstance(value, list) else str(value)))
    return found
