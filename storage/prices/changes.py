"""What an archiving changes: rows become Arrow tables, and are compared with what is held, tender by tender."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from storage.prices import schema
from storage.prices.companies import company_id
from storage.prices.place import ArchiveError
from storage.prices.schema import BidRow, OutcomeRow, Row

KEYS = {
    "bids": ("tender", "lot", "round", "bidder", "credit_code"),
    "bid_lines": ("tender", "lot", "round", "bidder", "credit_code", "no"),
    "outcomes": ("tender", "lot"),
}


def refuse_strangers(table: str, rows: Sequence[Row], tenders: Collection[str]) -> None:
    """Refuse rows of a tender that is not being archived, and rows that stand twice.

    Raises:
        ArchiveError: names the tender, lot and bidder, never a price.
    """
    for row in rows:
        if row.tender not in tenders:
            raise ArchiveError(
                "price archive: {table} has a row of tender {found}, expected {expected}; next: archive it by itself",
                found=row.tender,
                table=table,
                expected=", ".join(sorted(tenders)[:3]),
            )
    counts = Counter(tuple(getattr(row, name) for name in KEYS[table]) for row in rows)
    for key, count in counts.items():
        if count > 1:
            raise ArchiveError(
                "price archive: {key} stands {count} times in {table}, expected once; next: remove the doubled rows",
                key=" / ".join(map(str, key)),
                count=count,
                table=table,
            )


def to_arrow(table: str, rows: Sequence[Row], aliases: Mapping[str, str]) -> pa.Table:
    """Return rows with their derived columns: company, year of opening, discounts.

    Raises:
        ArchiveError: a number does not fit its column.
    """
    try:
        arrays = schema.arrow_columns(table, rows)
    except (pa.ArrowInvalid, TypeError) as error:
        raise ArchiveError(
            "price archive: a value does not fit its column in {table}; next: check digits and units of the amounts",
            table=table,
        ) from error
    arrays["company"] = pa.array([_company(row, aliases) for row in rows], schema.TEXT)
    arrays["year"] = pa.array([row.opened_on.year for row in rows], pa.int32())
    if table == "bids":
        prices = [schema.tender_price(row) for row in rows if isinstance(row, BidRow)]
        arrays[schema.TENDER_PRICE] = pa.array(prices, schema.MONEY)
        pairs = [schema.discounts(row) for row in rows if isinstance(row, BidRow)]
        for position, name in enumerate(schema.DISCOUNTS):
            arrays[name] = pa.array([pair[position] for pair in pairs], schema.RATIO)
    return pa.table(arrays)


def _company(row: Row, aliases: Mapping[str, str]) -> str:
    if isinstance(row, OutcomeRow):
        return company_id(row.winner, "", aliases) if row.winner else ""
    return company_id(row.bidder, row.credit_code, aliases)


def by_tender(table: str, rows: pa.Table) -> dict[str, pa.Table]:
    """Split rows by tender, each sorted by its key."""
    ordered = rows.sort_by([(name, "ascending") for name in KEYS[table]])
    names = ordered.column("tender").to_pylist()
    starts = [i for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    ends = [*starts[1:], len(names)][: len(starts)]
    return {names[start]: ordered.slice(start, end - start) for start, end in zip(starts, ends, strict=True)}


def same(table: str, held: pa.Table | None, offered: pa.Table | None) -> bool:
    """Tell whether what is held says the same as what is offered; company match and reader do not count."""
    if held is None or offered is None:
        return held is offered
    ignored = {"read_at", "read_by"}
    names = [c.name for c in schema.columns(table) if c.name not in ignored]
    kinds = pa.schema([schema.schema(table).field(name) for name in names])
    return bool(_plain(held, kinds).equals(_plain(offered, kinds)))


def _plain(rows: pa.Table, kinds: pa.Schema) -> pa.Table:
    loose = pa.schema([field.with_nullable(True) for field in kinds])
    return rows.select(kinds.names).cast(loose).combine_chunks()


def stamp(table: str, offered: pa.Table, held: pa.Table | None, reason: str | None) -> pa.Table:
    """Add revision, time and the reason of a correction."""
    revision = 1 if held is None else pc.max(held.column("revision")).as_py() + 1
    count = offered.num_rows
    stamped = (
        offered.append_column("revision", pa.array([revision] * count, pa.int32()))
        .append_column("archived_at", pa.array([datetime.now(UTC)] * count, schema.MOMENT))
        .append_column("corrected_reason", pa.array([reason if held is not None else None] * count, schema.TEXT))
    )
    return stamped.select(schema.schema(table).names).cast(schema.schema(table))
