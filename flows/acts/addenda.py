"""An addendum taken in: its record, new versions of record and matrices, what it makes stale, the handler's signature.

SJE/ZY/GK-02 art. 3.3. Each act has a business key, so one that was cut off is finished by the same command.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.acts import agreement
from flows.acts.clause_matrix import matrix, seal_matrix
from flows.acts.named import require_named
from flows.acts.screening import read_form, seal_form
from flows.acts.sealing import JSON, as_json, seal
from flows.acts.signing import Right, put
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.addendum import ACKNOWLEDGE, Addendum, clause_mistakes, read_addendum
from flows.steps.deliverables import AGREEMENT
from flows.steps.mistake import InvalidSheet
from flows.steps.procedure import GATES, Facts, Signed, State
from flows.steps.raw_values import read_yaml
from flows.steps.read_technical_inputs import InputFile, read_input
from flows.steps.screening import Answers, form, is_short, require_panel
from flows.steps.screening.form import LEAD_TIME
from flows.steps.screening.standing import OPINION
from flows.steps.staleness import Side, Stale, Standing, staleness
from flows.steps.tender import Clause, Tender
from storage.event import Event
from templates import catalogue, own_set

Matrices = Mapping[str, tuple[Clause, ...]]


class AddendumExists(TenderError):
    """An addendum of this number was taken in with other content."""


class NothingOpen(TenderError):
    """Every lot of the tender has ended."""


@dataclass(frozen=True)
class Taken:
    """What an addendum did: its values, what became stale, the version of the record that now stands."""

    addendum: Addendum
    stale: tuple[Stale, ...]
    version: int


def take_in(case: Case, path: Path) -> Taken:
    """Take an addendum in and acknowledge it.

    Args:
        path: the YAML file; a buyer's paper that it names lies beside it.

    Raises:
        NotNamed: the person is not the handler.
        NothingOpen: every lot has ended.
        AddendumExists: the number was used with other content.
        InvalidSheet: with every mistake by line; nothing was taken in.
        PanelTooSmall: a raised ceiling needs more opinions than people are named for.
        RefusedFile: the buyer's paper is missing, broken or hostile.
    """
    require_named(case, "handler")
    if not case.lots():
        raise NothingOpen(
            "Tender {tender}: every lot has ended, expected an open one; next: tender log {tender}", tender=case.tender
        )
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    begun = _begun(case, content, path.name, digest)
    addendum = read_addendum(content, path.name, case.record, datetime.now(UTC), path.parent)
    paper = read_input(path.parent, addendum.file) if addendum.file else None
    before = {lot: _clauses(case, lot) for lot in case.lot_ids}
    if begun is None:
        begun = _begin(case, addendum, content, path.name, before)
    stale = tuple(Stale(**entry) for entry in begun.body["listed"])
    _seal_paper(case, addendum, paper)
    _seal_versions(case, addendum, begun, before, {each.lot for each in stale if each.kind == "screening"})
    _acknowledge(case)
    return Taken(addendum, stale, case.manifested(case.manifests("record")["record"]).version)


def after(case: Case, addendum: Addendum, before: Matrices, acknowledged: datetime) -> tuple[Tender, Matrices]:
    """Return the record and the matrices as the addendum leaves them."""
    record = addendum.record(case.record, acknowledged.astimezone(ZoneInfo(case.record.timezone)).date())
    return record, {lot: addendum.clauses(lot, clauses) for lot, clauses in before.items()}


def listed(case: Case) -> list[tuple[str, Stale]]:
    """Return what every addendum made stale, oldest first, with the addendum's number."""
    events = case.ledger.find(type="addendum.taken")
    return [(event.body["no"], Stale(**entry)) for event in events for entry in event.body["listed"]]


def _begun(case: Case, content: bytes, file: str, digest: str) -> Event | None:
    """Return the event of the same addendum when it was begun before."""
    for event in case.ledger.find(type="addendum.taken"):
        if event.body["file"] == digest:
            return event
    no = _number(content, file)
    if no in {event.body["no"] for event in case.ledger.find(type="addendum.taken")}:
        raise AddendumExists(
            "Addendum {no} of {tender}: taken in before with other content, expected a new number; "
            "next: tender log {tender}",
            tender=case.tender,
            no=no,
        )
    return None


def _number(content: bytes, file: str) -> str:
    data = read_yaml(content.decode("utf-8-sig", "replace"), file).data
    return str(data.get("no")) if isinstance(data, dict) else ""


def _begin(case: Case, addendum: Addendum, content: bytes, file: str, before: Matrices) -> Event:
    """Say in the ledger what the addendum is and what it makes stale."""
    mistakes = clause_mistakes(addendum, content, file, before)
    if mistakes:
        raise InvalidSheet(file, mistakes)
    now = datetime.now(UTC)
    record, matrices = after(case, addendum, before, now)
    require_panel(record)
    old, new = _side(case.record, before), _side(record, matrices)
    stale = staleness(old, new, _standing(case), lambda tender, lot: _failed(tender, lot, now), addendum.forms)
    body = {
        "no": addendum.no,
        "file": sha256(content).hexdigest(),
        "clauses": addendum.touched(),
        "listed": [asdict(each) for each in stale],
        "stale": sorted(_blocked(case, stale, record)),
    }
    return case.ledger.append("addendum.taken", body, key=f"addendum/-/{addendum.no}")


def _side(tender: Tender, matrices: Matrices) -> Side:
    lots = tuple(lot.model_copy(update={"clauses": matrices[lot.id]}) for lot in tender.lots)
    return Side(tender.model_copy(update={"lots": lots}), catalogue.load(tender.set), catalogue.load(agreement.SET))


def _failed(tender: Tender, lot: str, now: datetime) -> Collection[str]:
    # The lead time is measured when the tender is opened, not again by an addendum.
    return [name for name in form(tender, lot, now).failed if name != LEAD_TIME]


def _standing(case: Case) -> Standing:
    facts = case.facts()
    passed = {
        (gate.decision, lot)
        for gate in GATES.values()
        for lot in case.gate_lots(gate)
        if procedure.judge(gate, lot, facts).state is State.PASSED
    }
    said = {
        (OPINION, signed.lot) for signed in facts.decisions if signed.decision == OPINION and _stands(signed, facts)
    }
    return Standing(set(case.manifests()), passed | said, case.lots())


def _stands(opinion: Signed, facts: Facts) -> bool:
    """Tell whether an opinion is over the newest form of its lot, and no addendum has made that form stale."""
    forms = {form.digest for form in procedure.matching("screening/{lot}", opinion.lot, facts.manifests)}
    return opinion.subjects == forms and not forms & facts.stale


def _blocked(case: Case, stale: Collection[Stale], record: Tender) -> list[str]:
    """Return the digests that no decision may stand over until they are brought in anew.

    Documents and matrices get new versions by themselves, short screening forms too.
    """
    names = {each.name for each in stale if each.kind == "price" and each.name.startswith("offer/")}
    names |= {each.name for each in stale if f"/{AGREEMENT}/" in each.name}
    names |= {each.name for each in stale if each.kind == "screening" and not _renewed(case, each.lot, record)}
    return [case.manifested(manifest).digest for name in names for manifest in case.manifests(name).values()]


def _renewed(case: Case, lot: str, record: Tender) -> bool:
    return is_short(record, lot) and read_form(case, lot).form == "short"


def _clauses(case: Case, lot: str) -> tuple[Clause, ...]:
    return matrix(case, lot) if case.manifests(f"clauses/{lot}") else ()


def _seal_paper(case: Case, addendum: Addendum, paper: InputFile | None) -> None:
    if paper is not None:
        seal(case, "procedure", f"addendum/-/{addendum.no}/{paper.name}", paper.data, paper.media_type)
    if addendum.set is not None and addendum.set.startswith(own_set.OWN):
        packed = own_set.pack(catalogue.load(addendum.set).folder)
        seal(case, "procedure", "set/-", packed, "application/zip")
    value = addendum.model_dump(mode="json", exclude_none=True)
    seal(case, "procedure", f"addendum/-/{addendum.no}", as_json(value), JSON)


def _seal_versions(case: Case, addendum: Addendum, begun: Event, before: Matrices, screened: Collection[str]) -> None:
    record, matrices = after(case, addendum, before, begun.at)
    for lot, clauses in matrices.items():
        if clauses != before[lot]:
            seal_matrix(case, lot, clauses)
    for lot in screened:
        if _renewed(case, lot, record):
            answers = Answers.model_validate(
                read_form(case, lot).model_dump(include={"customer_credit", "contract_risk", "knock_outs"})
            )
            seal_form(case, form(record, lot, begun.at, answers))
    # The record last: while it is missing, the run goes on by the old one and the command can be given again.
    seal(case, "procedure", "record", as_json(record.record()), JSON)
    panel = [f"person:{person}" for person in addendum.panel.values()]
    if panel:
        case.keyrings.change("procedure", add=case.recipients(*panel), reason=f"panel of addendum {addendum.no}")


def _acknowledge(case: Case) -> None:
    facts = case.facts()
    if procedure.judge(ACKNOWLEDGE, procedure.WHOLE_TENDER, facts).state is not State.PASSED:
        subjects = procedure.subjects(ACKNOWLEDGE, procedure.WHOLE_TENDER, facts.manifests)
        put(case, ACKNOWLEDGE, procedure.WHOLE_TENDER, "acknowledge", Right("handler"), subjects)
