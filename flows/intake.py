"""What people bring in from the command line: a tender opened, technical inputs, costs, offers, opening records."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from flows.case import Case, input_name, named_people
from flows.errors import TenderError
from flows.steps import cost, notice, outcome, price, procedure, screening
from flows.steps.opening import Quarantined
from flows.steps.read_technical_inputs import read_input
from flows.steps.tender import Tender
from storage.manifest import Manifest

JSON = "application/json"
# Who opens the compartments that exist from the start, by role of the tender; workers by name. Auditors come on top.
HOLDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "procedure": (
        ("handler", "leader", "technical", "pricing", "reviewer", "submitter", "clerk"),
        ("worker:assembly", "worker:pricing", "worker:archive"),
    ),
    "technical": (
        ("technical", "handler", "leader", "reviewer"),
        ("worker:assembly", "worker:pricing", "worker:archive"),
    ),
    "commercial": (("handler", "leader", "reviewer"), ("worker:assembly", "worker:pricing", "worker:archive")),
    "archive": (("handler", "clerk"), ("worker:archive",)),
}


AUDITED = ("procedure", "archive")
"""The compartments that every auditor of the register opens: what `tender verify` needs, and the archive."""


class TenderExists(TenderError):
    """The tender has been opened before, with another record."""


class NotNamed(TenderError):
    """A person who is not named for the role in this tender."""


class DeadlinePassed(TenderError):
    """The tender's deadline is over."""


@dataclass(frozen=True)
class Brought:
    """What came in: object name, version, size of the clear text in bytes."""

    name: str
    version: int
    size: int


def require_named(case: Case, *roles: str) -> None:
    """Refuse whoever holds the case unless the tender names them for one of the roles."""
    if case.holder.name not in case.named(*roles):
        raise NotNamed(
            "Tender {tender}: {person} is not named as {roles}, expected {named}; next: run it as one of them (--as)",
            tender=case.tender,
            person=case.holder.name.removeprefix("person:"),
            roles="/".join(roles),
            named=", ".join(name.removeprefix("person:") for name in case.named(*roles)),
        )


def open_tender(case: Case, tender: Tender, folder: Path) -> list[Brought]:
    """Open a tender in the ledger: keys, record, bid notice, screening forms, commercial files.

    Everything has a business key, so an opening that was cut off is finished by opening again.

    Raises:
        TenderExists: the ledger holds the tender with another record.
        NotNamed: the person is not the tender's handler.
        DeadlinePassed: the deadline is over.
    """
    if f"person:{tender.people.handler}" != case.holder.name:
        raise NotNamed(
            "Tender {tender}: {person} is not the handler, expected {handler}; next: run it as the handler (--as)",
            tender=tender.tender,
            person=case.holder.name.removeprefix("person:"),
            handler=tender.people.handler,
        )
    if tender.is_late(datetime.now(UTC)):
        raise DeadlinePassed(
            "Tender {tender}: deadline {deadline} is over, expected one in the future; next: check tender.yaml",
            tender=tender.tender,
            deadline=tender.deadline.isoformat(),
        )
    record = _record(tender)
    digest = sha256(record).hexdigest()
    _make_keys(case, tender)
    body = {
        "record": {"sha256": digest, "department": tender.department},
        "people": {role: list(people) for role, people in named_people(tender.people).items()},
        "procedure": procedure.PROCEDURE,
    }
    opened = case.ledger.append("tender.opened", body, key="tender.opened")
    if opened.body["record"]["sha256"] != digest:
        raise TenderExists(
            "Tender {tender}: already opened at {at} with another record, expected a new id or the same record; "
            "next: tender stages {tender}",
            tender=tender.tender,
            at=opened.at.isoformat(timespec="minutes"),
        )
    brought = [_seal(case, "procedure", "record", record, JSON)]
    brought.append(_seal(case, "procedure", "notice/-/bid", notice.bid_notice(tender, _names(case)), notice.DOCX))
    for lot in tender.lots:
        form = screening.form(tender, lot.id, opened.at)
        brought.append(_seal(case, "procedure", f"screening/{lot.id}", _json(form), JSON))
        brought += _seal_commercial(case, tender, lot.id, folder)
    return brought


def _names(case: Case) -> dict[str, str]:
    return {person.id: person.name for person in case.people.persons}


def _record(tender: Tender) -> bytes:
    record = tender.record()
    return _json({**record, "lots": [{**lot, "clauses": []} for lot in record["lots"]]})


def _make_keys(case: Case, tender: Tender) -> None:
    people = named_people(tender.people)
    auditors = {row.holder for row in case.people.with_role("auditor", datetime.now(UTC))}
    for compartment, (roles, workers) in HOLDERS.items():
        if not case.keyrings.exists(compartment):
            persons = {f"person:{person}" for role in roles for person in people.get(role, ())}
            persons |= auditors if compartment in AUDITED else set()
            case.keyrings.create(compartment, case.recipients(*sorted(persons), *workers))


def _seal_commercial(case: Case, tender: Tender, lot: str, folder: Path) -> list[Brought]:
    files = [("qualification", q.file) for q in tender.qualifications if q.file]
    files += [("track-record", p.file) for p in tender.track_record if p.file]
    files += [("authorisation", a.file) for a in tender.authorisations if a.file]
    brought = []
    for kind, file in files:
        read = read_input(folder, file)
        brought.append(_seal(case, "commercial", f"commercial/{lot}/{kind}/{read.name}", read.data, read.media_type))
    return brought


def deliver(case: Case, tender: Tender, folder: Path, lots: Iterable[str] | None = None) -> list[Brought]:
    """Take the technical department's documents and the clause matrix of a tender folder in (art. 3.3).

    Raises:
        NotNamed: the person is neither technical nor the handler of this tender.
        RefusedFile: a document is broken, hostile, encrypted or too large; nothing of the folder is taken in.
    """
    require_named(case, "technical", "handler")
    wanted = set(lots or [lot.id for lot in tender.lots])
    entries = [entry for entry in tender.inputs if entry.lot in wanted]
    read = [(entry, read_input(folder, entry.file)) for entry in entries]  # all are read before one is sealed
    brought = [_seal(case, "technical", input_name(entry), file.data, file.media_type) for entry, file in read]
    for lot in tender.lots:
        if lot.id in wanted and lot.clauses:
            rows = [clause.model_dump(mode="json") for clause in lot.clauses]
            brought.append(_seal(case, "technical", f"clauses/{lot.id}", _json(rows), JSON))
    return brought


def deliver_cost(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal a cost sheet, the cost side of the department's project quotation, into the price compartment."""
    require_named(case, "technical", "pricing")
    require_lot(case, lot)
    read = cost.read_cost(sheet, case.record.lot(lot))
    return _seal(case, "price", f"cost/{lot}", read.to_json().encode(), JSON)


def propose(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal a price offer of the pricing group, made from the workbook's sheets `cost` and `offer` (art. 3.3).

    Raises:
        NotNamed: the person is not in the pricing group.
        PriceRefused: a price over its ceiling, a missing line, text in a number: sheet, row and column are named.
    """
    require_named(case, "pricing")
    require_lot(case, lot)
    offer = price.read_offer(sheet, case.record, lot)
    return _seal(case, "price", f"offer/{lot}", offer.to_json().encode(), JSON)


def record_opening(
    case: Case, record: Path, outcomes: Path, *, leave_out: bool = False, correction: str = ""
) -> tuple[Brought, list[Quarantined]]:
    """Seal the opening record and the outcome of every lot into the archive compartment (art. 3.5).

    Returns what was sealed, and the doubtful cells whose rows stay out.

    Args:
        leave_out: the person's word that doubtful rows stay out; they are sealed beside the others, with reasons.
        correction: why an archived record is corrected.

    Raises:
        NotNamed: the person is neither clerk nor handler of this tender.
        DoubtfulRows: without that word.
    """
    require_named(case, "clerk", "handler")
    read_by = case.holder.name.removeprefix("person:")
    value = outcome.read_recorded(
        record, outcomes, case.record, read_by=read_by, leave_out=leave_out, correction=correction
    )
    brought = _seal(case, "archive", "opening/-", _json(value), JSON)
    case.ledger.append("opening.recorded", {"version": brought.version}, key=f"opening.recorded/-/{brought.version}")
    return brought, [Quarantined(**found) for found in value["left_out"]]


def require_lot(case: Case, lot: str) -> None:
    """Refuse a lot that the tender does not have."""
    if lot not in case.lot_ids:
        raise TenderError(
            "Tender {tender}: no lot {lot} found, expected one of {lots}; next: tender stages {tender}",
            tender=case.tender,
            lot=lot,
            lots=", ".join(case.lot_ids),
        )


def _seal(case: Case, compartment: str, name: str, data: bytes, media_type: str) -> Brought:
    key = f"in/{name}/{sha256(data).hexdigest()}"
    newest = case.manifests(name).get(name)
    # Sealed again to a new key it is still the version that was brought in.
    if newest is not None and _last_key(case, name) == f"{key}/{case.manifested(newest).version - 1}":
        return Brought(name, newest.version, len(data))
    # After the version before, so that going back to an earlier text is a new version, not the old one.
    before = newest.version if newest else 0
    manifest: Manifest = case.vault.seal(
        compartment, name, data, media_type=media_type, step_key=None if _guessable(name) else f"{key}/{before}"
    )
    return Brought(name, manifest.version, len(data))


def _last_key(case: Case, name: str) -> str:
    events = [e for e in case.ledger.find(type="object.sealed") if e.body["manifest"]["name"] == name]
    return events[-1].key or ""


def _guessable(name: str) -> bool:
    """Tell whether the digest of the clear text would give a price away to whoever tries prices."""
    return name.startswith(("cost/", "offer/", "opening/"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
