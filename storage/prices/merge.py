"""Decided company matches: recorded with reason, and applied to every table."""

from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
from deltalake import write_deltalake

from storage.prices import schema
from storage.prices.companies import Likeness, review
from storage.prices.place import ArchiveError
from storage.prices.tables import TABLES, PriceArchive

COMPANIES = pa.schema(
    [
        pa.field("alias", schema.TEXT, False),
        pa.field("company", schema.TEXT, False),
        pa.field("decided_by", schema.TEXT, False),
        pa.field("decided_at", schema.MOMENT, False),
        pa.field("reason", schema.TEXT, False),
    ]
)


def merge(archive: PriceArchive, alias: str, company: str, *, decided_by: str, reason: str) -> None:
    """Record that `alias` means `company` and rename it in every table; see `PriceArchive.merge_companies`."""
    aliases = archive.aliases()
    target = aliases.get(company, company)
    if target == alias:
        raise ArchiveError(
            "company: {alias} and {company} are one already; next: nothing to do", alias=alias, company=company
        )
    moved = [alias, *(name for name, known in aliases.items() if known == alias)]
    decision = {"company": target, "decided_by": decided_by, "decided_at": datetime.now(UTC), "reason": reason}
    rows = pa.Table.from_pylist([{"alias": name, **decision} for name in moved], COMPANIES)
    archive.retrying("companies", partial(_record, archive, rows))
    for table in TABLES:
        archive.retrying(table, partial(_rename, archive, table, alias, target))


def _record(archive: PriceArchive, rows: pa.Table) -> bool:
    delta = archive.writable("companies", COMPANIES, ())
    names = ", ".join(_quoted(name) for name in rows["alias"].to_pylist())
    write_deltalake(delta, rows, mode="overwrite", predicate=f"alias IN ({names})")
    return True


def _rename(archive: PriceArchive, table: str, alias: str, target: str) -> bool:
    delta = archive.place.open(table)
    if delta is None:
        return False
    changed = delta.update(predicate=f"company = {_quoted(alias)}", updates={"company": _quoted(target)})
    return bool(changed["num_updated_rows"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def review_list(archive: PriceArchive) -> list[Likeness]:
    """List the companies of the archive that a person should look at, because they may be one."""
    rows = archive.dataset("bids").to_table(["bidder", "company"])
    pairs = set(zip(rows["bidder"].to_pylist(), rows["company"].to_pylist(), strict=True))
    return review(pairs)
