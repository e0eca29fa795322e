"""The Delta tables of the price archive: a tender is written whole, a table is read whole.

Archiving a tender again replaces exactly its rows in one commit per table; two writers of one tender cannot both win,
because the replaced rows are a predicate that Delta checks at commit.
"""

import random
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from storage.prices import changes, schema
from storage.prices.place import ArchiveBusy, ArchiveError, Credential, Place, translated
from storage.prices.schema import BidRow, LineRow, OutcomeRow, Row

TABLES = tuple(schema.KINDS)
_TENDER_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,39}")
_TRIES = 40
_LONGEST_PAUSE = 2.0


@dataclass(frozen=True)
class ArchiveResult:
    """What an archiving left: each table's version, the rows it now holds for the tenders, the tables that changed."""

    versions: dict[str, int]
    rows: dict[str, int]
    changed: tuple[str, ...]


class PriceArchive:
    """The price archive at one place.

    Args:
        location: a folder, or `s3://bucket[/prefix]`.
        options: storage options of deltalake, for an S3 place.
        ca: file of the authorities that the store's certificate is held against.
    """

    def __init__(self, location: str | Path, options: Mapping[str, str] | None = None, ca: Path | None = None) -> None:
        self.place = Place(str(location).rstrip("/"), dict(options or {}), ca)

    @classmethod
    def local(cls, folder: Path) -> "PriceArchive":
        """Return the archive in a folder, without server or keys."""
        return cls(folder.absolute())

    @classmethod
    def s3(
        cls,
        credential: Credential,
        bucket: str = "prices",
        *,
        secure: bool = False,
        region: str = "us-east-1",
        ca: Path | None = None,
    ) -> "PriceArchive":
        """Return the archive in a bucket, as `credential` sees it; `ca` is the file of the authorities trusted."""
        place = Place.of_credential(credential, bucket, secure=secure, region=region, ca=ca)
        return cls(place.location, place.options, ca)

    def replace_tender(
        self,
        tender: str,
        bids: Sequence[BidRow],
        lines: Sequence[LineRow] = (),
        outcomes: Sequence[OutcomeRow] = (),
        *,
        reason: str | None = None,
    ) -> ArchiveResult:
        """Make these the archived rows of `tender`, all of them and no others; the same rows again change nothing.

        Args:
            reason: why rows that are already archived are corrected; required then.

        Raises:
            ArchiveError: rows of another tender, doubled rows, a correction without reason, a key that only reads.
            ArchiveBusy: other writers kept winning.
        """
        return self.replace_tenders([tender], bids, lines, outcomes, reason=reason)

    def replace_tenders(
        self,
        tenders: Collection[str],
        bids: Sequence[BidRow],
        lines: Sequence[LineRow] = (),
        outcomes: Sequence[OutcomeRow] = (),
        *,
        reason: str | None = None,
    ) -> ArchiveResult:
        """Do as `replace_tender` for many tenders, in one commit per table."""
        _check_ids(tenders)
        rows: dict[str, Sequence[Row]] = {"bids": bids, "bid_lines": lines, "outcomes": outcomes}
        for table, of_table in rows.items():
            changes.refuse_strangers(table, of_table, tenders)
        aliases = self.aliases()
        new = {table: changes.to_arrow(table, of_table, aliases) for table, of_table in rows.items()}
        changed = tuple(table for table in TABLES if self._replace(table, tenders, new[table], reason))
        versions = {table: delta.version() for table in TABLES if (delta := self.place.open(table))}
        return ArchiveResult(versions, {table: len(of_table) for table, of_table in rows.items()}, changed)

    def bids(self, version: int | None = None) -> pd.DataFrame:
        """Return every bid, money as Decimal; at an older table version where one is given."""
        return self.frame("bids", version)

    def lines(self, version: int | None = None) -> pd.DataFrame:
        """Return every priced item."""
        return self.frame("bid_lines", version)

    def outcomes(self, version: int | None = None) -> pd.DataFrame:
        """Return every lot's outcome."""
        return self.frame("outcomes", version)

    def frame(self, table: str, version: int | None = None) -> pd.DataFrame:
        """Return a table as a DataFrame; empty, with its columns, when nothing was ever archived."""
        with translated(table):
            rows: pd.DataFrame = self.dataset(table, version).to_table().to_pandas()
        return rows

    def dataset(self, table: str, version: int | None = None) -> ds.Dataset:
        """Return a table as an Arrow dataset, for engines that push filters down."""
        delta = self.place.open(table, version)
        return delta.to_pyarrow_dataset() if delta else ds.dataset(schema.schema(table).empty_table())

    def history(self, table: str) -> list[dict[str, Any]]:
        """Return a table's commits, newest first: version, time (ms since 1970), operation, tenders, rows added."""
        delta = self.place.open(table)
        return [_commit(entry) for entry in delta.history()] if delta else []

    def sql(self, query: str) -> pa.Table:
        """Return the answer to a DuckDB query over the tables and views of `storage.prices.queries`."""
        from storage.prices.queries import answer

        return answer(self, query)

    def aliases(self) -> dict[str, str]:
        """Return decided company ids, by credit code or name key."""
        delta = self.place.open("companies")
        if delta is None:
            return {}
        rows = delta.to_pyarrow_dataset().to_table(["alias", "company"])
        return dict(zip(rows["alias"].to_pylist(), rows["company"].to_pylist(), strict=True))

    def merge_companies(self, alias: str, company: str, *, decided_by: str, reason: str) -> None:
        """Record that the company id `alias` means `company`, and rename it in every table.

        Raises:
            ArchiveError: the decision would go round in a circle, or a key that only reads.
        """
        from storage.prices.merge import merge

        merge(self, alias, company, decided_by=decided_by, reason=reason)

    def retrying(self, table: str, write: Callable[[], bool]) -> bool:
        """Call `write` again, after a random pause, as long as other writers win."""
        for attempt in range(_TRIES):
            try:
                with translated(table):
                    return write()
            except CommitFailedError:
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.05 * 2**attempt)))
        raise ArchiveBusy(
            "price archive: other writers took {table} {tries} times; next: archive again", table=table, tries=_TRIES
        )

    def writable(self, table: str, kinds: pa.Schema, partitions: Sequence[str] = ("year",)) -> DeltaTable:
        """Return a table to write to, made where it is missing."""
        delta = self.place.open(table)
        if delta is None:
            delta = self.place.create(table, kinds, partitions)
        return delta

    def _replace(self, table: str, tenders: Collection[str], new: pa.Table, reason: str | None) -> bool:
        """Write the tenders whose rows differ; tell whether there were any."""
        return self.retrying(table, lambda: self._replace_once(table, sorted(tenders), new, reason))

    def _replace_once(self, table: str, tenders: list[str], new: pa.Table, reason: str | None) -> bool:
        delta = self.writable(table, schema.schema(table))
        held = _rows_of(delta.to_pyarrow_dataset(), tenders)
        changed = changes.differing(table, held, new)
        standing = set(held["tender"].to_pylist()).intersection(changed)
        if standing and not reason:
            raise ArchiveError(
                "price archive: {tender} already has other rows in {table}; next: give the reason of the correction",
                tender=min(standing),
                table=table,
            )
        if not changed:
            return False
        predicate = "tender IN (" + ", ".join(f"'{tender}'" for tender in changed) + ")"
        rows = new.filter(pc.is_in(new["tender"], pa.array(changed)))
        if rows.num_rows:
            stamped = changes.stamp(table, rows, held, reason)
            write_deltalake(delta, stamped, mode="overwrite", predicate=predicate)
        else:
            delta.delete(predicate)
        return True


def _rows_of(dataset: ds.Dataset, tenders: Sequence[str]) -> pa.Table:
    """Return the rows of some tenders: one column of all files is read first, the others of files with such rows only.

    Arrow reads every column before it filters; this takes a third of the time in a million rows.
    """
    name = ds.field("tender")
    # The range lets Arrow pass over files by the least and greatest tender that Delta's log gives for each.
    wanted = (name >= min(tenders)) & (name <= max(tenders)) & name.isin(list(tenders))
    files = set(dataset.scanner(["__filename"], filter=wanted).to_table()["__filename"].to_pylist())
    found = [
        part.to_table(schema=dataset.schema, filter=wanted)
        for part in dataset.get_fragments(wanted)
        if part.path in files
    ]
    return pa.concat_tables([dataset.schema.empty_table(), *found])


def _check_ids(tenders: Collection[str]) -> None:
    for tender in tenders:
        if not _TENDER_ID.fullmatch(tender):
            raise ArchiveError(
                "tender id: found {found}, expected 3 to 40 of a-z, 0-9 and -; next: correct it", found=tender
            )


def _commit(entry: dict[str, Any]) -> dict[str, Any]:
    parameters, metrics = entry.get("operationParameters", {}), entry.get("operationMetrics", {})
    return {
        "version": entry["version"],
        "at": entry["timestamp"],
        "operation": entry["operation"],
        "tenders": re.findall(r"'([^']*)'", parameters.get("predicate", "")),
        "rows_added": metrics.get("num_added_rows"),
    }
