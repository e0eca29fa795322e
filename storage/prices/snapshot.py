"""Copies of the archive: a backup with its history, its restore, a nightly snapshot for tools without Delta."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from deltalake import DeltaTable
from pyarrow import fs

from storage.prices.place import ArchiveError, Place, translated
from storage.prices.queries import VIEWS
from storage.prices.tables import TABLES, PriceArchive

COPIED = (*TABLES, "companies")
_BATCH = 100_000


def compact(archive: PriceArchive, *, keep_days: int = 30) -> dict[str, int]:
    """Join small files, drop files that no version of the last `keep_days` days needs; return files left per table.

    Versions older than that cannot be read any more; revisions and reasons stand in the rows and stay.
    """
    left = {}
    for table in COPIED:
        delta = archive.place.open(table)
        if delta is not None:
            archive.retrying(table, lambda table=table: _compact_one(archive.place, table, keep_days))  # type: ignore[misc]
            left[table] = len(_opened(archive.place, table).file_uris())
    return left


def _compact_one(place: Place, table: str, keep_days: int) -> bool:
    delta = _opened(place, table)
    delta.optimize.compact()
    delta.create_checkpoint()
    delta.vacuum(retention_hours=keep_days * 24, dry_run=False, enforce_retention_duration=False)
    return True


def _opened(place: Place, table: str) -> DeltaTable:
    delta = place.open(table)
    if delta is None:
        raise ArchiveError("price archive: no table {table} at {place}", table=table, place=place.location)
    return delta


def backup(archive: PriceArchive, folder: Path) -> dict[str, int]:
    """Copy every table with its history into a new folder and return the rows per table, counted in the copy.

    Raises:
        ArchiveError: the folder is not empty, or the copy does not hold the rows of the version it says.
    """
    folder = folder.absolute()
    _refuse_filled(folder)
    folder.mkdir(parents=True, exist_ok=True)
    versions = {table: delta.version() for table in COPIED if (delta := archive.place.open(table))}
    rows = {}
    for table in versions:
        _copy_table(archive.place, Place(str(folder)), table)
        rows[table] = _rows(Place(str(folder)), table)
    manifest = {"at": datetime.now(UTC).isoformat(), "rows": rows, "versions": versions}
    (folder / "backup.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return rows


def restore(archive: PriceArchive, folder: Path) -> dict[str, int]:
    """Copy a backup into an empty archive and return the rows per table, counted in the archive.

    Raises:
        ArchiveError: the archive holds tables already, the folder is no backup, or rows are missing after the copy.
    """
    folder = folder.absolute()
    manifest_file = folder / "backup.json"
    if not manifest_file.is_file():
        raise ArchiveError("restore: {folder} is no backup, expected backup.json in it", folder=folder)
    standing = [table for table in COPIED if archive.place.open(table)]
    if standing:
        raise ArchiveError("restore: the archive holds {table}, expected an empty one", table=standing[0])
    expected = json.loads(manifest_file.read_text(encoding="utf-8"))["rows"]
    for table in expected:
        _copy_table(Place(str(folder)), archive.place, table)
    rows = {table: _rows(archive.place, table) for table in expected}
    if rows != expected:
        raise ArchiveError("restore: found {found} rows, expected {expected}", found=rows, expected=expected)
    return rows


def _refuse_filled(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveError("{folder} is not empty, expected a new folder", folder=folder)


def _rows(place: Place, table: str) -> int:
    return int(_opened(place, table).to_pyarrow_dataset().count_rows())


def _copy_table(source: Place, target: Place, table: str) -> None:
    """Copy the log last, so that whatever log stands at the target names only files that are there.

    The log is listed first: files written meanwhile belong to later versions and are left out with them.
    """
    (from_fs, from_root), (to_fs, to_root) = source.files(), target.files()
    with translated(table):
        found = from_fs.get_file_info(fs.FileSelector(f"{from_root}/{table}/_delta_log", recursive=True))
        log = sorted(info.path for info in found if info.is_file)
        data = [path for path in _files(from_fs, f"{from_root}/{table}") if "/_delta_log/" not in path]
        for path in (*data, *log):
            goal = to_root + path.removeprefix(from_root)
            if target.is_local:
                to_fs.create_dir(goal.rsplit("/", 1)[0], recursive=True)
            _copy_file(from_fs, path, to_fs, goal)


def _files(system: fs.FileSystem, root: str) -> list[str]:
    return [info.path for info in system.get_file_info(fs.FileSelector(root, recursive=True)) if info.is_file]


def _copy_file(from_fs: fs.FileSystem, path: str, to_fs: fs.FileSystem, goal: str) -> None:
    with from_fs.open_input_stream(path) as read, to_fs.open_output_stream(goal) as write:
        shutil.copyfileobj(read, write, 1 << 20)


def snapshot(archive: PriceArchive, folder: Path) -> dict[str, int]:
    """Write the archive as one DuckDB file `prices.duckdb` with its views, and one Parquet file per table.

    The files of the night before are replaced only after the new ones are whole. Returns the rows per table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    database = folder / "prices.duckdb.new"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        for table in TABLES:
            fresh = folder / f"{table}.parquet.new"
            rows[table] = _write_parquet(archive, table, fresh)
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet(?)", [str(fresh)])
        for name, query in VIEWS.items():
            connection.execute(f"CREATE VIEW {name} AS {query}")
    for file in folder.glob("*.new"):
        file.replace(file.with_suffix(""))
    return rows


def _write_parquet(archive: PriceArchive, table: str, path: Path) -> int:
    dataset = archive.dataset(table)
    count = 0
    with pq.ParquetWriter(path, dataset.schema, compression="zstd") as writer:
        for batch in dataset.to_batches(batch_size=_BATCH):
            writer.write_batch(batch)
            count += batch.num_rows
    return count
