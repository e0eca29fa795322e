"""Writes the volumes of a bid that carry no price: technical and commercial, as Word and PDF, sealed at once."""

from functools import partial

from flows.case import Case
from flows.stepping import run_step
from flows.steps import procedure
from flows.steps.fields import fields_of
from flows.steps.material import Material, title_of
from flows.steps.write_volumes import write_volume
from storage.manifest import Manifest
from templates import catalogue
from templates.catalogue import Volume

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def write_drafts(case: Case) -> None:
    """Write every volume without a price for every open lot, unless it stands for the present inputs."""
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
    """Write one volume of a lot and seal its Word and PDF form into the volume's compartment."""
    written = write_volume(volume, fields, materials(case, lot), case.record.bidder.name)
    key = procedure.step_key(f"draft-{volume.id}", lot, into)
    return [
        case.vault.seal(
            volume.compartment, f"draft/{lot}/{volume.id}.{kind}", data, media_type=media, step_key=f"{key}/{kind}"
        )
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
