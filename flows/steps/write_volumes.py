"""Turns a volume of a template set, the fields and the delivered material into one finished volume (Word and PDF)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from flows.errors import TenderError
from flows.steps.edited import generate
from flows.steps.material import Material
from templates.catalogue import Section
from templates.catalogue import Volume as VolumePlan
from templates.pdf import PdfCache
from templates.volume import Volume, VolumePart, build


class MaterialMissing(TenderError):
    """A required section for which nothing was delivered."""


def write_volume(
    plan: VolumePlan,
    fields: Mapping[str, object],
    material: Sequence[Material],
    company: str,
    edited: Mapping[str, bytes] = MappingProxyType({}),
    cache: PdfCache | None = None,
) -> Volume:
    """Fill every section of a volume that applies, place the material, and build the volume with true page numbers.

    Args:
        plan: The volume as the template set describes it.
        fields: What templates see, see docs/data-model.md.
        material: Everything delivered for the lot; a section takes its deliverable's documents in order.
        company: The bidder's name, the only one that the metadata carries.
        edited: Word files that stand instead of what a section's template gives, by section id.
        cache: keeps the PDF of each document, so that of a changed volume only what changed is rendered anew.

    Raises:
        MaterialMissing: a required section has neither template nor material.
    """
    applying = [section for section in plan.sections if section.applies(fields)]
    parts = [part for section in applying for part in _parts(section, fields, material, edited.get(section.id))]
    return build(parts, title=plan.title, contents=True, company=company, cache=cache)


def _parts(
    section: Section, fields: Mapping[str, object], material: Sequence[Material], edited: bytes | None
) -> list[VolumePart]:
    placed = [m for m in material if section.input is not None and m.deliverable == section.input]
    if section.required and section.input is not None and not placed:
        raise MaterialMissing(
            "Section {section}: no {deliverable} delivered, expected at least one document; next: tender deliver",
            section=section.title,
            deliverable=section.input,
        )
    # A document that is called like its deliverable has no name of its own.
    placed = [replace(m, title=section.title) if m.title == section.input else m for m in placed]
    parts = []
    if section.template is not None:
        level = 0 if section.id == "cover" else 1  # a cover has no line in the contents
        parts.append(VolumePart(section.title, edited or generate(section, fields), level=level))
    if not parts and placed:
        first, *placed = placed
        title = f"{section.title} – {first.title}" if placed else section.title
        parts.append(VolumePart(title, first.data))
    return [*parts, *(VolumePart(document.title, document.data, level=2) for document in placed)]
