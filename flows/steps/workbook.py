"""Reading and writing small Excel tables as text, with the place of every cell.

openpyxl is imported where a workbook is opened: it takes half a second, and most commands open none.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from flows.errors import TenderError
from flows.steps.mistake import InvalidTender, Mistake
from templates import guard
from templates.errors import TemplateError

MOST_ROWS = 100_000


@dataclass(frozen=True)
class Cell:
    """One cell as text; `number` is set when Excel holds a number."""

    text: str
    place: str
    number: Decimal | None = None


Row = Mapping[str, Cell]


def open_sheets(content: bytes, file: str) -> Mapping[str, Sequence[Sequence[Cell]]]:
    """Return every sheet of a workbook as rows of cells; InvalidTender when `content` is no harmless workbook."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        guard.check(file if file.lower().endswith(".xlsx") else f"{file}.xlsx", content)
        book = openpyxl.load_workbook(BytesIO(content), data_only=True, keep_links=False)
    except TemplateError as refused:
        raise InvalidTender([Mistake(file, "file", str(refused), "an Excel workbook (.xlsx)")]) from refused
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, SyntaxError) as error:
        raise InvalidTender([Mistake(file, "file", type(error).__name__, "an Excel workbook (.xlsx)")]) from error
    return {sheet.title: [[_cell(c, sheet.title) for c in row] for row in _rows(sheet)] for sheet in book.worksheets}


def _rows(sheet: Any) -> Iterable[Sequence[Any]]:
    if sheet.max_row > MOST_ROWS:
        raise TenderError(
            "workbook: found {found} rows, expected at most {expected}; next: split it",
            found=sheet.max_row,
            expected=MOST_ROWS,
        )
    rows: Iterable[Sequence[Any]] = sheet.iter_rows()
    return rows


def _cell(cell: Any, sheet: str) -> Cell:
    value, place = cell.value, f"{sheet}!{cell.coordinate}"
    if value is None:
        return Cell("", place)
    if isinstance(value, bool):
        return Cell(str(value).lower(), place)
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format), place)
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return Cell(value.date().isoformat() if midnight else value.isoformat(timespec="minutes"), place)
    if isinstance(value, date):
        return Cell(value.isoformat(), place)
    return Cell(str(value).strip(), place)


def _number(value: int | float, number_format: str, place: str) -> Cell:
    """A number's text keeps the decimals it shows, so that clause 1.10 does not become 1.1."""
    number = Decimal(repr(value))
    shown = re.fullmatch(r"0\.(0+)", number_format)
    if shown and -number.as_tuple().exponent <= len(shown[1]):  # type: ignore[operator]
        return Cell(f"{number:.{len(shown[1])}f}", place, number)
    text = f"{number:f}"
    return Cell(text.removesuffix(".0"), place, number)


def table(rows: Sequence[Sequence[Cell]], headers: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return the rows under the first row that holds a known header, by field name; empty rows are left out.

    Args:
        headers: field name → the headers (Chinese, English) under which it may stand.
    """
    names = {_plain(text): field for field, texts in headers.items() for text in (field, *texts)}
    for position, row in enumerate(rows):
        columns = {c: names[_plain(cell.text)] for c, cell in enumerate(row) if _plain(cell.text) in names}
        if len(set(columns.values())) >= min(2, len(headers)):
            below = [{field: row[c] for c, field in columns.items() if c < len(row)} for row in rows[position + 1 :]]
            return [row for row in below if any(cell.text for cell in row.values())]
    return []


def _plain(text: str) -> str:
    return re.sub(r"[\s_()（）]+", "", text).lower()


def write(sheets: Mapping[str, Sequence[Sequence[str | Decimal]]], widths: Sequence[int] = ()) -> bytes:
    """Return a workbook whose first row per sheet is a header; text stays text, even `=1+1`."""
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for position, width in enumerate(widths):
            sheet.column_dimensions[get_column_letter(position + 1)].width = width
        for number, row in enumerate(rows):
            sheet.append([_styled(sheet, value, header=number == 0) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _styled(sheet: Any, value: str | Decimal, *, header: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill

    if isinstance(value, str):
        illegal = ILLEGAL_CHARACTERS_RE.search(value)
        if illegal:
            raise TenderError(
                "workbook: found the control character {found}, expected printable text; next: remove it",
                found=f"U+{ord(illegal[0]):04X}",
            )
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if header:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
    return cell
