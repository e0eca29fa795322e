"""How near a due date is, in the levels at which people are reminded: once each, the most urgent one first."""

from datetime import date

from flows.steps.calendar import Calendar

DUE_IN = (1, 3)
"""Working days before the due date at which whoever has the turn is reminded, the nearest first."""
ESCALATE_AFTER = 3
"""Working days after the due date at which the leader is told again."""
OVERDUE = "overdue"
OVERDUE_LONG = f"{OVERDUE}-{ESCALATE_AFTER}"


def level_of(due: date, today: date, calendar: Calendar, *, late: bool) -> str | None:
    """Return the level that is reached: `due-in-3`, `due-in-1`, `overdue`, `overdue-3`; None while there is time.

    Args:
        late: the due moment is over; on the due day itself only the caller knows.
    """
    if late:
        return OVERDUE_LONG if calendar.between(due, today) >= ESCALATE_AFTER else OVERDUE
    left = calendar.between(today, due)
    near = next((days for days in DUE_IN if left <= days), None)
    return None if near is None else f"due-in-{near}"
