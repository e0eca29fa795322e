"""People who come into an open tender later: newly named, with new keys, or an auditor registered since."""

from datetime import UTC, datetime

from flows.acts import offering
from flows.acts.above import superiors
from flows.acts.deputies import deputies_of
from flows.acts.intake import AUDITED, HOLDERS
from flows.acts.named import require_named
from flows.case import Case
from flows.errors import TenderError
from flows.steps import naming
from storage import policy
from storage.compartment import Compartments
from storage.event import Event
from storage.keyring import Keyring

_ROLES = {compartment: roles for compartment, (roles, _workers) in HOLDERS.items()} | {
    "price": ("pricing",),
    "rounds": ("pricing", "representative"),
}
"""Whom a compartment is open to from its beginning; later rights (a reviewer's to the price) are given by the run."""


class NothingToAdmit(TenderError):
    """Whoever asked writes no keyring of a compartment that the person may open."""


def admit(case: Case, person: str, *, reason: str) -> list[Keyring]:
    """Let a person into every compartment that they may open and whose keyring the holder of the case may write.

    Args:
        person: id, valid in the register now.
        reason: goes into the ledger with each keyring.

    Raises:
        UnknownHolder: the register does not know the person now.
        NothingToAdmit: there is no such compartment.
    """
    recipients = case.recipients(f"person:{person}")
    compartments = Compartments(case.store, case.keyrings, case.ledger, case.vault)
    found = [name for name in policy.COMPARTMENTS if _writes(case, name) and _opens(case, name, f"person:{person}")]
    if not found:
        raise NothingToAdmit(
            "Tender {tender}: found no compartment that {person} may open and whose keyring you write; "
            "next: tender people name, or run it as the handler (--as), for prices as --worker pricing",
            tender=case.tender,
            person=person,
        )
    return [compartments.admit(name, recipients, reason=reason) for name in found]


def _writes(case: Case, compartment: str) -> bool:
    roles = policy.KEYRING_WRITERS[compartment]
    return case.ledger.team.has(case.holder.name, roles, datetime.now(UTC)) and case.keyrings.exists(compartment)


def _opens(case: Case, compartment: str, holder: str) -> bool:
    """Tell whether someone stands in a keyring already, or is to by role or as a deputy; an auditor is everywhere."""
    roles = _ROLES.get(compartment, ())
    named = case.named(*roles)
    deputies = deputies_of(case.people, named, roles, datetime.now(UTC))
    if holder in case.keyrings.current(compartment).holders or holder in {*named, *deputies}:
        return True
    if compartment == "procedure" and "kind" not in case.opened:
        above = superiors(case.people, case.team, offering.rules_of(case), datetime.now(UTC))
        if holder in above:
            return True
    return compartment in AUDITED and case.ledger.team.has(holder, ("auditor",), datetime.now(UTC))


def name(case: Case, role: str, person: str, *, instead_of: str = "", reason: str) -> Event:
    """Name another person for a role of an open tender; what was signed and written before stays valid.

    Args:
        instead_of: who goes, in a role of several people; empty adds one to them.

    Raises:
        NotNamed: the holder of the case is not the leader.
        UnknownHolder: the register does not know the person now.
        NamingWrong: an unknown role, or one that the person does not have.
    """
    require_named(case, "leader")
    case.recipients(f"person:{person}")
    if not case.people.may(person, role, None, datetime.now(UTC)):
        raise naming.NamingWrong(
            "Tender {tender}: {person} has no role {role} in the register, expected it; next: tender people add",
            tender=case.tender,
            person=person,
            role=role,
        )
    people = naming.renamed(case.team, role, person, instead_of)
    body = {"people": people, "role": role, "person": person, "instead_of": instead_of, "reason": reason}
    return case.ledger.append("team.changed", body)
