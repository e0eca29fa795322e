"""A part of the bid that a person edited in Word, and the conflict when what it was made from has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flows.errors import TenderError
from templates import fill
from templates.catalogue import Section, TemplateSet, Volume


class NotEditable(TenderError):
    """A part that is not edited in Word: unknown, delivered material, or one with a price."""


@dataclass(frozen=True)
class Edited:
    """An edited part: who brought it in, when, its version, and the SHA-256 of what the program made it from."""

    part: str
    by: str
    at: datetime
    version: int
    base: str
    data: bytes


def part_of(template_set: TemplateSet, part: str) -> tuple[Volume, Section]:
    """Return volume and section of a part `<volume>/<section>`.

    Raises:
        NotEditable: no such part, or one that the program does not make from a template without a price.
    """
    known = {f"{volume.id}/{section.id}": (volume, section) for volume, section in template_set.sections()}
    if part not in known:
        raise NotEditable(
            "Part {part}: not in {set}, expected one of {known}; next: tender parts",
            part=part,
            set=template_set.name,
            known=", ".join(known),
        )
    volume, section = known[part]
    if volume.compartment == "price":
        raise NotEditable(
            "Part {part}: it carries the price, which comes from the pricing group's decision alone (SJE/ZY/GK-02 "
            "art. 3.3), expected a part without; next: tender propose",
            part=part,
        )
    if section.template is None:
        raise NotEditable(
            "Part {part}: delivered as it is, expected one that is made from a template; next: tender deliver",
            part=part,
        )
    return volume, section


def generate(section: Section, fields: Mapping[str, object]) -> bytes:
    """Return a section as the program makes it; the same fields give the same bytes."""
    if section.template is None:
        raise NotEditable("Part {part}: it has no template; next: tender deliver", part=section.id)
    return fill.fill_bytes(section.template, fields)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a document, lower-case hex."""
    return sha256(data).hexdigest()


def conflicts(edited: Edited, generated: bytes) -> bool:
    """Tell whether what an edited part was made from is no longer what the program would make now."""
    return digest(generated) != edited.base
