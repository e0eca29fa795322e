"""What an item of the library becomes in a tender's record, by the group of entries that refers to it."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from flows.steps.library.item import Item, listed

_LONGEST = 60
Entry = dict[str, Any]
FOLDER = "library/"
"""Where an entry says that its proof file lies: in the library, not in the tender folder."""


def file_of(item: Item) -> str:
    """Return the name of an item's proof file in a record: what contents lists print, and the id for uniqueness."""
    if item.proof is None:
        return ""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]|\.\.', " ", item.name)[:_LONGEST].strip()
    return f"{FOLDER}{plain} {item.id}{PurePosixPath(item.proof.name).suffix.lower()}"


def entry_of(item: Item, group: str, mark: str, written: Mapping[str, Any]) -> Entry | str:
    """Return an entry of a record, as text values, filled from an item.

    Args:
        group: `qualifications`, `track_record`, `authorisations`, `inputs`, `signer` or `extra`.
        mark: department, id and version, kept in the entry.
        written: what the tender says beside the reference.
    """
    if group == "extra":
        return item.text if item.kind == "text" else {**_of_extra(item), "library": mark}
    filled = {**_ENTRIES[group](item), **{key: value for key, value in written.items() if key != "library"}}
    if group != "signer":
        filled["library"] = mark
    return {key: value for key, value in filled.items() if value not in (None, "")}


def _qualification(item: Item) -> Entry:
    is_person = item.kind == "person"
    return {
        "kind": item.code or item.kind,
        "name": item.fields.get("certificate") or item.name,
        "number": item.number,
        "valid_to": _day(item),
        "file": file_of(item),
        "person": item.name if is_person else "",
    }


def _project(item: Item) -> Entry:
    return {"project": item.name, **item.fields, "file": file_of(item)}


def _authorisation(item: Item) -> Entry:
    models = list(listed(item.fields.get("models", "")))
    entry = {"manufacturer": item.fields["manufacturer"], "valid_to": _day(item), "file": file_of(item)}
    return {**entry, "models": models} if models else entry


def _input(item: Item) -> Entry:
    return {"file": file_of(item)}


def _signer(item: Item) -> Entry:
    shown = {name: item.fields.get(name, "") for name in ("id_number", "title", "phone")}
    return {"name": item.name, **shown}


def _of_extra(item: Item) -> Entry:
    named = {"project": item.name} if item.kind == "track-record" else {"name": item.name, "number": item.number}
    return {**named, **item.fields}


def _day(item: Item) -> str:
    return item.valid_to.isoformat() if item.valid_to else ""


_ENTRIES: Mapping[str, Callable[[Item], Entry]] = {
    "qualifications": _qualification,
    "track_record": _project,
    "authorisations": _authorisation,
    "inputs": _input,
    "signer": _signer,
}
