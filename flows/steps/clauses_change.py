"""What changed in a clause matrix that came back from a person, and what of it that person may not change.

SJE/ZY/GK-02 art. 3.3: marketing settles the clauses; the technical department answers those that are its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.steps.clauses import PlacedClause
from flows.steps.mistake import Mistake
from flows.steps.tender import Clause

BUYERS = ("mark", "requirement", "parameter", "relation", "value", "unit")
OURS = ("response", "offered", "deviation", "owner", "evidence", "place")


@dataclass(frozen=True)
class Change:
    """One cell that changed; `clause` alone (with an empty field) is a clause that is new."""

    clause: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Editor:
    """Who brings a matrix back: settles every row (the handler), or answers the rows of a department."""

    department: str
    settles: bool


def changes(before: Sequence[Clause], after: Sequence[Clause]) -> list[Change]:
    """Return every changed cell, in the order of the new matrix."""
    known = {clause.clause: clause for clause in before}
    found = []
    for clause in after:
        old = known.get(clause.clause)
        if old is None:
            found.append(Change(clause.clause, "", "", clause.requirement))
            continue
        for field in (*BUYERS, *OURS):
            one, other = str(getattr(old, field)), str(getattr(clause, field))
            if one != other:
                found.append(Change(clause.clause, field, one, other))
    return found


def mistakes(
    before: Sequence[Clause],
    after: Sequence[PlacedClause],
    file: str,
    owners: Mapping[str, str],
    editor: Editor,
    added: Collection[str],
) -> list[Mistake]:
    """Return what is wrong with a matrix that came back, by cell.

    Args:
        before: the matrix that went out.
        owners: who may stand as owner (ids and names of people and departments) → their department.
        added: the numbers that the person says are new.
    """
    known = {clause.clause: clause for clause in before}
    found = list(_numbers(known, after, file, added))
    for row in after:
        if row.clause.owner and row.clause.owner not in owners:
            expected = "a person or department of the register, or nothing"
            found.append(Mistake(file, row.place("owner"), row.clause.owner, expected))
        if not editor.settles and row.clause.clause in known:
            found += _not_theirs(known[row.clause.clause], row, file, owners, editor)
    return found


def _numbers(
    known: Mapping[str, Clause], after: Sequence[PlacedClause], file: str, added: Collection[str]
) -> Iterator[Mistake]:
    for row in after:
        number = row.clause.clause
        if number not in known and number not in added:
            yield Mistake(file, row.place("clause"), number, "a clause number of the matrix; --add names a new one")
        if number in known and number in added:
            yield Mistake(file, row.place("clause"), number, "a new clause number, as --add says")
    for number in [number for number in known if number not in {row.clause.clause for row in after}]:
        yield Mistake(file, "sheet", f"no row {number}", "every clause of the matrix")


def _not_theirs(
    old: Clause, row: PlacedClause, file: str, owners: Mapping[str, str], editor: Editor
) -> Iterator[Mistake]:
    moved = [change.field for change in changes([old], [row.clause])]
    foreign = bool(old.owner) and owners.get(old.owner, editor.department) != editor.department
    for field in moved:
        if field in BUYERS:
            yield Mistake(
                file, row.place(field), getattr(row.clause, field), "what the buyer wrote; the handler may change it"
            )
        elif foreign:
            yield Mistake(
                file, row.place(field), getattr(row.clause, field), "no change in a row of another department"
            )
