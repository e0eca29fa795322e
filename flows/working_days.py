"""The working days that count here: the calendar folder of the settings, in a tender's own time zone."""

from functools import cache

from flows import settings
from flows.steps import calendar


@cache  # settings and calendars do not change while a process runs, and a board asks a thousand times
def working_days(zone: str) -> calendar.Calendar:
    """Return the calendar of TENDERFLOW_CALENDARS, or the one that is shipped, in a time zone.

    Raises:
        CalendarWrong: a file of the folder is broken.
    """
    return calendar.load(settings.load().calendars, zone)
