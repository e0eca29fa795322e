"""The command that brings an opening record and the outcome into the archive."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.common import As, TenderId, example, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.opening import Quarantined


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Seal the opening record and the outcome, and have them archived with the competitors' prices.")
        + example("tender opening agv-2024 opening.xlsx --outcome outcome.yaml --as feng.xue")
    )
    def opening(
        tender: TenderId,
        record: Annotated[
            Path,
            typer.Argument(metavar="RECORD", help=_("Opening record, Excel or CSV."), exists=True, dir_okay=False),
        ],
        person: As,
        outcome: Annotated[
            Path, typer.Option("--outcome", help=_("Outcome per lot, YAML."), exists=True, dir_okay=False)
        ],
        leave_out: Annotated[
            bool, typer.Option("--leave-out-doubtful", help=_("Doubtful rows stay out, the rest is archived."))
        ] = False,
        reason: Annotated[str, typer.Option(help=_("Why an archived record is corrected."))] = "",
    ) -> None:
        from flows import intake, runs, wiring
        from flows.steps.outcome import DoubtfulRows

        try:
            with progress(_("Sealing …")):
                case = wiring.open_case(tender, person=person)
                brought, left_out = intake.record_opening(case, record, outcome, leave_out=leave_out, correction=reason)
        except DoubtfulRows as doubtful:
            _show(_("Doubtful rows"), doubtful.rows)
            raise
        if left_out:
            _show(_("Left out"), left_out)
        typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))
        with wiring.prefect_api():
            runs.start_opening(tender, brought.version)
        typer.echo(_("The archive takes it over. Next: tender prices sql …"))


def _show(title: str, rows: "Iterable[Quarantined]") -> None:
    columns = [_("sheet"), _("row"), _("column"), _("found"), _("expected"), _("why")]
    print_table(title, columns, [[r.sheet, r.row, r.column, r.found, _(r.expected), _(r.reason)] for r in rows])
