"""The alarm that something is late: once per task, in the ledger and in Prefect, with ids and dates alone."""

from dataclasses import dataclass
from datetime import date, datetime

from flows.acts.tasks import tasks_of
from flows.case import Case

EVENT = "alarm.raised"


@dataclass(frozen=True)
class Late:
    """A task that is overdue: what, of which lot, whose turn, since which day."""

    tender: str
    about: str
    lot: str
    owner: str
    due: date

    def body(self) -> dict[str, str]:
        """Return the body of its event."""
        return {"about": self.about, "owner": self.owner, "due": self.due.isoformat()}


def unalarmed(case: Case, now: datetime) -> list[Late]:
    """Return what is overdue and has no alarm yet; a date that moved has one of its own."""
    today = now.astimezone(case.record.deadline.tzinfo).date()
    late = [
        Late(case.tender, task.id, task.lot, task.owner, task.due)
        for task in tasks_of(case)
        if task.overdue(today) and task.due is not None
    ]
    return [each for each in late if not case.ledger.find(key=key_of(each))]


def record(case: Case, late: Late) -> None:
    """Put an alarm on record; a second time changes nothing."""
    case.ledger.append(EVENT, late.body(), key=key_of(late), lot=late.lot)


def key_of(late: Late) -> str:
    """Return the business key of an alarm."""
    return f"overdue/{late.lot}/{late.about}/{late.due.isoformat()}"
