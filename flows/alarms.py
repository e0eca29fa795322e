"""The alarms of a tender whose deadline is near: once per level, in its ledger and in Prefect, with ids alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flows import mail
from flows.case import Case
from flows.i18n import chinese
from flows.settings import Settings
from flows.steps.procedure import State, board

LEVELS = {"7d": timedelta(days=7), "3d": timedelta(days=3), "1d": timedelta(days=1), "4h": timedelta(hours=4)}
"""How long before the deadline each alarm is raised, widest first."""
EVENT = "deadline.alarm"
MAILED_TO = ("handler", "leader")
_TEXT = "Tender {tender}: {level} to the deadline {deadline}. Waits for: {waiting}."


@dataclass(frozen=True)
class Alarm:
    """A deadline that is near.

    Attributes:
        tender: Its id.
        level: A key of `LEVELS`.
        deadline: When the bid must be in.
        waiting: `<lot>:<stage>:<owner>` of every stage that waits for someone.
    """

    tender: str
    level: str
    deadline: datetime
    waiting: tuple[str, ...]


def level_at(deadline: datetime, now: datetime) -> str | None:
    """Return the narrowest level reached; None before the first one and once the deadline is over."""
    left = deadline - now
    reached = [level for level, before in LEVELS.items() if timedelta() < left <= before]
    return reached[-1] if reached else None


def due_alarm(case: Case, now: datetime) -> Alarm | None:
    """Return the alarm that a tender has reached and not had; none where every lot has ended.

    Of several levels reached at once only the narrowest is raised: the wider ones are overtaken. A deadline that an
    addendum has moved has alarms of its own.
    """
    if not case.lots():
        return None
    deadline = case.record.deadline
    level = level_at(deadline, now)
    if level is None or case.ledger.find(key=key_of(level, deadline)):
        return None
    rows = board(case.lots(), case.facts(), deadline)
    waiting = tuple(f"{row.lot}:{row.stage}:{row.owner}" for row in rows if row.state is State.WAITING)
    return Alarm(case.tender, level, deadline, waiting)


def record(case: Case, alarm: Alarm) -> None:
    """Put an alarm on record; a second time changes nothing."""
    body = {"level": alarm.level, "deadline": alarm.deadline.isoformat(), "waiting": list(alarm.waiting)}
    case.ledger.append(EVENT, body, key=key_of(alarm.level, alarm.deadline))


def mail_alarm(case: Case, alarm: Alarm, settings: Settings) -> bool:
    """Mail an alarm to handler and leader, ids and dates alone; return whether there was a server and an address.

    Raises:
        MailFailed: the server did not take it; the alarm is tried again at the next look.
    """
    addresses = mail.addresses(case.people, case.named(*MAILED_TO))
    if not mail.is_set(settings) or not addresses:
        return False
    values = {
        "tender": alarm.tender,
        "level": alarm.level,
        "deadline": alarm.deadline.isoformat(timespec="minutes"),
        "waiting": "; ".join(alarm.waiting) or "–",
    }
    text = "\n\n".join([say(_TEXT).format(**values) for say in (chinese, str)] + [f"tender stages {alarm.tender}"])
    mail.send(settings, addresses, f"[Tenderflow] {alarm.tender}: {alarm.level}", text)
    return True


def key_of(level: str, deadline: datetime) -> str:
    """Return the business key of an alarm."""
    return f"alarm/{level}/{deadline.isoformat()}"
