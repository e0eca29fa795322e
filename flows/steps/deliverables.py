"""The technical department's three deliverables of a lot: when each is due, when it came in, whether it is late.

SJE/ZY/GK-02 art. 3.3: technical material, project quotation (the cost side, not our price), technical agreement.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import get_args
from zoneinfo import ZoneInfo

from flows.steps.tender import Deliverable, Tender

DAYS_BEFORE_DEADLINE: Mapping[str, int] = {
    "technical-material": 8, "technical-agreement": 8, "project-quotation": 5,
}  # fmt: skip
"""When each is due where the record names no date: before the clauses are settled, and before the price is proposed."""
AGREEMENT = "technical-agreement"
AGREEMENT_FILE = "agreement.docx"


class Delivery(StrEnum):
    """How a deliverable stands; derived from the times, never typed."""

    IN_TIME = "in time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"
    NOT_ASKED = "not asked for"


@dataclass(frozen=True)
class Owed:
    """One deliverable of one lot; `due` is the end of the last day in the tender's zone."""

    lot: str
    deliverable: str
    due: datetime
    delivered: datetime | None
    state: Delivery


def owed(
    tender: Tender, lot: str, sealed: Mapping[str, datetime], expected: Collection[str], now: datetime
) -> list[Owed]:
    """Return the three deliverables of a lot.

    Args:
        tender: the newest record; with its deadline move the due dates that it does not name.
        sealed: object name → when its first version came in.
        expected: the object names of the technical inputs that the record names for the lot.
        now: aware.
    """
    return [_owed(tender, lot, name, _delivered(name, lot, sealed, expected), now) for name in get_args(Deliverable)]


def _owed(tender: Tender, lot: str, name: str, delivered: tuple[bool, datetime | None], now: datetime) -> Owed:
    asked, at = delivered
    due = _due(tender, name)
    if not asked:
        return Owed(lot, name, due, None, Delivery.NOT_ASKED)
    if at is not None:
        return Owed(lot, name, due, at, Delivery.IN_TIME if at <= due else Delivery.LATE)
    return Owed(lot, name, due, None, Delivery.OPEN if now <= due else Delivery.OVERDUE)


def _due(tender: Tender, name: str) -> datetime:
    zone = ZoneInfo(tender.timezone)
    named: date | None = tender.deliverables.get(name)  # type: ignore[call-overload]
    day = named or (tender.deadline.astimezone(zone) - timedelta(days=DAYS_BEFORE_DEADLINE[name])).date()
    return datetime.combine(day, time(23, 59, 59), zone)


def _delivered(
    name: str, lot: str, sealed: Mapping[str, datetime], expected: Collection[str]
) -> tuple[bool, datetime | None]:
    """Whether it is asked for, and since when it is complete."""
    if name == "project-quotation":
        return True, sealed.get(f"cost/{lot}")
    if name == AGREEMENT:
        return True, min((at for n, at in sealed.items() if n.startswith(f"input/{lot}/{AGREEMENT}/")), default=None)
    wanted = [each for each in expected if not each.startswith(f"input/{lot}/{AGREEMENT}/")]
    complete = wanted and all(each in sealed for each in wanted)
    return bool(wanted), max(sealed[each] for each in wanted) if complete else None
