"""What an addendum makes stale, exactly: clauses, documents, prices, guarantees, certificates, decisions, nothing else.

A document is stale when a field that its template prints has another value than before, its form is another one, or it
begins or ends to belong to the bid. Pure: it holds two records against each other and looks at no store.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from flows.steps.clauses_change import BUYERS, changes
from flows.steps.staleness.documents import agreements, documents, material
from flows.steps.staleness.papers import certificates, guarantee
from flows.steps.staleness.stale import Side, Stale, Standing
from flows.steps.tender import Lot, Tender

COST_BASIS = ("items", "delivery_days", "warranty_months", "payment")


Held = Callable[[Tender, str], Collection[str]]
"""Names of the knock-outs of a lot that do not hold."""


def staleness(before: Side, after: Side, standing: Standing, failed: Held, forms: Collection[str] = ()) -> list[Stale]:
    """Return everything that the change makes stale, in the order of the procedure.

    Args:
        failed: which knock-outs of a lot fail under a record.
        forms: parts (`volume/section`) whose form the buyer replaced.
    """
    found = [*guarantee(before.tender, after.tender), *certificates(before.tender, after.tender)]
    for lot in standing.lots:
        one, other = before.tender.lot(lot), after.tender.lot(lot)
        clauses = list(_clauses(one, other))
        mine = [
            *clauses,
            *_screening(before.tender, after.tender, lot, standing, failed),
            *_prices(before.tender, after.tender, lot, standing, clauses),
        ]
        priced = any(stale.kind == "price" and stale.name.startswith("offer/") for stale in mine)
        mine += documents(before, after, lot, standing, forms, priced=priced)
        mine += material(other, one, lot, standing)
        mine += agreements(before, after, lot, standing)
        found += [*mine, *_decisions(lot, standing, mine)]
    return found


def _clauses(before: Lot, after: Lot) -> Iterator[Stale]:
    moved = [c for c in changes(before.clauses, after.clauses) if not c.field or c.field in BUYERS]
    for number in dict.fromkeys(change.clause for change in moved):
        new = any(change.clause == number and not change.field for change in moved)
        yield Stale("clause", before.id, number, "new" if new else "changed by the buyer")
    left = {clause.clause for clause in after.clauses}
    for clause in before.clauses:
        if clause.clause not in left:
            yield Stale("clause", before.id, clause.clause, "withdrawn by the buyer")


def _screening(before: Tender, after: Tender, lot: str, standing: Standing, failed: Held) -> Iterator[Stale]:
    if f"screening/{lot}" not in standing.objects:
        return
    one, other = before.lot(lot), after.lot(lot)
    basis = ("ceiling", "delivery_days", "warranty_months", "payment", "items")
    marked = [{c.clause: c.requirement for c in side.clauses if c.mark == "★"} for side in (one, other)]
    if any(getattr(one, name) != getattr(other, name) for name in basis) or marked[0] != marked[1]:
        yield Stale("screening", lot, f"screening/{lot}", "what was screened has changed")
    elif set(failed(after, lot)) - set(failed(before, lot)):
        yield Stale("screening", lot, f"screening/{lot}", "a knock-out no longer holds")


def _prices(before: Tender, after: Tender, lot: str, standing: Standing, clauses: Collection[Stale]) -> Iterator[Stale]:
    one, other = before.lot(lot), after.lot(lot)
    cost = bool(clauses) or any(getattr(one, name) != getattr(other, name) for name in COST_BASIS)
    asked = one.ceiling != other.ceiling or before.validity_days != after.validity_days
    if cost and f"cost/{lot}" in standing.objects:
        yield Stale("price", lot, f"cost/{lot}", "what the cost covers has changed")
    if (cost or asked) and f"offer/{lot}" in standing.objects:
        yield Stale("price", lot, f"offer/{lot}", "what the price was made for has changed")


def _decisions(lot: str, standing: Standing, stale: Sequence[Stale]) -> Iterator[Stale]:
    """Decisions over what is stale; the review always, for the checks look at every addendum."""
    kinds = {each.kind for each in stale}
    offered = any(each.name == f"offer/{lot}" for each in stale)
    over = {
        "screening-opinion": "screening" in kinds,
        "screening": "screening" in kinds,
        "clauses": "clause" in kinds,
        "price": offered,
        "final-review": True,
        "submission": True,
    }
    for decision, void in over.items():
        if void and (decision, lot) in standing.decisions:
            reason = "the checks are made again" if decision in ("final-review", "submission") else "over what is stale"
            yield Stale("decision", lot, decision, reason)
