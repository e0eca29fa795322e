"""What an addendum makes stale, exactly: clauses, documents, prices, guarantees, certificates, decisions, nothing else.

A document is stale when a field that its template prints has another value than before, its form is another one, or it
begins or ends to belong to the bid. Pure: it holds two records against each other and looks at no store.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from flows.steps.clauses_change import BUYERS, changes
from flows.steps.fields import fields_of
from flows.steps.tender import Bond, Clause, Lot, Tender
from templates.catalogue import Section, TemplateSet
from templates.check_template import fields as fields_named

Kind = Literal["clause", "document", "price", "guarantee", "certificate", "screening", "decision"]
COST_BASIS = ("items", "delivery_days", "warranty_months", "payment")


@dataclass(frozen=True)
class Stale:
    """One thing that no longer stands: its kind, lot (`-`: the whole tender), name, and why (an English message id)."""

    kind: Kind
    lot: str
    name: str
    reason: str


@dataclass(frozen=True)
class Side:
    """The tender before or after the addendum: the record whose lots hold their clauses, and its template set."""

    tender: Tender
    templates: TemplateSet


@dataclass(frozen=True)
class Standing:
    """What there is to become stale: names of sealed objects, and (decision, lot) of every decision that stands."""

    objects: Collection[str]
    decisions: Collection[tuple[str, str]]
    lots: Sequence[str]


Held = Callable[[Tender, str], Collection[str]]
"""Names of the knock-outs of a lot that do not hold."""


def staleness(before: Side, after: Side, standing: Standing, failed: Held, forms: Collection[str] = ()) -> list[Stale]:
    """Return everything that the change makes stale, in the order of the procedure.

    Args:
        failed: which knock-outs of a lot fail under a record.
        forms: parts (`volume/section`) whose form the buyer replaced.
    """
    found = [*_guarantee(before.tender, after.tender), *_certificates(before.tender, after.tender)]
    for lot in standing.lots:
        one, other = before.tender.lot(lot), after.tender.lot(lot)
        clauses = list(_clauses(one, other))
        mine = [
            *clauses,
            *_screening(before.tender, after.tender, lot, standing, failed),
            *_prices(before.tender, after.tender, lot, standing, clauses),
        ]
        priced = any(stale.kind == "price" and stale.name.startswith("offer/") for stale in mine)
        mine += _documents(before, after, lot, standing, forms, priced=priced)
        mine += _material(other, one, lot, standing)
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


def _documents(
    before: Side, after: Side, lot: str, standing: Standing, forms: Collection[str], *, priced: bool
) -> Iterator[Stale]:
    fields = [side.templates.complete(fields_of(side.tender, lot, side.templates.language)) for side in (before, after)]
    old = {_part(volume.id, section): section for volume, section in before.templates.sections()}
    new = {_part(volume.id, section): section for volume, section in after.templates.sections()}
    volumes = {part.split("/")[0] for part in old}
    written = {volume for volume in volumes if f"draft/{lot}/{volume}.docx" in standing.objects}
    for part, section in new.items():
        volume = part.split("/")[0]
        if not written or volume in volumes - written:
            continue
        reason = _why(old.get(part), section, fields[0], fields[1])
        if not reason and part in forms:
            reason = "the buyer's form changed"
        if not reason and priced and section.price:
            reason = "it states the price"
        if reason:
            yield Stale("document", lot, part, reason)
    for part, section in old.items():
        if part not in new and part.split("/")[0] in written and section.applies(fields[0]):
            yield Stale("document", lot, part, "it no longer belongs to the bid")


def _why(old: Section | None, new: Section, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return why a document is stale; nothing when it is not, or does not belong to the bid at all."""
    was, now = old is not None and old.applies(before), new.applies(after)
    if was != now:
        return "it now belongs to the bid" if now else "it no longer belongs to the bid"
    if not now or old is None or new.template is None:
        return ""
    if _bytes(old.template) != _bytes(new.template):
        return "the buyer's form changed"
    moved = [name for name in fields_named(new.template) if value(before, name) != value(after, name)]
    return "a field that it prints has changed" if moved else ""


def value(fields: Mapping[str, Any], name: str) -> Any:
    """Return what a dotted field name (`items[].unit`) stands for; None where there is no such field."""
    return _walk(fields, name.split("."))


def _walk(at: Any, steps: Sequence[str]) -> Any:
    if not steps:
        return at
    step, rest = steps[0], steps[1:]
    inner = at.get(step.removesuffix("[]")) if isinstance(at, Mapping) else None
    if step.endswith("[]"):
        return [_walk(each, rest) for each in inner] if isinstance(inner, Sequence) else None
    return _walk(inner, rest)


def _material(after: Lot, before: Lot, lot: str, standing: Standing) -> Iterator[Stale]:
    """Delivered proofs of clauses that changed: the technical department looks at them again."""
    known = {clause.clause: clause for clause in before.clauses}
    for clause in after.clauses:
        old = known.get(clause.clause)
        if old is None or all(getattr(old, name) == getattr(clause, name) for name in BUYERS):
            continue
        for name in standing.objects:
            if name.startswith(f"input/{lot}/") and _proves(clause, name.rsplit("/", 1)[1]):
                yield Stale("document", lot, name, "it proves a clause that has changed")


def _proves(clause: Clause, file: str) -> bool:
    return file in clause.evidence


def _guarantee(before: Tender, after: Tender) -> Iterator[Stale]:
    one, other = before.bond, after.bond
    if other is None or one is None:
        if one is not other:
            yield Stale("guarantee", "-", "bond", "asked for now" if other else "no longer asked for")
        return
    if one.amount != other.amount:
        yield Stale("guarantee", "-", "bond", "another amount is asked for")
    elif (one.payee, one.form) != (other.payee, other.form):
        yield Stale("guarantee", "-", "bond", "another form or payee is asked for")
    elif _short(other, after) and not _short(one, before):
        yield Stale("guarantee", "-", "bond", "it ends before the bid's validity")


def _short(bond: Bond, tender: Tender) -> bool:
    end = tender.deadline.date() + timedelta(days=tender.validity_days)
    return bond.form in ("guarantee", "insurance") and (bond.valid_to is None or bond.valid_to < end)


def _certificates(before: Tender, after: Tender) -> Iterator[Stale]:
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


def _part(volume: str, section: Section) -> str:
    return f"{volume}/{section.id}"


def _bytes(template: Path | None) -> bytes:
    return template.read_bytes() if template else b""
