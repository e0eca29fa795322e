"""Proves a tender from the store alone: authors, order, tree, keyrings, stored objects, decisions. Opens no content."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from storage import anchor, policy
from storage.canonical import canonical
from storage.decision import WITNESSES, verify_decision
from storage.errors import StorageError
from storage.event import CLOCK_TOLERANCE, Event
from storage.identity import Holder
from storage.keyring import Keyrings
from storage.ledger import Ledger
from storage.manifest import Manifest
from storage.objects import AccessDenied, ObjectMissing, ObjectStore
from storage.people import People
from storage.restored import vouched
from storage.vault import RESEALED, SEALED, check_origin

_BLOCK = 1024 * 1024
_WORKERS = 16
_Item = TypeVar("_Item")


class NotAsSigned(StorageError):
    """Something stored is not what the ledger says of it."""


@dataclass(frozen=True)
class Finding:
    """One thing that was proven, or was not.

    Attributes:
        what: English message id, such as ``objects stored as sealed``.
        count: how many were looked at.
        problems: what is wrong, one line each; empty when all is well.
        unseen: what this store credential may not read, and so was not looked at.
        detail: more about what was found, an English message id with ``{named}`` blanks.
        values: what fills them.
    """

    what: str
    count: int
    problems: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    detail: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True)
class Report:
    """What `verify_tender` found."""

    tender: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong anywhere."""
        return all(finding.ok for finding in self.findings)


def verify_tender(
    store: ObjectStore, tender: str, holder: Holder, people: People, *, handed_over: Sequence[str] = ()
) -> Report:
    """Verify a tender from a cold start, trusting nothing but the people register and the holder's own key.

    Args:
        store: the object store.
        tender: its id.
        holder: someone who may open the ``procedure`` compartment; no other one is opened.
        people: the register, as `PeopleRegister.load` verified it.
        handed_over: checkpoints that came by another way than the store, such as by mail: whoever can empty the store
            can take a ledger's end and its checkpoints away together, but not these.
    """
    keyrings = Keyrings(store, tender, holder, people)
    ledger = Ledger(store, tender, holder, keyrings, people, strict=False)
    events = _events(ledger)
    known = ledger.events(refresh=False) if events.ok else ()
    return Report(
        tender,
        (
            events,
            Finding("records without a second version or a delete marker", events.count, ledger.alarms),
            _dates(store, ledger, people),
            _keyrings(keyrings, known),
            _checkpoints(store, ledger, people),
            *([_handed_over(handed_over, ledger, people)] if handed_over else []),
            _objects(store, ledger, known, people),
            _decisions(known, people),
            _on_paper(known),
        ),
    )


def _events(ledger: Ledger) -> Finding:
    what = "events signed by their authors, in an unbroken chain"
    try:
        return Finding(what, len(ledger.events()), () if ledger.events(refresh=False) else ("no event at all",))
    except StorageError as error:
        return Finding(what, len(ledger.leaves()), (str(error),))


def _dates(store: ObjectStore, ledger: Ledger, people: People) -> Finding:
    """Hold each author's date against the store's own clock; after a restore against what a custodian vouches for."""
    what = "events dated as the store dates them"
    try:
        before = vouched(store, ledger.tender, people)
    except StorageError as error:
        return Finding(what, 0, (str(error),))
    late = [
        f"event {event.seq}: dated {event.at.isoformat()}, stored {written.isoformat()}"
        for event, written in ledger.written()
        if abs(event.at - before.written.get(event.digest, written)) > CLOCK_TOLERANCE
    ]
    found = Finding(what, len(ledger.leaves()), tuple(late))
    if before.at is None:
        return found
    values = {"count": len(before.written), "at": before.at.isoformat(timespec="minutes"), "by": before.by}
    return replace(found, detail="{count} of them restored; their dates by {by}, {at}", values=values)


def _keyrings(keyrings: Keyrings, events: Iterable[Event]) -> Finding:
    shredded = {e.body["compartment"] for e in events if e.type == "compartment.shredded"}
    names = {e.body["compartment"] for e in events if e.type == "compartment.created"}
    return _each("keyrings by those who may write them", sorted(names - shredded), keyrings.current)


def _checkpoints(store: ObjectStore, ledger: Ledger, people: People) -> Finding:
    what = "checkpoints that the ledger still begins with"
    try:
        found = anchor.load(store, ledger.tender, people)
    except StorageError as error:
        return Finding(what, 0, (str(error),))
    checked = _each(what, found, lambda checkpoint: checkpoint.check(ledger.leaves()))
    if not found:
        return checked
    newest, count = found[-1], len(ledger.leaves())
    values = {"size": newest.size, "events": count, "at": newest.at.isoformat(timespec="minutes"), "by": newest.by}
    return replace(checked, detail="newest over {size} of {events} events, {at}, {by}", values=values)


def _handed_over(notes: Sequence[str], ledger: Ledger, people: People) -> Finding:
    what = "checkpoints handed over, that the ledger still begins with"
    return _each(what, notes, lambda note: anchor.read_note(note, ledger.tender, people).check(ledger.leaves()))


def _objects(store: ObjectStore, ledger: Ledger, events: Iterable[Event], people: People) -> Finding:
    replaced = {e.body["old"] for e in events if e.type == RESEALED}
    sealed = [(e, Manifest.from_event(e.body)) for e in events if e.type in (SEALED, RESEALED)]

    def check(item: tuple[Event, Manifest]) -> None:
        event, manifest = item
        manifest.verify(people)
        if event.type == RESEALED:
            check_origin(manifest, event.body["old"], (each for e, each in sealed if e.seq < event.seq))
        if event.type == SEALED:
            roles = policy.object_writers(manifest.compartment, manifest.name)
            policy.check(ledger.team, manifest.by, roles, manifest.at, f"object {manifest.name}")
        _check_stored(store, manifest, may_be_gone=manifest.digest in replaced)

    return _each("objects signed by a writer who may, and stored as sealed", sealed, check)


def _check_stored(store: ObjectStore, manifest: Manifest, *, may_be_gone: bool) -> None:
    sha256, size = hashlib.sha256(), 0
    try:
        with store.open(manifest.bucket, manifest.key) as stream:
            while block := stream.read(_BLOCK):
                sha256.update(block)
                size += len(block)
    except ObjectMissing:
        if may_be_gone:
            return
        raise
    if (sha256.hexdigest(), size) != (manifest.sha256, manifest.size):
        raise NotAsSigned("{name} version {version}: altered", name=manifest.name, version=manifest.version)


def _decisions(events: Iterable[Event], people: People) -> Finding:
    events = list(events)
    manifests = {Manifest.from_event(e.body).digest for e in events if e.type in (SEALED, RESEALED)}

    def check(event: Event) -> None:
        decision = verify_decision(event.body["statement"], event.body["signature"], people, at=event.at)
        if event.by != f"person:{decision.person}" or not set(decision.subjects) <= manifests:
            raise NotAsSigned("event {seq}: a decision by another person or over unknown objects", seq=event.seq)

    return _each("decisions signed by people in their role", [e for e in events if e.type == "decision.signed"], check)


def _on_paper(events: Iterable[Event]) -> Finding:
    """Count the signatures of the lower level of assurance; what one witness alone saw counts at no gate."""
    seen: dict[bytes, set[str]] = {}
    for event in events:
        statement = event.body["statement"] if event.type == "decision.signed" else {"predicate": {}}
        said = statement["predicate"]
        if "witness" in said:
            what = {"witness": said["witness"], "verdict": said["verdict"], "subject": statement["subject"]}
            seen.setdefault(canonical(what), set()).add(said["person"])
    counted = sum(len(witnesses) >= WITNESSES for witnesses in seen.values())
    return Finding("signatures on paper, at the lower level of assurance, seen by two witnesses", counted)


def _each(what: str, items: Iterable[_Item], check: Callable[[_Item], object]) -> Finding:
    def attempt(item: _Item) -> tuple[str, str]:
        try:
            check(item)
        except AccessDenied as error:
            return "", str(error)
        except StorageError as error:
            return str(error), ""
        return "", ""

    with ThreadPoolExecutor(_WORKERS) as pool:
        found = list(pool.map(attempt, items))
    problems = tuple(problem for problem, _ in found if problem)
    unseen = tuple(hidden for _, hidden in found if hidden)
    return Finding(what, len(found) - len(unseen), problems, unseen)
