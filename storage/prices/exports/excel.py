"""The price archive as an Excel workbook: the tables, and the views that analysts ask for first."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from storage.prices.place import ArchiveError
from storage.prices.queries import connect
from storage.prices.tables import PriceArchive

SHEETS = (
    "bids",
    "bid_lines",
    "outcomes",
    "win_rates",
    "discount_by_company",
    "head_to_head",
    "gap_to_second",
)
MOST_ROWS = 1_048_575
_FORMATS = {2: "#,##0.00", 4: "0.00", 6: "0.0000"}


def write_excel(archive: PriceArchive, path: Path) -> dict[str, int]:
    """Write the archive to `path` (.xlsx) and return the rows per sheet.

    Text stays text, even `=1+1`; money stays a number with its decimals.

    Raises:
        ArchiveError: more rows than an Excel sheet holds.
    """
    book = openpyxl.Workbook(write_only=True)
    counts = {}
    with connect(archive) as connection:
        for name in SHEETS:
            rows = connection.sql(f"SELECT * FROM {name} ORDER BY ALL").to_arrow_table()
            _refuse_too_many(name, rows.num_rows)
            _add_sheet(book, name, rows)
            counts[name] = rows.num_rows
    book.save(path)
    return counts


def _refuse_too_many(name: str, count: int) -> None:
    if count > MOST_ROWS:
        raise ArchiveError(
            "excel: {sheet} has {found} rows, a sheet holds {expected}; next: use tender prices sql with a filter",
            sheet=name,
            found=count,
            expected=MOST_ROWS,
        )


def _add_sheet(book: Any, name: str, rows: pa.Table) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for position, column in enumerate(rows.column_names):
        sheet.column_dimensions[get_column_letter(position + 1)].width = max(12, min(28, len(column) + 4))
    sheet.append([_header(sheet, column) for column in rows.column_names])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, rows.num_columns))}{rows.num_rows + 1}"
    for batch in rows.to_batches():
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append(_cells(sheet, values))


def _header(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE6F0")
    return cell


def _cells(sheet: Any, values: Sequence[object]) -> list[Any]:
    return [_cell(sheet, value) for value in values]


def _cell(sheet: Any, value: object) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
        cell.data_type = "s"
        return cell
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = _FORMATS.get(-int(value.as_tuple().exponent), "General")
        return cell
    # Excel knows no time zones: times are shown in UTC.
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
