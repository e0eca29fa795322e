"""What a restore says of the dates it could not keep: the store's times of the records before, signed by a custodian.

A store dates what is written by its own clock, so after a restore every record is of that day. The custodian who
restores vouches for the dates that the backup had noted; whoever verifies sees that, and by whom.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import signed
from storage.backup_copy import Line
from storage.canonical import now, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.ledger import BUCKET as LEDGER
from storage.objects import ObjectStore
from storage.people import People

BUCKET, PREFIX = "registers", "restored"
NAMESPACE = "tender-restored@v1"


class RestoredRefused(StorageError):
    """A statement about a restore is not a custodian's, or cannot be read."""


@dataclass(frozen=True)
class Vouched:
    """The dates of records as they were before a restore.

    Attributes:
        by: Who signed last; empty when nothing was ever restored.
        at: When; None likewise.
        written: The store's time of each record, by the digest of the sealed record.
    """

    by: str
    at: datetime | None
    written: Mapping[str, datetime]


def vouch(store: ObjectStore, lines: Iterable[Line], custodian: Holder) -> int:
    """Sign the dates of every ledger record of a copy, one statement per ledger; return how many there are."""
    dates: dict[str, dict[str, str]] = {}
    for line in lines:
        if line.bucket == LEDGER and line.sha256:
            # The oldest version is the truth, and the lines come oldest first.
            dates.setdefault(line.key.partition("/")[0], {}).setdefault(line.sha256, line.written)
    at = now()
    for ledger, written in dates.items():
        value = {"v": 1, "ledger": ledger, "at": stamp(at), "by": custodian.name, "written": written}
        record = signed.write(value, custodian.signing, NAMESPACE)
        store.put(BUCKET, f"{PREFIX}/{ledger}/{at:%Y%m%dT%H%M%SZ}", record, if_absent=True)
    return len(dates)


def vouched(store: ObjectStore, ledger: str, people: People) -> Vouched:
    """Return the dates that custodians have vouched for; of two for one record the first holds.

    Raises:
        RestoredRefused: someone else signed, or it is of another ledger.
    """
    by, at, written = "", None, dict[str, datetime]()
    for info in store.list(BUCKET, f"{PREFIX}/{ledger}/"):
        oldest = min(store.versions(BUCKET, info.key), key=lambda version: (version.last_modified, version.is_latest))
        value, line = signed.read(store.get(BUCKET, info.key, version_id=oldest.version_id), NAMESPACE)
        at = read_time(value["at"])
        row = people.holder_for_key(line, at)
        by = row.holder
        if "custodian" not in row.roles or (value["v"], value["ledger"], value["by"]) != (1, ledger, by):
            raise RestoredRefused(
                "restore of {ledger}: found a statement by {by}, expected a custodian's; next: treat it as forged",
                ledger=ledger,
                by=by,
            )
        written = {digest: read_time(date) for digest, date in value["written"].items()} | written
    return Vouched(by, at, written)
