"""A tender folder (`tender.yaml` or `tender.xlsx`, clause workbooks, named files) read once into a `Tender`."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.steps.clauses import read_clauses
from flows.steps.expected import expected_of, first_hand
from flows.steps.library.reference import KEY as LIBRARY
from flows.steps.library.reference import Shelf, Used, leave_out, references, resolve, validity
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.raw_values import Raw, read_yaml
from flows.steps.tender import Tender
from flows.steps.tender_workbook import read_workbook
from templates import own_set
from templates.errors import TemplateError

Location = tuple[str | int, ...]
YAML_NAME, WORKBOOK_NAME = "tender.yaml", "tender.xlsx"


def library_references(folder: Path) -> list[tuple[Location, str]]:
    """Return where a folder refers to company libraries, and to which item (`<department>/<id>`).

    Raises:
        InvalidTender: the folder holds no record that can be read.
    """
    return list(references(_raw(folder).data))


def read(folder: Path, shelf: Shelf | None = None, record: Mapping[str, Any] | None = None) -> Tender:
    """Return the tender of a folder.

    Args:
        shelf: the company libraries that entries may be taken from; without it a reference to one is a mistake.
        record: the sealed record of the same tender once it is opened, as JSON values; see `resolve`.

    Raises:
        InvalidTender: with every mistake of `tender.yaml` (or `tender.xlsx`) and of the files that it names.
    """
    raw = _raw(folder)
    used, unfilled = resolve(raw, shelf, record)
    return _right(*_looked_at(raw, folder, used, unfilled))


def read_without_library(folder: Path) -> tuple[Tender, list[tuple[Location, str]]]:
    """Return the tender of a folder without what it takes from company libraries, and what that is.

    Returns:
        The tender, and of each entry left out where it stood and to which item (`<department>/<id>`) it refers.

    Raises:
        InvalidTender: as `read`.
    """
    raw = _raw(folder)
    _tender, mistakes = _looked_at(raw, folder, [], [path for path, _item in references(raw.data)])
    if mistakes:
        raise InvalidTender(mistakes)
    left_out = leave_out(raw)
    return _right(*_validated(raw, [])), left_out


def _looked_at(
    raw: Raw, folder: Path, used: Sequence[Used], unfilled: Sequence[Location]
) -> tuple[Tender | None, list[Mistake]]:
    mistakes = list(raw.mistakes)
    if not isinstance(raw.data, dict):
        return None, mistakes or [Mistake(raw.file, "line 1, column 1", "nothing", "a tender record")]
    mistakes += _inline_clauses(raw, folder)
    mistakes += _missing_files(raw, folder)
    mistakes += _own_set(raw, folder)
    tender, faults = _validated(raw, unfilled)
    mistakes += faults + list(_across(raw))
    mistakes += validity(raw, tender, used) if tender is not None else []
    return tender, sorted(set(mistakes), key=_order)


def _right(tender: Tender | None, mistakes: list[Mistake]) -> Tender:
    if tender is None or mistakes:
        raise InvalidTender(mistakes)
    return tender


def _order(mistake: Mistake) -> tuple[str, tuple[int, ...], str]:
    numbers = tuple(int(part) for part in mistake.place.replace(",", " ").split() if part.isdigit())
    return mistake.file, numbers, mistake.place


def _raw(folder: Path) -> Raw:
    if (folder / YAML_NAME).is_file():
        try:
            return read_yaml((folder / YAML_NAME).read_text(encoding="utf-8-sig"), YAML_NAME)
        except UnicodeDecodeError as error:
            raise InvalidTender(
                [Mistake(YAML_NAME, f"byte {error.start}", "bytes of another encoding", "UTF-8 text")]
            ) from error
    if (folder / WORKBOOK_NAME).is_file():
        return read_workbook((folder / WORKBOOK_NAME).read_bytes(), WORKBOOK_NAME)
    raise InvalidTender([Mistake(YAML_NAME, "file", "no such file", "tender.yaml or tender.xlsx in the folder")])


def _inline_clauses(raw: Raw, folder: Path) -> list[Mistake]:
    """Replace a lot's clause workbook name by its rows, and read a list of clauses where one is written."""
    mistakes: list[Mistake] = []
    for position, lot in _lots(raw.data):
        name = lot.get("clauses")
        if not isinstance(name, str):
            continue
        lot["clauses"] = []
        path = _inside(folder, name)
        if path is None or not path.is_file():
            mistakes.append(
                Mistake(raw.file, raw.place(("lots", position, "clauses")), name, "a workbook in the tender folder")
            )
            continue
        try:
            lot["clauses"] = [clause.model_dump() for clause in read_clauses(path.read_bytes(), name)]
        except InvalidTender as error:
            mistakes.extend(error.mistakes)
    return mistakes


def _inside(folder: Path, name: str) -> Path | None:
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _missing_files(raw: Raw, folder: Path) -> list[Mistake]:
    named: list[tuple[tuple[str | int, ...], Any]] = [
        ((group, position, "file"), entry.get("file"))
        for group in ("inputs", "qualifications", "track_record", "authorisations")
        for position, entry in _entries(raw.data, group)
    ]
    cost = raw.data.get("cost")
    named += [(("cost", key), name) for key, name in cost.items()] if isinstance(cost, dict) else []
    mistakes = []
    for path, name in named:
        if LIBRARY in _entry(raw.data, path):
            continue
        inside = _inside(folder, name) if isinstance(name, str) and "\x00" not in name else None
        if isinstance(name, str) and (inside is None or not inside.is_file()):
            mistakes.append(Mistake(raw.file, raw.place(path), name, "a file in the tender folder"))
    return mistakes


def _own_set(raw: Raw, folder: Path) -> list[Mistake]:
    """Replace `./folder` by the name that the set in it has by its content."""
    name = raw.data.get("set")
    if not isinstance(name, str) or not name.startswith("./"):
        return []
    raw.data["set"] = own_set.OWN  # so that one mistake is told once
    inside = _inside(folder, name) if "\x00" not in name else None
    if inside is None or not (inside / "set.toml").is_file():
        return [Mistake(raw.file, raw.place(("set",)), name, "a folder of the tender folder with a set.toml")]
    try:
        raw.data["set"] = own_set.take_in(inside)
    except TemplateError as error:
        return [Mistake(raw.file, raw.place(("set",)), str(error), "a template set; tender templates check says more")]
    return []


def _entry(data: Any, path: Location) -> Any:
    """Return what the last key of a path stands in."""
    for part in path[:-1]:
        data = data[part]
    return data


def _validated(raw: Raw, unfilled: Sequence[Location]) -> tuple[Tender | None, list[Mistake]]:
    try:
        return Tender.model_validate(raw.data), []
    except ValidationError as error:
        mistakes = []
        for fault in first_hand(error.errors()):
            if any(fault["loc"][: len(path)] == path for path in unfilled):
                continue
            path = tuple(part for part in fault["loc"] if part != "[key]")
            found, expected = expected_of(fault)
            mistakes.append(Mistake(raw.file, raw.place(path), f"{_dotted(path)}: {found}", expected))
        return None, mistakes


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path)


def _across(raw: Raw) -> Sequence[Mistake]:
    """Mistakes that only show between entries; tolerant, so that they are named beside those inside entries."""
    data, notes = raw.data, Raw(raw.file, places=raw.places)
    lots = [str(lot.get("id")) for _position, lot in _lots(data)]
    _doubled(notes, "lots", [(("lots", p, "id"), str(lot.get("id"))) for p, lot in _lots(data)])
    for position, lot in _lots(data):
        items = _entries(lot, "items")
        _doubled(notes, "items", [(("lots", position, "items", p, "no"), str(item.get("no"))) for p, item in items])
        if lot.get("bond_amount") is not None and data.get("bond") is None:
            path = ("lots", position, "bond_amount")
            notes.mistake(path, str(lot["bond_amount"]), "an amount only beside bond: with form and due")
        clauses = _entries(lot, "clauses")
        if ("lots", position, "clauses", 0) in raw.places:
            _doubled(notes, "clauses", [(("lots", position, "clauses", p), str(c.get("clause"))) for p, c in clauses])
    for position, entry in _entries(data, "inputs"):
        if str(entry.get("lot")) not in (*lots, "-"):
            notes.mistake(("inputs", position, "lot"), f"lot {entry.get('lot')}", "a lot of this tender")
    for key in data.get("cost") if isinstance(data.get("cost"), dict) else ():
        if key.removeprefix("lot-") not in lots:
            notes.mistake(("cost", key), key, "lot-<id of a lot of this tender>")
    _dates(notes, data)
    _people(notes, data)
    return notes.mistakes


def _doubled(notes: Raw, kind: str, named: Sequence[tuple[tuple[str | int, ...], str]]) -> None:
    seen = set[str]()
    for path, value in named:
        if value in seen:
            notes.mistake(path, f"{value} again in {kind}", "every id once")
        seen.add(value)


def _dates(notes: Raw, data: Mapping[str, Any]) -> None:
    issued, sign = _date(data.get("issued")), _date(data.get("sign_date"))
    deadline = _date(str(data.get("deadline"))[:10])
    if issued and sign and sign < issued:
        notes.mistake(("sign_date",), str(sign), "a date not before issued")
    if deadline and sign and sign > deadline:
        notes.mistake(("sign_date",), str(sign), "a date not after the deadline")
    owed = data.get("deliverables")
    for name, day in owed.items() if isinstance(owed, dict) else ():
        due = _date(day)
        if due and ((issued and due < issued) or (deadline and due > deadline)):
            notes.mistake(("deliverables", name), str(due), "a date between issued and the deadline")
    if deadline and issued and deadline < issued:
        notes.mistake(("deadline",), str(deadline), "a time after issued")


def _people(notes: Raw, data: Mapping[str, Any]) -> None:
    people = data.get("people")
    if not isinstance(people, dict):
        return
    if people.get("handler") is not None and people.get("reviewer") == people.get("handler"):
        notes.mistake(("people", "reviewer"), str(people["reviewer"]), "another person than the handler")
    if people.get("handler") is not None and people.get("leader") == people.get("handler"):
        notes.mistake(("people", "leader"), str(people["leader"]), "another person than the handler")
    panel = people.get("panel")
    for function, person in panel.items() if isinstance(panel, dict) else ():
        if person in (people.get("handler"), people.get("leader")):
            notes.mistake(("people", "panel", function), str(person), "another person than the handler and the leader")
    group, quorum = people.get("pricing"), str(people.get("quorum", "1"))
    if isinstance(group, list) and quorum.isdigit() and int(quorum) > len(set(map(str, group))):
        notes.mistake(("people", "quorum"), quorum, "at most as many as there are people in pricing")


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _lots(data: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return _entries(data, "lots")


def _entries(data: Mapping[str, Any], group: str) -> list[tuple[int, dict[str, Any]]]:
    entries = data.get(group)
    return [(p, e) for p, e in enumerate(entries) if isinstance(e, dict)] if isinstance(entries, list) else []
