"""Work in Word: a part of the bid goes out to one person and comes back, both as sealed events with digests (art. 3.3).

What a person edited is never overwritten. Where record or clauses have changed since, both sides are named and a person
chooses.
"""

from collections.abc import Mapping

from flows.acts.edited_parts import (
    BACK,
    EDITED,
    GENERATED,
    basis,
    edited_parts,
    fields_for,
    object_name,
    part_events,
)  # fmt: skip
from flows.acts.named import require_lot, require_named
from flows.acts.order import require_passed
from flows.acts.sealing import Brought, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps.edited import conflicts, digest, generate, part_of
from flows.steps.notice import DOCX
from storage.event import Event
from templates import catalogue, guard
from templates.catalogue import Section, Volume

EDITORS: Mapping[str, tuple[str, ...]] = {"technical": ("handler", "technical"), "commercial": ("handler",)}
"""Who edits the parts of a volume, by its compartment."""


class PartIsOut(TenderError):
    """Another person has the part."""


class NotOut(TenderError):
    """The part did not go out to this person."""


class NothingToChoose(TenderError):
    """A choice between two sides where there is only one."""


def check_out(case: Case, lot: str, part: str) -> dict[str, bytes]:
    """Give a part out for editing; return file name → Word file. In a conflict both sides: mine, and what is made now.

    Raises:
        NotNamed: the person may not edit this volume.
        NotEditable: unknown part, delivered material, or a part with a price.
        OutOfOrder: it is not decided yet to bid (art. 3.2).
        PartIsOut: someone else has it.
    """
    volume, section = _editable(case, lot, part)
    require_passed(case, "screening", lot, part)
    before = part_events(case, lot, part)
    if before and before[-1].type == "part.out":
        _require_mine(case, before[-1])
    made, mine = generate(section, fields_for(case, lot)), edited_parts(case, lot, volume).get(section.id)
    sent = mine.data if mine else made
    body = {"part": part, "sent": digest(sent), "base": digest(made), "inputs": basis(case, lot)}
    # Of two people at once one gets the key, and the other is told so.
    _require_mine(case, case.ledger.append("part.out", body, key=f"part-out/{lot}/{part}/{len(before)}", lot=lot))
    name = part.replace("/", "_")
    both = {f"{name}.generated.docx": made} if mine and conflicts(mine, made) else {}
    return {f"{name}.docx": sent, **both}


def check_in(case: Case, lot: str, part: str, content: bytes, file: str) -> Brought | None:
    """Take an edited part back; return what was sealed, None when nothing was changed in it.

    Raises:
        NotOut: it did not go out to this person.
        RefusedFile: the file is no Word file that any program may open.
    """
    volume, _ = _editable(case, lot, part)
    out = _mine_out(case, lot, part)
    guard.check(file, content)
    if digest(content) == out.body["sent"] and not _moved(case, lot, part, volume):
        _back(case, lot, part, BACK, out.body["base"])
        return None
    brought = seal(case, volume.compartment, object_name(lot, part), content, DOCX)
    _back(case, lot, part, EDITED, out.body["base"], content)
    return brought


def put_back(case: Case, lot: str, part: str) -> None:
    """End a check-out without bringing anything in."""
    _editable(case, lot, part)
    out = _mine_out(case, lot, part)
    _back(case, lot, part, BACK, out.body["base"])


def choose(case: Case, lot: str, part: str, *, mine: bool) -> Brought:
    """Settle a conflict without a new file: keep the edited part as it is, or take what the program makes now.

    Without a conflict only the program's own may be taken, which gives the edit up; its versions stay in the record.

    Raises:
        NothingToChoose: nobody edited the part, or `mine` without a conflict.
    """
    volume, section = _editable(case, lot, part)
    made, edited = generate(section, fields_for(case, lot)), edited_parts(case, lot, volume).get(section.id)
    if edited is None or (mine and not conflicts(edited, made)):
        raise NothingToChoose(
            "Part {part} of {tender}, lot {lot}: only one side found, expected an edited part whose basis has changed; "
            "next: tender parts {tender}",
            part=part,
            tender=case.tender,
            lot=lot,
        )
    data = edited.data if mine else made
    brought = seal(case, volume.compartment, object_name(lot, part), data, DOCX)
    _back(case, lot, part, EDITED if mine else GENERATED, digest(made), data)
    return brought


def _editable(case: Case, lot: str, part: str) -> tuple[Volume, Section]:
    require_lot(case, lot)
    volume, section = part_of(catalogue.load(case.record.set), part)
    require_named(case, *EDITORS[volume.compartment])
    return volume, section


def _require_mine(case: Case, out: Event) -> None:
    if out.by != case.holder.name:
        raise PartIsOut(
            "Part {part} of {tender}, lot {lot}: out with {by} since {at}, expected it back; next: ask them for "
            "tender in {tender} {part}",
            part=out.body["part"],
            tender=case.tender,
            lot=out.lot,
            by=out.by.removeprefix("person:"),
            at=out.at.isoformat(timespec="minutes"),
        )


def _mine_out(case: Case, lot: str, part: str) -> Event:
    last = next(reversed(part_events(case, lot, part)), None)
    person = case.holder.name.removeprefix("person:")
    if last is None or last.type != "part.out":
        raise NotOut(
            "Part {part} of {tender}, lot {lot}: not out, expected out with {person}; next: tender out {tender} {part}",
            part=part,
            tender=case.tender,
            lot=lot,
            person=person,
        )
    if last.by != case.holder.name:
        raise NotOut(
            "Part {part} of {tender}, lot {lot}: out with {by}, expected out with {person}; next: ask {by} for "
            "tender in {tender} {part}",
            part=part,
            tender=case.tender,
            lot=lot,
            by=last.by.removeprefix("person:"),
            person=person,
        )
    return last


def _moved(case: Case, lot: str, part: str, volume: Volume) -> bool:
    """Tell whether bringing back the same file is a person's choice for it, in a conflict."""
    edited = edited_parts(case, lot, volume).get(part.split("/")[1])
    section = part_of(catalogue.load(case.record.set), part)[1]
    return edited is not None and conflicts(edited, generate(section, fields_for(case, lot)))


def _back(case: Case, lot: str, part: str, kind: str, base: str, content: bytes | None = None) -> None:
    body = {"part": part, "kind": kind, "base": base, "inputs": basis(case, lot)}
    if content is not None:
        body["sha256"] = digest(content)
    case.ledger.append("part.in", body, lot=lot)
