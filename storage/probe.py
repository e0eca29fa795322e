"""Finds out whether a store does what it says: versions, conditional writes, Object Lock.

Several servers accept the headers of all three, answer 200 and ignore them; nothing may be kept in such a store.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.objects import AccessDenied, AlreadyExists, ObjectMissing, ObjectStore, StoreRefused

BUCKET = "probe"
HELD_SECONDS = 60
"""How long the probe's locked object stays; the next probe removes it."""


@dataclass(frozen=True)
class Finding:
    """What one look found.

    Attributes:
        what: The feature looked at.
        found, expected: In words.
        ok: Whether they agree.
    """

    what: str
    found: str
    expected: str
    ok: bool


def probe(store: ObjectStore) -> list[Finding]:
    """Try every feature the project relies on, in a bucket of its own; needs a credential that may make buckets.

    Raises:
        StorageError: the store cannot be reached or refuses the bucket.
    """
    store.ensure_bucket(BUCKET, object_lock=True)
    _tidy(store)
    key = f"{int(time.time())}-{secrets.token_hex(4)}"
    return [
        _versions(store, f"{key}/versions"),
        _conditional(store, f"{key}/conditional"),
        _locked(store, f"{key}/locked"),
    ]


def require_sound(store: ObjectStore) -> None:
    """Raise unless every finding of `probe` is as expected.

    Raises:
        StoreRefused: names the first feature that the store only says it has.
    """
    for finding in probe(store):
        if not finding.ok:
            raise StoreRefused(
                "Object store: {what}: found {found}, expected {expected}; next: use another S3",
                what=finding.what,
                found=finding.found,
                expected=finding.expected,
            )


def _versions(store: ObjectStore, key: str) -> Finding:
    first = store.put(BUCKET, key, b"first")
    store.put(BUCKET, key, b"second")
    kept = first.version_id and store.get(BUCKET, key, version_id=first.version_id) == b"first"
    found = "the first version is kept" if kept else "the first version is lost"
    return Finding("versions", found, "the first version is kept", bool(kept))


def _conditional(store: ObjectStore, key: str) -> Finding:
    expected = "the second write is refused"
    store.put(BUCKET, key, b"first", if_absent=True)
    try:
        store.put(BUCKET, key, b"second", if_absent=True)
    except AlreadyExists:
        kept = store.get(BUCKET, key) == b"first"
        return Finding("conditional write", expected if kept else "refused, yet overwritten", expected, kept)
    return Finding("conditional write", "the second write is accepted", expected, ok=False)


def _locked(store: ObjectStore, key: str) -> Finding:
    until = datetime.now(UTC) + timedelta(seconds=HELD_SECONDS)
    version = store.put(BUCKET, key, b"held", retain_until=until).version_id
    refused = _is_refused(lambda: store.delete(BUCKET, key, version_id=version))
    try:
        kept = store.get(BUCKET, key, version_id=version) == b"held"
    except ObjectMissing:
        kept = False
    found = f"the deletion is {'refused' if refused else 'accepted'}, the object is {'kept' if kept else 'gone'}"
    return Finding("Object Lock", found, "the deletion is refused, the object is kept", refused and kept)


def _is_refused(act: Callable[[], None]) -> bool:
    try:
        act()
    except (AccessDenied, StoreRefused):
        return True
    return False


def _tidy(store: ObjectStore) -> None:
    """Remove what earlier probes left and what is no longer held."""
    for version in list(store.versions(BUCKET)):
        _is_refused(lambda found=version: store.delete(BUCKET, found.key, version_id=found.version_id))  # type: ignore[misc]
