"""The command that shows a department's registers of notices, with its figures and its Excel file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, example, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.notices.figures import Row


def register(notice: typer.Typer) -> None:
    """Add the command to `tender notice`."""

    @notice.command(
        "register",
        help=_("Show a department's registers of a year: every number, what became of it, the on-time rate (art. 2.5).")
        + example("tender notice register marketing-1 --year 2026 --excel register.xlsx --as zhao.min"),
    )
    def register_(
        department: Annotated[str, typer.Argument(metavar="DEPARTMENT", help=_("Id of the department (marketing-1)."))],
        person: As,
        year: Annotated[int, typer.Option(help=_("The year; default: this one."))] = 0,
        direction: Annotated[str, typer.Option(help=_("in or out; default: both."))] = "",
        overdue: Annotated[bool, typer.Option("--overdue", help=_("Only what is due without an answer."))] = False,
        without_result: Annotated[
            bool, typer.Option("--without-result", help=_("Only what is open without a result."))
        ] = False,
        excel: Annotated[Path | None, typer.Option("--excel", help=_("Excel file to write."))] = None,
        as_json: AsJson = False,
    ) -> None:
        from datetime import datetime

        from flows import wiring
        from flows.acts import registers
        from flows.acts.private_file import write_new
        from flows.steps.notices.figures import rate
        from storage.register import DIRECTIONS

        if direction not in ("", *DIRECTIONS):
            raise typer.BadParameter(_("expected in or out"))
        with progress(_("Reading the register …")):
            seat = wiring.seat(person=person)
            year = year or datetime.now().astimezone().year
            found = registers.rows(seat, department, year, (direction,) if direction else DIRECTIONS)
        if excel is not None:
            write_new(excel, registers.to_excel(found))
        shown = [row for row in found if (not overdue or row.is_overdue) and (not without_result or row.lacks_result)]
        if as_json:
            print_json({"rows": [_plain(row) for row in shown], "on_time_rate": rate(found).text})
            return
        columns = [_("number"), _("kind"), _("entry"), _("matter"), _("customer"), _("due"), _("stage"), _("on time")]
        cells = [registers.cells(row) for row in shown]
        print_table(
            _("Registers of {department}, {year}").format(department=department, year=year),
            columns,
            [(c[0], c[2], c[3], c[4], c[5], c[8], c[9], c[12]) for c in cells],
        )
        typer.echo(_("Answered on time: {rate}").format(rate=rate(found).text))


def _plain(row: "Row") -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(row), "lacks_result": row.lacks_result}
