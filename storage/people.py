"""The register of people and workers: whose key is whose, in which role, department and time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from storage import age, signed
from storage.canonical import digest, now, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.objects import ObjectStore
from storage.person import (
    ROLES,
    WORKERS,
    Department,
    Deputy,
    Person,
    holder_name,
    overlap,
    person_from_json,
    person_to_json,
)
from storage.sequence import RecordRow, TamperAlarm

__all__ = [
    "ROLES", "WORKERS", "Department", "Deputy", "People", "PeopleRefused", "PeopleRegister", "Person", "holder_name",
]  # fmt: skip

BUCKET, PREFIX = "registers", "people"
NAMESPACE = "tender-people@v1"


class PeopleRefused(StorageError):
    """Someone is not in the register, or not with this key or role at this time; or the register itself is wrong."""


@dataclass(frozen=True)
class People:
    """One version of the register."""

    persons: tuple[Person, ...]
    departments: tuple[Department, ...] = ()
    _by_key: dict[str, list[Person]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_holder: dict[str, list[Person]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for person in self.persons:
            self._by_key.setdefault(person.signing_key, []).append(person)
            self._by_holder.setdefault(person.holder, []).append(person)

    def find(self, person: str, at: datetime) -> Person | None:
        """Return the row of a person or holder in force at the time."""
        return next((row for row in self._by_holder.get(holder_name(person), ()) if row.valid_at(at)), None)

    def holder_for_key(self, ssh_key: str, at: datetime) -> Person:
        """Return whose signing key this was at the time.

        Raises:
            PeopleRefused: nobody's.
        """
        for row in self._by_key.get(" ".join(ssh_key.split()[:2]), ()):
            if row.valid_at(at):
                return row
        raise PeopleRefused("signing key: it belongs to nobody in the register at {at}", at=stamp(at))

    def authority(
        self, person: str, role: str, department: str | None, at: datetime, amount: Decimal | None = None
    ) -> Person | None:
        """Return in whose right a person acts in a role: the person, the one they deputise for, or nobody.

        Args:
            person: id or holder.
            department: the department that the role must be in; None for any.
            amount: what a deputy's limit is held against; a limited deputy has no right without it.
        """
        return next(self.authorities(person, role, department, at, amount), None)

    def authorities(
        self, person: str, role: str, department: str | None, at: datetime, amount: Decimal | None = None
    ) -> Iterator[Person]:
        """Yield everyone in whose right a person may act in a role, the person first. Arguments as of `authority`."""
        row = self.find(person, at)
        if row is None:
            return
        if _has(row, role, department):
            yield row
        for principal in self.persons:
            appointed = any(d.person == row.id and d.covers(role, at, amount) for d in principal.deputies)
            if appointed and principal.valid_at(at) and _has(principal, role, department):
                yield principal

    def may(self, person: str, role: str, department: str | None, at: datetime, amount: Decimal | None = None) -> bool:
        """Say whether a person may act in a role, in their own right or as a deputy. See `authority`."""
        return self.authority(person, role, department, at, amount) is not None

    def with_role(self, role: str, at: datetime, department: str | None = None) -> tuple[Person, ...]:
        """Return everyone who has the role at the time, deputies left out."""
        return tuple(row for row in self.persons if row.valid_at(at) and _has(row, role, department))

    def recipients(self, *holders: str) -> dict[str, age.X25519Recipient]:
        """Return the age recipients of holders at present, by holder name; the shape that keyrings take.

        Raises:
            PeopleRefused: one of them is not in the register.
        """
        return {holder_name(holder): self._recipient(holder) for holder in holders}

    def _recipient(self, holder: str) -> age.X25519Recipient:
        row = self.find(holder, now())
        recipient = age.parse_recipient(row.age_recipient) if row else None
        if not isinstance(recipient, age.X25519Recipient):
            raise PeopleRefused("register of people: {who} has no key in it; next: tender people add", who=holder)
        return recipient

    def allowed_signers(self, namespaces: Iterable[str]) -> str:
        """Return the register as the ``allowed_signers`` file of ``ssh-keygen -Y verify``."""
        spaces = ",".join(namespaces)
        return "".join(
            f'{row.holder} namespaces="{spaces}",valid-after="{_ssh_time(row.valid_from)}"'
            + (f',valid-before="{_ssh_time(row.valid_to)}"' if row.valid_to else "")
            + f" {row.signing_key}\n"
            for row in self.persons
        )

    def to_json(self) -> dict[str, Any]:
        """Return the register as plain data."""
        return {
            "departments": [{"id": each.id, "name": each.name} for each in self.departments],
            "persons": [person_to_json(row) for row in self.persons],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "People":
        """Read what `to_json` wrote.

        Raises:
            PeopleRefused: a field is missing or of the wrong kind; two rows of one person overlap in time.
        """
        try:
            persons = tuple(person_from_json(row) for row in value["persons"])
            departments = tuple(Department(row["id"], row["name"]) for row in value["departments"])
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise PeopleRefused("register of people: broken at {place}", place=str(error)) from None
        return cls(persons, departments).checked()

    def checked(self) -> "People":
        """Return the register itself when it is free of contradictions.

        Raises:
            PeopleRefused: an unknown role, two rows of one person or one key of two people at the same time.
        """
        for index, row in enumerate(self.persons):
            unknown = set(row.roles) - set(ROLES) if not row.id.startswith("worker:") else set(row.roles)
            if unknown or (row.id.startswith("worker:") and row.id not in WORKERS):
                raise PeopleRefused(
                    "register of people: {id} has the unknown role {found}, expected one of {known}; "
                    "next: another --role",
                    id=row.id,
                    found=", ".join(sorted(unknown)) or "-",
                    known=", ".join(sorted(ROLES)),
                )
            for other in self.persons[index + 1 :]:
                if overlap(row, other) and (row.id == other.id or row.signing_key == other.signing_key):
                    raise PeopleRefused(
                        "register of people: {id} and {other} share an id or a key at the same time",
                        id=row.id,
                        other=other.id,
                    )
        return self


class PeopleRegister:
    """The versions of the register in the store, each signed by a custodian of the one before.

    Args:
        store: the object store.
        custodian_key: ``ssh-ed25519 …``, pinned in the settings: the first version must be signed by it. A register is
            never trusted because it was the first one seen.
    """

    def __init__(self, store: ObjectStore, custodian_key: str) -> None:
        self._row = RecordRow(store, BUCKET, PREFIX)
        self._custodian_key = custodian_key

    def load(self) -> People:
        """Return the newest version, with the whole chain before it verified.

        Raises:
            PeopleRefused: there is none, or a version is not a custodian's.
            TamperAlarm: a version is missing, overwritten or deleted.
        """
        versions = self.versions()
        if not versions:
            raise PeopleRefused("register of people: empty; next: a custodian runs `tender people add`")
        return versions[-1]

    def versions(self) -> list[People]:
        """Return every version, oldest first. See `load`."""
        return read_versions(self._records(), self._custodian_key)

    def publish(self, people: People, custodian: Holder) -> None:
        """Write the next version.

        Raises:
            PeopleRefused: the holder is no custodian, or the register contradicts itself.
            AlreadyExists: another custodian wrote at the same time.
        """
        records = self._records()
        statement = {
            "v": 1,
            "seq": len(records),
            "prev": digest(records[-1]) if records else "0" * 64,
            "at": stamp(now()),
            "by": custodian.name,
            **people.checked().to_json(),
        }
        record = signed.write(statement, custodian.signing, NAMESPACE)
        read_versions([*records, record], self._custodian_key)
        self._row.append(len(records), record)

    def _records(self) -> list[bytes]:
        slots = self._row.slots()
        for slot in slots:
            if slot.over:
                raise TamperAlarm("{key}: a second version or a delete marker over a record", key=slot.key)
        return self._row.read(slots)


def read_versions(records: Sequence[bytes], custodian_key: str) -> list[People]:
    """Return the register in each of its versions, from the stored records, oldest first.

    Args:
        custodian_key: ``ssh-ed25519 …`` that must have signed the first one.

    Raises:
        PeopleRefused, SignatureRefused, NotCanonical: a record is not the next one that a custodian signed.
    """
    versions: list[People] = []
    for seq, record in enumerate(records):
        value, signer = signed.read(record, NAMESPACE)
        people = People.from_json(value)
        expected = {"v": 1, "seq": seq, "prev": digest(records[seq - 1]) if seq else "0" * 64}
        if any(value.get(field) != each for field, each in expected.items()):
            raise PeopleRefused("register of people: version {seq} belongs to another place", seq=seq)
        if not versions and signer != " ".join(custodian_key.split()[:2]):
            raise PeopleRefused("register of people: the first version is not signed with the key in the settings")
        _check_custodian(signer, value, versions[-1] if versions else people)
        versions.append(people)
    return versions


def _check_custodian(signer: str, value: Mapping[str, Any], trusted: People) -> None:
    at = read_time(value["at"])
    if not trusted.may(value["by"], "custodian", None, at):
        raise PeopleRefused("register of people: version {seq} is signed by no custodian", seq=value["seq"])
    if trusted.holder_for_key(signer, at).holder != value["by"]:
        raise PeopleRefused("register of people: version {seq} is signed with another key", seq=value["seq"])


def _has(row: Person, role: str, department: str | None) -> bool:
    return (role in row.roles or role == row.id) and (department is None or row.department == department)


def _ssh_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
