"""Papers that others gave us and that an addendum makes stale: the bid bond, certificates, letters, powers."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from flows.steps.staleness.stale import Stale
from flows.steps.tender import Bond, Tender


def guarantee(before: Tender, after: Tender) -> Iterator[Stale]:
    """Yield the bond when amount, form or payee is another, or it would end before the bid's validity."""
    one, other = before.bond, after.bond
    if other is None or one is None:
        if one is not other:
            yield Stale("guarantee", "-", "bond", "asked for now" if other else "no longer asked for")
        return
    lots = [lot.id for lot in after.lots if _amount(before, lot.id) != _amount(after, lot.id)]
    # A lot with an amount of its own does not follow that of `bond`.
    if one.amount != other.amount and len(lots) == len(after.lots):
        yield Stale("guarantee", "-", "bond", "another amount is asked for")
    elif (one.payee, one.form) != (other.payee, other.form):
        yield Stale("guarantee", "-", "bond", "another form or payee is asked for")
    elif lots:
        yield from (Stale("guarantee", lot, "bond", "another amount is asked for") for lot in lots)
    elif _short(other, after) and not _short(one, before):
        yield Stale("guarantee", "-", "bond", "it ends before the bid's validity")


def _amount(tender: Tender, lot_id: str) -> Decimal | None:
    known = any(lot.id == lot_id for lot in tender.lots)
    bond = tender.bond_of(lot_id) if known else tender.bond
    return bond.amount if bond else None


def _short(bond: Bond, tender: Tender) -> bool:
    end = tender.deadline.date() + timedelta(days=tender.validity_days)
    return bond.form in ("guarantee", "insurance") and (bond.valid_to is None or bond.valid_to < end)


def certificates(before: Tender, after: Tender) -> Iterator[Stale]:
    """Yield what was valid long enough before and no longer is."""
    needed, now = _needed(before), _needed(after)
    papers = [(entry.name, entry.valid_to) for entry in after.qualifications]
    for name, until in papers:
        if _ends(until, needed, now):
            yield Stale("certificate", "-", name, "it ends before it is needed")
    letters = [(" ".join((entry.manufacturer, *entry.models)), entry.valid_to) for entry in after.authorisations]
    powers = [("power of attorney", after.signer.until)]
    for name, until in (*letters, *powers):
        if _ends(until, before.deadline.date(), after.deadline.date()):
            yield Stale("certificate", "-", name, "it ends before it is needed")


def _ends(until: date | None, needed: date, now: date) -> bool:
    return until is not None and needed <= until < now


def _needed(tender: Tender) -> date:
    deadline = tender.deadline.date()
    if tender.limits.certificates_until == "deadline":
        return deadline
    longest = max(lot.delivery_days for lot in tender.lots)
    return deadline + timedelta(days=tender.validity_days + longest)
