"""Commands of the submitter: the final package as a tree, sealed renditions bound to it, the submission."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import (
    As,
    AsJson,
    Lot,
    TenderId,
    aware,
    example,
    only_lot,
    print_json,
    print_table,
    progress,
    tell_run,
)
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add `tender package …` and `tender submit` to the application."""
    group = typer.Typer(help=_("The final package: tree, sealed renditions, right (art. 3.4)."), no_args_is_help=True)
    app.add_typer(group, name="package")
    _package(group)
    _submit(app)


def _package(group: typer.Typer) -> None:
    @group.command(
        help=_("Write the PDFs of the final package by the platform's nodes, or by volume and document.")
        + example("tender package tree agv-2024 --out tree --as wang.lei")
    )
    def tree(
        tender: TenderId,
        person: As,
        out: Annotated[Path, typer.Option("--out", "-o", help=_("Folder to write into; made 0700."))],
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import submission
        from flows.acts.private_file import write_new

        with progress(_("Opening …")):
            case = wiring.open_case(tender, person=person)
            leaves = submission.tree_of(case, only_lot(case, lot))
        for leaf in leaves:
            path = out / leaf.path
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_new(path, leaf.data)
        print_table("", [_("node"), _("pages")], [(leaf.path, leaf.pages) for leaf in leaves])

    @group.command(
        help=_("Seal a scan of the stamped paper or an e-sealed PDF; sign that it is the volume page for page.")
        + example("tender package bind agv-2024 technical sealed/technical.pdf --as wang.lei")
    )
    def bind(
        tender: TenderId,
        volume: Annotated[str, typer.Argument(metavar="VOLUME", help=_("Volume of the package (technical)."))],
        file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The sealed PDF."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import submission

        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            signed = submission.bind(case, only_lot(case, lot), volume, file)
        typer.echo(
            _("{volume}: sealed and bound to the package, same page for page; event {seq}.").format(
                volume=volume, seq=signed.seq
            )
        )

    @group.command(
        help=_("Show until when the submitter may open the final package.")
        + example("tender package right agv-2024 --as wang.lei")
    )
    def right(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import submission_right

        body = submission_right.last(wiring.open_case(tender, person=person))
        if as_json:
            print_json(body)
        elif body is None:
            typer.echo(_("No submission right yet: it begins with the package, after the final review."))
        else:
            who = ", ".join(name.removeprefix("person:") for name in body["holders"])
            typer.echo(
                _("Submission right of {who}: {state}, until {ends}").format(
                    who=who, state=_(body["state"]), ends=body["ends"]
                )
            )


def _submit(app: typer.Typer) -> None:
    @app.command(
        help=_("Sign the submission and record how the bid was handed over; refused after the deadline.")
        + example("tender submit agv-2024 --channel platform --receipt receipt.pdf --as wang.lei")
    )
    def submit(
        tender: TenderId,
        person: As,
        channel: Annotated[str, typer.Option("--channel", help=_("platform, paper or mail."))],
        receipt: Annotated[
            Path | None, typer.Option("--receipt", exists=True, dir_okay=False, help=_("The receipt's file."))
        ] = None,
        at: Annotated[
            str, typer.Option("--at", help=_("When it was handed over (2026-12-20T09:00+08:00); default: now."))
        ] = "",
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import submission

        handed = aware(at) if at else datetime.now(UTC)
        with progress(_("Signing …")):
            case = wiring.open_case(tender, person=person)
            signed = submission.submit(case, only_lot(case, lot), submission.Submission(channel, handed, receipt))
        typer.echo(
            _("{person} recorded the submission ({channel}), event {seq}.").format(
                person=person, channel=channel, seq=signed.seq
            )
        )
        tell_run(tender)
