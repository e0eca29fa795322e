"""Working days: a yearly file with the days off and the worked weekends (调休), counted in an explicit time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flows.errors import TenderError

CALENDARS = Path(__file__).parent / "calendars"
ZONE = "Asia/Shanghai"
_SATURDAY = 5
_DAY = timedelta(days=1)


class CalendarWrong(TenderError):
    """A calendar file cannot be used."""


@dataclass(frozen=True)
class Calendar:
    """The working days of some years in one time zone.

    A year without a file, or one whose file is not `published`, counts Monday to Friday without the worked weekends;
    `is_sure` tells.

    Attributes:
        zone: in which a moment becomes a day.
        off: days off that are no weekend.
        on: Saturdays and Sundays on which people work.
        years: the years whose file follows the published schedule.
    """

    zone: ZoneInfo
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def day(self, moment: datetime) -> date:
        """Return the day of an aware moment in this calendar's zone."""
        return moment.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Tell whether people work on a day."""
        return day in self.on or (day.weekday() < _SATURDAY and day not in self.off)

    def add(self, day: date, days: int) -> date:
        """Return the day that is so many working days after `day` (before it, when negative)."""
        step = _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + _DAY * n) for n in range(1, (end - start).days + 1))

    def before(self, moment: datetime, days: int) -> datetime:
        """Return the moment so many working days before another one, at the same time of day."""
        local = moment.astimezone(self.zone)
        return datetime.combine(self.add(local.date(), -days), local.timetz())

    def is_sure(self, start: date, end: date) -> bool:
        """Tell whether every year from `start` to `end` follows its published schedule."""
        return set(range(start.year, end.year + 1)) <= self.years


@cache
def load(folder: Path | None = None, zone: str = ZONE) -> Calendar:
    """Return the calendar of a folder's files `<year>.yaml`; without a folder, that of China as it is shipped.

    Raises:
        CalendarWrong: a file is broken, names another year, or has a weekday in `on`.
    """
    off, on, years = set[date](), set[date](), set[int]()
    for file in sorted((folder or CALENDARS).glob("[0-9][0-9][0-9][0-9].yaml")):
        try:
            year = _read(file, off, on)
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise CalendarWrong(
                "Calendar {file}: broken at {place}, expected year, published, off and on as in the shipped one",
                file=file.name,
                place=str(error).splitlines()[0],
            ) from None
        years |= {year} if year else set()
    return Calendar(ZoneInfo(zone), frozenset(off), frozenset(on), frozenset(years))


def _read(file: Path, off: set[date], on: set[date]) -> int:
    """Add a file's days; return its year when it follows the published schedule, else 0."""
    written: dict[str, Any] = YAML(typ="safe").load(file.read_text("utf-8"))
    spans = [(row["from"], row["to"]) for row in written["off"]]
    days = {first + _DAY * n for first, last in spans for n in range((last - first).days + 1)}
    worked = set(written["on"])
    wrong = [day for day in days | worked if day.year != int(file.stem)]
    wrong += [day for day in worked if day.weekday() < _SATURDAY or day in days]
    if written["year"] != int(file.stem) or wrong:
        raise ValueError(str(wrong[0] if wrong else written["year"]))
    off |= days
    on |= worked
    return int(file.stem) if written["published"] is True else 0
