"""The versions of the rule SJE/ZY/GK-02 as data: from when each is in force, and the limits that it sets.

SJE/ZY/GK-02 art. 5: the rule is in force once the managers' meeting passed it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from flows.errors import TenderError

SHIPPED = Path(__file__).with_suffix(".toml")


class VersionWrong(TenderError):
    """A version of the rule cannot be used."""


class NoVersion(TenderError):
    """No version of the rule was in force on a day."""


@dataclass(frozen=True, kw_only=True)
class ProcedureVersion:
    """One version of the rule.

    Attributes:
        id: number of the rule, `@`, version; what runs and decisions are stamped with.
        effective: first day on which it is in force.
        interprets: department that interprets the rule (art. 5).
        major_amount: CNY; a negotiation from this amount on is major (art. 4).
        result_days: days from the opening until the result must be archived (art. 3.5).
        lessons_days: days from the result until the lessons form is due.
        handover_days: days from the contract until its terms are held against the bid's promises.
    """

    id: str
    effective: date
    interprets: str
    major_amount: Decimal
    result_days: int
    lessons_days: int
    handover_days: int

    def to_json(self) -> dict[str, Any]:
        """Return the version as a JSON value, money and dates as text."""
        return {**asdict(self), "effective": self.effective.isoformat(), "major_amount": f"{self.major_amount:f}"}


def of(value: Mapping[str, Any]) -> ProcedureVersion:
    """Return a version from TOML or JSON values.

    Raises:
        VersionWrong: a key is missing, unknown or of another kind.
    """
    try:
        made = {
            **value,
            "effective": date.fromisoformat(str(value["effective"])),
            "major_amount": Decimal(str(value["major_amount"])),
            **{name: int(value[name]) for name in ("result_days", "lessons_days", "handover_days")},
        }
        return ProcedureVersion(**made)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise VersionWrong(
            "version of the rule: found a wrong or missing {found}, expected id, effective, interprets, major_amount, "
            "result_days, lessons_days, handover_days; next: correct it",
            found=str(error),
        ) from None


@cache
def shipped() -> tuple[ProcedureVersion, ...]:
    """Return the versions that came with the product, oldest first."""
    return tuple(of(each) for each in tomllib.loads(SHIPPED.read_text("utf-8"))["version"])


def in_force(versions: Iterable[ProcedureVersion], day: date) -> ProcedureVersion:
    """Return the version in force on a day: the last to have taken effect; of two of one day the later listed.

    Raises:
        NoVersion: the day is before every version.
    """
    begun = [version for version in versions if version.effective <= day]
    if not begun:
        raise NoVersion(
            "rule SJE/ZY/GK-02: found no version in force on {day}, expected one; next: tender procedure adopt",
            day=day.isoformat(),
        )
    return max(enumerate(begun), key=lambda each: (each[1].effective, each[0]))[1]
