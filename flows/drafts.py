"""Writes the volumes of a bid that carry no price: technical and commercial, as Word and PDF, sealed at once."""

from functools import partial

from flows import wiring
from flows.acts.edited_parts import conflicts_of, edited_parts, record_conflicts
from flows.case import Case
from flows.gates import wait
from flows.stepping import run_step
from flows.steps import procedure
from flows.steps.fields import fields_of
from flows.steps.material import Material, title_of
from flows.steps.notice import DOCX
from flows.steps.write_volumes import write_volume
from storage.manifest import Manifest
from templates import catalogue
from templates.catalogue import Volume

PDF = "application/pdf"


def write_drafts(case: Case) -> None:
    """Write every volume without a price for every open lot, unless it stands for the present inputs.

    An edited part whose basis has changed since is not overwritten: the run waits until a person has chosen.
    """
    waiting = conflicts_of(case)
    if waiting:
        record_conflicts(case, waiting)
        wait(case, lambda: not conflicts_of(case))
    for lot in case.lots():
        run_step(case, "drafts", lot, partial(_write_lot, case, lot))


def _write_lot(case: Case, lot: str) -> None:
    into = procedure.inputs("drafts", lot, case.facts().manifests)
    template_set = catalogue.load(case.record.set)

    def work() -> list[Manifest]:
        fields = template_set.complete(fields_of(case.with_clauses(lot), lot, template_set.language))
        volumes = [volume for volume in template_set.volumes if volume.compartment != "price"]
        return [m for volume in volumes for m in seal_volume(case, lot, volume, fields, into)]

    case.once("drafts", lot, into, work)


def seal_volume(
    case: Case, lot: str, volume: Volume, fields: dict[str, object], into: tuple[procedure.Manifested, ...]
) -> list[Manifest]:
    """Write one volume of a lot and seal its Word and PDF form into the volume's compartment.

    A volume whose Word file comes out as it stands gets no new version, so that decisions over it stand.
    """
    edited = {name: part.data for name, part in edited_parts(case, lot, volume).items()}
    company, cache = case.record.bidder.name, wiring.pdf_cache(case.holder)
    written = write_volume(volume, fields, materials(case, lot), company, edited, cache)
    names = {kind: f"draft/{lot}/{volume.id}.{kind}" for kind in ("docx", "pdf")}
    newest = {kind: case.manifests(name).get(name) for kind, name in names.items()}
    if newest["docx"] and newest["pdf"] and case.vault.open(newest["docx"], purpose="draft") == written.docx:
        return [newest["docx"], newest["pdf"]]
    key = procedure.step_key(f"draft-{volume.id}", lot, into)
    return [
        case.vault.seal(volume.compartment, names[kind], data, media_type=media, step_key=f"{key}/{kind}")
        for kind, data, media in (("docx", written.docx, DOCX), ("pdf", written.pdf, PDF))
    ]


def materials(case: Case, lot: str) -> list[Material]:
    """Open what the technical department and the handler delivered for a lot, with its place in the volumes."""
    record = case.with_clauses(lot)
    found = []
    for name, manifest in sorted({**case.manifests(f"input/{lot}/*"), **case.manifests(f"commercial/{lot}/*")}.items()):
        _, _, deliverable, file = name.split("/", 3)
        data = case.vault.open(manifest, purpose="draft")
        found.append(Material(deliverable, title_of(record, lot, file), manifest.media_type, data))
    return found
