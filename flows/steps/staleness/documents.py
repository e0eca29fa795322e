"""Documents that an addendum makes stale: a field that one prints has another value, or its form is another one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.steps.clauses_change import BUYERS
from flows.steps.deliverables import AGREEMENT, AGREEMENT_FILE
from flows.steps.fields import fields_of
from flows.steps.staleness.stale import Side, Stale, Standing
from flows.steps.tender import Clause, Lot
from templates.catalogue import Section
from templates.check_template import fields as fields_named


def documents(
    before: Side, after: Side, lot: str, standing: Standing, forms: Collection[str], *, priced: bool
) -> Iterator[Stale]:
    """Yield the stale ones of a lot's written parts; `priced`: the price is stale, `forms`: parts with a new form."""
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


def agreements(before: Side, after: Side, lot: str, standing: Standing) -> Iterator[Stale]:
    """Yield the delivered technical agreement, not its annexes, when a field that its form prints has another value."""
    delivered = [name for name in standing.objects if name.startswith(f"input/{lot}/{AGREEMENT}/")]
    mine = [name for name in delivered if name.endswith(f"/{AGREEMENT_FILE}")] or delivered
    fields = [side.agreement.complete(fields_of(side.tender, lot, side.agreement.language)) for side in (before, after)]
    if any(_why(section, section, *fields) for _, section in after.agreement.sections()):
        yield from (Stale("document", lot, name, "a field that it prints has changed") for name in mine)


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


def material(after: Lot, before: Lot, lot: str, standing: Standing) -> Iterator[Stale]:
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


def _part(volume: str, section: Section) -> str:
    return f"{volume}/{section.id}"


def _bytes(template: Path | None) -> bytes:
    return template.read_bytes() if template else b""
