"""The price archive through its door, in a folder and on a real object store."""

import multiprocessing
import secrets
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from storage.embedded import EmbeddedStore
from storage.prices import ArchiveError, BidRow, OutcomeRow, PriceArchive
from storage.prices import snapshot as copies
from storage.prices.companies import company_id, is_credit_code, review

DAY = date(2024, 5, 1)


def bid(tender: str, bidder: str, price: str | None, **more: object) -> BidRow:
    values: dict[str, object] = {
        "lot": "1",
        "opened_on": DAY,
        "currency": "CNY",
        "source": "test",
        "tender_currency": "CNY",
    }
    amount = None if price is None else Decimal(price)
    return BidRow(tender=tender, bidder=bidder, price=amount, ceiling=Decimal(1000), **{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> PriceArchive:
    return PriceArchive.local(tmp_path / "prices")


def test_prices_come_back_as_the_same_decimals_with_their_discount(archive: PriceArchive) -> None:
    archive.replace_tender("t-1", [bid("t-1", "甲", "900.5"), bid("t-1", "乙", None, status="rejected")])
    rows = archive.bids().set_index("bidder")
    assert rows.loc["甲", "price"] == Decimal("900.50")
    assert rows.loc["甲", "discount"] == Decimal("0.0995")
    assert rows.loc["乙", "price"] is None


def test_the_same_rows_again_change_nothing(archive: PriceArchive) -> None:
    first = archive.replace_tender("t-1", [bid("t-1", "甲", "900"), bid("t-1", "乙", "950")])
    again = archive.replace_tender("t-1", [bid("t-1", "乙", "950.00"), bid("t-1", "甲", "900")])
    assert again.changed == ()
    assert again.versions == first.versions


def test_a_correction_needs_a_reason_and_leaves_the_old_version_readable(archive: PriceArchive) -> None:
    before = archive.replace_tender("t-1", [bid("t-1", "甲", "900")])
    with pytest.raises(ArchiveError, match="give the reason"):
        archive.replace_tender("t-1", [bid("t-1", "甲", "901")])
    archive.replace_tender("t-1", [bid("t-1", "甲", "901")], reason="typing slip")
    row = archive.bids().iloc[0]
    assert (row["price"], row["revision"], row["corrected_reason"]) == (Decimal("901.00"), 2, "typing slip")
    assert archive.bids(version=before.versions["bids"]).iloc[0]["price"] == Decimal("900.00")


def test_replacing_a_tender_leaves_the_others_alone_even_over_years(archive: PriceArchive) -> None:
    archive.replace_tender("t-1", [bid("t-1", "甲", "900")])
    archive.replace_tender("t-2", [bid("t-2", "甲", "800")])
    archive.replace_tender("t-1", [bid("t-1", "甲", "900", opened_on=date(2023, 5, 1))], reason="wrong year")
    rows = archive.bids().sort_values("tender")
    assert list(zip(rows["tender"], rows["year"], strict=True)) == [("t-1", 2023), ("t-2", 2024)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([bid("t-2", "甲", "1")], "row of tender t-2"),
        ([bid("t-1", "甲", "1"), bid("t-1", "甲", "2")], "stands 2 times"),
        ([bid("t-1", "甲", "1.005")], "does not fit"),
    ],
)
def test_rows_that_do_not_belong_are_refused(archive: PriceArchive, rows: list[BidRow], words: str) -> None:
    with pytest.raises(ArchiveError, match=words):
        archive.replace_tender("t-1", rows)
    assert archive.bids().empty


def test_a_float_is_no_money(archive: PriceArchive) -> None:
    with pytest.raises(ArchiveError, match="does not fit"):
        archive.replace_tender("t-1", [BidRow(**{**vars(bid("t-1", "甲", "1")), "price": 1.5})])


def test_queries_see_the_tables_and_nothing_else(archive: PriceArchive) -> None:
    archive.replace_tender("t-1", [bid("t-1", "甲", "900", won=True), bid("t-1", "乙", "950")])
    assert archive.sql("SELECT gap FROM gap_to_second").to_pylist() == [{"gap": pytest.approx(0.055556)}]
    for query in ("SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM 'x.parquet'", "SET memory_limit = '9GB'"):
        with pytest.raises(ArchiveError, match="query:"):
            archive.sql(query)


def test_the_longest_ids_are_found_again_and_never_doubled(archive: PriceArchive) -> None:
    for last in "zzyz":
        name = f"t-{'z' * 37}{last}"
        archive.replace_tender(name, [bid(name, "甲", "900")])
        archive.replace_tender(name, [bid(name, "甲", "901")], reason="slip")
        archive.replace_tender(name, [bid(name, "甲", "900")], reason="slip")
    rows = archive.bids()
    assert sorted(name[-1] for name in rows["tender"]) == ["y", "z"]


def test_a_query_only_reads_even_the_archives_own_files(archive: PriceArchive) -> None:
    archive.replace_tender("t-1", [bid("t-1", "甲", "900")])
    held = sorted(path.read_bytes() for path in Path(archive.place.location).rglob("*.parquet"))
    own = next(Path(archive.place.location, "bids").rglob("*.parquet"))
    for query in (f"COPY (SELECT 1) TO '{own}'", "SELECT 1; DROP VIEW bids", "CREATE TABLE x AS SELECT 1"):
        with pytest.raises(ArchiveError, match="expected a SELECT"):
            archive.sql(query)
    assert sorted(path.read_bytes() for path in Path(archive.place.location).rglob("*.parquet")) == held


def test_a_query_sees_the_same_rows_and_types_as_the_table(tmp_path: Path) -> None:
    archive = PriceArchive.local(tmp_path / "价格 a'b")
    archive.replace_tender("t-1", [bid("t-1", "甲", "900"), bid("t-1", "乙", "950")])
    archive.replace_tender("t-1", [bid("t-1", "甲", "901", opened_on=date(2023, 5, 1))], reason="slip")
    archive.replace_tender("t-2", [bid("t-2", "甲", "800")])
    asked, held = archive.sql("SELECT * FROM bids"), archive.dataset("bids").to_table()
    assert asked.cast(held.schema).sort_by("tender").equals(held.sort_by("tender"))
    zone = {"archived_at", "read_at"}  # UTC there, Etc/UTC in DuckDB
    assert [f.type for f in asked.schema if f.name not in zone] == [f.type for f in held.schema if f.name not in zone]


def _archive_share(location: str, number: int, tenders: int) -> None:
    archive = PriceArchive.local(Path(location))
    for position in range(tenders):
        name = f"t-{number}-{position}"
        archive.replace_tender(name, [bid(name, "甲", "900"), bid(name, "乙", "950")])
        archive.replace_tender("t-shared", [bid("t-shared", "甲", "900")])


def test_writers_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_archive_share, args=(str(tmp_path), number, 4)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    rows = PriceArchive.local(tmp_path).bids()
    assert len(rows) == 4 * 4 * 2 + 1
    assert not rows.duplicated(["tender", "bidder"]).any()


def test_a_backup_restores_with_its_history(archive: PriceArchive, tmp_path: Path) -> None:
    archive.replace_tender("t-1", [bid("t-1", "甲", "900")])
    archive.replace_tender("t-1", [bid("t-1", "甲", "901")], reason="slip")
    copies.backup(archive, tmp_path / "backup")
    restored = PriceArchive.local(tmp_path / "restored")
    assert copies.restore(restored, tmp_path / "backup")["bids"] == 1
    assert restored.bids().equals(archive.bids())
    assert restored.bids(version=1).iloc[0]["price"] == Decimal("900.00")
    with pytest.raises(ArchiveError, match="expected an empty one"):
        copies.restore(restored, tmp_path / "backup")


def test_compaction_joins_files_and_keeps_rows(archive: PriceArchive) -> None:
    for number in range(5):
        archive.replace_tender(f"t-{number}", [bid(f"t-{number}", "甲", "900")])
    assert copies.compact(archive)["bids"] == 1
    assert len(archive.bids()) == 5


def test_a_snapshot_opens_in_plain_duckdb(archive: PriceArchive, tmp_path: Path) -> None:
    import duckdb

    archive.replace_tender("t-1", [bid("t-1", "甲", "900", won=True)])
    copies.snapshot(archive, tmp_path / "bi")
    with duckdb.connect(str(tmp_path / "bi" / "prices.duckdb"), read_only=True) as database:
        assert database.sql("SELECT wins FROM win_rates").fetchall() == [(1,)]


def test_companies_are_one_by_code_and_by_decision_only(archive: PriceArchive) -> None:
    code = "91350100M000100Y43"
    assert is_credit_code(code)
    assert not is_credit_code("91350100M000100Y44")
    assert company_id("甲 （上海）公司", code, {}) == company_id("other name", code, {}) == code
    archive.replace_tender("t-1", [bid("t-1", "甲有限公司", "900"), bid("t-1", "甲公司", "950")])
    pairs = archive.bids()[["bidder", "company"]].itertuples(index=False)
    assert [like.reason for like in review(tuple(pair) for pair in pairs)] == ["names look alike"]  # type: ignore[misc]
    archive.merge_companies("甲公司", "甲有限公司", decided_by="feng.xue", reason="same licence")
    archive.replace_tender("t-2", [bid("t-2", "甲公司", "900")])
    assert set(archive.bids()["company"]) == {"甲有限公司"}


@pytest.mark.server
def test_an_analyst_reads_the_store_and_is_told_that_it_may_not_write(embedded: EmbeddedStore) -> None:
    tender = f"t-{secrets.token_hex(6)}"
    PriceArchive.s3(embedded.credentials("archive")).replace_tender(tender, [bid(tender, "甲", "900")])
    analyst = PriceArchive.s3(embedded.credentials("analyst"))
    assert analyst.sql(f"SELECT price FROM bids WHERE tender = '{tender}'").to_pylist() == [
        {"price": Decimal("900.00")}
    ]
    with pytest.raises(ArchiveError, match="analyst's only reads"):
        analyst.replace_tender(tender, [bid(tender, "甲", "1")], reason="no")


def test_an_outcome_of_a_failed_lot_needs_no_winner(archive: PriceArchive) -> None:
    outcome = OutcomeRow(tender="t-1", lot="1", opened_on=DAY, currency="CNY", source="test", result="failed")
    archive.replace_tender("t-1", [], [], [outcome])
    assert archive.outcomes().iloc[0]["result"] == "failed"
