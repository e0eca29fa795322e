"""What people write down once a bid is over: the lessons, and the promises held against the contract."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from flows.acts.named import require_lot, require_named
from flows.acts.sealing import JSON, as_json, seal
from flows.case import Case, UnknownObject
from flows.steps import handover, lessons
from flows.steps.handover import DIFFERS, MISSING, Held
from flows.steps.lessons import Lessons
from storage.event import Event

_TITLES = (("投标经办人", "handler"), ("负责领导", "leader"))


def record_lessons(case: Case, lot: str, learnt: Lessons) -> Event:
    """Seal the lessons of a lot into the archive compartment (art. 3.5).

    Raises:
        NotNamed: the person is neither handler nor clerk of this tender.
    """
    require_named(case, "handler", "clerk")
    require_lot(case, lot)
    name = f"lessons/{lot}"
    brought = seal(case, "archive", name, as_json(learnt.model_dump(mode="json")), JSON)
    body = {"version": brought.version}
    return case.ledger.append("lessons.recorded", body, key=f"{name}/{brought.version}", lot=lot)


def lessons_word(case: Case, lot: str) -> bytes:
    """Return the form 投标结果表 of a lot as a Word file.

    Raises:
        UnknownObject: no opening record.
    """
    require_lot(case, lot)
    recorded = json.loads(case.read("opening/-", purpose="lessons form"))
    try:
        learnt = Lessons.model_validate(json.loads(case.read(f"lessons/{lot}", purpose="lessons form")))
    except UnknownObject:
        learnt = None
    return lessons.word(case.record, lot, recorded, learnt, _signatures(case))


def handover_sheet(case: Case, lot: str) -> bytes:
    """Return the list of promises of a lot as an Excel workbook to fill in.

    Raises:
        UnknownObject: the lot has no clause matrix.
    """
    require_lot(case, lot)
    return handover.sheet(handover.promises(case.with_clauses(lot), lot))


def record_handover(case: Case, lot: str, file: Path, *, contract: str, signed: date) -> tuple[Event, list[Held]]:
    """Take the filled-in list in; the words are sealed, the ledger learns how many promises differ.

    Args:
        contract: its number; signed: its day.

    Raises:
        NotNamed: the person is not the handler of this tender.
        InvalidTender: with every mistake of the list.
    """
    require_named(case, "handler")
    require_lot(case, lot)
    held = handover.read_held(file.read_bytes(), file.name, handover.promises(case.with_clauses(lot), lot))
    value = {"v": 1, "contract": contract, "signed": signed.isoformat(), "rows": [row.to_json() for row in held]}
    name = f"handover/{lot}"
    brought = seal(case, "technical", name, as_json(value), JSON)
    body = {"version": brought.version, "signed": signed.isoformat(), "count": len(held), **_counts(held)}
    return case.ledger.append("handover.recorded", body, key=f"{name}/{brought.version}", lot=lot), held


def _counts(held: list[Held]) -> dict[str, int]:
    return {state: sum(row.state == state for row in held) for state in (DIFFERS, MISSING)}


def handover_word(case: Case, lot: str) -> bytes:
    """Return the form 投标承诺与合同核对表 of a lot as a Word file.

    Raises:
        UnknownObject: nothing was handed over.
    """
    value: dict[str, Any] = json.loads(case.read(f"handover/{lot}", purpose="hand-over form"))
    held = [
        Held(
            handover.Promise(*(row[n] for n in ("no", "source", "promise", "offered"))),
            row["contract"],
            row["state"],
            row["remark"],
        )
        for row in value["rows"]
    ]
    return handover.word(
        case.record,
        lot,
        held,
        contract=value["contract"],
        signed=date.fromisoformat(value["signed"]),
        signatures=_signatures(case),
    )


def _signatures(case: Case) -> list[dict[str, str]]:
    names = {row.id: row.name or row.id for row in case.people.persons}
    people = case.team
    return [
        {"role": title, "name": names.get(person, person), "mark": "", "at": ""}
        for title, role in _TITLES
        for person in people.get(role, [])[:1]
    ]
