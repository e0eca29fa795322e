"""An office with people, workers and their keys, and desks at which each of them works on a tender."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import age
from storage.compartment import Compartments
from storage.identity import Holder
from storage.keyring import Keyrings
from storage.ledger import Event, Ledger
from storage.objects import ObjectStore
from storage.people import WORKERS as WORKER_NAMES
from storage.people import People, Person
from storage.vault import Vault

START = datetime(2026, 1, 1, tzinfo=UTC)
DEPARTMENT = "marketing-1"
STAFF = {
    "zhao.min": "handler", "qian.wei": "leader", "li.na": "technical", "sun.li": "pricing", "zhou.jie": "pricing",
    "wu.fang": "pricing", "zheng.yun": "reviewer", "wang.lei": "submitter", "feng.xue": "clerk", "chen.yu": "analyst",
    "chu.bo": "auditor", "wei.hao": "custodian",
}  # fmt: skip
PEOPLE = {
    "handler": "zhao.min", "leader": "qian.wei", "technical": ["li.na"], "pricing": ["sun.li", "zhou.jie", "wu.fang"],
    "quorum": 2, "reviewer": "zheng.yun", "submitter": "wang.lei", "clerk": "feng.xue",
}  # fmt: skip
OPENED = {
    "record": {"sha256": "0" * 64, "department": DEPARTMENT},
    "people": PEOPLE,
    "procedure": "SJE/ZY/GK-02@2024-01",
}
EARLY_HOLDERS = {
    "procedure": (*(f"person:{who}" for who in STAFF), *WORKER_NAMES),
    "technical": ("person:li.na", "person:zhao.min", "person:zheng.yun", *WORKER_NAMES),
    "commercial": ("person:zhao.min", "person:zheng.yun", *WORKER_NAMES),
    "archive": ("worker:archive", "person:zhao.min", "person:feng.xue", "person:chu.bo"),
}


@dataclass
class Desk:
    """What one holder works with on one tender."""

    holder: Holder
    keyrings: Keyrings
    ledger: Ledger
    vault: Vault
    compartments: Compartments


@dataclass
class Office:
    """Everyone's keys, the register, and the store."""

    store: ObjectStore
    holders: dict[str, Holder] = field(default_factory=dict)
    people: People = field(default_factory=lambda: People(()))

    def desk(self, who: str, tender: str, *, cache: Path | None = None, strict: bool = True) -> Desk:
        """Sit a holder down at a tender, knowing nothing of it yet."""
        return sit_down(self.store, self.people, self.holders[who], tender, cache=cache, strict=strict)

    def open_tender(self, tender: str | None = None) -> str:
        """Have the handler open a tender and the pricing worker make the price key; return the tender's id."""
        tender = tender or f"t-{uuid4().hex[:12]}"
        handler = self.desk("person:zhao.min", tender)
        for compartment, names in EARLY_HOLDERS.items():
            handler.keyrings.create(compartment, self.people.recipients(*names))
        handler.ledger.append("tender.opened", OPENED, key="tender.opened")
        group = ("person:sun.li", "person:zhou.jie", "person:wu.fang", "worker:pricing")
        self.desk("worker:pricing", tender).keyrings.create("price", self.people.recipients(*group))
        return tender


def sit_down(
    store: ObjectStore, people: People, holder: Holder, tender: str, *, cache: Path | None = None, strict: bool = True
) -> Desk:
    """Make what a holder works with on a tender."""
    keyrings = Keyrings(store, tender, holder, people)
    ledger = Ledger(store, tender, holder, keyrings, people, cache, strict=strict)
    vault = Vault(store, tender, holder, keyrings, ledger, people)
    return Desk(holder, keyrings, ledger, vault, Compartments(store, keyrings, ledger, vault))


def new_holder(name: str) -> Holder:
    """Make a holder with fresh keys, kept in memory."""
    return Holder(name, age.generate_identity(), Ed25519PrivateKey.generate())


def person(holder: Holder, *roles: str, department: str = DEPARTMENT) -> Person:
    """Return the register's row for a holder."""
    row = holder.name.removeprefix("person:")
    return Person(row, department, roles, holder.ssh_key, holder.recipient, START)


def make_office(store: ObjectStore) -> Office:
    """Make everyone's keys and the register."""
    holders = {name: new_holder(name) for name in (*(f"person:{who}" for who in STAFF), *WORKER_NAMES)}
    rows = tuple(
        person(holder, *([STAFF[name.removeprefix("person:")]] if name.startswith("person:") else []))
        for name, holder in holders.items()
    )
    return Office(store, holders, People(rows).checked())


def last_event(desk: Desk, type: str) -> Event:
    """Return the newest event of a type, read afresh."""
    desk.ledger.refresh()
    return desk.ledger.find(type=type)[-1]
