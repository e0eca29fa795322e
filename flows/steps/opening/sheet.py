"""A table of an opening record as rows of named cells, whatever its file and the language of its headers."""

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path

from openpyxl.utils import get_column_letter

from flows.errors import TenderError
from flows.steps.workbook import Cell, open_sheets

Source = Path | tuple[str, bytes] | Sequence[Mapping[str, object]]
Headers = Mapping[str, tuple[str, ...]]
_UNIT_IN_HEADER = re.compile(r"^(.+?)[\((]([^()]*)[\))]$")


class OpeningError(TenderError):
    """An opening record or an outcome cannot be taken as it is."""


@dataclass(frozen=True)
class Quarantined:
    """One cell that keeps its row out of the archive; `reason` and `expected` are English message ids.

    `row` counts from 1 as in the file; 0 stands for the record as a whole.
    """

    sheet: str
    row: int
    column: str
    reason: str
    found: str
    expected: str

    def to_json(self) -> dict[str, object]:
        """Return the finding as a JSON value."""
        return asdict(self)


@dataclass(frozen=True)
class SheetRow:
    """One row: its sheet, its number in the file, its cells by field, and the unit that a header states, by field."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    units: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a cell's text in half-width characters, empty when the column is missing."""
        cell = self.cells.get(name)
        return unicodedata.normalize("NFKC", cell.text).strip() if cell else ""


def read_rows(source: Source, headers: Headers) -> list[SheetRow]:
    """Return every row under every header line found, sheets in order, empty rows left out.

    Args:
        source: an .xlsx or .csv path, a (name, content) pair, or typed rows keyed by field or header.
        headers: field → the headers under which it may stand, besides its own name.

    Raises:
        OpeningError: no header line, or a file of another kind.
    """
    rows = [row for name, grid in _grids(source).items() for row in _below_header(name, grid, headers)]
    if not rows:
        raise OpeningError(
            "opening record: no row under a header line, expected columns like {expected}; next: see the data model",
            expected=", ".join(list(headers)[:4]),
        )
    return rows


def name_of(source: Source) -> str:
    """Return the file name of a source, or `typed in`."""
    if isinstance(source, Path):
        return source.name
    return source[0] if _is_file(source) else "typed in"  # type: ignore[return-value]


def stated_unit(source: Source, currency: str) -> str:
    """Return the unit of amounts that state none: whole units for typed values and foreign money, none for a file.

    Files write 元 or 万元; which, must stand there.
    """
    typed = not isinstance(source, Path) and not _is_file(source)
    return "1" if typed or currency != "CNY" else ""


def _is_file(source: Source) -> bool:
    return isinstance(source, tuple) and len(source) == 2 and isinstance(source[1], bytes)


def _grids(source: Source) -> Mapping[str, Sequence[Sequence[Cell]]]:
    if isinstance(source, Path):
        return _grids((source.name, source.read_bytes()))
    if _is_file(source):
        name, content = source
        return _of_file(str(name), content)  # type: ignore[arg-type]
    return {"typed in": _of_mappings(source)}  # type: ignore[arg-type]


def _of_file(name: str, content: bytes) -> Mapping[str, Sequence[Sequence[Cell]]]:
    if name.lower().endswith(".csv"):
        return {name: _of_csv(content, name)}
    if name.lower().endswith(".xlsx"):
        return open_sheets(content, name)
    raise OpeningError("opening record: found {found}, expected an .xlsx or .csv file", found=name)


def _of_csv(content: bytes, name: str) -> list[list[Cell]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [[_cell(value, r, c) for c, value in enumerate(row)] for r, row in enumerate(csv.reader(StringIO(text)))]
    raise OpeningError("opening record: {found} is neither UTF-8 nor GB 18030 text; next: save it as UTF-8", found=name)


def _of_mappings(rows: Sequence[Mapping[str, object]]) -> list[list[Cell]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    grid = [names, *([_typed(row.get(name)) for name in names] for row in rows)]
    return [[_cell(value, r, c) for c, value in enumerate(line)] for r, line in enumerate(grid)]


def _typed(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _cell(text: str, row: int, column: int) -> Cell:
    return Cell(text.strip(), f"{get_column_letter(column + 1)}{row + 1}")


def _below_header(sheet: str, grid: Sequence[Sequence[Cell]], headers: Headers) -> list[SheetRow]:
    names = {plain(text): name for name, texts in headers.items() for text in (name, *texts)}
    for position, line in enumerate(grid):
        columns, units = _columns(line, names)
        if len(columns) >= 2:
            _refuse_doubled(sheet, position, columns)
            below = list(enumerate(grid))[position + 1 :]
            cells = ((number, {n: line[c] for c, n in columns.items() if c < len(line)}) for number, line in below)
            found = [SheetRow(sheet, number + 1, named, units) for number, named in cells]
            return [row for row in found if any(cell.text for cell in row.cells.values())]
    return []


def _columns(line: Sequence[Cell], names: Mapping[str, str]) -> tuple[dict[int, str], dict[str, str]]:
    columns, units = {}, {}
    for position, cell in enumerate(line):
        title, unit = plain(cell.text), ""
        if title not in names and (bracketed := _UNIT_IN_HEADER.match(title)):
            title, unit = bracketed[1], bracketed[2]
        if title in names:
            columns[position] = names[title]
            if unit:
                units[names[title]] = unit
    return columns, units


def _refuse_doubled(sheet: str, position: int, columns: Mapping[int, str]) -> None:
    names = list(columns.values())
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise OpeningError(
            "opening record: {sheet} row {row} has the column {found} twice, expected once; next: remove one",
            sheet=sheet,
            row=position + 1,
            found=doubled[0],
        )


def plain(text: str) -> str:
    """Return a header as it is compared: half-width, lower case, without spaces and underscores."""
    return re.sub(r"[\s_*]+", "", unicodedata.normalize("NFKC", text)).lower()
