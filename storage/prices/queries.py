"""SQL for analysts: the tables and ready views in a DuckDB that can reach nothing else.

DuckDB's own Delta extension cannot be installed offline. In a folder it reads the Parquet files of the table's newest
version itself, which is fastest; in a bucket it reads Delta through Arrow.
"""

from typing import TYPE_CHECKING
from urllib.parse import unquote

import duckdb
import pyarrow as pa

from storage.prices import schema
from storage.prices.place import ArchiveError

if TYPE_CHECKING:
    from storage.prices.tables import PriceArchive

MEMORY_LIMIT = "1GB"

VIEWS = {
    "valid_bids": "SELECT * FROM bids WHERE status = 'valid' AND tender_price IS NOT NULL",
    "ranked_bids": """
        SELECT *, count(*) OVER lot_round AS bidders,
               row_number() OVER (PARTITION BY tender, lot, round ORDER BY tender_price) AS price_rank,
               tender_price - min(tender_price) OVER lot_round AS above_lowest
        FROM valid_bids WINDOW lot_round AS (PARTITION BY tender, lot, round)""",
    "win_rates": """
        SELECT company, any_value(bidder) AS bidder, count(*) AS bids, count(*) FILTER (won) AS wins,
               round(count(*) FILTER (won) / count(*), 4) AS win_rate
        FROM bids WHERE round = 1 GROUP BY company""",
    "discount_by_company": """
        SELECT company, any_value(bidder) AS bidder, count(discount) AS bids, min(discount) AS lowest,
               quantile_cont(discount, 0.25) AS quarter, median(discount) AS median,
               quantile_cont(discount, 0.75) AS three_quarters, max(discount) AS highest
        FROM valid_bids GROUP BY company HAVING count(discount) > 0""",
    "head_to_head": """
        SELECT a.company AS company, b.company AS rival, count(*) AS meetings,
               count(*) FILTER (a.tender_price < b.tender_price) AS lower, count(*) FILTER (a.won) AS won,
               count(*) FILTER (b.won) AS rival_won
        FROM valid_bids a JOIN valid_bids b USING (tender, lot, round)
        WHERE a.company <> b.company GROUP BY ALL""",
    "gap_to_second": """
        SELECT tender, lot, round, any_value(tender_currency) AS currency, any_value(opened_on) AS opened_on,
               count(*) AS bidders, min(tender_price) AS lowest, min_by(tender_price, tender_price, 2)[2] AS second,
               round((second - lowest) / lowest, 6) AS gap
        FROM valid_bids GROUP BY tender, lot, round HAVING count(*) > 1""",
}


def connect(archive: "PriceArchive") -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB with the tables and views of the archive, closed to all else (files, network).

    Use `answer` for statements of others: they must not write, and the archive's own files stay open here.
    """
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
    allowed = [file for table in schema.KINDS for file in _open_table(connection, archive, table)]
    for name, query in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {query}")
    connection.execute("SET python_enable_replacements = false")
    connection.execute(f"SET allowed_paths = {_list(allowed)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _open_table(connection: duckdb.DuckDBPyConnection, archive: "PriceArchive", table: str) -> list[str]:
    """Make a table of the archive known to DuckDB; return the files that DuckDB reads for it."""
    delta = archive.place.open(table) if archive.place.is_local else None
    files = [unquote(file) for file in delta.file_uris()] if delta else []
    if not files:
        connection.register(table, archive.dataset(table))
        return []
    columns = ", ".join(f'"{name}"' for name in schema.schema(table).names)
    source = f"read_parquet({_list(files)}, hive_partitioning = true, hive_types = {{'year': INTEGER}})"
    connection.execute(f"CREATE VIEW {table} AS SELECT {columns} FROM {source}")
    return files


def _list(texts: list[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"


def answer(archive: "PriceArchive", query: str) -> pa.Table:
    """Return the answer to `query`.

    Raises:
        ArchiveError: DuckDB's own words about a query that it cannot answer.
    """
    with connect(archive) as connection:
        try:
            kinds = {statement.type for statement in connection.extract_statements(query)}
            relation = connection.sql(query) if kinds == {duckdb.StatementType.SELECT} else None
        except duckdb.Error as error:
            raise ArchiveError("query: {detail}; next: see `tender prices sql --help`", detail=str(error)) from error
        if relation is None:
            raise ArchiveError("query: found another statement, expected a SELECT; next: the archive is read only here")
        rows: pa.Table = relation.to_arrow_table()
        return rows
