"""One tender as a holder sees it: its record, its sealed objects, its decisions, and the step that may be skipped."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from flows.acts.decided import Decided
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.authority.need import Need
from flows.steps.ending import RESUMED, standing
from flows.steps.naming import with_people
from flows.steps.procedure import Facts, Gate, Manifested, Signed, Verdict
from flows.steps.screening import opinions_needed
from flows.steps.tender import Input, Tender, from_record
from flows.steps.tender import People as TenderPeople
from flows.working_days import working_days
from storage.age import X25519Recipient, parse_recipient
from storage.event import Event
from storage.identity import Holder
from storage.keyring import Keyrings
from storage.ledger import Ledger
from storage.manifest import Manifest
from storage.objects import ObjectStore
from storage.people import People
from storage.register import Register
from storage.sealed_cache import SealedCache
from storage.vault import SEALED, Vault
from templates import own_set

RECORDS_KEPT = 20_000
"""So many tender records a worker keeps, sealed to its own key, on its host."""


REGISTERS = "registers"
"""Folder of a holder's cache for entries of the registers of notices."""


class UnknownObject(TenderError):
    """A name of which the tender has no sealed object."""


class RightEnded(TenderError):
    """The submission right of the holder is over."""


class UnknownHolder(TenderError):
    """Someone the tender names is not in the register of people."""


@dataclass
class Case:
    """A tender opened for one holder. Everything read here was verified by `storage`."""

    tender: str
    holder: Holder
    store: ObjectStore
    people: People
    keyrings: Keyrings
    ledger: Ledger
    vault: Vault
    kept: SealedCache | None = None
    cache: Path | None = None
    _records: dict[str, Tender] = field(default_factory=dict, repr=False)

    @property
    def record(self) -> Tender:
        """Return the newest record, without clauses, with the people named now: an addendum makes a new version."""
        return with_people(self._record_of(self.vault.latest("record")), self.team)

    def _record_of(self, version: Manifest | None) -> Tender:
        digest = version.digest if version else ""
        if digest not in self._records:
            self._records[digest] = self._with_own_set(from_record(json.loads(self._kept("record", version))))
        return self._records[digest]

    def _kept(self, name: str, version: Manifest | None = None) -> bytes:
        """Read what a worker looks at every few minutes: it opens each version once, and only that is logged."""
        wanted = version or self.vault.latest(name)
        if wanted is None:
            return self.read(name, purpose=name)  # which says that it is not there
        content = self.kept.get(wanted.digest) if self.kept else None
        if content is None:
            content = self.open(wanted, purpose=name)
            if self.kept:
                self.kept.put(wanted.digest, content)
        return content

    def _with_own_set(self, record: Tender) -> Tender:
        """Make the tender's own template set known, if it has one; it was sealed with the record."""
        if record.set.startswith(own_set.OWN):
            own_set.unpack(self._kept("set/-"))
        return record

    @property
    def opened(self) -> Mapping[str, Any]:
        """Return what the first event says: people by role, department, version of the rule; `kind` if no tender."""
        return self.ledger.events(refresh=False)[0].body

    def register(self, department: str, year: int, direction: str) -> Register:
        """Return a register of notices as this holder sees it."""
        kept = self.cache / REGISTERS if self.cache else None
        return Register(self.store, department, year, direction, self.people, kept)

    @property
    def procedure(self) -> str:
        """Return the version of the rule that was in force when this was opened (SJE/ZY/GK-02 art. 5)."""
        return str(self.opened["procedure"])

    @property
    def lot_ids(self) -> list[str]:
        """Return the ids of all lots, ended ones too."""
        return [lot.id for lot in self.record.lots]

    def with_clauses(self, lot: str) -> Tender:
        """Return the record in which the lot holds its newest clause matrix."""
        rows = json.loads(self.read(f"clauses/{lot}", purpose="clauses"))
        record = self.record.record()
        record["lots"] = [{**entry, "clauses": rows if entry["id"] == lot else []} for entry in record["lots"]]
        record["addenda"] = [self._of_lot(entry, lot) for entry in record["addenda"]]
        return from_record(record)

    def _of_lot(self, addendum: dict[str, Any], lot: str) -> dict[str, Any]:
        """Say of an addendum which clauses of a lot it touches, and when the lot's clauses were settled after it."""
        taken = next((e for e in self.ledger.find(type="addendum.taken") if e.body["no"] == addendum["no"]), None)
        if taken is None:
            return addendum
        said = {**addendum, "clauses": taken.body["clauses"].get(lot, [])}
        verdict = self.judge("clauses", lot)
        zone = ZoneInfo(self.record.timezone)
        settled = [s.at for s in verdict.signed if verdict.state is procedure.State.PASSED and s.at >= taken.at]
        return {**said, "reviewed": max(settled).astimezone(zone).date().isoformat()} if settled else said

    def named(self, *roles: str) -> list[str]:
        """Return the holder names of the people named for some roles of this tender."""
        return sorted({f"person:{person}" for role in roles for person in self.team.get(role, ())})

    @property
    def team(self) -> Mapping[str, Sequence[str]]:
        """Return who is named now for which role: by the first event, or by the last that named someone anew."""
        return dict([self.opened, *(event.body for event in self.ledger.find(type="team.changed"))][-1]["people"])

    def expected_inputs(self, lot: str) -> list[str]:
        """Return the object names of every technical input that the record names for a lot."""
        return [input_name(entry) for entry in self.record.inputs if entry.lot == lot]

    def manifests(self, pattern: str = "*") -> dict[str, Manifest]:
        """Return the newest manifest of every object whose name fits a shell pattern, by name."""
        return self.vault.newest(pattern)

    def read(self, name: str, *, purpose: str) -> bytes:
        """Open the newest version of an object; the read is logged in the ledger."""
        manifest = self.manifests(name).get(name)
        if manifest is None:
            raise UnknownObject(
                "Tender {tender}: no object {name} found, expected it sealed before; next: tender stages {tender}",
                tender=self.tender,
                name=name,
            )
        return self.open(manifest, purpose=purpose)

    def open(self, manifest: Manifest, *, purpose: str) -> bytes:
        """Open an object; the read is logged. The final package opens to a person while the right lasts (art. 3.4)."""
        rights = self.ledger.find(type="submission.right") if manifest.compartment == "submission" else ()
        ends = datetime.fromisoformat(rights[-1].body["ends"]) if rights else None
        if ends is not None and self.holder.name.startswith("person:") and datetime.now(UTC) > ends:
            raise RightEnded(
                "Tender {tender}: the right to open {name} ended {ends} (SJE/ZY/GK-02 art. 3.4), expected a read "
                "before; next: none, the submission is over",
                tender=self.tender,
                name=manifest.name,
                ends=ends.isoformat(timespec="minutes"),
            )
        return self.vault.open(manifest, purpose=purpose)

    def signed(self) -> list[Signed]:
        """Return every decision whose signature, person and role hold; the others are left out."""
        return [signed for _, signed in self.signed_at()]

    def signed_at(self) -> list[tuple[int, Signed]]:
        """Return the same with the numbers of their events."""
        return self._decided.signed()

    @cached_property
    def _decided(self) -> Decided:
        return Decided(self.ledger, self.vault, self.people, self.amount)

    def amount(self, lot: str, before: int | None = None) -> Decimal | None:
        """Return what a limited deputy's limit is held against; nothing is at stake where there is no tender.

        Args:
            before: number of an event: by the record that was in force then, whatever an addendum changed later.
        """
        if "kind" in self.opened:
            return Decimal(0)
        return (self.record if before is None else self._record_before(before)).amount(lot)

    def _record_before(self, seq: int) -> Tender:
        sealed = [Manifest.from_event(e.body) for e in self.ledger.find(type=SEALED) if e.seq < seq]
        digest = [manifest.digest for manifest in sealed if manifest.name == "record"][-1]
        # After a change of the compartment's key the newest of the same content is what still opens.
        return self._record_of([m for m in self.vault.versions("record") if self.vault.origin(m.digest) == digest][-1])

    def recipients(self, *holders: str) -> dict[str, X25519Recipient]:
        """Return the registered age recipients of some holders, by holder name.

        Raises:
            UnknownHolder: the register does not know one of them now.
        """
        found = {}
        for name in holders:
            row = self.people.find(name, datetime.now(UTC))
            if row is None:
                raise UnknownHolder(
                    "Tender {tender}: {name} is not in the register of people now, expected everyone the tender names; "
                    "next: tender people add",
                    tender=self.tender,
                    name=name.removeprefix("person:"),
                )
            found[row.holder] = _x25519(row.age_recipient)
        return found

    def facts(self) -> Facts:
        """Return what the procedure judges: newest manifests, verified decisions, named people, finished steps."""
        manifests = [self.manifested(m) for m in self.manifests().values()]
        people = self.record.people
        keys = frozenset(event.key for event in self.ledger.find(type="step.done"))
        done = frozenset(
            (stage, lot)
            for lot in self.lot_ids
            for stage in procedure.WORK
            if procedure.is_done(stage, lot, manifests, keys, self.expected_inputs(lot))
        )
        return Facts(
            manifests,
            self.signed(),
            named_people(people),
            people.quorum,
            done,
            self._reported("fails"),
            self._reported("humans"),
            opinions={lot: opinions_needed(self.record, lot) for lot in self.lot_ids},
            advice={event.body["form"]: event.body["advice"] for event in self.ledger.find(type="screening.scored")},
            needs={event.body["offer"]: _needs(event) for event in self.ledger.find(type="price.offered")},
            deadline=self.record.deadline,
            calendar=working_days(self.record.timezone),
            stale=frozenset(d for event in self.ledger.find(type="addendum.taken") for d in event.body["stale"]),
        )

    def manifested(self, manifest: Manifest) -> Manifested:
        """Return an object as steps and decisions know it: sealed again to a new key it is still the same object."""
        origin = self.vault.origin(manifest.digest)
        first = next(m for m in self.vault.versions(manifest.name) if m.digest == origin)
        return Manifested(first.name, first.version, origin)

    def _reported(self, kind: str) -> dict[str, frozenset[str]]:
        """Return, by lot, the rules that the newest check report names as `fails` or `humans`."""
        return {str(event.lot): frozenset(event.body[kind]) for event in self.ledger.find(type="checks.done")}

    def judge(self, stage: str, lot: str) -> Verdict:
        """Return how a gate stands for a lot."""
        return procedure.judge(procedure.GATES[stage], lot, self.facts())

    def lots(self) -> list[str]:
        """Return the lots that are still open: those not ended by no-bid, withdrawal or the buyer."""
        ended = self.ended()
        return [lot for lot in self.lot_ids if lot not in ended]

    def ended(self) -> dict[str, str]:
        """Return how each lot has ended (submitted, no-bid, withdrawn, …), by lot; an open one is left out."""
        told = [e for e in self.ledger.events(refresh=False) if e.type in ("tender.ended", "tender.resumed")]
        return standing(self.lot_ids, [(e.lot, str(e.body.get("how", RESUMED))) for e in told])

    def gate_lots(self, gate: Gate) -> list[str]:
        """Return what a gate is judged for: every open lot, or the whole tender."""
        return self.lots() if gate.per_lot else [procedure.WHOLE_TENDER]

    def request_key(self, gate: Gate, lot: str) -> str:
        """Return the business key under which a decision is asked for over the present documents."""
        manifests = self.facts().manifests
        # With the record: an addendum that moves the deadline moves the due date that is asked for.
        record = procedure.matching("record", lot, manifests)
        return procedure.step_key(f"request-{gate.stage}", lot, (*procedure.subjects(gate, lot, manifests), *record))

    def once(self, step: str, lot: str, inputs: Iterable[Manifested], work: Callable[[], Sequence[Manifest]]) -> bool:
        """Do a step unless its event stands; object first, then event. Return whether work was done.

        The business key is (tender, step, digest of the input versions), so a crash, a retry or a second start does
        nothing twice, and new inputs do it again.
        """
        inputs = sorted(inputs, key=lambda manifested: manifested.name)
        key = procedure.step_key(step, lot, inputs)
        if self.ledger.find(key=key):
            return False
        started = datetime.now(UTC)
        outputs = [manifest.digest for manifest in work()]
        seconds = round((datetime.now(UTC) - started).total_seconds(), 3)
        body = {"step": step, "inputs": [m.digest for m in inputs], "outputs": outputs, "seconds": str(seconds)}
        self.ledger.append("step.done", body, key=key, lot=lot)
        return True

    def end(self, lot: str, how: str, reason: str = "") -> None:
        """Record that a lot (or `-`, the tender) has ended and why."""
        self.ledger.append("tender.ended", {"how": how, "reason": reason}, key=f"ended/{lot}/{how}", lot=lot)

    def end_submitted(self) -> None:
        """Record of every lot that is still open that its bid was submitted."""
        for lot in self.lots():
            self.end(lot, "submitted")


def case_of(store: ObjectStore, ledger_id: str, holder: Holder, people: People, cache: Path | None = None) -> Case:
    """Return a ledger, its keyrings and its vault as one holder sees them; nothing is read yet.

    Args:
        ledger_id: id of a tender, or of a ledger that is no tender's, such as `house`.
        cache: folder of sealed records already read, see `Ledger`.
    """
    keyrings = Keyrings(store, ledger_id, holder, people)
    ledger = Ledger(store, ledger_id, holder, keyrings, people, cache)
    vault = Vault(store, ledger_id, holder, keyrings, ledger, people)
    kept = None
    if cache and holder.name.startswith("worker:"):
        kept = SealedCache(cache / "records", holder, most=RECORDS_KEPT)
    return Case(ledger_id, holder, store, people, keyrings, ledger, vault, kept, cache)


def _needs(event: Event) -> tuple[Need, ...]:
    return tuple(Need.from_json(entry) for entry in event.body["needs"])


def named_people(people: TenderPeople) -> dict[str, tuple[str, ...]]:
    """Return the people named in a record, by role."""
    single = {role: (getattr(people, role),) for role in ("handler", "leader", "reviewer", "submitter", "clerk")}
    panel = tuple(dict.fromkeys(people.panel.values()))
    return {**single, "technical": people.technical, "pricing": people.pricing, "panel": panel} | _representative(
        people
    )


def _representative(people: TenderPeople) -> dict[str, tuple[str, ...]]:
    return {"representative": (people.representative,)} if people.representative else {}


def input_name(entry: Input) -> str:
    """Return the object name of a technical input: `input/<lot>/<deliverable>/<file>`."""
    return f"input/{entry.lot}/{entry.deliverable}/{PurePosixPath(entry.file).name}"


def _x25519(text: str) -> X25519Recipient:
    recipient = parse_recipient(text)
    if not isinstance(recipient, X25519Recipient):
        raise UnknownHolder(
            "Register of people: found another kind of age key, expected X25519; next: tender people add"
        )
    return recipient
