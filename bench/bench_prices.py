"""The price archive against DuckDB on bare Parquet, and the time to archive and to replace one tender, in one run.

`python bench/bench_prices.py [rows]`, 10,000,000 by default; `python bench/bench_prices.py writers [tenders]` lets
8 processes archive 400 tenders (or so many) at once and counts what is there.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import write_deltalake

from storage.prices import BidRow, PriceArchive
from storage.prices.queries import MEMORY_LIMIT, connect
from storage.prices.schema import schema

FILTER = "SELECT count(*), avg(price) FROM {table} WHERE company = 'c77' AND year = 2020"
AGGREGATE = "SELECT company, count(*), avg(price), median(discount) FROM {table} GROUP BY company"


def generate(archive: PriceArchive, folder: Path, rows: int) -> None:
    """Write `rows` bids, five per tender, over ten years, as bare Parquet and as the archive."""
    kinds = {"string": "VARCHAR", "date32[day]": "DATE", "bool": "BOOLEAN", "int16": "SMALLINT", "int32": "INTEGER"}
    values = {
        "tender": "'t-' || (i // 5)", "lot": "'1'", "opened_on": "DATE '2015-01-01' + (i * 3650 // {rows})::INT",
        "bidder": "'company ' || (hash(i) % 500)", "company": "'c' || (hash(i) % 500)", "currency": "'CNY'",
        "tender_currency": "'CNY'", "source": "'bench'",
        "price": "(hash(i * 7) % 100000000) / 100", "ceiling": "1000000",
        "tender_price": "(hash(i * 7) % 100000000) / 100", "discount": "1 - (hash(i * 7) % 100000000) / 100000000",
        "year": "year(DATE '2015-01-01' + (i * 3650 // {rows})::INT)",
        "round": "1", "won": "i % 5 = 0", "status": "'valid'",
        "revision": "1", "own": "false", "title": "''", "tax_basis": "'gross'",
    }  # fmt: skip
    columns = []
    for field in schema("bids"):
        kind = str(field.type)
        sql = kinds.get(kind) or (
            "TIMESTAMPTZ" if kind.startswith("timestamp") else kind.replace("decimal128", "DECIMAL")
        )
        value = values.get(field.name, "NULL" if field.nullable else "''").format(rows=rows)
        columns.append(f"({value})::{sql} AS {field.name}")
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as database:
        query = f"SELECT {', '.join(columns)} FROM range({rows}) r(i)"
        database.execute(f"COPY ({query}) TO '{folder / 'bare.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
        reader = database.sql(f"SELECT * FROM read_parquet('{folder / 'bare.parquet'}')").to_arrow_reader(500_000)
        delta = archive.writable("bids", schema("bids"))
        batches = (batch.cast(schema("bids")) for batch in reader)
        write_deltalake(delta, pa.RecordBatchReader.from_batches(schema("bids"), batches), mode="append")


def best_of(tries: int, work: Callable[[], object]) -> float:
    """Return the shortest of some runs in seconds."""
    seconds = []
    for _ in range(tries):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def one_tender(tender: str, price: int) -> tuple[str, list[BidRow]]:
    """Return a tender and its five bids."""
    common = {"lot": "1", "currency": "CNY", "source": "bench", "opened_on": date(2020, 5, 1)}
    return tender, [BidRow(tender=tender, bidder=f"b{n}", price=Decimal(900 + price + n), **common) for n in range(5)]  # type: ignore[arg-type]


def archive_share(folder: str, number: int, tenders: int) -> None:
    """Archive `tenders` tenders of writer `number`."""
    archive = PriceArchive.local(Path(folder))
    for position in range(tenders):
        archive.replace_tender(*one_tender(f"t-{number}-{position}", 0))


def writers(tenders: int, processes: int = 8) -> None:
    """Let processes archive tenders at once; exit 1 when a row is lost or doubled."""
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        share = tenders // processes
        workers = [context.Process(target=archive_share, args=(folder, n, share)) for n in range(processes)]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - start
        rows = PriceArchive.local(Path(folder)).bids()
    lost, doubled = (
        tenders * 5 - len(rows.drop_duplicates(["tender", "bidder"])),
        int(rows.duplicated(["tender", "bidder"]).sum()),
    )
    failed = sum(worker.exitcode != 0 for worker in workers)
    print(f"{processes} processes, {tenders} tenders: {seconds:.0f} s, {failed} failed, {lost} lost, {doubled} doubled")
    if lost or doubled or failed:
        sys.exit(1)


def main() -> None:
    if sys.argv[1:2] == ["writers"]:
        writers(int(sys.argv[2]) if len(sys.argv) > 2 else 400)
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        archive = PriceArchive.local(folder / "archive")
        generate(archive, folder, rows)
        print(f"{rows:,} rows; best of 3\n{'query':12}{'archive s':>10}{'parquet s':>10}{'ratio':>7}")
        with connect(archive) as ours, duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as bare:
            bare.execute(f"CREATE VIEW bids AS SELECT * FROM read_parquet('{folder / 'bare.parquet'}')")
            for name, query in (("filter", FILTER), ("aggregate", AGGREGATE)):
                text = query.format(table="bids")
                one, other = (best_of(3, lambda db=db, text=text: db.execute(text).fetchall()) for db in (ours, bare))  # type: ignore[misc]
                print(f"{name:12}{one:10.3f}{other:10.3f}{one / other:7.2f}")
        numbers = iter(range(10))
        new = best_of(3, lambda: archive.replace_tender(*one_tender(f"t-new-{next(numbers)}", 0)))
        replaced = best_of(3, lambda: archive.replace_tender(*one_tender("t-777", next(numbers)), reason="bench"))
        print(f"archive one new tender: {new:.3f} s; replace one: {replaced:.3f} s; best of 3")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
