"""A row of the register of people: one person or worker, one pair of keys, one span of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from storage.canonical import read_time, stamp

ROLES = (
    "handler", "leader", "technical", "pricing", "reviewer", "submitter", "clerk", "analyst", "auditor", "custodian",
    "panel", "executive",
)  # fmt: skip
WORKERS = ("worker:assembly", "worker:pricing", "worker:archive")


@dataclass(frozen=True, slots=True)
class Department:
    """A department; its people and data are kept apart from those of the others."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Deputy:
    """A person who may act for another one, in some roles, for some time, up to an amount (None: any)."""

    person: str
    roles: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime
    limit: Decimal | None = None

    def covers(self, role: str, at: datetime, amount: Decimal | None) -> bool:
        """Say whether this appointment reaches the role, the time and the amount."""
        within = self.limit is None or (amount is not None and amount <= self.limit)
        return role in self.roles and self.valid_from <= at < self.valid_to and within


@dataclass(frozen=True, slots=True)
class Person:
    """One person (id ``zhao.min``) or worker (id ``worker:pricing``) with one pair of keys, for one span of time.

    A new key is a second row with the same id and a later span, so that old signatures can still be verified.
    """

    id: str
    department: str
    roles: tuple[str, ...]
    signing_key: str
    age_recipient: str
    valid_from: datetime
    valid_to: datetime | None = None
    deputies: tuple[Deputy, ...] = ()
    name: str = ""
    email: str = ""

    @property
    def holder(self) -> str:
        """The name under which the person owns keys: ``person:zhao.min``, ``worker:pricing``."""
        return holder_name(self.id)

    def valid_at(self, at: datetime) -> bool:
        """Say whether this row is in force at the time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def holder_name(person: str) -> str:
    """Return the holder of a person's id; a holder stays as it is."""
    return person if person.startswith(("person:", "worker:")) else f"person:{person}"


def overlap(one: Person, other: Person) -> bool:
    """Say whether two rows are in force at the same time."""
    return (other.valid_to is None or one.valid_from < other.valid_to) and (
        one.valid_to is None or other.valid_from < one.valid_to
    )


def person_to_json(row: Person) -> dict[str, Any]:
    """Return a row as plain data."""
    return {
        "id": row.id,
        "name": row.name,
        "department": row.department,
        "roles": list(row.roles),
        "signing_key": row.signing_key,
        "age_recipient": row.age_recipient,
        "valid_from": stamp(row.valid_from),
        "valid_to": stamp(row.valid_to) if row.valid_to else None,
        "deputies": [_deputy_to_json(each) for each in row.deputies],
        **({"email": row.email} if row.email else {}),
    }


def _deputy_to_json(deputy: Deputy) -> dict[str, Any]:
    return {
        "person": deputy.person,
        "roles": list(deputy.roles),
        "valid_from": stamp(deputy.valid_from),
        "valid_to": stamp(deputy.valid_to),
        "limit": None if deputy.limit is None else str(deputy.limit),
    }


def person_from_json(row: Mapping[str, Any]) -> Person:
    """Read what `person_to_json` wrote; whatever is missing raises what Python raises."""
    return Person(
        row["id"],
        row["department"],
        tuple(row["roles"]),
        row["signing_key"],
        row["age_recipient"],
        read_time(row["valid_from"]),
        read_time(row["valid_to"]) if row["valid_to"] else None,
        tuple(_deputy_from_json(each) for each in row["deputies"]),
        row["name"],
        row.get("email", ""),
    )


def _deputy_from_json(row: Mapping[str, Any]) -> Deputy:
    limit = None if row["limit"] is None else Decimal(row["limit"])
    return Deputy(row["person"], tuple(row["roles"]), read_time(row["valid_from"]), read_time(row["valid_to"]), limit)
