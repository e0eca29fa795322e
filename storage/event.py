"""One event of a tender: the clear text of a ledger record, and how it is sealed, opened and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage import age, policy, signed
from storage.canonical import read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.policy import Team

NAMESPACE = "tender-event@v1"
NO_RECORD = "0" * 64
"""``prev`` of the first event."""
CLOCK_TOLERANCE = timedelta(minutes=15)
"""How far the clocks of two writers may differ; the store refuses more, as S3 does."""
QUIET = frozenset({"object.read", "object.refused", "deadline.alarm", "alarm.raised"})
"""Types of events that tell of a look or a warning and change nothing else."""
NO_NEWS = QUIET | {"step.failed"}
"""Types of events that no run waits for: what failed for good waits for a person."""
NO_NEWS_MARK = {"quiet": "yes"}
"""What the store shows of such a record, so that whoever cannot open it need not wake a run for it."""
_OF_A_MANIFEST = ("object.sealed", "object.resealed")
_FIELDS = {"v", "tender", "seq", "prev", "at", "by", "type", "key", "lot", "body"}


class EventRefused(StorageError):
    """A record is not what an honest author wrote at this place: forged, moved, edited, backdated or not theirs."""


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event.

    Attributes:
        seq: number in the ledger, from 0.
        prev: digest of the sealed record before.
        key: business key, unique per tender.
        lot: the lot, or None for the whole tender.
        digest: SHA-256 of the sealed record.
    """

    seq: int
    prev: str
    at: datetime
    by: str
    type: str
    key: str
    lot: str | None
    body: Mapping[str, Any]
    digest: str


def seal(tender: str, event: Event, author: Holder, recipient: age.X25519Recipient) -> bytes:
    """Sign an event with its author's key and seal it to the procedure compartment; its own digest is ignored."""
    value = {
        "v": 1,
        "tender": tender,
        "seq": event.seq,
        "prev": event.prev,
        "at": stamp(event.at),
        "by": event.by,
        "type": event.type,
        "key": event.key,
        "lot": event.lot,
        "body": event.body,
    }
    clear = signed.write(value, author.signing, NAMESPACE)
    return age.encrypt_bytes(clear, [recipient], context=_context(tender, event.seq))


def open_clear(tender: str, seq: int, record: bytes, identities: Sequence[age.X25519Identity]) -> bytes:
    """Return the clear text of a sealed record: one line of JSON, then the signature.

    Raises:
        AgeError: altered, sealed to another key, or sealed for another place.
    """
    return age.decrypt_bytes(record, identities, expect_context=_context(tender, seq))


def read(tender: str, seq: int, clear: bytes, record_digest: str) -> tuple[Event, str]:
    """Return the event and the key that signed it; author and chain are `check`'s business.

    Raises:
        EventRefused: it belongs to another place.
        SignatureRefused, NotCanonical: it was edited.
    """
    value, signer = signed.read(clear, NAMESPACE)
    if set(value) != _FIELDS or (value["v"], value["tender"], value["seq"]) != (1, tender, seq):
        raise EventRefused("event {seq}: it belongs to another place or version; next: treat it as moved", seq=seq)
    event = Event(
        seq,
        value["prev"],
        read_time(value["at"]),
        value["by"],
        value["type"],
        value["key"],
        value["lot"],
        value["body"],
        record_digest,
    )
    return event, signer


def check(event: Event, signer: str, before: Event | None, team: Team) -> None:
    """Check that an event follows the one before it and that its author may write it.

    Raises:
        EventRefused: a fork, an author other than the signer, a time before the event before it, or an object whose
            manifest names another writer: a date in a manifest proves nothing, so its writer must have the role now.
        PeopleRefused: the signing key belongs to nobody at that time.
        PolicyRefused: the author may not write events of this type.
    """
    if event.prev != (before.digest if before else NO_RECORD):
        raise EventRefused("event {seq}: it follows another record; next: treat the ledger as forked", seq=event.seq)
    if team.people.holder_for_key(signer, event.at).holder != event.by:
        raise EventRefused("event {seq}: signed by another holder than it says", seq=event.seq)
    if before and event.at < before.at - CLOCK_TOLERANCE:
        raise EventRefused("event {seq}: dated {at}, before the event before it", seq=event.seq, at=stamp(event.at))
    if event.type in _OF_A_MANIFEST and _writer(event.body) != event.by:
        raise EventRefused("event {seq}: it puts another's object on record", seq=event.seq)
    roles = policy.event_writers(event.type, event.body)
    policy.check(team, event.by, roles, event.at, f"event {event.type}")


def _writer(body: Mapping[str, Any]) -> object:
    manifest = body.get("manifest")
    return manifest.get("by") if isinstance(manifest, Mapping) else None


def _context(tender: str, seq: int) -> age.ContextStanza:
    return age.ContextStanza(tender, "ledger", seq, "procedure")
