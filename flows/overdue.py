"""Reminders of dated tasks: once per level in the ledger, in Prefect and by mail, with ids and dates alone."""

from dataclasses import dataclass
from datetime import date, datetime

from flows import mail
from flows.acts.tasks import tasks_of
from flows.case import Case
from flows.i18n import chinese
from flows.settings import Settings
from flows.steps.nearness import OVERDUE, level_of
from flows.working_days import working_days

EVENT = "alarm.raised"
_RAISED_TO = ("handler", "leader")
"""Who hears of what is overdue beside those who owe it (art. 2.3, 3.3)."""
_TEXT = "Tender {tender}, lot {lot}: {about}: {level}. Due: {due}. Waits for: {owner}."


@dataclass(frozen=True)
class Due:
    """A task that is near its date or past it: what, of which lot, whose turn, until when, at which level."""

    tender: str
    about: str
    lot: str
    owner: str
    due: date
    level: str

    @property
    def is_late(self) -> bool:
        """Tell whether the date is over."""
        return self.level.startswith(OVERDUE)

    def body(self) -> dict[str, str]:
        """Return the body of its event."""
        return {"about": self.about, "owner": self.owner, "due": self.due.isoformat(), "level": self.level}


def unalarmed(case: Case, now: datetime) -> list[Due]:
    """Return what has reached a level of nearness without a reminder yet; a date that moved has reminders of its own.

    Of several levels reached at once only the most urgent is told.
    """
    days = working_days(case.record.timezone)
    today = days.day(now)
    near = [
        Due(case.tender, task.id, task.lot, task.owner, task.due, level)
        for task in tasks_of(case)
        if task.due is not None and task.done is None
        and (level := level_of(task.due, today, days, late=task.overdue(today)))
    ]  # fmt: skip
    return [each for each in near if not case.ledger.find(key=key_of(each))]


def mail_due(case: Case, due: Due, settings: Settings) -> bool:
    """Mail a reminder to whoever owes the task, and to handler and leader once it is late; return whether it went out.

    Raises:
        MailFailed: the server did not take it; it is tried again at the next look.
    """
    people = case.named(due.owner, *(_RAISED_TO if due.is_late else ()))
    addresses = mail.addresses(case.people, people)
    if not mail.is_set(settings) or not addresses:
        return False
    texts = [
        say(_TEXT).format(**{**vars(due), "level": say(due.level), "owner": say(due.owner)}) for say in (chinese, str)
    ]
    subject = f"[Tenderflow] {due.tender}: {due.about}: {due.level}"
    mail.send(settings, addresses, subject, "\n\n".join([*texts, f"tender tasks {due.tender}"]))
    return True


def record(case: Case, due: Due) -> None:
    """Put a reminder on record; a second time changes nothing."""
    case.ledger.append(EVENT, due.body(), key=key_of(due), lot=due.lot)


def key_of(due: Due) -> str:
    """Return the business key of a reminder."""
    return f"{due.level}/{due.lot}/{due.about}/{due.due.isoformat()}"
