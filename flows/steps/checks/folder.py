"""A folder of bid documents, with or without `tender.yaml`, as a bid under check."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.errors import TenderError
from flows.steps import read_tender
from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.residue import names_of, terms_of
from flows.steps.cost import read_cost
from flows.steps.library.reference import Shelf
from flows.steps.mistake import InvalidTender
from flows.steps.price import PriceOffer, PriceRefused, make_offer
from flows.steps.tender import Tender

_WORD, _PDF = (".docx", ".doc", ".docm"), (".pdf",)


class UnusableFolder(TenderError):
    """A folder in which there is nothing to check."""


def load_bid(
    folder: Path, now: datetime, lot: str = "", archive: Path | None = None, shelf: Shelf | None = None
) -> BidUnderCheck:
    """Return the bid that lies in a folder.

    Args:
        now: Aware time of the check.
        lot: Lot id; the first lot of `tender.yaml` when empty.
        archive: A folder of other tenders' folders, whose names and numbers must not occur in this bid.
        shelf: The company libraries that `tender.yaml` takes entries from; without it the rules that need them are
            HUMAN.

    Raises:
        UnusableFolder: no Word file and no PDF in the folder, or no such lot.
        InvalidTender: `tender.yaml` has mistakes; each is named.
    """
    record, unresolved = _record(folder, shelf)
    if record is not None and lot and lot not in {entry.id for entry in record.lots}:
        lots = ", ".join(entry.id for entry in record.lots)
        raise UnusableFolder("lot: found {lot}, expected one of {lots}; next: --lot", lot=lot, lots=lots)
    files = list(_bid_files(folder, record))
    if not files:
        raise UnusableFolder(
            "{folder}: found no bid document, expected .docx or .pdf files; next: name the folder that holds the bid",
            folder=folder,
        )
    return BidUnderCheck(
        record=record,
        documents=_read(folder, files, _WORD),
        pdfs=_read(folder, files, _PDF),
        offer=_offer(folder, record, lot),
        now=now,
        lot=lot,
        residue=terms_of([names_of(other) for other in _others(archive, record)]) if archive is not None else None,
        unresolved=unresolved,
    )


def _record(folder: Path, shelf: Shelf | None) -> tuple[Tender | None, dict[str, list[str]]]:
    names = (read_tender.YAML_NAME, read_tender.WORKBOOK_NAME)
    if not any((folder / name).is_file() for name in names):
        return None, {}
    if shelf is not None:
        return read_tender.read(folder, shelf), {}
    record, left_out = read_tender.read_without_library(folder)
    unresolved: dict[str, list[str]] = {}
    for path, item in left_out:
        unresolved.setdefault(str(path[0]), []).append(item)
    return record, unresolved


def _bid_files(folder: Path, record: Tender | None) -> Iterator[Path]:
    """Word files and PDF that are the bid, not what it was made from (the files that the record names)."""
    named: set[Path] = set()
    if record is not None:
        proofs = (record.qualifications, record.track_record, record.authorisations)
        files = [entry.file for entry in record.inputs] + [entry.file for group in proofs for entry in group]
        named = {(folder / file).resolve() for file in files if file}
    for path in sorted(folder.rglob("*")):
        hidden = path.name.startswith((".", "~$"))
        if path.is_file() and path.suffix.lower() in _WORD + _PDF and not hidden and path.resolve() not in named:
            yield path


def _read(folder: Path, files: list[Path], suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files by their path without suffix; of several that differ in it only, the others keep theirs."""
    found: dict[str, bytes] = {}
    kept = [path for path in files if path.suffix.lower() in suffixes]
    for path in sorted(kept, key=lambda path: suffixes.index(path.suffix.lower())):
        whole = path.relative_to(folder)
        name = whole.with_suffix("").as_posix()
        found[whole.as_posix() if name in found else name] = path.read_bytes()
    return found


def _offer(folder: Path, record: Tender | None, lot: str) -> PriceOffer | None:
    """The offer of the folder's cost sheet; a sheet with mistakes is `tender validate`'s matter."""
    if record is None:
        return None
    wanted = record.lot(lot) if lot else record.lots[0]
    name = record.cost.get(f"lot-{wanted.id}")
    if name is None:
        return None
    try:
        return make_offer(wanted, record.money, read_cost(folder / name, wanted))
    except (InvalidTender, PriceRefused):
        return None


def _others(archive: Path, record: Tender | None) -> Iterator[Tender]:
    for path in sorted(archive.glob(f"*/{read_tender.YAML_NAME}")):
        try:
            other, _ = read_tender.read_without_library(path.parent)
        except InvalidTender:
            continue
        if record is None or other.tender != record.tender:
            yield other
