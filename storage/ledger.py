"""The ledger of one tender: signed, sealed, append-only events, and the truth about what has happened."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from storage import age, event, merkle, policy
from storage.canonical import digest, now, stamp
from storage.errors import StorageError
from storage.event import CLOCK_TOLERANCE, NO_NEWS, NO_NEWS_MARK, NO_RECORD, Event
from storage.identity import Holder
from storage.keyring import Keyring, Keyrings
from storage.objects import AlreadyExists, ObjectStore
from storage.people import People
from storage.record_cache import RecordCache
from storage.sequence import DIGITS, RecordRow, Slot, TamperAlarm

BUCKET = "ledger"
OPENED = "tender.opened"
TEAM_CHANGED = "team.changed"
APPEND_SECONDS = 120.0
"""How long an append goes on losing to other writers before it gives up."""
_AHEAD = 8  # records read one by one before a listing and parallel reads are faster


def record_key(tender: str, number: int) -> str:
    """Return the key of an event's record in the bucket."""
    return f"{tender}/{number:0{DIGITS}d}"


class LedgerBusy(StorageError):
    """Other writers were faster for too long."""

    transient = True


class ClockOff(StorageError):
    """This machine's clock is off, so its events would be refused by everyone."""


class Ledger:
    """The events of a tender, as one holder reads and writes them.

    Args:
        store: the object store.
        tender: its id.
        holder: who reads and signs.
        keyrings: open the ``procedure`` compartment; learn from the ledger which keyrings are true.
        people: the register that authors are held against.
        cache_dir: a folder for sealed records already read, so that a cold start reads only what is new; None for none.
        strict: raise at a second version or a delete marker over a record. Without it reading goes on with the oldest
            version, which is the truth, and `alarms` tells.
    """

    def __init__(
        self,
        store: ObjectStore,
        tender: str,
        holder: Holder,
        keyrings: Keyrings,
        people: People,
        cache_dir: Path | None = None,
        *,
        strict: bool = True,
    ) -> None:
        self.tender = tender
        self.holder = holder
        self._row = RecordRow(store, BUCKET, tender)
        self._keyrings = keyrings
        self._cache = RecordCache(cache_dir / tender) if cache_dir else None
        self._strict = strict
        self._events: list[Event] = []
        self._by_key: dict[str, Event] = {}
        self._team = policy.team_before(people, tender)
        self._read = False
        self._slots: list[Slot] = []
        self.alarms: tuple[str, ...] = ()
        keyrings.record = self._record_keyring

    @property
    def team(self) -> policy.Team:
        """The people as this tender's first event names them."""
        return self._team

    def events(self, refresh: bool = True) -> tuple[Event, ...]:
        """Return every event, verified, in order; with ``refresh`` after reading what is new.

        Raises:
            TamperAlarm: a second version, a delete marker, a gap, or fewer records than were there before.
            EventRefused, PolicyRefused, PeopleRefused, SignatureRefused, AgeError: a record is not an honest author's.
            NotForYou: the holder may not open the procedure compartment.
        """
        if refresh or not self._read:
            self.refresh()
        return tuple(self._events)

    def refresh(self) -> None:
        """Read what is new: at first by a listing, which shows tampering with old records too, later by looking ahead.

        Raises:
            See `events`.
        """
        if self._read:
            new = self._row.read_from(len(self._events), at_most=_AHEAD)
            self._accept(new)
            if len(new) < _AHEAD:
                return
        self._read_listed()
        self._read = True

    def _read_listed(self) -> None:
        # Counted before the listing: another process of this holder may keep what is written after it.
        before = max(len(self._events), self._cache.count() if self._cache else 0)
        slots = self._slots = self._row.slots()
        self._sound_alarms(slots)
        if len(slots) < before:
            raise TamperAlarm(
                "ledger of {tender}: {found} records, but more were there before; next: treat it as rolled back",
                tender=self.tender,
                found=len(slots),
            )
        self._accept_cached(len(slots))
        self._accept(self._row.read(slots[len(self._events) :]))

    def find(self, *, type: str | None = None, lot: str | None = None, key: str | None = None) -> tuple[Event, ...]:
        """Return the events of a type, lot or business key, in order, from what was read last."""
        events = self.events(refresh=False)
        if key is not None:
            events = (self._by_key[key],) if key in self._by_key else ()
        return tuple(e for e in events if (type is None or e.type == type) and (lot is None or e.lot == lot))

    def append(self, type: str, body: Mapping[str, Any], *, key: str | None = None, lot: str | None = None) -> Event:
        """Append an event, once per business key.

        Args:
            type: as in the data model.
            body: plain JSON data without floats.
            key: business key; a second append with it returns the first event. None: this event has none, it is new.
            lot: the lot, or None for the whole tender.

        Returns:
            The event that stands under the key.

        Raises:
            PolicyRefused: the holder may not write such an event.
            ClockOff: this machine's clock is behind the last event.
            LedgerBusy: other writers were faster for APPEND_SECONDS.
        """
        key = key or f"-/{uuid4().hex}"
        deadline = time.monotonic() + APPEND_SECONDS
        self.events(refresh=False)
        while key not in self._by_key:
            if self._try_append(type, body, key, lot):
                break
            if time.monotonic() > deadline:
                raise LedgerBusy("ledger of {tender}: others write all the time; next: again", tender=self.tender)
            time.sleep(random.uniform(0, 0.05))  # so that writers who met once do not meet again
            self.refresh()
        if type == OPENED:
            self._record_keyrings()
        return self._by_key[key]

    def written(self) -> list[tuple[Event, datetime]]:
        """Return each event that the last listing showed with the time of its writing by the store's own clock."""
        return [(made, slot.written) for made, slot in zip(self._events, self._slots, strict=False)]

    def leaves(self) -> list[bytes]:
        """Return the leaf hashes of the RFC 6962 tree over the records read last."""
        return [merkle.leaf_hash(bytes.fromhex(each.digest)) for each in self._events]

    def _try_append(self, type: str, body: Mapping[str, Any], key: str, lot: str | None) -> bool:
        """Write the event under the next number; False when another writer took it."""
        last = self._events[-1] if self._events else None
        made = Event(
            len(self._events), last.digest if last else NO_RECORD, now(), self.holder.name, type, key, lot, body, ""
        )
        _check_clock(made.at, last.at if last else None)
        team = self._team.opened(body) if type == OPENED else self._team
        event.check(made, self.holder.ssh_key, last, team)  # what a reader would refuse must not be written
        record = event.seal(self.tender, made, self.holder, self._keyrings.recipient("procedure"))
        try:
            self._row.append(made.seq, record, NO_NEWS_MARK if made.type in NO_NEWS else None)
        except AlreadyExists:
            return False
        self._accept([record])
        return True

    def _accept_cached(self, stop: int) -> None:
        """Take what the cache holds; a cache that does not verify is dropped, and the store is read instead."""
        if self._cache is None:
            return
        try:
            self._accept(self._cache.read(len(self._events), stop))
        except StorageError:
            self._cache.drop()

    def _accept(self, records: Sequence[bytes]) -> None:
        """Verify records and make them part of what is known; on the first bad one nothing of it and after stays."""
        for record, (made, signer) in zip(records, self._open(records), strict=True):
            before = self._events[-1] if self._events else None
            if (made.type == OPENED) != (before is None):
                raise event.EventRefused("event {seq}: only the first event opens a tender", seq=made.seq)
            team = self._team.opened(made.body) if before is None else self._team
            event.check(made, signer, before, team)
            if made.key in self._by_key:
                raise event.EventRefused("event {seq}: its business key is taken", seq=made.seq)
            self._know(made, team)
            if self._cache:
                self._cache.write(made.seq, record)

    def _know(self, made: Event, team: policy.Team) -> None:
        if made.type == TEAM_CHANGED:
            team = team.renamed(made.at, made.body)
        self._team = self._keyrings.team = team
        self._events.append(made)
        self._by_key[made.key] = made
        if made.type in ("compartment.created", "keyring.changed"):
            body = made.body
            self._keyrings.expect(body["compartment"], body["version"], body["recipient"], body["keyring"])

    def _open(self, records: Sequence[bytes]) -> list[tuple[Event, str]]:
        start, digests = len(self._events), [digest(record) for record in records]
        if not records:
            return []
        opened = self._decrypt(start, records)
        return [event.read(self.tender, start + i, clear, digests[i]) for i, clear in enumerate(opened)]

    def _decrypt(self, start: int, records: Sequence[bytes]) -> list[bytes]:
        identities = self._keyrings.open("procedure")
        try:
            return [event.open_clear(self.tender, start + i, each, identities) for i, each in enumerate(records)]
        except age.NoMatchError:
            # The key may have been changed since the keyring was read.
            self._keyrings.forget("procedure")
            identities = self._keyrings.open("procedure")
        return [event.open_clear(self.tender, start + i, each, identities) for i, each in enumerate(records)]

    def _sound_alarms(self, slots: Sequence[Slot]) -> None:
        self.alarms = tuple(slot.key for slot in slots if slot.over)
        if self.alarms and self._strict:
            raise TamperAlarm(
                "ledger of {tender}: {count} records have a second version or a delete marker over them, first {key}; "
                "next: tender verify {tender}",
                tender=self.tender,
                count=len(self.alarms),
                key=self.alarms[0],
            )

    def _record_keyring(self, keyring: Keyring) -> None:
        """Append the event of a keyring; before the tender is opened there is no ledger to put it in."""
        if not self.events(refresh=False):
            return
        kind = "compartment.created" if keyring.version == 1 else "keyring.changed"
        key = f"keyring/{keyring.compartment}/{keyring.version}"
        self.append(kind, keyring.event_body(), key=key)

    def _record_keyrings(self) -> None:
        for keyring in self._keyrings.mine():
            if keyring.by == self.holder.name:
                self._record_keyring(keyring)


def _check_clock(at: datetime, last: datetime | None) -> None:
    if last and at < last - CLOCK_TOLERANCE:
        raise ClockOff(
            "clock: this machine says {found}, the last event is of {last}; next: set the clock that is wrong",
            found=stamp(at),
            last=stamp(last),
        )
