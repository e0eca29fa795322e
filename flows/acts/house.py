"""The house ledger: what belongs to no tender. Versions of the rule that were passed, and its interpretations."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from flows.case import Case, case_of
from flows.errors import TenderError
from flows.steps import interpretation, procedure_versions
from flows.steps.interpretation import Interpretation, InterpretationRefused
from flows.steps.procedure_versions import ProcedureVersion
from storage.compartment import Compartments
from storage.event import Event
from storage.ledger import BUCKET, OPENED

HOUSE = "house"
"""Id of the ledger; no tender may bear it."""
KIND = "house"


class NoHouse(TenderError):
    """The house ledger has not been opened, or not for this person."""


def is_open(case: Case) -> bool:
    """Tell whether the installation has a house ledger."""
    return next(iter(case.store.list(BUCKET, f"{HOUSE}/")), None) is not None


def of(case: Case) -> Case:
    """Return the house ledger as the holder of a case sees it.

    Raises:
        NoHouse: the holder has not been let in.
    """
    inside = case_of(case.store, HOUSE, case.holder, case.people)
    _require_inside(inside)
    return inside


def open_house(case: Case) -> Event:
    """Open the house ledger, or let everyone in who came into the register since; a handler does it.

    Raises:
        PolicyRefused: the holder is no handler.
    """
    if case.keyrings.exists("procedure"):
        let_in(case)
    else:
        case.keyrings.create("procedure", case.recipients(*_everyone(case)))
    shipped = procedure_versions.shipped()[-1]
    opened: dict[str, Any] = {
        "kind": KIND,
        "record": {"sha256": sha256(shipped.id.encode()).hexdigest(), "department": ""},
        "people": {},
        "procedure": shipped.id,
    }
    return case.ledger.append(OPENED, opened, key=OPENED)


def let_in(case: Case) -> list[str]:
    """Let everyone in who came into the register since, or has new keys; return whom.

    Args:
        case: the house ledger, of a handler or of the custodian, who does it with each new version of the register.
    """
    known = case.keyrings.current("procedure").holders
    everyone = case.recipients(*_everyone(case))
    new = {name: recipient for name, recipient in everyone.items() if known.get(name) != str(recipient)}
    if new:
        Compartments(case.store, case.keyrings, case.ledger, case.vault).admit(
            "procedure", new, reason="people of the register"
        )
    return sorted(new)


def _everyone(case: Case) -> list[str]:
    now = datetime.now(UTC)
    return sorted({row.holder for row in case.people.persons if row.valid_at(now)})


def interpret(case: Case, article: str, question: str, text: str) -> Interpretation:
    """Record an interpretation of the rule under the next number (art. 5).

    Args:
        case: the house ledger.

    Raises:
        InterpretationRefused: no such article, no words, or the person is of another department.
    """
    rule = in_force(case, datetime.now(UTC).date())
    if not _interprets(case, case.holder.name, datetime.now(UTC), rule.interprets):
        raise InterpretationRefused(
            "interpretation: {person} is not of the department {department}, which interprets the rule "
            "(SJE/ZY/GK-02 art. 5); next: ask it",
            person=case.holder.name.removeprefix("person:"),
            department=rule.interprets,
        )
    while True:
        case.ledger.refresh()
        number = len(case.ledger.find(type="interpretation.recorded")) + 1
        body = interpretation.body(number, article, question, text, rule.id)
        event = case.ledger.append("interpretation.recorded", body, key=f"interpretation/{number}")
        if event.by == case.holder.name and dict(event.body) == body:
            return interpretation.of(event.body, event.by, event.at)


def interpretations(case: Case) -> list[Interpretation]:
    """Return the register of interpretations, those of people who might not interpret left out."""
    versions = all_versions(case)

    def may(holder: str, at: datetime) -> bool:
        return _interprets(case, holder, at, procedure_versions.in_force(versions, at.date()).interprets)

    events = case.ledger.find(type="interpretation.recorded")
    return interpretation.valid((interpretation.of(e.body, e.by, e.at) for e in events), may)


def _interprets(case: Case, holder: str, at: datetime, department: str) -> bool:
    row = case.people.find(holder, at)
    return row is not None and row.department == department


def adopt(case: Case, version: ProcedureVersion, *, passed_on: date, meeting: str, rule: bytes) -> Event:
    """Record that the managers' meeting passed a version of the rule (art. 5); a leader signs it.

    Args:
        case: the house ledger.
        meeting: which meeting, and where its minutes are.
        rule: the file with the words of the rule; its digest is recorded.

    Raises:
        PolicyRefused: the holder is no leader.
        VersionWrong: it takes effect before it was passed, or the number is taken.
    """
    if version.effective < passed_on or version.id in {known.id for known in all_versions(case)}:
        raise procedure_versions.VersionWrong(
            "version {id}: effective {effective}, passed {passed}; expected a new number, effective when passed or "
            "later; next: tender procedure versions",
            id=version.id,
            effective=version.effective.isoformat(),
            passed=passed_on.isoformat(),
        )
    body = {
        "version": version.to_json(),
        "passed_on": passed_on.isoformat(),
        "meeting": meeting,
        "rule": {"sha256": sha256(rule).hexdigest()},
    }
    return case.ledger.append("procedure.adopted", body, key=f"procedure/{version.id}")


def all_versions(case: Case) -> tuple[ProcedureVersion, ...]:
    """Return every version of the rule: those that came with the product, then those that were passed."""
    adopted = case.ledger.find(type="procedure.adopted")
    return (*procedure_versions.shipped(), *(procedure_versions.of(event.body["version"]) for event in adopted))


def in_force(case: Case, day: date) -> ProcedureVersion:
    """Return the version of the rule in force on a day, by the house ledger.

    Raises:
        NoVersion: none was.
    """
    return procedure_versions.in_force(all_versions(case), day)


def known_versions(case: Case) -> tuple[ProcedureVersion, ...]:
    """Return the versions of the rule that the holder of any case knows, with or without a house ledger."""
    return all_versions(of(case)) if is_open(case) else procedure_versions.shipped()


def in_force_now(case: Case) -> ProcedureVersion:
    """Return the version of the rule in force today, with or without a house ledger."""
    return procedure_versions.in_force(known_versions(case), datetime.now(UTC).date())


def rule_of(case: Case) -> ProcedureVersion:
    """Return the version of the rule that a ledger carries since its opening."""
    carried = _version_of(case.procedure, procedure_versions.shipped())
    if carried is None:
        known = known_versions(case)
        carried = _version_of(case.procedure, known) or procedure_versions.in_force(known, datetime.now(UTC).date())
    return carried


def _version_of(id_: str, versions: Iterable[ProcedureVersion]) -> ProcedureVersion | None:
    return next((version for version in versions if version.id == id_), None)


def require_open(case: Case) -> None:
    """Refuse to go on without a house ledger, or outside of it.

    Raises:
        NoHouse: there is none, or the holder has not been let in.
    """
    if not is_open(case):
        raise NoHouse("house ledger: found none, expected it opened once; next: tender procedure open, by a handler")
    _require_inside(case)


def _require_inside(case: Case) -> None:
    if case.holder.name not in case.keyrings.current("procedure").holders:
        raise NoHouse(
            "house ledger: {person} is not in it yet, expected everyone of the register; next: a handler who is in it: "
            "tender procedure open",
            person=case.holder.name.removeprefix("person:"),
        )
