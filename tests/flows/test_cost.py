"""The cost sheet."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from flows.steps.cost import CostSheet, read_cost
from flows.steps.mistake import InvalidTender
from flows.steps.tender import Item, Lot

LOT = Lot(
    id="1", name="AGV", delivery_days=60, warranty_months=24,
    items=(Item(no="1", name="AGV", unit="台", quantity=Decimal(4)),
           Item(no="2", name="B", unit="台", quantity=Decimal(1))),
)  # fmt: skip


def _sheet(folder: Path, cost: list[list[object]], offer: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "cost"
    for row in [["item no", "cost line", "amount", "low", "high", "remark"], *cost]:
        sheet.append(row)
    second = book.create_sheet("offer")
    for row in [["序号", "单价", "备注"], *offer]:
        second.append(row)
    path = folder / "cost.xlsx"
    book.save(path)
    return path


def test_the_floor_is_every_cost_but_profit_and_scenarios_default_to_the_amount(tmp_path: Path) -> None:
    rows = [["1", "materials", 100.1, 90, None, ""], ["-", "利润", 20, None, 30, ""]]
    sheet = read_cost(_sheet(tmp_path, rows, [["1", 50], ["2", 9]]), LOT)
    assert sheet.floor == Decimal("100.1")
    assert [sheet.scenario(name) for name in ("low", "base", "high")] == [
        Decimal(110),
        Decimal("120.1"),
        Decimal("130.1"),
    ]
    assert CostSheet.from_json(sheet.to_json()) == sheet


def test_text_in_a_number_is_refused_by_cell_without_repeating_it(tmp_path: Path) -> None:
    rows = [
        ["1", "materials", "约12万", None, None, ""],
        ["1", "gold", 5, None, None, ""],
        ["7", "tax", -1, None, None, ""],
    ]
    with pytest.raises(InvalidTender) as refused:
        read_cost(_sheet(tmp_path, rows, [["1", "面议"], ["1", 3]]), LOT)
    found = {(m.place, m.found) for m in refused.value.mistakes}
    assert found == {
        ("cost!C2", "text"), ("cost!B3", "another word"), ("cost!C4", "a negative number"), ("cost!A4", "item 7"),
        ("offer!B2", "text"), ("offer!A3", "item 1 again"),
    }  # fmt: skip
    assert "12万" not in str(refused.value) + repr(refused.value.mistakes)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"\x00" * 500])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cost.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidTender, match=r"cost\.xlsx"):
        read_cost(path, LOT)
