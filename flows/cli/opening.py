"""The command that brings an opening record and the outcome into the archive."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, TenderId, example, progress
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Seal the opening record and the outcome, and have them archived with the competitors' prices.")
        + example("tender opening agv-2024 opening.xlsx --outcome outcome.yaml --as feng.xue")
    )
    def opening(
        tender: TenderId,
        record: Annotated[Path, typer.Argument(metavar="RECORD", help=_("Opening record, Excel or CSV."))],
        person: As,
        outcome: Annotated[Path, typer.Option("--outcome", help=_("Outcome per lot, YAML."))],
        reason: Annotated[str, typer.Option(help=_("Why an archived record is corrected."))] = "",
    ) -> None:
        from flows import intake, runs, wiring

        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            brought = intake.record_opening(case, record, outcome)
        with wiring.prefect_api():
            runs.start_opening(tender, reason, brought.version)
        typer.echo(
            _("Sealed {name}, version {version}; the archive takes it over. Next: tender prices sql …").format(
                name=brought.name, version=brought.version
            )
        )
