"""Dated tasks of a tender as its ledger tells them; a person records one as done, with proof."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from flows.acts import house
from flows.acts.bond import bonds
from flows.acts.clause_matrix import deliverables
from flows.acts.named import require_lot, require_named
from flows.acts.sealing import seal
from flows.case import Case
from flows.steps.deliverables import Owed
from flows.steps.procedure import State
from flows.steps.read_technical_inputs import read_input
from flows.steps.tasks import BIDDING, Submitted, Task, bond_after_end, delivery, require_recordable, tasks
from flows.working_days import working_days
from storage.event import Event
from templates import catalogue

DONE = "task.done"
_BY_COMMANDS = {"handover.recorded": "handover", "lessons.recorded": "lessons"}


def tasks_of(case: Case) -> list[Task]:
    """Return the tasks of every lot, lot by lot: deliverables, the bid bond, what comes after the submission."""
    submitted = submitted_lots(case)
    owed = [row for row in deliverables(case, datetime.now(UTC)) if row.lot not in submitted]
    after = {lot: tasks(_known(case, lot), working_days(case.record.timezone)) for lot in submitted}
    return [
        task
        for lot in case.lot_ids
        for task in (*_deliveries(owed, lot), *_bond_task(case, lot), *after.get(lot, ()), *_bond_after_end(case, lot))
    ]


def _deliveries(owed: Sequence[Owed], lot: str) -> list[Task]:
    return [task for row in owed if row.lot == lot and (task := delivery(row))]


def _bond_after_end(case: Case, lot: str) -> list[Task]:
    """Return the return of the bid bond of a lot that was withdrawn or terminated after the bond was given."""
    bonded, ends = bonds(case)[lot], [e for e in case.ledger.find(type="tender.ended", lot=lot) if "how" in e.body]
    how = case.ended().get(lot, "")
    if bonded.state not in ("given", "amended", "returned") or not ends:
        return []
    on = ends[-1].at.astimezone(case.record.deadline.tzinfo).date()
    returned = next((act.on for act in bonded.acts if act.act == "returned"), None)
    task = bond_after_end(lot, how, on, returned, regime_of(case), working_days(case.record.timezone))
    return [task] if task else []


def _bond_task(case: Case, lot: str) -> list[Task]:
    """Return the giving of the bid bond, where one is asked for and the lot has not ended otherwise."""
    bonded, how = bonds(case)[lot], case.ended().get(lot, "submitted")
    if bonded.standing.due is None or how != "submitted":
        return []
    given = next((act.on for act in bonded.acts if act.act in ("given", "exempted")), None)
    basis = "《招标投标法实施条例》 art. 26"
    return [Task("bond", lot, "give the bid bond", "handler", basis, bonded.standing.due, given)]


def submitted_lots(case: Case) -> list[str]:
    """Return the lots whose submission was recorded and that did not end in another way after it."""
    ended = case.ended()
    signed = {event.lot for event in case.ledger.find(type="decision.signed") if event.body["decision"] == "submission"}
    live = [lot for lot in case.lot_ids if lot in signed and ended.get(lot, "submitted") == "submitted"]
    return [lot for lot in live if case.judge("submission", lot).state is State.PASSED]


def today(case: Case) -> date:
    """Return the day in the tender's own zone."""
    return datetime.now(case.record.deadline.tzinfo).date()


def _known(case: Case, lot: str) -> Submitted:
    record, results = case.record, results_of(case)
    result, on = results.get(lot, ("", None))
    return Submitted(
        lot=lot,
        regime=regime_of(case),
        opening=record.deadline,
        validity_days=record.validity_days,
        rule=house.rule_of(case),
        result=result,
        result_on=on,
        bonded=bonds(case)[lot].state in ("given", "amended", "returned"),
        done=_done(case, lot),
    )


def results_of(case: Case) -> dict[str, tuple[str, date]]:
    """Return each lot's result and the day on which it was first recorded."""
    found: dict[str, tuple[str, date]] = {}
    for event in case.ledger.find(type="opening.recorded"):
        for lot, result in event.body.get("results", {}).items():
            day = found[lot][1] if lot in found else event.at.astimezone(case.record.deadline.tzinfo).date()
            found[lot] = (result, day)
    return found


def _done(case: Case, lot: str) -> dict[str, date]:
    done = {e.body["task"]: date.fromisoformat(e.body["on"]) for e in case.ledger.find(type=DONE) if e.lot == lot}
    zone = case.record.deadline.tzinfo
    for kind, task in _BY_COMMANDS.items():
        told = case.ledger.find(type=kind, lot=lot)
        done |= {task: told[-1].at.astimezone(zone).date()} if told else {}
    returned = [act.on for act in bonds(case)[lot].acts if act.act == "returned"]
    return done | ({"bond-return": returned[-1]} if returned else {})


def regime_of(case: Case) -> str:
    """Return under which law the tender stands, as its template set says."""
    return _regime(case.record.set) or BIDDING


@cache
def _regime(template_set: str) -> str:
    return catalogue.load(template_set).regime


def record_done(case: Case, lot: str, task: str, on: date, proof: Path | None, remark: str = "") -> Event:
    """Record that a task was done on a day; its proof is sealed into the archive compartment.

    Raises:
        NotNamed: the person is neither handler nor clerk of this tender.
        TaskRefused: no such task in this lot, or a day to come.
        RefusedFile: the proof is broken, hostile, encrypted or too large.
    """
    require_named(case, "handler", "clerk")
    require_lot(case, lot)
    known = [each for each in tasks_of(case) if each.lot == lot]
    found = require_recordable(known, task, on, today(case))
    body = {
        "task": found.id,
        "on": on.isoformat(),
        "proof": proof_of(case, f"proof/{lot}/{task}", proof),
        "remark": remark,
    }
    count = len([e for e in case.ledger.find(type=DONE, lot=lot) if e.body["task"] == task])
    return case.ledger.append(DONE, body, key=f"task/{lot}/{task}/{count}", lot=lot)


def proof_of(case: Case, folder: str, proof: Path | None) -> str:
    """Seal a proof file into the archive compartment; return the digest of its manifest, empty without a file."""
    if proof is None:
        return ""
    file = read_input(proof.parent, proof.name)
    name = f"{folder}/{file.name}"
    seal(case, "archive", name, file.data, file.media_type)
    return case.manifested(case.manifests(name)[name]).digest
