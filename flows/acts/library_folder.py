"""A tender folder whose entries may come from company libraries: read for a person, proof files taken along."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from flows.acts.library import Library, open_library
from flows.case import Case
from flows.steps.library.item import Item
from flows.steps.library.reference import Shelf
from flows.steps.read_technical_inputs import InputFile
from flows.steps.read_tender import library_references, read
from flows.steps.tender import Authorisation, Input, Project, Qualification, Tender

Files = Mapping[str, InputFile]
"""Files that entries took from libraries, by the names that they bear in the record."""
_Entry = Qualification | Project | Authorisation | Input


def read_to_open(folder: Path, person: str) -> tuple[Tender, Files]:
    """Return the tender of a folder and the files that its entries take from libraries.

    A folder that refers to no library is read without opening one.

    Raises:
        InvalidTender: as `read`; also an item that is unknown, retired, of a kind that does not fit, or not valid when
            the tender needs it.
        UnknownLibrary, ClosedLibrary: a library that is not there, or not this person's to read.
    """
    libraries = _libraries(person, (reference for _path, reference in library_references(folder)))
    tender = read(folder, _shelf(libraries))
    entries: list[_Entry] = [*tender.qualifications, *tender.track_record, *tender.authorisations]
    return tender, dict(_files(tender, entries, libraries))


def read_to_deliver(folder: Path, person: str, case: Case) -> tuple[Tender, Files]:
    """Return the tender of a folder and the files that its inputs take from libraries. See `read_to_open`.

    Args:
        case: the opened tender; entries other than inputs stay as they were filled when it was opened.
    """
    wanted = (reference for path, reference in library_references(folder) if path[0] == "inputs")
    libraries = _libraries(person, wanted)
    tender = read(folder, _shelf(libraries), case.record.record())
    return tender, dict(_files(tender, tender.inputs, libraries))


def shelf_of(folder: Path, person: str) -> Shelf:
    """Return the items of every library that a folder refers to. See `read_to_open` for errors."""
    return _shelf(_libraries(person, (reference for _path, reference in library_references(folder))))


def _libraries(person: str, references: Iterable[str]) -> list[Library]:
    departments = {reference.partition("/")[0] for reference in references}
    return [open_library(person, department) for department in sorted(departments)]


def _shelf(libraries: Iterable[Library]) -> dict[str, Item]:
    return {f"{library.department}/{key}": item for library in libraries for key, item in library.items().items()}


def _files(tender: Tender, entries: Iterable[_Entry], libraries: Iterable[Library]) -> Iterator[tuple[str, InputFile]]:
    known = {library.department: (library, library.items()) for library in libraries}
    for entry in entries:
        if entry.library and entry.file:
            department, _, item_id = entry.library.partition("@")[0].partition("/")
            library, items = known[department]
            file = library.proof(items[item_id], f"tender {tender.tender}")
            yield entry.file, InputFile(PurePosixPath(entry.file).name, file.data, file.media_type, file.sha256)
