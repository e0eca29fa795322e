"""Delivered material of a bid and the title that it carries in the contents, taken from the tender's record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from flows.steps.tender import Clause, Tender


@dataclass(frozen=True)
class Material:
    """One delivered document: its deliverable, title in the contents, media type and content."""

    deliverable: str
    title: str
    media_type: str
    data: bytes


def title_of(tender: Tender, lot_id: str, file: str) -> str:
    """Return the title under which a delivered file stands in the contents.

    The record's name comes first (licence, project, manufacturer), then the clause that the file proves, then the file
    name without its ending.

    Args:
        tender: The record; the lot holds its clauses.
        file: The file's name without folders.
    """
    named = (title for name, title in _named(tender) if PurePosixPath(name).name == file)
    proofs = (title for clause in tender.lot(lot_id).clauses if (title := _proof(clause, file)))
    return next(named, None) or next(proofs, None) or PurePosixPath(file).stem.replace("_", " ").strip() or file


def _named(tender: Tender) -> Iterator[tuple[str, str]]:
    """The files that the record names, with their titles."""
    for qualification in tender.qualifications:
        person = f"（{qualification.person}）" if qualification.person else ""
        yield qualification.file or "", qualification.name + person
    for project in tender.track_record:
        yield project.file or "", project.project
    for authorisation in tender.authorisations:
        yield authorisation.file or "", " ".join((authorisation.manufacturer, *authorisation.models))
    for entry in tender.inputs:
        if entry.library:
            item_id = entry.library.partition("/")[2].partition("@")[0]
            yield entry.file, PurePosixPath(entry.file).stem.removesuffix(f" {item_id}")


def _proof(clause: Clause, file: str) -> str:
    """The evidence that a clause names beside a file, "1.12 检测报告"; empty when it does not name the file."""
    before, found, after = clause.evidence.partition(file)
    words = f"{before} {after}".strip(" ,，、;；:：()（）")
    return f"{clause.clause} {words}" if found and words else ""
