"""Commands for the time after a bid: lessons, and promises held against the contract."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, Lot, TenderId, example, only_lot, print_table
from flows.i18n import _

Learnt = Annotated[Path | None, typer.Argument(metavar="FILE", help=_("YAML file."), exists=True, dir_okay=False)]
Filled = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help=_("The list, filled in (Excel)."), exists=True, dir_okay=False),
]
Out = Annotated[Path | None, typer.Option("--word", help=_("Write the form as a Word document."))]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    _lessons(app)
    _handover(app)


def _lessons(app: typer.Typer) -> None:
    @app.command(
        help=_("Record the lessons of a bid (YAML), or write the result form with them as Word.")
        + example("tender lessons agv-2024 lessons.yaml --word result.docx --as zhao.min")
    )
    def lessons(tender: TenderId, person: As, file: Learnt = None, lot: Lot = "", word: Out = None) -> None:
        from flows import wiring
        from flows.acts import aftermath
        from flows.steps.lessons import Lessons
        from flows.steps.yaml_value import read

        if file is None and word is None:
            raise typer.BadParameter(_("name a FILE to record, --word to write the form, or both"))
        learnt = read(file, Lessons) if file else None
        case = wiring.open_case(tender, person=person)
        meant = only_lot(case, lot)
        if learnt is not None:
            event = aftermath.record_lessons(case, meant, learnt)
            typer.echo(_("Lessons of lot {lot} recorded, event {seq}.").format(lot=meant, seq=event.seq))
        if word is not None:
            word.write_bytes(aftermath.lessons_word(case, meant))
            typer.echo(str(word))


def _handover(app: typer.Typer) -> None:
    @app.command(
        help=_(
            "Hold the promises of a bid against the contract: --sheet writes the list, FILE takes it back filled in."
        )
        + example("tender handover agv-2024 filled.xlsx --contract HT-8 --signed 2027-04-12 --as zhao.min")
    )
    def handover(
        tender: TenderId,
        person: As,
        file: Filled = None,
        lot: Lot = "",
        sheet: Annotated[Path | None, typer.Option("--sheet", help=_("Write the list to fill in (Excel)."))] = None,
        contract: Annotated[str, typer.Option("--contract", help=_("Number of the contract."))] = "",
        signed: Annotated[
            datetime | None, typer.Option("--signed", formats=["%Y-%m-%d"], help=_("Day of the contract."))
        ] = None,
        word: Out = None,
    ) -> None:
        from flows import wiring
        from flows.acts import aftermath

        if file is not None and (signed is None or not contract):
            raise typer.BadParameter(_("with FILE, name --contract and --signed"))
        case = wiring.open_case(tender, person=person)
        meant = only_lot(case, lot)
        if sheet is not None:
            sheet.write_bytes(aftermath.handover_sheet(case, meant))
            typer.echo(str(sheet))
        if file is not None and signed is not None:
            event, held = aftermath.record_handover(case, meant, file, contract=contract, signed=signed.date())
            unlike = [row for row in held if row.state != "same"]
            columns = [_("no."), _("source"), _("promise"), _("offered"), _("contract"), _("state")]
            rows = [
                (r.promise.no, r.promise.source, r.promise.promise, r.promise.offered, r.contract, _(r.state))
                for r in unlike
            ]
            print_table(_("Not as promised"), columns, rows)
            typer.echo(
                _("{count} promises, {unlike} not as promised, event {seq}.").format(
                    count=len(held), unlike=len(unlike), seq=event.seq
                )
            )
        if word is not None:
            word.write_bytes(aftermath.handover_word(case, meant))
            typer.echo(str(word))
