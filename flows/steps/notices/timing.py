"""Time and notices: is it enough (art. 2), who is reminded when, and when does it reach the leader (art. 2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.steps.calendar import Calendar
from flows.steps.nearness import level_of
from flows.steps.notices.notice import Notice
from flows.steps.notices.standing import Act, Standing

STANDARD_DAYS: Mapping[str, int] = {"support": 5, "bid": 10, "after-sales": 3, "complaint": 2}
"""Standard lead time by kind, in working days, where the settings say nothing else."""
UNCLOSED_AFTER = 5
"""Working days after the answer at which a notice that is still open is brought up."""


@dataclass(frozen=True)
class LeadTime:
    """A due date that is nearer than the standard lead time; days are working days."""

    found: int
    standard: int
    is_sure: bool


def short_lead_time(notice: Notice, now: datetime, calendar: Calendar, standard: Mapping[str, int]) -> LeadTime | None:
    """Return the warning of a due date that is nearer than the standard lead time of the notice's kind, or None."""
    today, due = calendar.day(now), calendar.day(notice.due)
    wanted = standard.get(notice.kind, STANDARD_DAYS[notice.kind])
    found = calendar.between(today, due)
    return LeadTime(found, wanted, calendar.is_sure(today, due)) if found < wanted else None


@dataclass(frozen=True)
class Reminder:
    """Who is reminded of a notice, and at which level; each level is sent once."""

    level: str
    to: tuple[str, ...]


def reminder(standing: Standing, now: datetime, calendar: Calendar) -> Reminder | None:
    """Return the most urgent reminder that is due now, or None.

    Levels: `due-in-3`, `due-in-1` to whoever has the turn; `overdue` and `overdue-3` to the leader and the handler too;
    `unclosed` to handler and leader when an answer has long been given and the notice is still open.
    """
    if standing.over:
        return None
    today, due = calendar.day(now), calendar.day(standing.notice.due)
    turn = tuple(dict.fromkeys(text.partition(": ")[2] for text in standing.waits_for))
    raised = tuple(dict.fromkeys((*turn, standing.notice.handler, standing.notice.leader)))
    if standing.completed is not None:
        late = calendar.between(calendar.day(standing.done[Act.ANSWER]), today) >= UNCLOSED_AFTER
        return Reminder("unclosed", raised) if late else None
    late = standing.overdue(now)
    level = level_of(due, today, calendar, late=late)
    return Reminder(level, raised if late else turn) if level else None
