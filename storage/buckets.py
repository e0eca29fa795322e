"""The buckets of the data model and how each keeps what lies in it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from storage.objects import ObjectStore


@dataclass(frozen=True)
class Bucket:
    """A bucket: under Object Lock with default retention or not, with versions or not."""

    name: str
    locked: bool
    versioned: bool = True


BUCKETS = (
    Bucket("ledger", locked=True),
    Bucket("keys", locked=False),
    Bucket("drafts", locked=False),
    Bucket("archive", locked=True),
    Bucket("registers", locked=True),
    Bucket("anchors", locked=True),
    Bucket("prices", locked=False, versioned=False),  # Delta tables keep their own history
)


def make_buckets(store: ObjectStore, retention_days: int) -> None:
    """Make every bucket that is missing, with the given default retention of the locked ones, in days.

    Raises:
        StoreRefused: the store does not keep Object Lock.
        AccessDenied: the credential may not make buckets.
    """

    def make(bucket: Bucket) -> None:
        days = retention_days if bucket.locked else None
        store.ensure_bucket(
            bucket.name, object_lock=bucket.locked, default_retention_days=days, versioned=bucket.versioned
        )

    with ThreadPoolExecutor(len(BUCKETS)) as pool:
        list(pool.map(make, BUCKETS))
