"""An object store in this process's memory, for tests that try thousands of commands; the contract is `ObjectStore`."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import BinaryIO

from storage.objects import AlreadyExists, ObjectInfo, ObjectMissing, ObjectVersion


class MemoryStore:
    """Versioned objects by bucket and key; nothing is deleted, only marked."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], list[tuple[ObjectVersion, bytes]]] = {}
        self._metadata: dict[tuple[str, str], dict[str, str]] = {}
        self._lock = Lock()

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
        """See `ObjectStore.put`; every version is kept anyway."""
        del length, retain_until, content_type
        body = data if isinstance(data, bytes) else data.read()
        with self._lock:
            versions = self._versions.setdefault((bucket, key), [])
            if if_absent and versions and not versions[-1][0].is_delete_marker:
                raise AlreadyExists("{key}: taken", key=key)
            made = self._version(bucket, key, len(versions), body)
            versions.append((made, body))
            self._metadata[bucket, key] = dict(metadata or {})
        return made

    def _version(self, bucket: str, key: str, number: int, body: bytes, *, marker: bool = False) -> ObjectVersion:
        tag = hashlib.sha256(body).hexdigest()
        return ObjectVersion(bucket, key, f"v{number}", len(body), tag, datetime.now(UTC), marker, True)

    def get(self, bucket: str, key: str, *, version_id: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        return self._find(bucket, key, version_id)[1]

    def _find(self, bucket: str, key: str, version_id: str | None) -> tuple[ObjectVersion, bytes]:
        for made, body in reversed(self._versions.get((bucket, key), [])):
            if (version_id is None and not made.is_delete_marker) or made.version_id == version_id:
                return made, body
            if version_id is None:
                break
        raise ObjectMissing("{key}: no such object", key=key)

    @contextmanager
    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> Iterator[BinaryIO]:
        """See `ObjectStore.open`."""
        yield io.BytesIO(self.get(bucket, key, version_id=version_id))

    def get_many(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> dict[str, bytes]:
        """See `ObjectStore.get_many`."""
        del workers
        return {key: self.get(bucket, key) for key in keys}

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        """See `ObjectStore.stat`."""
        return self._find(bucket, key, version_id)[0]

    def metadata(self, bucket: str, key: str) -> Mapping[str, str]:
        """See `ObjectStore.metadata`."""
        self._find(bucket, key, None)
        return self._metadata[bucket, key]

    def existing(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> set[str]:
        """See `ObjectStore.existing`."""
        del workers
        return {key for key in keys if any(info.key == key for info in self.list(bucket, key))}

    def folders(self, bucket: str) -> Iterator[str]:
        """See `ObjectStore.folders`."""
        yield from dict.fromkeys(info.key.split("/", 1)[0] for info in self.list(bucket))

    def list(self, bucket: str, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore.list`."""
        for place, key in sorted(self._versions):
            newest = self._versions[place, key][-1][0]
            if place == bucket and key.startswith(prefix) and not newest.is_delete_marker:
                yield newest

    def versions(self, bucket: str, prefix: str = "") -> Iterator[ObjectVersion]:
        """See `ObjectStore.versions`."""
        for place, key in sorted(self._versions):
            if place == bucket and key.startswith(prefix):
                yield from (made for made, _ in reversed(self._versions[place, key]))

    def delete(self, bucket: str, key: str, *, version_id: str | None = None) -> None:
        """Put a delete marker over the object; a version is never removed here."""
        del version_id
        versions = self._versions.setdefault((bucket, key), [])
        versions.append((self._version(bucket, key, len(versions), b"", marker=True), b""))

    def ensure_bucket(
        self, bucket: str, *, object_lock: bool, default_retention_days: int | None = None, versioned: bool = True
    ) -> None:
        """Do nothing: a bucket is there once something lies in it."""
