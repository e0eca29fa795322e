"""Whether a notice was answered in time, from its dates alone (SJE/ZY/GK-02 art. 2.4, 2.5)."""

from datetime import datetime


def is_overdue(due: datetime, completed: datetime | None, now: datetime, *, over: bool) -> bool:
    """Tell whether a notice is due without an answer; all times aware, `over`: closed or cancelled."""
    return not over and completed is None and now > due


def was_on_time(
    due: datetime, completed: datetime | None, now: datetime, *, over: bool, cancelled: bool
) -> bool | None:
    """Tell whether a notice was answered on time; None while that is open, and for a cancelled one."""
    if cancelled:
        return None
    if completed is not None:
        return completed <= due
    return False if is_overdue(due, completed, now, over=over) else None
