"""The parts of a bid that people edited in Word: which stand, who has one, and which wait for a choice (art. 3.3)."""

from dataclasses import dataclass
from datetime import datetime

from flows.case import Case
from flows.steps import procedure
from flows.steps.edited import Edited, conflicts, generate
from flows.steps.fields import fields_of
from storage.event import Event
from templates import catalogue
from templates.catalogue import Volume

EDITED, GENERATED, BACK = "edited", "generated", "unchanged"
"""What a coming-in brought: a person's text, the program's own after a choice for it, or nothing."""


@dataclass(frozen=True)
class Conflict:
    """An edited part whose basis has changed: both sides, for a person to choose."""

    lot: str
    part: str
    by: str
    at: datetime
    version: int
    before: str
    now: str


@dataclass(frozen=True)
class PartState:
    """One editable part: who has it since when, who edited it, whether its basis has changed since."""

    lot: str
    part: str
    title: str
    out_with: str = ""
    since: datetime | None = None
    edited_by: str = ""
    edited_at: datetime | None = None
    conflict: bool = False


def edited_parts(case: Case, lot: str, volume: Volume) -> dict[str, Edited]:
    """Return the edited parts of a volume that stand, by section id."""
    found = {}
    for section in volume.sections:
        part = f"{volume.id}/{section.id}"
        body = _standing(case, lot, part)
        if body is None or body.body["kind"] != EDITED:
            continue
        manifest = case.manifests(object_name(lot, part))[object_name(lot, part)]
        data = case.vault.open(manifest, purpose="edited part")
        version = case.manifested(manifest).version
        found[section.id] = Edited(part, body.by.removeprefix("person:"), body.at, version, body.body["base"], data)
    return found


def conflicts_of(case: Case) -> list[Conflict]:
    """Return every edited part of every open lot whose basis has changed since, with both sides."""
    found = []
    for lot in case.lots():
        if not case.manifests(f"part/{lot}/*"):
            continue
        fields = fields_for(case, lot)
        for volume in catalogue.load(case.record.set).volumes:
            sections = {section.id: section for section in volume.sections}
            for name, edited in edited_parts(case, lot, volume).items():
                if sections[name].applies(fields) and conflicts(edited, generate(sections[name], fields)):
                    found.append(_conflict(case, lot, edited))
    return found


def record_conflicts(case: Case, found: list[Conflict]) -> None:
    """Say in the ledger once which parts wait for a person's choice."""
    for conflict in found:
        body = {"part": conflict.part, "by": conflict.by, "before": conflict.before, "now": conflict.now}
        key = f"part-conflict/{conflict.lot}/{conflict.part}/{conflict.version}/{conflict.now}"
        case.ledger.append("part.conflict", body, key=key, lot=conflict.lot)


def states(case: Case, lot: str) -> list[PartState]:
    """Return every part of a lot that can be edited, in the order of the bid."""
    moved = {(conflict.lot, conflict.part) for conflict in conflicts_of(case)}
    found = []
    for volume, section in catalogue.load(case.record.set).sections():
        part = f"{volume.id}/{section.id}"
        if volume.compartment == "price" or section.template is None:
            continue
        last, standing = next(reversed(part_events(case, lot, part)), None), _standing(case, lot, part)
        out = last if last is not None and last.type == "part.out" else None
        edited = standing if standing is not None and standing.body["kind"] == EDITED else None
        found.append(
            PartState(
                lot,
                part,
                section.title,
                out.by.removeprefix("person:") if out else "",
                out.at if out else None,
                edited.by.removeprefix("person:") if edited else "",
                edited.at if edited else None,
                (lot, part) in moved,
            )
        )
    return found


def fields_for(case: Case, lot: str) -> dict[str, object]:
    """Return what the templates of a lot see, without a price."""
    template_set = catalogue.load(case.record.set)
    return template_set.complete(fields_of(case.with_clauses(lot), lot, template_set.language))


def basis(case: Case, lot: str) -> dict[str, int]:
    """Return the versions of what a part is made from."""
    manifests = case.facts().manifests
    from_these = (*procedure.matching("record", lot, manifests), *procedure.matching("clauses/{lot}", lot, manifests))
    return {manifested.name: manifested.version for manifested in from_these}


def part_events(case: Case, lot: str, part: str) -> list[Event]:
    """Return every going-out and coming-in of a part, in order."""
    events = case.ledger.events(refresh=False)
    return [e for e in events if e.type in ("part.out", "part.in") and e.lot == lot and e.body["part"] == part]


def _standing(case: Case, lot: str, part: str) -> Event | None:
    """Return the last coming-in that brought something."""
    events = reversed(part_events(case, lot, part))
    return next((e for e in events if e.type == "part.in" and e.body["kind"] != BACK), None)


def _conflict(case: Case, lot: str, edited: Edited) -> Conflict:
    standing = _standing(case, lot, edited.part)
    before = standing.body["inputs"] if standing else {}
    words = [
        ", ".join(f"{name}@{version}" for name, version in sorted(side.items())) for side in (before, basis(case, lot))
    ]
    return Conflict(lot, edited.part, edited.by, edited.at, edited.version, words[0], words[1])


def object_name(lot: str, part: str) -> str:
    """Return under which name an edited part is sealed."""
    return f"part/{lot}/{part}.docx"
