"""What an archiving changes: rows become Arrow tables, and are compared with what is held, tender by tender."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from storage.prices import schema
from storage.prices.companies import company_id
from storage.prices.place import ArchiveError
from storage.prices.schema import BidRow, OutcomeRow, Row

KEYS = {
    "bids": ("tender", "lot", "round", "bidder", "credit_code"),
    "bid_lines": ("tender", "lot", "round", "bidder", "credit_code", "no"),
    "outcomes": ("tender", "lot"),
}
_READER = ("read_by", "read_at")


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


def differing(table: str, held: pa.Table, offered: pa.Table) -> list[str]:
    """Return the tenders of which both sides do not hold the same rows; company match and reader do not count."""
    old, new = _plain(table, held), _plain(table, offered)
    if old.equals(new):
        return []
    olds, news = _by_tender(old), _by_tender(new)
    return [t for t in sorted({*olds, *news}) if t not in olds or t not in news or not olds[t].equals(news[t])]


def _plain(table: str, rows: pa.Table) -> pa.Table:
    """Return what was declared of `rows`, in the order of their key, in columns that may be empty."""
    kinds = [c for c in schema.columns(table) if c.name not in _READER]
    loose = pa.schema([pa.field(c.name, c.kind) for c in kinds])
    ordered = rows.sort_by([(name, "ascending") for name in KEYS[table]])
    return ordered.select(loose.names).cast(loose).combine_chunks()


def _by_tender(ordered: pa.Table) -> dict[str, pa.Table]:
    names = ordered.column("tender").to_pylist()
    starts = [i for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    ends = [*starts[1:], len(names)][: len(starts)]
    return {names[start]: ordered.slice(start, end - start) for start, end in zip(starts, ends, strict=True)}


def stamp(table: str, offered: pa.Table, held: pa.Table, reason: str | None) -> pa.Table:
    """Add each tender's revision, the time, and the reason where archived rows are corrected."""
    latest = held.group_by("tender").aggregate([("revision", "max")])
    revisions = dict(zip(latest["tender"].to_pylist(), latest["revision_max"].to_pylist(), strict=True))
    tenders = offered["tender"].to_pylist()
    numbers = pa.array([revisions.get(tender, 0) + 1 for tender in tenders], pa.int32())
    reasons = pa.array([reason if tender in revisions else None for tender in tenders], schema.TEXT)
    stamped = (
        offered.append_column("revision", numbers)
        .append_column("archived_at", pa.array([datetime.now(UTC)] * len(tenders), schema.MOMENT))
        .append_column("corrected_reason", reasons)
    )
    return stamped.select(schema.schema(table).names).cast(schema.schema(table))
