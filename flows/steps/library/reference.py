"""`library: ID` in a tender folder: the entry takes its data and proof file from the company library.

The entry is filled from the item when the folder is read, so the record stands by itself afterwards and says which
version it took. What is retired, expired or not valid yet is refused (SJE/ZY/GK-02 art. 2).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from flows.steps.library.entries import entry_of, file_of
from flows.steps.library.item import Item
from flows.steps.mistake import Mistake
from flows.steps.raw_values import Path, Raw
from flows.steps.tender import Tender

KEY = "library"
Shelf = Mapping[str, Item]
"""The newest version of every item that may be used or has been retired, by `<department>/<id>`."""

_PAPERS = ("licence", "certificate", "person", "equipment", "financial-year")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "qualifications": _PAPERS,
    "track_record": ("track-record",),
    "authorisations": ("authorisation",),
    "signer": ("person",),
}
"""The kinds that fit into a group of entries; a group without a row takes every kind."""
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "qualifications": ("kind",),
    "inputs": ("lot", "deliverable", "volume", "section"),
    "signer": ("since", "until"),
}
"""The keys that may stand beside a reference: what is the tender's, not the item's."""
_GROUPS = ("qualifications", "track_record", "authorisations", "inputs", "signer", "extra")


@dataclass(frozen=True)
class Used:
    """An item that an entry was filled from, and where that entry stands."""

    path: Path
    item: Item


def references(data: Any) -> Iterator[tuple[Path, str]]:
    """Yield where a record refers to the library and to which item, as `<department>/<id>`.

    A reference that names no department means the library of the tender's own.
    """
    for group in _GROUPS if isinstance(data, dict) else ():
        for path, entry in _mappings(data.get(group), (group,)):
            if KEY in entry:
                wanted = str(entry[KEY])
                yield path, wanted if "/" in wanted else f"{data.get('department')}/{wanted}"


def _mappings(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(children):
        yield from _mappings(child, (*path, key))


def resolve(raw: Raw, shelf: Shelf | None, record: Mapping[str, Any] | None) -> tuple[list[Used], list[Path]]:
    """Fill every entry that refers to the library; what is wrong becomes a mistake of `raw`.

    Args:
        shelf: the libraries that may be used; None where nobody said whose library to open.
        record: the sealed record of a tender that has been opened: an entry stays as it was filled then, so that
            who delivers inputs need not read the library of those who opened it. Inputs are filled anew.

    Returns:
        What was used, and the paths of the entries that could not be filled.
    """
    used, unfilled = list[Used](), list[Path]()
    for path, reference in list(references(raw.data)):
        before = _taken_before(record, path, reference)
        if before is not None and path[0] != "inputs":
            _put(raw.data, path, before)
            continue
        item = _found(raw, (*path, KEY), reference, shelf)
        if item is None or not _fits(raw, path, item):
            unfilled.append(path)
            continue
        used.append(Used(path, item))
        entry = entry_of(item, str(path[0]), f"{reference}@{item.version}", _at(raw.data, path))
        _put(raw.data, path, _named_as_before(entry, before))
    return used, unfilled


def leave_out(raw: Raw) -> list[tuple[Path, str]]:
    """Take every entry out that refers to the library, and return what was taken: where it stood and to which item.

    A record needs a signer: of one by reference the reference stands for the name.
    """
    found = list(references(raw.data))
    for path, reference in reversed(found):  # from the end, so that the places of the others stay
        if path[0] == "signer":
            raw.data["signer"] = {"name": reference}
        else:
            del _at(raw.data, path[:-1])[path[-1]]
    return found


def _taken_before(record: Mapping[str, Any] | None, path: Path, reference: str) -> Any:
    """Return what an entry was filled with when the tender was opened; None where the record holds another."""
    value: Any = record or {}
    for part in path:
        inside = isinstance(value, dict) or (isinstance(value, list) and isinstance(part, int) and part < len(value))
        value = (value.get(part) if isinstance(value, dict) else value[part]) if inside else None
    unmarked = path[0] == "signer" or isinstance(value, str)
    marked = isinstance(value, dict) and str(value.get(KEY, "")).partition("@")[0] == reference
    return value if marked or unmarked else None


def _named_as_before(entry: Any, before: Any) -> Any:
    """Keep the file name that the record expects, though the item may have another name by now."""
    if before and PurePosixPath(before["file"]).suffix == PurePosixPath(entry["file"]).suffix:
        return {**entry, "file": before["file"]}
    return entry


def _found(raw: Raw, path: Path, reference: str, shelf: Shelf | None) -> Item | None:
    if shelf is None:
        raw.mistake(
            path, reference, "the data itself here; the library is read by tender validate --as PERSON and tender open"
        )
        return None
    item = shelf.get(reference)
    if item is None:
        raw.mistake(path, reference, "an item of the library; tender library list shows them")
    elif item.retired:
        raw.mistake(path, f"{item.id}, retired: {item.retired.reason}", "an item in use")
        return None
    return item


def _fits(raw: Raw, path: Path, item: Item) -> bool:
    group, before = str(path[0]), len(raw.mistakes)
    for key in _at(raw.data, path):
        if key != KEY and key not in _BESIDE.get(group, ()):
            raw.mistake((*path, key), f"{key} beside library", "what the item says alone, or no library")
    if item.kind not in _KINDS.get(group, (item.kind,)):
        raw.mistake((*path, KEY), f"{item.id}: {item.kind}", "an item of a kind that fits here")
    if group == "inputs" and not file_of(item):
        raw.mistake((*path, KEY), f"{item.id} without file", "an item with a file")
    return len(raw.mistakes) == before


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _put(data: Any, path: Path, value: object) -> None:
    _at(data, path[:-1])[path[-1]] = value


def validity(raw: Raw, tender: Tender, used: Sequence[Used]) -> list[Mistake]:
    """Return a mistake for each item used that is not valid when the tender needs it.

    An item is valid through the whole of its last day, in its own time zone.
    """
    until, contract = needed_until(tender), tender.limits.certificates_until == "contract-end"
    late = "an item valid on the day the contract ends" if contract else "an item valid on the day of the deadline"
    mistakes = []
    for each in used:
        item, place = each.item, raw.place((*each.path, KEY))
        if item.valid_to and item.valid_to < (day := item.today(until)):
            found = f"{item.id} {item.name}: {item.valid_to} < {day}"
            mistakes.append(Mistake(raw.file, place, found, late))
        elif item.valid_from and item.valid_from > (day := item.today(tender.deadline)):
            found = f"{item.id} {item.name}: {item.valid_from} > {day}"
            mistakes.append(Mistake(raw.file, place, found, "an item valid on the day of the deadline"))
    return mistakes


def needed_until(tender: Tender) -> datetime:
    """Return until when the tender's certificates must be valid: the deadline, or the end of the longest contract.

    The contract's end is counted as rule R27 does: deadline, bid validity, delivery.
    """
    if tender.limits.certificates_until == "deadline":
        return tender.deadline
    return tender.deadline + timedelta(days=tender.validity_days + max(lot.delivery_days for lot in tender.lots))
