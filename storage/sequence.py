"""An append-only row of numbered records in a bucket: conditional writes, no gap, the oldest version holds."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import datetime

from storage.errors import StorageError
from storage.objects import ObjectInfo, ObjectMissing, ObjectStore, ObjectVersion

DIGITS = 8


class TamperAlarm(StorageError):
    """The store shows what no honest writer does: a second version, a delete marker, a gap, a rollback, a fork."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one record stands: its oldest version, and how many versions and markers lie over it."""

    key: str
    version_id: str
    written: datetime
    over: int


class RecordRow:
    """The records ``<prefix>/<number>`` of a bucket, numbered without a gap.

    Args:
        store: the object store.
        bucket: a versioned bucket, best with a default retention, so that the oldest version cannot go away.
        prefix: without a slash at the end.
        first: number of the first record.
        digits: width of the number in the key, filled up with zeros.
    """

    def __init__(self, store: ObjectStore, bucket: str, prefix: str, *, first: int = 0, digits: int = DIGITS) -> None:
        self._store = store
        self._bucket = bucket
        self._prefix = prefix
        self._first = first
        self._digits = digits

    def slots(self) -> list[Slot]:
        """Return every record's place, in order.

        Raises:
            TamperAlarm: a number is missing, or something else lies among the records.
        """
        by_key = self._listed()
        if sorted(by_key) != self._expected(by_key):
            by_key = self._listed()  # a record may have been written behind the listing and its successor before it
        for found, expected in zip(sorted(by_key), self._expected(by_key), strict=True):
            if found != expected:
                raise TamperAlarm(
                    "{bucket}: found {found}, expected {expected}; next: treat the records as tampered with",
                    bucket=self._bucket,
                    found=found,
                    expected=expected,
                )
        return [_slot(key, by_key[key]) for key in sorted(by_key)]

    def _listed(self) -> dict[str, list[ObjectVersion]]:
        by_key: dict[str, list[ObjectVersion]] = {}
        for version in self._store.versions(self._bucket, f"{self._prefix}/"):
            by_key.setdefault(version.key, []).append(version)
        return by_key

    def _expected(self, found: Sized) -> list[str]:
        return [self._key(number) for number in range(self._first, self._first + len(found))]

    def read(self, slots: Sequence[Slot]) -> list[bytes]:
        """Return the oldest version of each record, read in parallel.

        Raises:
            TamperAlarm: a record is gone although the store lists it.
        """
        covered = [slot for slot in slots if slot.over]
        found = self._store.get_many(self._bucket, [slot.key for slot in slots if not slot.over])
        for slot in covered:
            found[slot.key] = self._store.get(self._bucket, slot.key, version_id=slot.version_id)
        return [found[slot.key] for slot in slots]

    def read_from(self, number: int, *, at_most: int) -> list[bytes]:
        """Return the records from a number on, one after the other, as far as they go: for the few that are new."""
        records: list[bytes] = []
        while len(records) < at_most and (record := self._try(number + len(records))) is not None:
            records.append(record)
        return records

    def append(self, number: int, record: bytes, metadata: Mapping[str, str] | None = None) -> ObjectInfo:
        """Write the record unless the number is taken; with short texts that the store shows.

        Raises:
            AlreadyExists: another writer was first.
        """
        return self._store.put(self._bucket, self._key(number), record, if_absent=True, metadata=metadata)

    def _try(self, number: int) -> bytes | None:
        try:
            return self._store.get(self._bucket, self._key(number))
        except ObjectMissing:
            return None

    def _key(self, number: int) -> str:
        return f"{self._prefix}/{number:0{self._digits}d}"


def _slot(key: str, versions: Sequence[ObjectVersion]) -> Slot:
    """Return the oldest record of a key; stores list versions newest first, and times may be equal."""
    records = [each for each in versions if not each.is_delete_marker]
    if not records:
        raise TamperAlarm("{key}: only a delete marker is left; next: treat the records as tampered with", key=key)
    oldest = min(reversed(records), key=lambda each: each.last_modified)
    return Slot(key, oldest.version_id, oldest.last_modified, len(versions) - 1)
