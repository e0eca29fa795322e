"""Copies every bucket, sealed as it is and with all versions, into a folder, and back into an empty store."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from storage.backup_copy import BackupFolder, BackupRefused, Line
from storage.buckets import BUCKETS, Bucket
from storage.canonical import now, stamp
from storage.objects import ObjectInfo, ObjectMissing, ObjectStore, ObjectVersion

_WORKERS = 8


@dataclass(frozen=True)
class Copied:
    """What a backup or a restore went through.

    Attributes:
        copy: Its name.
        at: When the copy was begun.
        versions: How many versions lie in each bucket.
        fresh: How many of them had to be read; the others lay in the folder already.
        size: Bytes of all versions.
    """

    copy: str
    at: datetime
    versions: dict[str, int]
    fresh: int
    size: int


def take(store: ObjectStore, folder: BackupFolder) -> Copied:
    """Copy what is new in every bucket and write the list of all that stands there.

    Writers may go on meanwhile: ledger and keyrings are listed before the drafts they name, so a copy may hold an
    object whose event it lacks, never the reverse; Delta tables are listed log first.

    Raises:
        StorageError: a bucket cannot be read. The copies made before stay as they are.
    """
    begun = now()
    known = {line.identity: line for copy in folder.copies()[-1:] for line in folder.lines(copy)}
    found = [entry for bucket in BUCKETS for entry in _standing(store, bucket)]
    fresh = 0

    def keep(entry: Line) -> Line | None:
        nonlocal fresh
        before = known.get(entry.identity)
        if before is not None and (not before.sha256 or folder.has(before.sha256)):
            return before
        if entry.size < 0:  # a delete marker
            return Line(entry.bucket, entry.key, entry.version, entry.written, "", 0, "")
        fresh += 1
        return _fetch(store, folder, entry)

    with ThreadPoolExecutor(_WORKERS) as pool:
        lines = [line for line in pool.map(keep, found) if line is not None]
    counts = Counter(line.bucket for line in lines)
    copy = folder.finish(begun, lines)
    return Copied(copy, begun, dict(counts), fresh, sum(line.size for line in lines))


def _standing(store: ObjectStore, bucket: Bucket) -> Iterator[Line]:
    """Yield what stands in a bucket, oldest version first within a key."""
    if not bucket.versioned:
        yield from (_line(info, version="") for info in store.list(bucket.name))
        return
    versions = list(store.versions(bucket.name))
    versions.reverse()  # newest first in a listing; sorting keeps the order within a second
    for version in sorted(versions, key=lambda v: (v.key, v.is_latest, v.last_modified)):
        yield _line(version, version=version.version_id)


def _line(info: ObjectInfo, *, version: str) -> Line:
    marker = isinstance(info, ObjectVersion) and info.is_delete_marker
    size = -1 if marker else info.size
    return Line(info.bucket, info.key, version, stamp(info.last_modified), "" if marker else info.etag, size, "")


def _fetch(store: ObjectStore, folder: BackupFolder, entry: Line) -> Line | None:
    """Keep one version; None for a file of the price archive that was vacuumed since it was listed."""
    try:
        with store.open(entry.bucket, entry.key, version_id=entry.version or None) as stream:
            sha256, size = folder.keep(stream)
    except ObjectMissing:
        if entry.version:
            raise
        return None
    return Line(entry.bucket, entry.key, entry.version, entry.written, entry.etag, size, sha256)


def restore(store: ObjectStore, folder: BackupFolder, copy: str = "") -> Copied:
    """Put a copy back, every version in its order, and read all of it again.

    Retention begins anew with the default of each bucket, so it only becomes longer.

    Args:
        store: With empty buckets, made before; written to with the admin's credential.
        copy: Name of a copy; empty means the newest.

    Raises:
        BackupRefused: the store holds something, a content is gone or altered, or what was read back differs.
    """
    names = folder.copies()
    if not names or (copy and copy not in names):
        raise BackupRefused("backup: found no copy {copy}, expected one of {names}", copy=copy, names=", ".join(names))
    copy = copy or names[-1]
    _require_empty(store)
    lines = folder.lines(copy)
    rows = [list(versions) for _, versions in groupby(lines, key=lambda line: (line.bucket, line.key))]
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(lambda versions: _put_back(store, folder, versions), rows))
    _prove(store, lines)
    at = datetime.strptime(copy, "%Y-%m-%dT%H-%M-%S%z")
    counts = Counter(line.bucket for line in lines)
    return Copied(copy, at, dict(counts), len(lines), sum(line.size for line in lines))


def _require_empty(store: ObjectStore) -> None:
    for bucket in BUCKETS:
        standing = store.versions(bucket.name) if bucket.versioned else store.list(bucket.name)
        first = next(iter(standing), None)
        if first is not None:
            raise BackupRefused(
                "restore: bucket {bucket} holds {key}, expected an empty store; next: restore into a new one",
                bucket=bucket.name,
                key=first.key,
            )


def _put_back(store: ObjectStore, folder: BackupFolder, versions: Iterable[Line]) -> None:
    for line in versions:
        if not line.sha256:
            store.delete(line.bucket, line.key)
            continue
        with folder.open(line.sha256) as content:
            store.put(line.bucket, line.key, content, length=line.size)


def _prove(store: ObjectStore, lines: list[Line]) -> None:
    """Read everything back and compare it with the list, version by version."""

    def digest(entry: Line) -> str:
        if entry.size < 0:
            return ""
        with store.open(entry.bucket, entry.key, version_id=entry.version or None) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]

    found = [entry for bucket in BUCKETS for entry in _standing(store, bucket)]
    with ThreadPoolExecutor(_WORKERS) as pool:
        digests = list(pool.map(digest, found))
    read = [(entry.bucket, entry.key, sha256) for entry, sha256 in zip(found, digests, strict=True)]
    if _history(read) != _history((line.bucket, line.key, line.sha256) for line in lines):
        raise BackupRefused(
            "restore: found {found} versions that are not those of the copy, expected {expected} in their order",
            found=len(read),
            expected=len(lines),
        )


def _history(versions: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], tuple[list[str], int, str]]:
    """Return of every key its contents in order, its delete markers, and what stands on top.

    A listing does not tell where between two versions of one second a delete marker was put.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    for bucket, key, sha256 in versions:
        rows.setdefault((bucket, key), []).append(sha256)
    return {place: ([one for one in row if one], row.count(""), row[-1]) for place, row in rows.items()}
