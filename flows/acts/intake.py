"""What people bring in from the command line: a tender opened, technical inputs, costs, offers, opening records."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flows import wiring
from flows.acts import house, offering
from flows.acts.above import superiors
from flows.acts.clause_matrix import require_buyers_columns, require_owners, seal_matrix
from flows.acts.deputies import deputies_of
from flows.acts.ending import succeed
from flows.acts.named import NotNamed, require_lot, require_named
from flows.acts.notices import register_bid
from flows.acts.screening import seal_form
from flows.acts.sealing import JSON, Brought, as_json, seal
from flows.case import Case, input_name, named_people
from flows.errors import TenderError
from flows.steps import cost, notice, outcome, procedure_versions
from flows.steps.authority import rules_for
from flows.steps.opening import Quarantined
from flows.steps.read_technical_inputs import InputFile, read_input
from flows.steps.screening import form, is_short, require_panel
from flows.steps.tender import Tender
from storage.bidders import Bidders
from templates import catalogue, own_set

# Who opens the compartments that exist from the start, by role of the tender; workers by name. Auditors come on top.
HOLDERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "procedure": (
        ("handler", "leader", "technical", "pricing", "reviewer", "submitter", "clerk", "panel"),
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


Taken = Mapping[str, InputFile]
"""Files that entries of a record took from the company library, by the name they bear there."""


class TenderExists(TenderError):
    """The tender has been opened before, with another record."""


class DeadlinePassed(TenderError):
    """The tender's deadline is over."""


def open_tender(case: Case, tender: Tender, folder: Path, taken: Taken = MappingProxyType({})) -> list[Brought]:
    """Open a tender in the ledger: keys, record, bid notice, short screening forms, commercial files.

    Everything has a business key, so an opening that was cut off is finished by opening again.

    Args:
        taken: files that entries took from the company library, by the name they bear in the record.

    Raises:
        TenderExists: the ledger holds the tender with another record.
        NotNamed: the person is not the tender's handler.
        DeadlinePassed: the deadline is over.
        PanelTooSmall: a lot needs more opinions than people are named for.
        AnotherBidder: another bidder's documents for the same tender are made in this installation.
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
    require_panel(tender)
    one_bidder(case, tender)
    _make_keys(case, tender)
    body = {
        "record": {"sha256": digest, "department": tender.department},
        "people": {role: list(people) for role, people in named_people(tender.people).items()},
        "procedure": procedure_versions.in_force(house.known_versions(case), datetime.now(UTC).date()).id,
    }
    if tender.predecessor:
        body["predecessor"] = tender.predecessor
    opened = case.ledger.append("tender.opened", body, key="tender.opened")
    if opened.body["record"]["sha256"] != digest:
        raise TenderExists(
            "Tender {tender}: already opened at {at} with another record, expected a new id or the same record; "
            "next: tender stages {tender}",
            tender=tender.tender,
            at=opened.at.isoformat(timespec="minutes"),
        )
    if tender.predecessor:
        succeed(case, tender.predecessor)
    brought = [seal(case, "procedure", "record", record, JSON)]
    if tender.set.startswith(own_set.OWN):
        packed = own_set.pack(catalogue.load(tender.set).folder)
        brought.append(seal(case, "procedure", "set/-", packed, "application/zip"))
    entry = register_bid(case, tender, opened.at)
    form_of_notice = notice.bid_notice(tender, _names(case), entry.name)
    brought.append(seal(case, "procedure", "notice/-/bid", form_of_notice, notice.DOCX))
    for lot in tender.lots:
        if is_short(tender, lot.id):
            brought.append(seal_form(case, form(tender, lot.id, opened.at)))
        brought += _seal_commercial(case, tender, lot.id, folder, taken)
    return brought


def one_bidder(case: Case, tender: Tender) -> None:
    """Refuse to make a second bidder's documents for the same tender of the same buyer; see `storage.bidders`."""
    index = Bidders(case.store, wiring.custodian_key(wiring.settings()), case.people)
    index.claim(
        case.holder,
        tender.tender,
        buyer=tender.buyer.name,
        number=tender.number,
        credit_code=tender.bidder.credit_code,
    )


def _names(case: Case) -> dict[str, str]:
    return {person.id: person.name for person in case.people.persons}


def _record(tender: Tender) -> bytes:
    record = tender.record()
    return as_json({**record, "lots": [{**lot, "clauses": []} for lot in record["lots"]]})


def _make_keys(case: Case, tender: Tender) -> None:
    people = named_people(tender.people)
    auditors = {row.holder for row in case.people.with_role("auditor", datetime.now(UTC))}
    rights = rules_for(tender.issued, wiring.settings().price_rules)
    above = superiors(case.people, people, rights, datetime.now(UTC))  # who cannot read it could not sign a price
    for compartment, (roles, workers) in HOLDERS.items():
        if not case.keyrings.exists(compartment):
            persons = {f"person:{person}" for role in roles for person in people.get(role, ())}
            persons |= deputies_of(case.people, persons, roles, datetime.now(UTC))
            persons |= auditors if compartment in AUDITED else set()
            persons |= above if compartment == "procedure" else set()
            case.keyrings.create(compartment, case.recipients(*sorted(persons), *workers))


def _seal_commercial(case: Case, tender: Tender, lot: str, folder: Path, taken: Taken) -> list[Brought]:
    files = [("qualification", q.file) for q in tender.qualifications if q.file]
    files += [("track-record", p.file) for p in tender.track_record if p.file]
    files += [("authorisation", a.file) for a in tender.authorisations if a.file]
    brought = []
    for kind, file in files:
        read = taken.get(file) or read_input(folder, file)
        brought.append(seal(case, "commercial", f"commercial/{lot}/{kind}/{read.name}", read.data, read.media_type))
    return brought


def deliver(
    case: Case,
    tender: Tender,
    folder: Path,
    lots: Iterable[str] | None = None,
    taken: Taken = MappingProxyType({}),
) -> list[Brought]:
    """Take the technical department's documents and the clause matrix of a tender folder in (art. 3.3).

    Raises:
        NotNamed: the person is neither technical nor the handler of this tender.
        RefusedFile: a document is broken, hostile, encrypted or too large; nothing of the folder is taken in.
    """
    require_named(case, "technical", "handler")
    wanted = set(lots or [lot.id for lot in tender.lots])
    entries = [entry for entry in tender.inputs if entry.lot in wanted]
    # All are read before one is sealed.
    read = [(entry, taken.get(entry.file) or read_input(folder, entry.file)) for entry in entries]
    brought = [seal(case, "technical", input_name(entry), file.data, file.media_type) for entry, file in read]
    for lot in tender.lots:
        if lot.id in wanted and lot.clauses:
            require_owners(case, lot.id, lot.clauses)
            require_buyers_columns(case, lot.id, lot.clauses)
            brought.append(seal_matrix(case, lot.id, lot.clauses))
    return brought


def deliver_cost(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal a cost sheet, the cost side of the department's project quotation, into the price compartment."""
    require_named(case, "technical", "pricing")
    require_lot(case, lot)
    read = cost.read_cost(sheet, case.record.lot(lot))
    return seal(case, "price", f"cost/{lot}", read.to_json().encode(), JSON)


def propose(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal a price offer of the pricing group, made from the workbook's sheets `cost` and `offer` (art. 3.3).

    Raises:
        NotNamed: the person is not in the pricing group.
        PriceRefused: a price over its ceiling, a missing line, text in a number: sheet, row and column are named.
        NotYetThere, PriceClosed, ClaimDiffers: see `offering.offer`.
    """
    require_named(case, "pricing")
    require_lot(case, lot)
    return offering.offer(case, lot, sheet)


def _scores_differ(value: Mapping[str, Any]) -> dict[str, int]:
    differing = [row["lot"] for row in value["scores"] if row["differs"]]
    return {lot: differing.count(lot) for lot in sorted(set(differing))}


def record_opening(
    case: Case,
    record: Path,
    outcomes: Path,
    *,
    leave_out: bool = False,
    correction: str = "",
    rates: Mapping[str, Decimal] | None = None,
) -> tuple[Brought, list[Quarantined]]:
    """Seal the opening record and the outcome of every lot into the archive compartment (art. 3.5).

    Returns what was sealed, and the doubtful cells whose rows stay out.

    Args:
        leave_out: the person's word that doubtful rows stay out; they are sealed beside the others, with reasons.
        correction: why an archived record is corrected.
        rates: what one unit of a foreign currency is worth in the tender's.

    Raises:
        NotNamed: the person is neither clerk nor handler of this tender.
        DoubtfulRows: without that word.
    """
    require_named(case, "clerk", "handler")
    read_by = case.holder.name.removeprefix("person:")
    value = outcome.read_recorded(
        record, outcomes, case.record, read_by=read_by, leave_out=leave_out, correction=correction, rates=rates
    )
    brought = seal(case, "archive", "opening/-", as_json(value), JSON)
    results = {entry["lot"]: entry["result"] for entry in value["outcomes"]}
    body = {"version": brought.version, "results": results, "scores_differ": _scores_differ(value)}
    case.ledger.append("opening.recorded", body, key=f"opening.recorded/-/{brought.version}")
    return brought, [Quarantined(**found) for found in value["left_out"]]
