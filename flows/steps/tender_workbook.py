"""`tender.xlsx`, the workbook form of `tender.yaml`.

Sheet `tender` has two columns, key and value, with dotted keys (`bidder.name`) and lists split by commas; the sheets
`lots`, `items`, `clauses`, `inputs`, `qualifications`, `track_record` are tables with the keys as headers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.steps.clauses import HEADERS, clauses_of
from flows.steps.mistake import InvalidTender, Mistake
from flows.steps.raw_values import Raw
from flows.steps.workbook import Cell, open_sheets, table

_TABLES = ("lots", "inputs", "qualifications", "track_record", "authorisations", "addenda", "consortium")
_LISTS = ("people.technical", "people.pricing", "limits.file_formats", "limits.qualifications", "limits.blind_volumes",
          "affiliates")  # fmt: skip


def read_workbook(content: bytes, file: str) -> Raw:
    """Return the raw values of a tender workbook, placed by `sheet!cell`."""
    raw = Raw(file, data={})
    sheets = open_sheets(content, file)
    raw.places[()] = f"{next(iter(sheets))}!A1"
    if "tender" not in sheets:
        raw.mistakes.append(Mistake(file, "file", ", ".join(sheets), "a sheet named tender"))
    for row in sheets.get("tender", ()):
        _keyed(raw, row)
    for name in _TABLES:
        if name in sheets:
            raw.data[name] = [_entry(raw, row, (name, p)) for p, row in enumerate(_rows(sheets[name]))]
    _nest(raw, sheets, "items")
    _clauses(raw, sheets)
    return raw


def _keyed(raw: Raw, row: Sequence[Cell]) -> None:
    if len(row) < 2 or not row[0].text or not row[1].text or row[0].text.startswith("#"):
        return
    keys = row[0].text.split(".")
    target = raw.data
    for key in keys[:-1]:
        target = target.setdefault(key, {})
        if not isinstance(target, dict):
            raw.mistakes.append(Mistake(raw.file, row[0].place, row[0].text, "a key that stands under a group"))
            return
    raw.places[tuple(keys)] = row[1].place
    text = row[1].text
    target[keys[-1]] = [t.strip() for t in text.replace("，", ",").split(",")] if row[0].text in _LISTS else text


def _rows(rows: Sequence[Sequence[Cell]]) -> Sequence[Mapping[str, Cell]]:
    if not rows:
        return ()
    headers = {cell.text: () for cell in rows[0] if cell.text}
    return table(rows, headers)


def _entry(raw: Raw, row: Mapping[str, Cell], path: tuple[str | int, ...]) -> dict[str, Any]:
    raw.places[path] = next(iter(row.values())).place
    for key, cell in row.items():
        raw.places[(*path, key)] = cell.place
    return {key: cell.text for key, cell in row.items() if cell.text}


def _nest(raw: Raw, sheets: Mapping[str, Sequence[Sequence[Cell]]], name: str) -> None:
    for row in _rows(sheets.get(name, ())):
        position = _lot_position(raw, row)
        if position is None:
            continue
        entries = raw.data["lots"][position].setdefault(name, [])
        plain = {key: cell for key, cell in row.items() if key != "lot"}
        entries.append(_entry(raw, plain, ("lots", position, name, len(entries))))


def _clauses(raw: Raw, sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    by_lot: dict[int, list[Mapping[str, Cell]]] = {}
    for row in table(sheets.get("clauses", ()), {**HEADERS, "lot": ("标段",)}):
        position = _lot_position(raw, row)
        if position is not None:
            by_lot.setdefault(position, []).append({k: c for k, c in row.items() if k != "lot"})
    for position, rows in by_lot.items():
        try:
            raw.data["lots"][position]["clauses"] = [c.model_dump() for c in clauses_of(rows, raw.file)]
        except InvalidTender as error:
            raw.mistakes.extend(error.mistakes)


def _lot_position(raw: Raw, row: Mapping[str, Cell]) -> int | None:
    lots = raw.data.get("lots", [])
    wanted = row["lot"].text if "lot" in row else (str(lots[0].get("id")) if len(lots) == 1 else "")
    for position, lot in enumerate(lots):
        if str(lot.get("id")) == wanted:
            return position
    cell = row.get("lot") or next(iter(row.values()))
    raw.mistakes.append(Mistake(raw.file, cell.place, f"lot {wanted}", "a lot of this tender"))
    return None
