"""A backup folder: contents by digest, and one list per copy of what stood in the buckets at that time.

backup.json                what this folder is, and the version of its format
blobs/<2>/<sha256>         contents, sealed as they were in the store
copies/<time>.jsonl        one line per version of an object, oldest first within a key
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from storage.errors import StorageError

FORMAT = "tenderflow-backup"
VERSION = 1
_BLOCK = 1 << 20


class BackupRefused(StorageError):
    """A folder is no backup, is broken, or is of a newer version of this software."""


@dataclass(frozen=True, slots=True)
class Line:
    """One version of an object.

    Attributes:
        bucket, key, version: Where it stood; the version is empty in a bucket without versions.
        written: The store's own time of writing, RFC 3339.
        etag, size: As the store said.
        sha256: Digest of the content; empty for a delete marker.
    """

    bucket: str
    key: str
    version: str
    written: str
    etag: str
    size: int
    sha256: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells two versions apart without reading them."""
        return (self.bucket, self.key, self.version, self.etag, self.written)


class BackupFolder:
    """The folder of all copies of one installation.

    Args:
        folder: Made when it is missing; one that holds something else is refused.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder.absolute()
        if create and not (self.folder / "backup.json").exists():
            self._make()
        self._check()

    def _make(self) -> None:
        if self.folder.exists() and any(self.folder.iterdir()):
            raise BackupRefused("{folder}: is not empty and no backup; next: name a new folder", folder=self.folder)
        for part in (self.folder, self.folder / "blobs", self.folder / "copies"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self.folder / "backup.json", [json.dumps({"format": FORMAT, "v": VERSION})])

    def _check(self) -> None:
        try:
            found = json.loads((self.folder / "backup.json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            raise BackupRefused(
                "{folder}: found no backup.json, expected the folder of a backup", folder=self.folder
            ) from None
        if found.get("format") != FORMAT or found.get("v") != VERSION:
            raise BackupRefused(
                "{folder}: found backup format {found}, expected {expected}; next: use the version that wrote it",
                folder=self.folder,
                found=found.get("v"),
                expected=VERSION,
            )

    def copies(self) -> list[str]:
        """Return the names of the complete copies, oldest first."""
        return sorted(path.stem for path in (self.folder / "copies").glob("*.jsonl"))

    def lines(self, copy: str) -> list[Line]:
        """Return what a copy lists.

        Raises:
            BackupRefused: there is no such copy, or its list is cut or altered.
        """
        path = self.folder / "copies" / f"{copy}.jsonl"
        try:
            *rows, last = path.read_text("utf-8").splitlines()
            found, lines = json.loads(last)["sha256"], [Line(**json.loads(row)) for row in rows]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            raise BackupRefused("copy {copy}: found no whole list, expected one", copy=copy) from None
        if found != _digest(rows):
            raise BackupRefused("copy {copy}: its list was altered; next: use another copy", copy=copy)
        return lines

    def finish(self, at: datetime, lines: Iterable[Line]) -> str:
        """Write the list of a copy and return its name; only now does the copy exist."""
        rows = [json.dumps(asdict(line), ensure_ascii=False) for line in lines]
        name = at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        _write(self.folder / "copies" / f"{name}.jsonl", [*rows, json.dumps({"sha256": _digest(rows)})])
        return name

    def has(self, sha256: str) -> bool:
        """Tell whether a content lies here."""
        return self._blob(sha256).exists()

    def keep(self, stream: BinaryIO) -> tuple[str, int]:
        """Keep a content and return its digest and length; on the disk before this returns."""
        digest, size = hashlib.sha256(), 0
        part = self.folder / "blobs" / f"{os.getpid()}-{id(stream)}.part"
        with part.open("wb") as file:
            while block := stream.read(_BLOCK):
                digest.update(block)
                size += file.write(block)
            file.flush()
            os.fsync(file.fileno())
        blob = self._blob(digest.hexdigest())
        blob.parent.mkdir(mode=0o700, exist_ok=True)
        part.replace(blob)
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        """Return a content, after its digest was found right.

        Raises:
            BackupRefused: it is gone or altered.
        """
        try:
            file = self._blob(sha256).open("rb")
        except FileNotFoundError:
            raise BackupRefused("backup: content {sha256} is missing", sha256=sha256) from None
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise BackupRefused("backup: content {sha256} is altered; next: use another backup", sha256=sha256)
        file.seek(0)
        return file

    def prune(self, older_than: timedelta, now: datetime) -> list[str]:
        """Drop the copies that are older, but never the newest, and contents that no copy lists; return the former."""
        limit = (now - older_than).astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        dropped = [copy for copy in self.copies()[:-1] if copy < limit]
        for copy in dropped:
            (self.folder / "copies" / f"{copy}.jsonl").unlink()
        if dropped:
            wanted = {line.sha256 for copy in self.copies() for line in self.lines(copy)}
            for blob in self._blobs():
                if blob.name not in wanted:
                    blob.unlink()
        return dropped

    def _blobs(self) -> Iterator[Path]:
        return (path for path in (self.folder / "blobs").glob("??/*"))

    def _blob(self, sha256: str) -> Path:
        return self.folder / "blobs" / sha256[:2] / sha256


def _digest(rows: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _write(path: Path, rows: Iterable[str]) -> None:
    """Write a file whole or not at all, readable by its owner."""
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    with part.open("w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
