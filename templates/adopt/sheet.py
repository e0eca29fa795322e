"""The small table that a person goes through: every blank of the form, the field proposed for it, and who confirmed.

openpyxl is imported where it is used: it takes half a second, and what imports this module seldom makes a table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from templates import guard
from templates.adopt.apply import Confirmed
from templates.adopt.blanks import Blank
from templates.adopt.labels import propose, propose_list
from templates.errors import TemplateError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = ("no", "place", "label", "context", "field", "list")
WIDTHS = (6, 26, 24, 52, 34, 16)
CONFIRMED_BY = "confirmed by"


class SheetError(TemplateError):
    """The table of blanks does not belong to the form, or nobody confirmed it."""


def write(form: bytes, blanks: Sequence[Blank], target: Path) -> None:
    """Write the table with the proposals; an empty field leaves the blank as it is (to sign, to seal)."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "blanks"
    sheet.append([*COLUMNS, "", CONFIRMED_BY, ""])
    for number, (blank, (field, name)) in enumerate(zip(blanks, _proposals(blanks), strict=True), 1):
        sheet.append([number, _place(blank), blank.label, blank.context, field, name])
    sheet["K1"] = f"sha256:{hashlib.sha256(form).hexdigest()}"
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    sheet.freeze_panes = "A2"
    book.save(target)


def read(form: bytes, blanks: Sequence[Blank], table: Path) -> list[Confirmed]:
    """Return what a person confirmed.

    Raises:
        RefusedFile: the table is no harmless .xlsx.
        SheetError: another form's table, rows missing, or cell I1 (beside "confirmed by") is empty.
    """
    sheet = _opened(table)
    rows = [[str(v).strip() if v is not None else "" for v in row[:6]] for row in sheet.iter_rows(2, values_only=True)]
    if sheet["K1"].value != f"sha256:{hashlib.sha256(form).hexdigest()}":
        raise SheetError("{file}: belongs to another form; next: adopt this form anew", file=table.name)
    if not sheet["I1"].value:
        raise SheetError(
            "{file}, cell I1: found nothing, expected who confirmed; next: write your name", file=table.name
        )
    if [row[0] for row in rows] != [str(number) for number in range(1, len(blanks) + 1)]:
        raise SheetError(
            "{file}: found {found} rows, expected {expected} in their order; next: adopt anew",
            file=table.name,
            found=len(rows),
            expected=len(blanks),
        )
    return [Confirmed(blank, row[4], row[5]) for blank, row in zip(blanks, rows, strict=True) if row[4]]


def _opened(table: Path) -> Worksheet:
    from openpyxl import load_workbook

    guard.check(table.name, table)
    try:
        return load_workbook(table).worksheets[0]
    except (KeyError, ValueError, TypeError, IndexError) as cause:
        raise SheetError(
            "{file}: found no sheet that can be read, expected the table of blanks; next: adopt this form anew",
            file=table.name,
        ) from cause


def _proposals(blanks: Sequence[Blank]) -> list[tuple[str, str]]:
    out = []
    for blank in blanks:
        if blank.table >= 0:
            headers = [b.label for b in blanks if b.part == blank.part and b.table == blank.table]
            name, fields = propose_list(headers)
            out.append((fields[blank.column], name))
        else:
            out.append(("" if blank.to_sign else propose(blank.label), ""))
    return out


def _place(blank: Blank) -> str:
    part = "" if blank.part == "word/document.xml" else f"{blank.part.split('/')[-1]}, "
    if blank.table >= 0:
        return f"{part}table {blank.table + 1}, column {blank.column + 1}"
    return f"{part}paragraph {blank.paragraph + 1}"
