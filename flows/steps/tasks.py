"""Dated tasks and which law or rule sets the date: deliverables before a bid; result, award, contract, bond after it.

Regimes: the Bidding Law (《招标投标法》, 《招标投标法实施条例》: days of the calendar) and the Procurement Law
(《政府采购法》, 财政部令第87号, 财政部令第94号: working days). A date counts from the day on which the task before
it was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flows.errors import TenderError
from flows.steps.calendar import Calendar
from flows.steps.deliverables import Delivery, Owed
from flows.steps.procedure_versions import ProcedureVersion

BIDDING, PROCUREMENT = "bidding-law", "procurement-law"
CONTRACT_DAYS = 30
"""《招标投标法》 art. 46, 《政府采购法》 art. 46: contract within 30 days of the award notice."""
_WON, _LOST = ("won",), ("lost", "rejected")
_TO_DELIVER = {
    "technical-material": "deliver the technical material",
    "project-quotation": "deliver the project quotation (the cost side)",
    "technical-agreement": "deliver the technical agreement",
}
_BY_OTHERS = ("bond", "bond-return", "result", "handover", "lessons", *(f"deliver-{name}" for name in _TO_DELIVER))
"""Tasks that a command of their own does: deliveries, the opening record, the hand-over list, the lessons form."""


class TaskRefused(TenderError):
    """A task that does not exist for this lot, is done by another command, or is dated in the future."""


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What is known of a submitted lot.

    Attributes:
        opening: when the bids are opened, aware; validity_days: bid validity from then on.
        result: won, lost, rejected, failed, terminated; empty while unknown; `result_on` the day it was recorded.
        bonded: whether a bid bond lies with the buyer and must come back.
        done: task id → day on which it was done.
    """

    lot: str
    regime: str
    opening: datetime
    validity_days: int
    rule: ProcedureVersion
    result: str = ""
    result_on: date | None = None
    bonded: bool = False
    done: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One dated task; `title` is a message id, `basis` the article that sets the date. `due` None: not known yet."""

    id: str
    lot: str
    title: str
    owner: str
    basis: str
    due: date | None
    done: date | None

    def overdue(self, today: date) -> bool:
        """Tell whether it is due and not done."""
        return self.done is None and self.due is not None and today > self.due

    def to_json(self, today: date) -> dict[str, Any]:
        """Return the task as a JSON value."""
        return {
            "task": self.id,
            "lot": self.lot,
            "title": self.title,
            "owner": self.owner,
            "basis": self.basis,
            "due": self.due.isoformat() if self.due else None,
            "done": self.done.isoformat() if self.done else None,
            "overdue": self.overdue(today),
        }


def tasks(bid: Submitted, calendar: Calendar) -> list[Task]:
    """Return the tasks of a submitted lot in the order in which they come."""
    opened = calendar.day(bid.opening)
    found = [_result(bid, opened)]
    if bid.result in (*_WON, *_LOST):
        found += _publicity(bid, calendar)
    if bid.result in _WON:
        found += _contract(bid, opened)
    if bid.bonded and bid.result:
        found.append(_bond(bid, calendar))
    if bid.result and bid.result_on:
        due = bid.result_on + timedelta(days=bid.rule.lessons_days)
        found.append(_task(bid, "lessons", "write the lessons form", "handler", "SJE/ZY/GK-02", due))
    return found


def delivery(owed: Owed) -> Task | None:
    """Return a deliverable of the technical department as a task (art. 3.3); None where it is not asked for."""
    if owed.state is Delivery.NOT_ASKED:
        return None
    zone = owed.due.tzinfo
    done = owed.delivered.astimezone(zone).date() if owed.delivered else None
    name, title = f"deliver-{owed.deliverable}", _TO_DELIVER[owed.deliverable]
    return Task(name, owed.lot, title, "technical", "SJE/ZY/GK-02 art. 3.3", owed.due.date(), done)


def _task(bid: Submitted, name: str, title: str, owner: str, basis: str, due: date | None) -> Task:
    return Task(name, bid.lot, title, owner, basis, due, bid.done.get(name))


def _result(bid: Submitted, opened: date) -> Task:
    due = opened + timedelta(days=bid.rule.result_days)
    title = "archive opening record and result"
    return Task("result", bid.lot, title, "clerk", "SJE/ZY/GK-02 art. 3.5", due, bid.result_on)


def _publicity(bid: Submitted, calendar: Calendar) -> list[Task]:
    """Publicity and objection.

    《招标投标法实施条例》 art. 54: candidates are public for at least 3 days, objections within them.
    《政府采购法》 art. 52, 财政部令第87号 art. 69: the result is public for 1 working day, queries within 7 working
    days after.
    """
    began = bid.done.get("publicity")
    if bid.regime == PROCUREMENT:
        until = calendar.add(began, 8) if began else None
        basis = "《政府采购法》 art. 52; 财政部令第87号 art. 69"
    else:
        until = began + timedelta(days=3) if began else None
        basis = "《招标投标法实施条例》 art. 54"
    return [
        _task(bid, "publicity", "note the first day of the publicity", "handler", basis, None),
        _task(bid, "objection", "decide whether to object", "leader", basis, until),
    ]


def _contract(bid: Submitted, opened: date) -> list[Task]:
    """Award notice, performance bond, technical agreement, contract, hand-over.

    《招标投标法实施条例》 art. 26: the award falls within the bid validity. 《招标投标法》 art. 46 and
    《政府采购法》 art. 46: contract in writing within 30 days of the award notice; a performance bond is given before
    it (at most 10 %, 《招标投标法实施条例》 art. 58, 《政府采购法实施条例》 art. 48). SJE/ZY/GK-02 art. 3.3: the
    technical agreement is signed with the contract.
    """
    award, signed = bid.done.get("award-notice"), bid.done.get("contract")
    due = award + timedelta(days=CONTRACT_DAYS) if award else None
    handed = signed + timedelta(days=bid.rule.handover_days) if signed else None
    law = "《政府采购法》 art. 46" if bid.regime == PROCUREMENT else "《招标投标法》 art. 46"
    validity = opened + timedelta(days=bid.validity_days)
    before = "《政府采购法实施条例》 art. 48" if bid.regime == PROCUREMENT else "《招标投标法实施条例》 art. 58"
    return [
        _task(bid, "award-notice", "receive the award notice", "handler", "bid validity", validity),
        _task(bid, "performance-bond", "give the performance bond", "handler", before, due),
        _task(bid, "technical-agreement", "sign the technical agreement", "technical", "SJE/ZY/GK-02 art. 3.3", due),
        _task(bid, "contract", "sign the contract", "leader", law, due),
        _task(bid, "handover", "hold the contract against our promises", "handler", "SJE/ZY/GK-02 art. 4", handed),
    ]


def _bond(bid: Submitted, calendar: Calendar) -> Task:
    """Return of the bid bond.

    《招标投标法实施条例》 art. 57: within 5 days of the contract, to winner and others alike.
    财政部令第87号 art. 38: to the others within 5 working days of the award notice, to the winner within 5 working
    days of the contract. Where the winner's contract is not ours to see, its last day counts: 30 days after the award
    notice.
    """
    award, signed = bid.done.get("award-notice"), bid.done.get("contract")
    if bid.regime == PROCUREMENT:
        start = signed if bid.result in _WON else award
        due = calendar.add(start, 5) if start else None
        return _task(bid, "bond-return", "get the bid bond back", "handler", "财政部令第87号 art. 38", due)
    latest = award + timedelta(days=CONTRACT_DAYS) if award else None
    start = signed or (None if bid.result in _WON else latest)
    due = start + timedelta(days=5) if start else None
    return _task(bid, "bond-return", "get the bid bond back", "handler", "《招标投标法实施条例》 art. 57", due)


def bond_after_end(
    lot: str, how: str, ended_on: date, returned: date | None, regime: str, calendar: Calendar
) -> Task | None:
    """Return the return of the bid bond of a lot that ended before its result; None where it need not come back.

    《招标投标法实施条例》 art. 35: within 5 days of the notice of withdrawal; art. 31: at once when the buyer
    terminates, for which the same 5 days are taken. 财政部令第87号 art. 38: within 5 working days. A revoked bid may
    lose it (art. 35).
    """
    if how not in ("withdrawn", "terminated"):
        return None
    article = "35" if how == "withdrawn" else "31"
    basis, due = f"《招标投标法实施条例》 art. {article}", ended_on + timedelta(days=5)
    if regime == PROCUREMENT:
        basis, due = "财政部令第87号 art. 38", calendar.add(ended_on, 5)
    return Task("bond-return", lot, "get the bid bond back", "handler", basis, due, returned)


def require_recordable(known: list[Task], task: str, on: date, today: date) -> Task:
    """Return the task that a person may record as done.

    Raises:
        TaskRefused: no such task in this lot, one that another command does, or a day to come.
    """
    found = next((each for each in known if each.id == task), None)
    if found is None or task in _BY_OTHERS:
        raise TaskRefused(
            "task {task}: not one to record here, expected one of {known}; next: tender tasks",
            task=task,
            known=", ".join(each.id for each in known if each.id not in _BY_OTHERS) or "-",
        )
    if on > today:
        raise TaskRefused("task {task}: done on {on}, a day to come; next: correct --on", task=task, on=on.isoformat())
    return found
