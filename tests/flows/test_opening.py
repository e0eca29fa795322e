"""An opening record on its way into the price archive: sealed by the clerk, taken over by the archive worker."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from flows.acts import intake
from flows.opening import archive_outcome
from flows.steps.outcome import DoubtfulRows

pytestmark = pytest.mark.server
PROGRAM = "from flows.cli.main import main; main()"


@pytest.fixture
def clerk(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return installation.case(tender.tender, person="feng.xue")


@pytest.fixture
def doubtful(example, tmp_path: Path) -> Path:
    """The example's record with a price of 0 in its last row."""
    book = openpyxl.load_workbook(example[1] / "opening.xlsx")
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "投标人" for cell in row))
    column = next(cell.column for cell in header if str(cell.value).startswith("投标报价"))
    sheet.cell(sheet.max_row, column).value = 0
    book.save(tmp_path / "doubtful.xlsx")
    return tmp_path / "doubtful.xlsx"


def archived(case) -> list[dict]:
    from flows.wiring import price_archive

    query = f"SELECT bidder, price, own, read_by, corrected_reason FROM bids WHERE tender = '{case.tender}'"
    return price_archive("analyst").sql(query).to_pylist()


def test_the_archive_takes_over_what_the_clerk_sealed_and_names_the_clerk(installation, clerk, example):
    intake.record_opening(clerk, example[1] / "opening.xlsx", example[1] / "outcome.yaml")
    archive_outcome(installation.case(clerk.tender, worker="archive"))

    rows = archived(clerk)
    assert {row["read_by"] for row in rows} == {"feng.xue"}
    assert [row["price"] for row in rows if row["own"]] == [Decimal("2140000.00")]


def test_doubtful_rows_stop_the_record_until_the_clerk_leaves_them_out(installation, clerk, example, doubtful):
    with pytest.raises(DoubtfulRows, match="1 doubtful cells"):
        intake.record_opening(clerk, doubtful, example[1] / "outcome.yaml")
    assert "opening/-" not in clerk.manifests()

    _, left_out = intake.record_opening(clerk, doubtful, example[1] / "outcome.yaml", leave_out=True)
    archive_outcome(installation.case(clerk.tender, worker="archive"))

    assert [(found.column, found.reason) for found in left_out] == [("price", "a price of 0 or less")]
    names = openpyxl.load_workbook(doubtful).active
    last = {cell.value for cell in names[names.max_row]}
    assert archived(clerk)
    assert not last & {row["bidder"] for row in archived(clerk)}


def test_a_correction_carries_its_reason_inside_the_seal_only(installation, clerk, example, doubtful):
    outcome = example[1] / "outcome.yaml"
    intake.record_opening(clerk, doubtful, outcome, leave_out=True)
    archive_outcome(installation.case(clerk.tender, worker="archive"))
    intake.record_opening(clerk, example[1] / "opening.xlsx", outcome, correction="read as 0, was 2180000")
    archive_outcome(installation.case(clerk.tender, worker="archive"))

    assert {row["corrected_reason"] for row in archived(clerk)} == {"read as 0, was 2180000"}
    assert "2180000" not in json.dumps([event.body for event in clerk.ledger.events()])


def test_the_command_shows_every_doubtful_cell_and_refuses(clerk, example, doubtful):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "opening", clerk.tender, str(doubtful), "--as", "feng.xue",
         "--outcome", str(example[1] / "outcome.yaml")],
        capture_output=True, text=True, timeout=120, env={**os.environ, "LANG": "C.UTF-8", "TENDERFLOW_LANG": "en"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "--leave-out-doubtful" in done.stderr
    assert "a price of 0 or less" in done.stdout
    assert "a price above 0" in done.stdout
