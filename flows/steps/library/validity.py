"""What of the library expires when, and what has to be looked at again."""

from collections.abc import Iterable
from datetime import datetime

from flows.steps.library.item import Item


def expiring(items: Iterable[Item], now: datetime, days: int) -> list[tuple[int, Item]]:
    """Return what is in use and expires within some days or has expired, with the days left, the soonest first.

    Args:
        now: aware; the day is counted in each item's own zone.
        days: 0 for what expires today or has expired.
    """
    left = [(item.days_left(now), item) for item in items if not item.retired]
    soon = [(count, item) for count, item in left if count is not None and count <= days]
    return sorted(soon, key=lambda each: (each[0], each[1].id))


def unreviewed(items: Iterable[Item], now: datetime, days: int = 0) -> list[tuple[int, Item]]:
    """Return what is in use and whose review is overdue, with the days left (negative), the longest overdue first.

    Args:
        now: aware; the day is counted in each item's own zone.
        days: also what is due for review within so many days.
    """
    left = [((item.review_due - item.today(now)).days, item) for item in items if not item.retired]
    soon = [(count, item) for count, item in left if count < 0 or count < days]
    return sorted(soon, key=lambda each: (each[0], each[1].id))
