"""`tender prices …` on a folder, as an analyst runs it: no server, no keys."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from flows import i18n
from flows.cli.main import build
from flows.steps.score import ScoreError
from storage.prices import PriceArchive

ROWS = """id,day,title,buyer,who,code,price,ceiling,won
1,2024-03-01,AGV,医院,甲公司,91350100M000100Y43,900000.50,1000000,1
1,2024-03-01,AGV,医院,乙有限公司,,950000,1000000,0
2,2024-06-01,Crane,港口,甲公司,91350100M000100Y43,480000,500000,0
2,2024-06-01,Crane,港口,乙公司,,470000,500000,1
"""
MAP = """source = "a test"
currency = "CNY"
[fields]
tender = "t-{id}"
opened_on = "{day}"
title = "{title}"
buyer = "{buyer}"
bidder = "{who}"
credit_code = "{code}"
price = "{price}"
ceiling = "{ceiling}"
won = "{won}"
"""


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(build(), ["prices", *map(str, arguments)])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def program(*arguments: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the whole program in a process of its own, with `typed` on its standard input."""
    command = [sys.executable, "-c", "from flows.cli.main import main; main()", "--lang", "en", "prices"]
    return subprocess.run([*command, *map(str, arguments)], input=typed, capture_output=True, text=True, timeout=120)


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.use("en")


@pytest.fixture
def bids(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "bids.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "bids.toml").write_text(MAP, encoding="utf-8")
    return tmp_path / "bids.csv", tmp_path / "bids.toml"


@pytest.fixture
def folder(bids: tuple[Path, Path], tmp_path: Path) -> Path:
    run("import", bids[0], "--map", bids[1], "--local", tmp_path / "prices")
    return tmp_path / "prices"


def test_import_says_how_much_and_a_second_import_changes_nothing(bids: tuple[Path, Path], tmp_path: Path) -> None:
    place = tmp_path / "prices"
    first = run("import", bids[0], "--map", bids[1], "--local", place)
    assert "Archived 4 bids, 2 outcomes; 0 rows left out." in first.stdout
    run("import", bids[0], "--map", bids[1], "--local", place)
    assert [entry["version"] for entry in PriceArchive.local(place).history("bids")] == [1, 0]


def test_import_shows_rows_that_do_not_fit_and_archives_the_rest_only_when_told(
    bids: tuple[Path, Path], tmp_path: Path
) -> None:
    bids[0].write_text(ROWS + "3,2024-07-01,X,Y,丙,,zero,,0\n", encoding="utf-8")
    place = tmp_path / "prices"
    refused = program("import", bids[0], "--map", bids[1], "--local", place)
    assert refused.returncode == 1
    assert "text in a number" in refused.stdout
    assert "1 rows do not fit, first row 6, price" in refused.stderr
    assert not place.exists()
    told = run("import", bids[0], "--map", bids[1], "--local", place, "--leave-out")
    assert "Archived 4 bids, 2 outcomes; 1 rows left out." in told.stdout


def test_sql_prints_json_with_every_digit_as_text(folder: Path) -> None:
    asked = run("sql", "SELECT price, opened_on FROM bids WHERE tender = 't-1' ORDER BY 1", "--json", "--local", folder)
    assert json.loads(asked.stdout) == [
        {"price": "900000.50", "opened_on": "2024-03-01"},
        {"price": "950000.00", "opened_on": "2024-03-01"},
    ]


def test_sql_prints_csv_and_a_table(folder: Path) -> None:
    query = "SELECT bidder, wins FROM win_rates WHERE wins = 1 ORDER BY bidder"
    rows = list(csv.reader(io.StringIO(run("sql", query, "--csv", "--local", folder).stdout)))
    assert rows == [["bidder", "wins"], ["乙公司", "1"], ["甲公司", "1"]]
    assert "甲公司" in run("sql", query, "--local", folder).stdout
    assert run("sql", query, "--csv", "--json", "--local", folder, status=2)


def test_a_wrong_query_or_folder_ends_with_one_line_and_exit_one(folder: Path, tmp_path: Path) -> None:
    wrong = program("sql", "SELECT nothing FROM bids", "--local", folder)
    assert (wrong.returncode, wrong.stdout, "Traceback" in wrong.stderr) == (1, "", False)
    assert wrong.stderr.startswith("Error: query:")
    nowhere = program("sql", "SELECT 1", "--local", tmp_path / "nowhere")
    assert (nowhere.returncode, "no folder" in nowhere.stderr) == (1, True)


def test_the_shell_answers_each_statement_and_goes_on_after_a_mistake(folder: Path) -> None:
    done = program(
        "shell", "--local", folder, typed=".tables\nSELECT nix;\nSELECT count(*)\nAS offers FROM bids;\n.quit\n"
    )
    assert done.returncode == 0
    assert {"bids", "gap_to_second"} <= set(done.stdout.split())
    assert "query:" in done.stderr
    assert done.stdout.split()[-1] == "4"


def test_history_names_version_and_tenders(folder: Path) -> None:
    newest = json.loads(run("history", "bids", "--json", "--local", folder).stdout)[0]
    assert (newest["version"], newest["tenders"], newest["rows_added"]) == (1, ["t-1", "t-2"], 4)
    assert "t-1 t-2" in run("history", "outcomes", "--local", folder).stdout
    assert run("history", "elsewhere", "--local", folder, status=2)


def test_companies_lists_look_alikes_and_a_decision_joins_them(folder: Path) -> None:
    listed = json.loads(run("companies", "--json", "--local", folder).stdout)
    assert [{like["first"], like["second"]} for like in listed] == [{"乙公司", "乙有限公司"}]
    assert run("companies", "--merge", "乙公司", "--local", folder, status=2)
    run(
        "companies", "--merge", "乙公司", "--into", "乙有限公司",
        "--by", "feng.xue", "--reason", "one licence", "--local", folder,
    )  # fmt: skip
    assert json.loads(run("companies", "--json", "--local", folder).stdout) == []
    decided = PriceArchive.local(folder).sql("SELECT bids FROM win_rates WHERE company = '乙有限公司'")
    assert decided.to_pylist() == [{"bids": 2}]


def test_excel_holds_every_bid(folder: Path, tmp_path: Path) -> None:
    run("excel", tmp_path / "p.xlsx", "--local", folder)
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx")["bids"]
    column = next(cell.column for cell in sheet[1] if cell.value == "price")
    assert sorted(sheet.cell(row, column).value for row in range(2, 6)) == [470000, 480000, 900000.5, 950000]


def test_ocds_names_publisher_and_both_tenders(folder: Path, tmp_path: Path) -> None:
    run("ocds", tmp_path / "p.json", "--publisher", "Example Ltd", "--prefix", "ocds-a1b2c3", "--local", folder)
    package = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert package["publisher"]["name"] == "Example Ltd"
    assert [release["ocid"] for release in package["releases"]] == ["ocds-a1b2c3-t-1", "ocds-a1b2c3-t-2"]
    assert package["releases"][0]["bids"]["details"][0]["value"] == {"amount": 900000.5, "currency": "CNY"}


def test_the_report_is_in_the_language_of_the_command_and_says_too_few_cases(folder: Path, tmp_path: Path) -> None:
    run("report", tmp_path / "en.html", "--local", folder)
    english = (tmp_path / "en.html").read_text(encoding="utf-8")
    assert "too few cases: 2 lots, expected 100" in english
    i18n.use("zh")
    run("report", tmp_path / "zh.html", "--no-lab", "--local", folder)
    chinese = (tmp_path / "zh.html").read_text(encoding="utf-8")
    assert "各公司中标率" in chinese
    assert 'lang="zh' in chinese


def test_compaction_leaves_one_file_per_year_and_all_rows(folder: Path) -> None:
    assert "bids" in run("compact", "--keep-days", "1", "--local", folder).stdout
    assert len(PriceArchive.local(folder).bids()) == 4
    assert run("compact", "--keep-days", "0", "--local", folder, status=2)


def test_a_backup_is_restored_elsewhere_whole(folder: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy", "--local", folder)
    run("restore", tmp_path / "copy", "--local", tmp_path / "new")
    assert PriceArchive.local(tmp_path / "new").bids().equals(PriceArchive.local(folder).bids())


def test_the_nightly_snapshot_replaces_the_one_before(folder: Path, tmp_path: Path) -> None:
    run("snapshot", tmp_path / "bi", "--local", folder)
    run("snapshot", tmp_path / "bi", "--local", folder)
    assert sorted(path.name for path in (tmp_path / "bi").iterdir()) == [
        "bid_lines.parquet", "bids.parquet", "outcomes.parquet", "prices.duckdb",
    ]  # fmt: skip
    with duckdb.connect(str(tmp_path / "bi" / "prices.duckdb"), read_only=True) as database:
        assert database.sql("SELECT count(*) FROM head_to_head").fetchall() == [(4,)]


def test_whatif_gives_points_without_history_and_a_page(tmp_path: Path) -> None:
    arguments = [
        "--score",
        "low-price weight=0.4",
        "--price",
        "900:1000:50",
        "--rivals",
        "950",
        "--html",
        tmp_path / "w.html",
    ]
    found = json.loads(run("whatif", *arguments, "--json").stdout)
    assert [(row["price"], row["points"], row["first"]) for row in found] == [
        ("900", "40.00", True), ("950", "40.00", True), ("1000", "38.00", False),
    ]  # fmt: skip
    assert "<svg" in (tmp_path / "w.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("score", ["", "best-looking weight=1", "low-price weight", "low-price weight=lots"])
def test_a_formula_that_is_none_is_refused_in_words(score: str) -> None:
    refused = run("whatif", "--score", score, "--price", "900", "--rivals", "950", status=1)
    assert isinstance(refused.exception, ScoreError)


def test_the_lab_says_too_few_cases_on_a_small_archive(folder: Path) -> None:
    asked = ("--company", "甲公司", "--ceiling", "1000000", "--cost", "800000", "--price", "900000,950000")
    answer = json.loads(run("lab", *asked, "--json", "--local", folder).stdout)
    assert (answer["offers"], answer["lots"], answer["too_few"]) == (4, 2, True)
    assert [point["price"] for point in answer["points"]] == ["900000", "950000"]
    assert "too few cases" in run("lab", *asked, "--local", folder).stdout
