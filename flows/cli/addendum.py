"""The command that takes an addendum of the buyer in (art. 3.3)."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table, progress, tell_run
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_(
            "Take an addendum in and acknowledge it; lists exactly what it makes stale. Without FILE: show them all."
        )
        + example("tender addendum agv-2024 addendum-1.yaml --as zhao.min")
    )
    def addendum(
        tender: TenderId,
        person: As,
        file: Annotated[
            Path | None,
            typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The addendum as YAML.")),
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows import wiring
        from flows.acts import addenda

        case = wiring.open_case(tender, person=person)
        if file is None:
            rows = addenda.listed(case)
        else:
            with progress(_("Reading and sealing …")):
                taken = addenda.take_in(case, file)
            rows = [(taken.addendum.no, stale) for stale in taken.stale]
        if as_json:
            print_json([{"no": no, **vars(stale)} for no, stale in rows])
        else:
            print_table(
                _("Stale"),
                [_("addendum"), _("lot"), _("kind"), _("name"), _("why")],
                [(no, s.lot, _(s.kind), _(s.name), _(s.reason)) for no, s in rows],
            )
        if file is not None:
            if not as_json:
                typer.echo(
                    _("Addendum {no} acknowledged by {person}; record version {version}, deadline {deadline}.")
                    .format(no=taken.addendum.no, person=person, version=taken.version,
                            deadline=case.record.deadline.isoformat(timespec="minutes"))
                )  # fmt: skip
            tell_run(tender)
