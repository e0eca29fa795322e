"""The contract of an object store: versioned objects in buckets, conditional writes, retention.

Errors, all under `StorageError`:

- `ObjectMissing`: no such object, version or bucket
- `AlreadyExists`: a conditional write found the key taken
- `AccessDenied`: the store refused this credential
- `StoreRefused`: the store answered, and its answer is no (a full disk, a clock that is off, a missing feature)
- `StoreUnreachable`: no answer in time; transient
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from storage.errors import StorageError


class ObjectMissing(StorageError):
    """There is no such object, version or bucket."""


class AlreadyExists(StorageError):
    """A conditional write found the key taken; what stands there was not changed."""


class AccessDenied(StorageError):
    """The store refused this credential, or the object is under retention."""


class StoreRefused(StorageError):
    """The store answered, and its answer is no."""


class StoreUnreachable(StorageError):
    """The store did not answer in time, or answered that it cannot at the moment."""

    transient = True


@dataclass(frozen=True)
class ObjectInfo:
    """What the store says of one object.

    Attributes:
        bucket: Bucket without the store's prefix.
        key: Key within the bucket.
        version_id: Version of the object; empty in a bucket without versions.
        size: Length in bytes.
        etag: The store's own tag, without quotes. Not a digest of the content.
        last_modified: The store's clock when the version was written, aware.
    """

    bucket: str
    key: str
    version_id: str
    size: int
    etag: str
    last_modified: datetime


@dataclass(frozen=True)
class ObjectVersion(ObjectInfo):
    """One version of an object, or a delete marker over it."""

    is_delete_marker: bool
    is_latest: bool


class ObjectStore(Protocol):
    """Objects in buckets. Every method raises the errors of this module and no other."""

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes | BinaryIO,
        *,
        length: int | None = None,
        if_absent: bool = False,
        retain_until: datetime | None = None,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Write an object whole or not at all.

        Args:
            bucket: Bucket without prefix.
            key: Key within the bucket.
            data: The content, or a stream of it.
            length: Bytes in the stream, if known: uploads stay bounded either way.
            if_absent: Write only if the key holds no object (`If-None-Match: *`).
            retain_until: COMPLIANCE retention of this version; None leaves the bucket's default.
            content_type: Media type that the store shows.
            metadata: Short ASCII texts by name that the store shows; see `metadata`.

        Raises:
            AlreadyExists: `if_absent`, and another write was first. A repeated request that finds its own content
                counts as done.
        """
        ...

    def get(self, bucket: str, key: str, *, version_id: str | None = None) -> bytes:
        """Return the content of the newest, or of one, version."""
        ...

    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> AbstractContextManager[BinaryIO]:
        """Return the content as a stream in bounded memory; a cut stream raises and never ends early in silence."""
        ...

    def get_many(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> dict[str, bytes]:
        """Return the newest content of many small objects, read in parallel, by key."""
        ...

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        """Return what the store says of the newest, or of one, version."""
        ...

    def metadata(self, bucket: str, key: str) -> Mapping[str, str]:
        """Return the texts that the newest version was written with, by name. They are signed by nobody."""
        ...

    def existing(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> set[str]:
        """Return those of many keys that hold an object, asked for in parallel."""
        ...

    def folders(self, bucket: str) -> Iterator[str]:
        """Return the first part of every key, up to its first slash, each once and in order."""
        ...

    def list(self, bucket: str, prefix: str = "") -> Iterator[ObjectInfo]:
        """Return the newest version of every object under a prefix, in the order of keys."""
        ...

    def versions(self, bucket: str, prefix: str = "") -> Iterator[ObjectVersion]:
        """Return every version under a prefix, newest first within a key; delete markers may follow behind them."""
        ...

    def delete(self, bucket: str, key: str, *, version_id: str | None = None) -> None:
        """Put a delete marker over the object or, with a version, remove that version for good.

        Raises:
            AccessDenied: the version is under retention.
        """
        ...

    def ensure_bucket(
        self, bucket: str, *, object_lock: bool, default_retention_days: int | None = None, versioned: bool = True
    ) -> None:
        """Make the bucket unless it exists, with versions and, if asked, Object Lock and a default retention.

        Raises:
            StoreRefused: the store does not keep the lock or the retention it was asked for.
        """
        ...
