"""Excel, OCDS, report and import of outside data."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from storage.prices import ArchiveError, BidRow, OutcomeRow, PriceArchive
from storage.prices.exports.excel import write_excel
from storage.prices.exports.ocds import Publisher, write_ocds
from storage.prices.exports.report import write_report
from storage.prices.imports import import_csv, read_csv, read_map

MAP = Path(__file__).parents[3] / "examples/price-import/tsuchiura.toml"


@pytest.fixture
def archive(tmp_path: Path) -> PriceArchive:
    common: dict[str, Any] = {
        "tender": "t-1",
        "lot": "1",
        "opened_on": date(2024, 5, 1),
        "currency": "CNY",
        "source": "test",
    }
    bids = [
        BidRow(**common, bidder="=1+1", price=Decimal("900.55"), ceiling=Decimal(1000), won=True, own=True, rank=1),
        BidRow(
            **common, bidder="<b>乙</b>", credit_code="91350100M000100Y43", price=Decimal(950), ceiling=Decimal(1000)
        ),
        BidRow(**common, bidder="丙", status="rejected", reject_reason="no power of attorney"),
    ]
    won = OutcomeRow(**common, result="won", winner="=1+1", winning_price=Decimal("900.55"))
    made = PriceArchive.local(tmp_path / "prices")
    made.replace_tender("t-1", bids, [], [won])
    return made


def test_text_in_excel_stays_text_and_money_a_number(archive: PriceArchive, tmp_path: Path) -> None:
    write_excel(archive, tmp_path / "x.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "x.xlsx")["bids"].iter_rows())
    columns = {cell.value: position for position, cell in enumerate(rows[0])}
    ours = next(row for row in rows[1:] if row[columns["bidder"]].value == "=1+1")
    assert ours[columns["bidder"]].data_type == "s"
    assert ours[columns["price"]].value == 900.55


def _schema(folder: Path) -> dict[str, Any]:
    """The release package schema with the bids extension merged into its releases (JSON Merge Patch)."""
    package = json.loads((folder / "release-package-schema.json").read_text())
    release = json.loads((folder / "release-schema.json").read_text())
    _merge(release, json.loads((folder / "bids-extension/release-schema.json").read_text()))
    package["properties"]["releases"]["items"] = release
    package["definitions"] = release["definitions"]
    return dict(package)


def _merge(target: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


@pytest.mark.cases
def test_the_ocds_package_validates_with_the_bids_extension(archive: PriceArchive, cases: Path) -> None:
    validator = jsonschema.Draft4Validator(_schema(cases / "ocds"), format_checker=jsonschema.FormatChecker())
    package = json.loads(write_ocds(archive, Publisher("Example")))
    assert [error.message for error in validator.iter_errors(package)] == []
    release = package["releases"][0]
    assert release["awards"][0]["relatedBids"] == ["1-1-=1+1"]
    assert [bid["status"] for bid in release["bids"]["details"]].count("disqualified") == 1
    release["bids"]["details"][0]["status"] = "nonsense"
    assert list(validator.iter_errors(package)), "the validator sees the extension"


@pytest.mark.parametrize(("language", "title"), [("zh", "各公司中标率"), ("en", "Win rate by company")])
def test_the_report_is_one_file_and_shows_names_as_text(archive: PriceArchive, language: str, title: str) -> None:
    html = write_report(archive, language)
    assert title in html
    assert "&lt;b&gt;乙&lt;/b&gt;" in html
    assert "<b>乙" not in html
    assert "http" not in html
    assert ("样本过少" if language == "zh" else "too few cases") in html


@pytest.mark.cases
def test_tsuchiura_imports_whole(cases: Path, tmp_path: Path) -> None:
    imported = read_csv(cases / "tsuchiura/tsuchiura_data.csv", read_map(MAP))
    assert (len(imported.bids), len(imported.outcomes), imported.left_out) == (6013, 1565, ())
    archive = PriceArchive.local(tmp_path / "prices")
    import_csv(archive, imported, leave_out=False)
    counted = archive.sql("SELECT count(*) AS rows, count(DISTINCT tender) AS tenders FROM bids").to_pylist()
    assert counted == [{"rows": 6013, "tenders": 1565}]


def test_import_names_the_rows_that_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'source = "s"\ncurrency = "CNY"\n[fields]\ntender = "t-{id}"\n'
        'opened_on = "{day}"\nbidder = "{who}"\nprice = "{price}"\n'
    )
    (tmp_path / "d.csv").write_text(
        "id,day,who,price\n1,2024-05-01,甲,900\n2,2024-13-01,乙,1\n3,2024-05-01,丙,zero\n4,2024-05-01,丁,0\n"
    )
    imported = read_csv(tmp_path / "d.csv", read_map(tmp_path / "m.toml"))
    assert [(out.row, out.field) for out in imported.left_out] == [(3, "opened_on"), (4, "price"), (5, "price")]
    archive = PriceArchive.local(tmp_path / "prices")
    with pytest.raises(ArchiveError, match="3 rows do not fit"):
        import_csv(archive, imported, leave_out=False)
    import_csv(archive, imported, leave_out=True)
    assert list(archive.bids()["bidder"]) == ["甲"]


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        (["t-1,2026-05-01,甲,,900", "t-1,2026-05-01,甲,,900"], (3, "bidder", "甲", "a row that stands twice")),
        (["t-1,2026-05-01,甲,91,900", "t-1,2026-05-01,甲,92,950"], (3, "bidder", "甲", "two bidders with one name")),
        (
            ["t-1,2026-05-01,甲,,900", "t-1,2026-05-01,乙,,90001"],
            (3, "price", "90001", "over 100 times the usual price"),
        ),
        (["t-1,2026-05-01,甲,,900", "t-1,2026-05-01,乙,,0"], (3, "price", "0", "a price of 0 or less")),
        (["t-1,2026-05-01,甲,,900", "t-1,2026-05-01,乙,,九百"], (3, "price", "九百", "text in a number")),
        (["t-1,2026-05-01,甲,,900", "t-1,2026-05-01,乙,,9万元"], (3, "price", "9万元", "text in a number")),
        (["t-1,2026-05-01,甲,,900", "t-1,2026-13-01,乙,,950"], (3, "opened_on", "2026-13-01", "no date")),
    ],
)
def test_a_doubtful_imported_row_is_named_and_left_out(
    rows: list[str], doubt: tuple[int, str, str, str], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("\n".join(["id,day,name,code,price", *rows]), encoding="utf-8")
    fields = 'tender="{id}"\nopened_on="{day}"\nbidder="{name}"\ncredit_code="{code}"\nprice="{price}"\n'
    (tmp_path / "m.toml").write_text(f'source="x"\ncurrency="CNY"\n[fields]\n{fields}', encoding="utf-8")
    imported = read_csv(tmp_path / "d.csv", read_map(tmp_path / "m.toml"))
    assert doubt in [tuple(vars(out).values()) for out in imported.left_out]
    assert doubt[0] - 2 not in range(len(imported.bids))
