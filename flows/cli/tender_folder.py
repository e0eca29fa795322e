"""`tender new` and `tender validate`: a tender folder, before anything is sealed."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from flows.cli.common import example
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""

    @app.command(
        "new",
        help=_("Write a new tender folder: tender.yaml with comments, clause matrix, cost sheet.")
        + example("tender new tenders/agv-2027"),
    )
    def new(folder: Path = typer.Argument(metavar="DIR", help=_("A new or empty folder."))) -> None:
        from flows.steps.skeleton import new_folder

        for file in new_folder(folder):
            typer.echo(str(file))
        typer.echo(_("Next: fill in tender.yaml, then: tender validate {folder}").format(folder=folder))

    @app.command(
        "validate",
        help=_("Name every mistake of a tender folder with file, place, found and expected.")
        + example("tender validate examples/warehouse-agv"),
    )
    def validate(
        folder: Path = typer.Argument(metavar="DIR", help=_("The tender folder."), exists=True, file_okay=False),
        as_json: bool = typer.Option(False, "--json", help=_("Print the mistakes as JSON.")),
        person: str = typer.Option(
            "", "--as", metavar="PERSON", help=_("Who opens the company library that the folder takes entries from.")
        ),
    ) -> None:
        from flows.acts.library_folder import shelf_of
        from flows.cli.mistakes import print_mistakes
        from flows.steps.mistake import InvalidTender
        from flows.steps.validate_folder import validate_folder

        try:
            tender = validate_folder(folder, shelf_of(folder, person) if person else None)
        except InvalidTender as invalid:
            print_mistakes(invalid, as_json)
            raise typer.Exit(1) from None
        if as_json:
            typer.echo("[]")
        else:
            text = _("{folder}: no mistakes; tender {tender}, {lots} lots, {items} items, {clauses} clauses")
            lots = tender.lots
            typer.echo(
                text.format(
                    folder=folder,
                    tender=tender.tender,
                    lots=len(lots),
                    items=sum(len(lot.items) for lot in lots),
                    clauses=sum(len(lot.clauses) for lot in lots),
                )
            )
            if tender.is_late(datetime.now(UTC)):
                typer.echo(
                    _("Its deadline {deadline} is over: it can be checked, but not opened.").format(
                        deadline=tender.deadline.isoformat(timespec="minutes")
                    )
                )
