"""The registers of notices: numbered entries per department, year and direction, signed, without a gap."""

import random
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage import register_head, signed
from storage.canonical import digest, now, read_time, stamp
from storage.errors import StorageError
from storage.event import CLOCK_TOLERANCE
from storage.identity import Holder
from storage.objects import AlreadyExists, ObjectStore
from storage.people import BUCKET, People
from storage.policy import PolicyRefused
from storage.record_cache import RecordCache
from storage.register_head import Head
from storage.sequence import RecordRow, TamperAlarm

NAMESPACE = "tender-register@v1"
DIRECTIONS = ("in", "out")
DIGITS = 6
WRITERS = ("handler", "leader", "technical")
"""The roles whose people keep the registers of their own department."""
APPEND_SECONDS = 120.0
"""How long an append goes on losing to other writers before it gives up."""
_AHEAD = 16  # entries that are read before they are verified
_NO_ENTRY = "0" * 64
_NOTHING = Head(0, _NO_ENTRY, datetime.min.replace(tzinfo=UTC), frozenset())
_FIELDS = {"v", "department", "year", "direction", "number", "prev", "at", "by", "key", "body"}


class RegisterRefused(StorageError):
    """An entry is not what an honest writer wrote at this place, or there is no such register."""


class RegisterBusy(StorageError):
    """Other writers were faster for too long."""

    transient = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A verified entry.

    Attributes:
        number: in the register, from 1.
        prev: SHA-256 of the record before; 64 zeros in the first.
        by: the writer's holder name.
        key: business key, unique in the register.
        body: what was registered. Whoever may read registers reads it in the clear: ids and dates, no content.
        place: of the register, see `place_of`.
        digest: SHA-256 of the record.
    """

    number: int
    prev: str
    at: datetime
    by: str
    key: str
    body: Mapping[str, Any]
    digest: str
    place: str

    @property
    def name(self) -> str:
        """The number as people quote it: ``marketing-1/2026/in/000017``."""
        return f"{self.place}/{self.number:0{DIGITS}d}"


def place_of(department: str, year: int, direction: str) -> str:
    """Return how a register is called: ``marketing-1/2026/in``."""
    return f"{department}/{year}/{direction}"


class Register:
    """One register, as one holder reads and writes it.

    Args:
        store: the object store.
        department: its id: lower-case letters, digits, hyphens.
        year: the calendar year in which notices are numbered.
        direction: ``in`` for notices received, ``out`` for notices sent.
        people: whom writers are held against.
        cache_dir: a folder for entries already read, which are verified like those from the store, and for how far a
            keeper has verified them, see `storage.register_head`; None for none.

    Raises:
        RegisterRefused: there is no such register.
    """

    def __init__(
        self,
        store: ObjectStore,
        department: str,
        year: int,
        direction: str,
        people: People,
        cache_dir: Path | None = None,
    ) -> None:
        self._place = {"department": department, "year": year, "direction": direction}
        self._prefix = f"notices/{place_of(department, year, direction)}"
        if direction not in DIRECTIONS or not re.fullmatch(r"[a-z0-9-]+", department) or not 1900 < year < 10_000:
            raise RegisterRefused(
                "register {place}: expected a department, a year of four digits and in or out; next: look at the id",
                place=self._prefix,
            )
        self._row = RecordRow(store, BUCKET, self._prefix, first=1, digits=DIGITS)
        self._cache = RecordCache(cache_dir / f"{department}-{year}-{direction}") if cache_dir else None
        self._head_file = cache_dir / f"{department}-{year}-{direction}.head" if cache_dir else None
        self._people = people
        self._head = _NOTHING
        """What stands before `_entries`: verified earlier by who keeps the register."""
        self._entries: list[Entry] = []
        self._by_key: dict[str, Entry] = {}

    def entries(self) -> tuple[Entry, ...]:
        """Return every entry, verified, in order; which there are is asked of the store each time.

        "Before" is what lies in the cache and what the keeper of this disk has verified.

        Raises:
            TamperAlarm: a number is missing, has a second version or a delete marker, or fewer are there than before.
            RegisterRefused, SignatureRefused, NotCanonical, PeopleRefused, PolicyRefused: an entry is not honest.
        """
        if self._head is not _NOTHING:
            self._head, self._entries, self._by_key = _NOTHING, [], {}
        # Counted before the listing: another process of this holder may keep what is written after it.
        kept = self._kept_head()
        verified = kept[0] if kept else _NOTHING
        before = max(len(self._entries), self._cache.count() if self._cache else 0, verified.number)
        slots = self._row.slots()
        covered = [slot.key for slot in slots if slot.over]
        if covered or len(slots) < before:
            raise TamperAlarm(
                "register {place}: found {what}, expected one version of each number; next: treat it as tampered with",
                place=self._prefix,
                what=f"more than one version of {covered[0]}" if covered else "fewer entries than before",
            )
        self._accept_cached(len(slots))
        for number, record in enumerate(self._row.read(slots[len(self._entries) :]), len(self._entries)):
            self._accept(record)
            if self._cache:
                self._cache.write(number, record)
        if verified.number and self._entries[verified.number - 1].digest != verified.digest:
            raise self._exchanged(verified.number)
        return tuple(self._entries)

    def _accept_cached(self, stop: int) -> None:
        """Take what lies on the local disk; from the first record that does not hold on, all come from the store."""
        try:
            for record in self._cache.read(len(self._entries), stop) if self._cache else ():
                self._accept(record)
        except StorageError:
            if self._cache:
                self._cache.drop()

    def append(self, holder: Holder, body: Mapping[str, Any], *, key: str) -> Entry:
        """Give a notice the next number, once per business key.

        Args:
            holder: who registers it and signs the entry.
            body: plain JSON data without floats; see `Entry.body`.
            key: a second append with it returns the first entry.

        Raises:
            PolicyRefused: the holder may not write in this department's registers.
            RegisterBusy: other writers were faster for APPEND_SECONDS.
        """
        deadline = time.monotonic() + APPEND_SECONDS
        self._resume(holder)
        self._look_ahead()
        while not self._has(key) and not self._try_append(holder, body, key):
            if time.monotonic() > deadline:
                raise RegisterBusy("register {place}: others write all the time; next: again", place=self._prefix)
            time.sleep(random.uniform(0, 0.05))  # so that writers who met once do not meet again
            self._look_ahead()
        if key not in self._by_key:
            self.entries()
        self._keep_head(holder)
        return self._by_key[key]

    def _resume(self, holder: Holder) -> None:
        """Begin behind what the holder has verified before, if the store still holds its last entry."""
        kept = None if self._entries else self._kept_head()
        if kept is None or kept[1] != holder.ssh_key:
            return
        head = kept[0]
        last = self._row.read_from(head.number, at_most=1)
        if not last or digest(last[0]) != head.digest:
            raise self._exchanged(head.number)
        self._head = head

    def _kept_head(self) -> tuple[Head, str] | None:
        return register_head.read(self._head_file, self._place) if self._head_file else None

    def _keep_head(self, holder: Holder) -> None:
        if self._head_file is not None and self._entries:
            last, keys = self._entries[-1], self._head.keys | self._by_key.keys()
            with suppress(OSError):
                register_head.write(self._head_file, holder, self._place, Head(last.number, last.digest, last.at, keys))

    def _exchanged(self, number: int) -> TamperAlarm:
        return TamperAlarm(
            "register {place}: number {number} is not what it was, expected it as it was read before; "
            "next: treat it as tampered with",
            place=self._prefix,
            number=number,
        )

    def _has(self, key: str) -> bool:
        return key in self._by_key or key in self._head.keys

    def _last(self) -> tuple[int, str, datetime]:
        """Return number, digest and time of the last entry."""
        last = self._entries[-1] if self._entries else self._head
        return last.number, last.digest, last.at

    def _look_ahead(self) -> None:
        """Read what is new: at first by a listing, which shows tampering with old entries too."""
        if not self._entries and self._head is _NOTHING:
            self.entries()
        while new := self._row.read_from(self._last()[0] + 1, at_most=_AHEAD):
            for record in new:
                self._accept(record)

    def _try_append(self, holder: Holder, body: Mapping[str, Any], key: str) -> bool:
        """Write the entry under the next number; False when another writer took it."""
        last, prev, _ = self._last()
        number, at = last + 1, now()
        self._check_writer(holder.name, at)
        value = {
            "v": 1,
            **self._place,
            "number": number,
            "prev": prev,
            "at": stamp(at),
            "by": holder.name,
            "key": key,
            "body": body,
        }
        record = signed.write(value, holder.signing, NAMESPACE)
        try:
            self._row.append(number, record)
        except AlreadyExists:
            return False
        self._accept(record)
        return True

    def _accept(self, record: bytes) -> None:
        value, signer = signed.read(record, NAMESPACE)
        last, prev, before = self._last()
        number = last + 1
        expected = {"v": 1, **self._place, "number": number, "prev": prev}
        if set(value) != _FIELDS or any(value[name] != wanted for name, wanted in expected.items()):
            raise self._refused(number, "it belongs to another place")
        at = read_time(value["at"])
        if self._people.holder_for_key(signer, at).holder != value["by"]:
            raise self._refused(number, "signed by another holder than it says")
        if self._has(value["key"]) or (number > 1 and at < before - CLOCK_TOLERANCE):
            raise self._refused(number, "its key is taken, or its date is before the entry before it")
        self._check_writer(value["by"], at)
        place = self._prefix.removeprefix("notices/")
        entry = Entry(number, value["prev"], at, value["by"], value["key"], value["body"], digest(record), place)
        self._entries.append(entry)
        self._by_key[entry.key] = entry

    def _check_writer(self, holder: str, at: datetime) -> None:
        """Refuse whoever is in another department, or in this one without a role that keeps registers."""
        department = str(self._place["department"])
        if not any(self._people.may(holder, role, department, at) for role in WRITERS):
            keepers = {row.id for role in WRITERS for row in self._people.with_role(role, at, department)}
            raise PolicyRefused(
                "register {place}: found {found}, expected someone of that department who keeps it (SJE/ZY/GK-02 "
                "art. 2.5); next: ask {keepers}",
                place=self._prefix,
                found=holder,
                keepers=", ".join(sorted(keepers)) or "the custodian",
            )

    def _refused(self, number: int, why: str) -> RegisterRefused:
        return RegisterRefused(
            "register {place}, number {number}: {why}; next: treat it as tampered with",
            place=self._prefix,
            number=number,
            why=why,
        )
