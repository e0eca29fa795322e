"""Collects the screenings and outcomes of every tender that a person may open, to hold one against the other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flows import wiring
from flows.case import Case
from flows.steps.screening.calibration import Screened
from storage.errors import StorageError
from storage.keyring import NotForYou
from storage.objects import AccessDenied

OPENING = "opening/-"


@dataclass
class Collected:
    """What was found: screened lots, and the tenders that are closed to the person."""

    screened: list[Screened] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def collect(person: str, tenders: Sequence[str] = ()) -> Collected:
    """Return every screening that a person may see, with the outcome where one is archived and open to them.

    Args:
        tenders: only these; all of the installation when none is named.

    Raises:
        StorageError: the store or a ledger fails for another reason than that it is closed to the person.
    """
    found = Collected()
    for tender in tenders or wiring.tenders():
        try:
            case = wiring.open_case(tender, person=person)
            found.screened += screened(case)
        except NotForYou:
            found.closed.append(tender)
    return found


def screened(case: Case) -> list[Screened]:
    """Return the newest screening of each lot of one tender."""
    outcomes = _outcomes(case)
    newest = {str(event.lot): event.body for event in case.ledger.find(type="screening.scored")}
    decisions = {signed.lot: signed.verdict for signed in case.signed() if signed.decision == "screening"}
    return [
        Screened(
            case.tender,
            lot,
            None if body["score"] is None else Decimal(body["score"]),
            body["advice"],
            decisions.get(lot, ""),
            outcomes.get(lot, ""),
        )
        for lot, body in newest.items()
    ]


def _outcomes(case: Case) -> dict[str, str]:
    if OPENING not in case.manifests(OPENING):
        return {}
    try:
        value = json.loads(case.read(OPENING, purpose="calibration of screenings"))
    except StorageError as refused:
        if isinstance(refused, NotForYou | AccessDenied):
            return {}
        raise
    return {entry["lot"]: entry["result"] for entry in value["outcomes"]}
