"""Items of the company library from a workbook or CSV: every mistake named by its place (art. 2)."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from flows.steps.library.import_sheet import Sheets
from flows.steps.library.item import make_item
from flows.steps.workbook import write

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
HEADER = ["id", "kind", "name", "owner", "valid_to", "file"]
ROW = ["QMS-001", "证书", "质量证书", "zhao.min", "2029-06-30", "iso9001.pdf"]


def sheets(tmp_path: Path, rows: list[list[str]], name: str = "items.xlsx", encoding: str = "utf-8") -> Sheets:
    path = tmp_path / name
    if name.endswith(".csv"):
        text = StringIO()
        csv.writer(text).writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))
    else:
        path.write_bytes(write({"库": rows}))
    return Sheets(path, EXAMPLE / "commercial")


@pytest.mark.parametrize(
    ("name", "encoding"), [("items.xlsx", ""), ("items.csv", "utf-8-sig"), ("items.csv", "gb18030")]
)
def test_article_2_a_workbook_or_csv_with_chinese_headers_becomes_items(tmp_path, name, encoding):
    header = ["编号", "类别", "名称", "责任人", "有效期至", "证明文件"]

    read = sheets(tmp_path, [["公司资料库", "", "", "", "", ""], header, ROW, [""] * 6], name, encoding)

    (draft,) = read.drafts
    assert read.mistakes == []
    assert (draft.id, draft.values["kind"], draft.values["name"]) == ("QMS-001", "certificate", "质量证书")
    assert draft.file is not None
    assert draft.file.data == (EXAMPLE / "commercial" / "iso9001.pdf").read_bytes()


def test_article_2_every_mistake_of_an_import_is_named_by_sheet_and_cell(tmp_path):
    rows = [
        [*HEADER, "颜色"],
        [*ROW, ""],
        [*ROW, ""],
        ["X Y", "diploma", "", "Zhao", "someday", "nothing.pdf", ""],
    ]

    read = sheets(tmp_path, rows)
    faults = [fault for draft in read.drafts for fault in _faults(draft)]
    places = {m.place: m.expected for m in (*read.mistakes, *faults)}

    assert places["库!G1"] == "a column of the library; see docs/data-model.md"
    assert places["库!A3"] == "every item once"
    assert places["库!F4"] == "a readable file in the folder of proof files"
    assert places["库!E4"] == "a date like 2026-12-20"
    assert places["库!D4"] == "a person id such as zhao.min"
    assert places["库!B4"].startswith("licence, certificate")
    assert places["库!A4"].startswith("1 to 40 of")
    assert places["库!A4"] != places["库!A3"]


def _faults(draft):
    from flows.steps.library.draft import with_fields

    _made, faults = make_item({"reviewed": "2026-01-01", "reviewed_by": "zhao.min", **with_fields(draft, None)})
    return [draft.mistake(fault) for fault in faults]


@pytest.mark.parametrize(
    ("rows", "place", "expected"),
    [
        ([["a", "b"], ["1", "2"]], "items.xlsx", "a header row"),
        ([HEADER], "items.xlsx", "a header row"),
        ([["id", "kind"], ["A", "text"]], "库!A1", "the columns id, kind, name and owner"),
    ],
)
def test_article_2_an_import_without_a_table_says_what_it_should_have(tmp_path, rows, place, expected):
    read = sheets(tmp_path, rows)

    assert (read.mistakes[0].place, expected in read.mistakes[0].expected) == (place, True)


def test_article_2_a_csv_that_is_none_is_refused(tmp_path):
    (tmp_path / "items.csv").write_bytes(b"\xff\xfe\xff\xff\x00")

    assert Sheets(tmp_path / "items.csv", None).mistakes[0].expected == "a CSV in UTF-8 or GB 18030"


def test_article_2_a_proof_file_outside_the_folder_is_not_taken(tmp_path):
    read = sheets(tmp_path, [HEADER, [*ROW[:5], "../tender.yaml"]])

    assert [m.place for m in read.mistakes] == ["库!F2"]


def test_article_2_a_review_interval_that_is_no_number_of_days_is_a_mistake():
    values = {"kind": "text", "name": "x", "owner": "zhao.min", "reviewed": "2026-01-01", "reviewed_by": "zhao.min"}
    for wrong in ("0", "weekly"):
        _made, faults = make_item({**values, "id": "T-1", "text": "x", "review_days": wrong})
        assert [fault.field for fault in faults] == ["review_days"]
