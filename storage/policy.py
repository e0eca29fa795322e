"""Who may write and open what: tables, and the team of one tender that they are held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from storage.errors import StorageError
from storage.people import WORKERS, People, holder_name

ASSEMBLY, PRICING, ARCHIVE = "worker:assembly", "worker:pricing", "worker:archive"
ANY = frozenset({"*"})
RESCUE = "rescue"
"""The holder name of the company's offline key; it may open every compartment and write nothing."""


def _roles(*names: str) -> frozenset[str]:
    return frozenset(names)


COMPARTMENTS = (
    "procedure", "technical", "commercial", "price", "proposals", "rounds", "submission", "archive", "library",
)  # fmt: skip

KEYRING_WRITERS: Mapping[str, frozenset[str]] = {
    "procedure": _roles("handler", "custodian", ASSEMBLY),  # a custodian stands in the house ledger's alone
    "technical": _roles("handler", ASSEMBLY),
    "commercial": _roles("handler", ASSEMBLY),
    "price": _roles(PRICING),
    "proposals": _roles(PRICING),
    "rounds": _roles(PRICING),
    "submission": _roles(PRICING),
    "archive": _roles("handler", ASSEMBLY),
    "library": _roles("handler"),
}

OPENERS: Mapping[str, frozenset[str]] = {
    "procedure": ANY,
    "technical": _roles("technical", "handler", "leader", "reviewer", ASSEMBLY, PRICING, ARCHIVE),
    "commercial": _roles("handler", "leader", "reviewer", ASSEMBLY, PRICING, ARCHIVE),
    "price": _roles(PRICING, "pricing", "leader", "executive", "reviewer", ARCHIVE),
    "proposals": _roles(PRICING),
    "rounds": ANY,
    "submission": _roles(PRICING, "submitter", ARCHIVE),
    "archive": _roles(ARCHIVE, "auditor", "handler", "clerk"),
    "library": ANY,
}
"""Who may ever stand in a keyring. When (a reviewer only after the price decision) is the procedure's question."""

_DEFAULT_WRITERS: Mapping[str, frozenset[str]] = {
    "procedure": _roles("handler", ASSEMBLY),
    "technical": _roles("technical", "handler", ASSEMBLY),
    "commercial": _roles("handler", ASSEMBLY),
    "price": _roles("pricing", PRICING),
    "proposals": _roles("pricing"),
    "rounds": _roles("pricing"),
    "submission": _roles(PRICING),
    "archive": _roles(ARCHIVE, "clerk"),
    "library": _roles("handler"),
}
_KIND_WRITERS: Mapping[tuple[str, str], frozenset[str]] = {
    ("procedure", "record"): _roles("handler"),
    ("procedure", "set"): _roles("handler"),
    ("procedure", "notice"): _roles("handler", "leader", "technical", ASSEMBLY),
    ("procedure", "wet"): _roles("handler", "leader", "technical"),
    ("procedure", "screening"): _roles("handler", "leader"),
    ("procedure", "addendum"): _roles("handler"),
    ("technical", "clauses"): _roles("handler", "technical"),
    ("technical", "part"): _roles("handler", "technical"),
    ("commercial", "part"): _roles("handler"),
    ("technical", "input"): _roles("technical", "handler"),
    ("price", "cost"): _roles("technical", "pricing", PRICING),
    ("price", "offer"): _roles("pricing", PRICING),
    ("price", "memo"): _roles("pricing"),
    ("proposals", "proposal"): _roles("pricing"),
    ("price", "proposals"): _roles(PRICING),
    ("price", "workbook"): _roles("pricing", "technical"),
    ("price", "commitment"): _roles(PRICING),
    ("price", "approval"): _roles(PRICING),
    ("rounds", "range"): _roles("pricing"),
    ("rounds", "round"): ANY,
    ("procedure", "rules"): _roles("handler"),
    ("procedure", "platform"): _roles("submitter", "handler"),
    ("procedure", "receipt"): _roles("submitter"),
    ("submission", "package"): _roles(PRICING),
    ("submission", "rendition"): _roles("submitter"),
    ("archive", "opening"): _roles("clerk", "handler", ARCHIVE),
    ("archive", "proof"): _roles("clerk", "handler"),
    ("archive", "lessons"): _roles("clerk", "handler"),
    ("technical", "handover"): _roles("handler"),
    ("procedure", "negotiation"): _roles("handler"),
    ("price", "moves"): _roles("pricing"),
    ("archive", "no-bid"): _roles(ASSEMBLY),
    **{(place, kind): _roles(ASSEMBLY) for place in ("technical", "commercial") for kind in ("draft", "checks")},
    **{("price", kind): _roles(PRICING) for kind in ("draft", "checks")},
}
_PLACES = {kind: {place for place, other in _KIND_WRITERS if other == kind} for _, kind in _KIND_WRITERS}

_KEPT = _roles(
    *("notice", "wet", "no-bid", "addendum"),
    *("package", "rendition", "platform", "receipt"),
    *("opening", "proof", "lessons", "negotiation"),
)
"""Kinds of objects under retention: what was issued, signed on paper or refused, what went out, and what came of it is
archived (SJE/ZY/GK-02 art. 2.5, 3.2, 3.5)."""

EVENT_WRITERS: Mapping[str, frozenset[str]] = {
    "tender.opened": _roles("handler"),
    "library.items": _roles("handler"),
    "team.changed": _roles("leader"),
    "notice.registered": _roles("handler", "leader", "technical", ASSEMBLY),
    "notice.dispatched": _roles("handler"),
    "notice.received": _roles("technical"),
    "notice.answered": _roles("technical", "handler"),
    "notice.fed-back": _roles("technical", "handler"),
    "notice.closed": _roles("handler", "leader"),
    "notice.cancelled": _roles("handler", "leader"),
    "notice.reminded": _roles(ASSEMBLY),
    "deadline.alarm": _roles(ASSEMBLY),
    "contact.logged": _roles("handler"),
    "screening.scored": _roles("handler"),
    "addendum.taken": _roles("handler"),
    "question.asked": _roles("handler"),
    "question.answered": _roles("handler"),
    "part.out": _roles("handler", "technical"),
    "part.in": _roles("handler", "technical"),
    "part.conflict": _roles(ASSEMBLY),
    "decision.requested": _roles("handler", ASSEMBLY, PRICING),
    "step.done": _roles(ASSEMBLY, PRICING, ARCHIVE),
    "step.failed": _roles(ASSEMBLY, PRICING, ARCHIVE),
    "checks.done": _roles(ASSEMBLY, PRICING),
    "price.offered": _roles("pricing"),
    "price.committed": _roles(PRICING),
    "price.round": ANY,
    "submission.right": _roles(PRICING),
    "submission.recorded": _roles("submitter"),
    "upload.refused": _roles("submitter", "handler"),
    "opening.recorded": _roles("clerk", "handler"),
    "outcome.archived": _roles(ARCHIVE),
    "tender.ended": _roles("handler", "leader", ASSEMBLY),
    "bond.recorded": _roles("handler"),
    "task.done": _roles("handler", "clerk"),
    "lessons.recorded": _roles("handler", "clerk"),
    "handover.recorded": _roles("handler"),
    "alarm.raised": _roles(ASSEMBLY),
    "negotiation.recorded": _roles("handler"),
    "negotiation.moved": _roles("pricing"),
    "tender.resumed": _roles("handler", "leader"),
    "tender.retendered": _roles("handler"),
    "procedure.adopted": _roles("leader"),
}
"""An event type without a row may be written by every holder of the tender; a row narrows it."""

_OWNERS_ONLY = _roles("handler", "leader")
NOTICE = "n-"
"""What the ids of notices' ledgers begin with."""
LIBRARY = "library."
"""Under an id that begins so stands no tender but a department's library: a tender's id holds no dot."""
LIBRARIANS = ("handler", "leader", "technical")
"""Who keeps their department's library; in its ledger each of them has the rights of a tender's handler."""


class PolicyRefused(StorageError):
    """The signature is good, but this holder may not write or open this."""


@dataclass(frozen=True)
class Team:
    """The people register as one tender sees it.

    Args:
        people: the register.
        department: the owner of the tender; handlers and leaders of other departments have no right in it.
        named: role → the ids of those who have it in this tender; a role that is not named is open to all who have it.
        library: it is no tender but the department's library, kept by its `LIBRARIANS`.
        later: what replaced ``named``, each with the time from which it holds, oldest first.
    """

    people: People
    department: str | None = None
    named: Mapping[str, frozenset[str]] | None = None
    library: bool = False
    later: tuple[tuple[datetime, Mapping[str, frozenset[str]]], ...] = ()

    def renamed(self, at: datetime, body: Mapping[str, Any]) -> "Team":
        """Return the team as the body of ``team.changed`` names it from that time on."""
        return replace(self, later=(*self.later, (at, _named(body))))

    def named_at(self, at: datetime) -> Mapping[str, frozenset[str]]:
        """Return who has which role in this tender at the time."""
        return next((named for since, named in reversed(self.later) if since <= at), self.named or {})

    def opened(self, body: Mapping[str, Any]) -> "Team":
        """Return the team as the body of ``tender.opened`` names it; who keeps a library follows from its id alone."""
        return self if self.library else team_of(self.people, body)

    def has(self, holder: str, roles: Iterable[str], at: datetime, amount: Decimal | None = None) -> bool:
        """Say whether a holder has one of the roles in this tender at the time, in person or as a deputy.

        Args:
            amount: what a deputy's limit is held against; a limited deputy has no right without it.
        """
        return any(self._has(holder, role, at, amount) for role in roles)

    def _has(self, holder: str, role: str, at: datetime, amount: Decimal | None) -> bool:
        if role == "*":
            return self.people.find(holder, at) is not None
        if self.library and role in WORKERS:
            return self.people.may(holder, role, None, at)
        if self.library:
            return role == "handler" and any(self.people.may(holder, r, self.department, at) for r in LIBRARIANS)
        names = self.named_at(at).get(role)
        department = self.department if role in _OWNERS_ONLY else None
        return any(
            names is None or bool(names & {principal.id, holder.removeprefix("person:")})
            for principal in self.people.authorities(holder, role, department, at, amount)
        )


def team_before(people: People, ledger: str) -> Team:
    """Return the team that the first event of a ledger is held against, by the ledger's id."""
    if ledger.startswith(LIBRARY):
        return Team(people, ledger.removeprefix(LIBRARY), library=True)
    return Team(people)


def team_of(people: People, opened: Mapping[str, Any]) -> Team:
    """Return the team that the body of ``tender.opened`` names: ``record.department``, and ``people`` by role."""
    record = opened.get("record")
    department = record.get("department") if isinstance(record, Mapping) else None
    return Team(people, str(department) if department else None, _named(opened))


def object_writers(compartment: str, name: str) -> frozenset[str]:
    """Return the roles that may write an object of this name; none when the kind belongs to another compartment."""
    kind = name.partition("/")[0]
    if kind in _PLACES and compartment not in _PLACES[kind]:
        return frozenset()
    return _KIND_WRITERS.get((compartment, kind), _DEFAULT_WRITERS.get(compartment, frozenset()))


def bucket_of(name: str) -> str:
    """Return the bucket that an object of this name is sealed into: ``archive``, under retention, or ``drafts``."""
    return "archive" if name.partition("/")[0] in _KEPT else "drafts"


def event_writers(kind: str, body: Mapping[str, Any]) -> frozenset[str]:
    """Return the roles that may write an event of this type."""
    if kind in ("compartment.created", "keyring.changed", "compartment.shredded"):
        return KEYRING_WRITERS.get(str(body.get("compartment")), frozenset())
    if kind in ("object.sealed", "object.resealed"):
        manifest = body.get("manifest")
        place = manifest if isinstance(manifest, Mapping) else {}
        compartment = str(place.get("compartment"))
        if kind == "object.resealed":
            return KEYRING_WRITERS.get(compartment, frozenset())
        return object_writers(compartment, str(place.get("name")))
    return EVENT_WRITERS.get(kind, ANY)


def check(
    team: Team, holder: str, roles: frozenset[str], at: datetime, what: str, amount: Decimal | None = None
) -> None:
    """Refuse a holder who has none of the roles.

    Args:
        amount: see `Team.has`.

    Raises:
        PolicyRefused: with what was tried and who may do it.
    """
    if not team.has(holder, roles, at, amount):
        allowed = ", ".join(sorted(roles)) or "nobody"
        raise PolicyRefused(
            "{what}: found {found}, expected one of {allowed}", what=what, found=holder, allowed=allowed
        )


def check_openers(team: Team, compartment: str, holders: Mapping[str, str], at: datetime) -> None:
    """Refuse a keyring for someone who may never open the compartment, or with a key that is not theirs.

    Args:
        holders: name → age recipient.

    Raises:
        PolicyRefused: with the name.
    """
    for name, recipient in holders.items():
        if name == RESCUE:
            continue
        # A deputy's limit binds what is decided, not what is read.
        check(team, name, OPENERS.get(compartment, frozenset()), at, f"keyring of {compartment}", Decimal(0))
        row = team.people.find(name, at)
        if row is None or row.age_recipient != recipient:
            raise PolicyRefused(
                "keyring of {what}: the key of {name} is not the registered one", what=compartment, name=name
            )


def _named(body: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    listed = body.get("people")
    named = {role: _ids(value) for role, value in listed.items()} if isinstance(listed, Mapping) else {}
    return {role: ids for role, ids in named.items() if ids}


def _ids(value: object) -> frozenset[str]:
    names = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    return frozenset(holder_name(name).removeprefix("person:") for name in names if isinstance(name, str))
