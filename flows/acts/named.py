"""Refuses people and lots that a tender does not name."""

from flows.case import Case
from flows.errors import TenderError


class NotNamed(TenderError):
    """A person who is not named for the role in this tender."""


def require_named(case: Case, *roles: str) -> None:
    """Refuse whoever holds the case unless the tender names them for one of the roles."""
    if case.holder.name not in case.named(*roles):
        raise NotNamed(
            "Tender {tender}: {person} is not named as {roles}, expected {named}; next: run it as one of them (--as)",
            tender=case.tender,
            person=case.holder.name.removeprefix("person:"),
            roles="/".join(roles),
            named=", ".join(name.removeprefix("person:") for name in case.named(*roles)),
        )


def require_lot(case: Case, lot: str) -> None:
    """Refuse a lot that the tender does not have."""
    if lot not in case.lot_ids:
        raise TenderError(
            "Tender {tender}: no lot {lot} found, expected one of {lots}; next: tender stages {tender}",
            tender=case.tender,
            lot=lot,
            lots=", ".join(case.lot_ids),
        )
