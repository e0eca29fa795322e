"""The clause matrix of a lot between Excel and the record, and what the technical department owes (art. 3.3)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flows.acts.named import require_lot, require_named
from flows.acts.order import require_passed
from flows.acts.sealing import JSON, Brought, as_json, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps.clauses import ONCE, PlacedClause, read_about, read_rows, write_clauses
from flows.steps.clauses_change import BUYERS, Change, Editor, changes, mistakes
from flows.steps.deliverables import Owed, owed
from flows.steps.mistake import InvalidSheet, InvalidTender, Mistake
from flows.steps.tender import Clause


class MatrixMoved(TenderError):
    """The workbook comes from another matrix than the one that stands now."""


class BuyersColumns(TenderError):
    """A folder's matrix says otherwise than an addendum what the buyer asks."""


class UnknownOwner(TenderError):
    """A clause is owned by nobody of the register."""


def matrix(case: Case, lot: str) -> tuple[Clause, ...]:
    """Return the newest clauses of a lot; UnknownObject when none were brought in."""
    return case.with_clauses(lot).lot(lot).clauses


def out(case: Case, lot: str) -> bytes:
    """Return the newest matrix as a workbook that remembers its version."""
    require_lot(case, lot)
    clauses = matrix(case, lot)
    return write_clauses(clauses, {"tender": case.tender, "lot": lot, "version": str(_version(case, lot))})


def take_in(case: Case, lot: str, content: bytes, file: str, added: Sequence[str] = ()) -> tuple[Brought, list[Change]]:
    """Seal a matrix that came back from a person.

    Args:
        content: the workbook that `out` gave, filled in.
        added: clause numbers that are new.

    Returns:
        What was sealed, and every cell that changed.

    Raises:
        NotNamed: the person is neither handler nor technical.
        OutOfOrder: the bid notice is not signed (art. 3.1).
        MatrixMoved: someone else brought a matrix in since this one went out.
        InvalidSheet: doubled, unknown or lost clause numbers, an unknown owner, a cell that is not the
            person's to change; each by row and cell.
    """
    require_named(case, "handler", "technical")
    require_lot(case, lot)
    require_passed(case, "notice", lot, "clauses")
    rows, wrong, about = _read(content, file)
    before = matrix(case, lot)
    _require_same_version(case, lot, about)
    found = wrong
    if all(mistake.expected == ONCE for mistake in wrong):  # else rows are missing that are there and cannot be read
        once = list({row.clause.clause: row for row in reversed(rows)}.values())
        found = wrong + mistakes(before, once, file, owners(case), _editor(case), added)
    if found:
        raise InvalidSheet(file, found)
    after = [row.clause for row in rows]
    return seal_matrix(case, lot, after), changes(before, after)


def _read(content: bytes, file: str) -> tuple[tuple[PlacedClause, ...], list[Mistake], dict[str, str]]:
    try:
        rows, wrong = read_rows(content, file)
        return rows, wrong, read_about(content, file)
    except InvalidTender as unreadable:
        raise InvalidSheet(file, unreadable.mistakes) from None


def seal_matrix(case: Case, lot: str, clauses: Sequence[Clause]) -> Brought:
    """Seal clauses as the next version of the lot's matrix."""
    rows = [clause.model_dump(mode="json") for clause in clauses]
    return seal(case, "technical", f"clauses/{lot}", as_json(rows), JSON)


def owners(case: Case) -> dict[str, str]:
    """Return who may own a clause, by every way to write them → their department: people and departments in force."""
    now = datetime.now(UTC)
    found = {text: d.id for d in case.people.departments for text in (d.id, d.name) if text}
    people = [person for person in case.people.persons if person.valid_at(now) and not person.id.startswith("worker:")]
    return found | {text: person.department for person in people for text in (person.id, person.name) if text}


def require_owners(case: Case, lot: str, clauses: Sequence[Clause]) -> None:
    """Refuse clauses whose owner is nobody of the register.

    Raises:
        UnknownOwner: naming clauses and owners.
    """
    known = owners(case)
    foreign = [f"{clause.clause}: {clause.owner}" for clause in clauses if clause.owner and clause.owner not in known]
    if foreign:
        raise UnknownOwner(
            "Clauses of {tender}, lot {lot}: owner not in the register ({found}), expected a person or department "
            "of it (SJE/ZY/GK-02 art. 3.3); next: correct the column 责任人, or tender people add",
            tender=case.tender,
            lot=lot,
            found=", ".join(foreign),
        )


def require_buyers_columns(case: Case, lot: str, clauses: Sequence[Clause]) -> None:
    """Refuse a folder's matrix that takes back what an addendum changed.

    Raises:
        BuyersColumns: naming the clauses.
    """
    taken = [event for event in case.ledger.find(type="addendum.taken") if lot in event.body["clauses"]]
    if not taken:
        return
    moved = [c.clause for c in changes(matrix(case, lot), clauses) if not c.field or c.field in BUYERS]
    gone = {c.clause for c in matrix(case, lot)} - {c.clause for c in clauses}
    if moved or gone:
        raise BuyersColumns(
            "Clauses of {tender}, lot {lot}: {clauses} not as addendum {no} says, expected the buyer's words of the "
            "record; next: tender clauses out {tender}",
            tender=case.tender,
            lot=lot,
            clauses=", ".join(sorted({*moved, *gone})),
            no=taken[-1].body["no"],
        )


def deliverables(case: Case, now: datetime) -> list[Owed]:
    """Return what the technical department owes each open lot: due, delivered, state.

    What an addendum made stale is owed again until it is brought in anew.
    """
    sealed: dict[str, datetime] = {}
    for manifest in case.vault.manifests():
        sealed.setdefault(manifest.name, manifest.at)
    stale = case.facts().stale
    for name, manifest in case.manifests("input/*").items():
        if case.manifested(manifest).digest in stale:
            sealed.pop(name, None)
    return [row for lot in case.lots() for row in owed(case.record, lot, sealed, case.expected_inputs(lot), now)]


def _version(case: Case, lot: str) -> int:
    return case.manifested(case.manifests(f"clauses/{lot}")[f"clauses/{lot}"]).version


def _require_same_version(case: Case, lot: str, about: dict[str, str]) -> None:
    expected = {"tender": case.tender, "lot": lot, "version": str(_version(case, lot))}
    if about != expected:
        newest = case.manifests(f"clauses/{lot}")[f"clauses/{lot}"]
        raise MatrixMoved(
            "Clauses of {tender}, lot {lot}: the workbook is of {found}, expected version {version} of {by} "
            "at {at}; next: tender clauses out {tender}, and carry your changes over",
            tender=case.tender,
            lot=lot,
            found=" ".join(f"{key} {value}" for key, value in about.items()) or "no version",
            version=expected["version"],
            by=newest.by.removeprefix("person:"),
            at=newest.at.isoformat(timespec="minutes"),
        )


def _editor(case: Case) -> Editor:
    row = case.people.find(case.holder.name, datetime.now(UTC))
    settles = case.holder.name in case.named("handler")
    return Editor(row.department if row else "", settles)
