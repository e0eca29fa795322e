"""Commands of work in Word: a part of the bid goes out for editing and comes back (art. 3.3)."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table, progress, tell_run
from flows.i18n import _

Part = Annotated[str, typer.Argument(metavar="PART", help=_("A part of `tender parts`: technical/service-plan."))]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Check a part out for editing in Word; in a conflict both sides are written.")
        + example("tender out agv-2024 technical/service-plan --as zhao.min")
    )
    def out(
        tender: TenderId,
        part: Part,
        person: As,
        lot: Lot = "",
        folder: Annotated[Path, typer.Option("--out", "-o", help=_("Folder to write into."), file_okay=False)] = Path(),
    ) -> None:
        from flows import wiring
        from flows.acts import checkout
        from flows.acts.private_file import require_free, write_new

        with progress(_("Opening …")):
            case = wiring.open_case(tender, person=person)
            the_lot = only_lot(case, lot)
            require_free(folder / f"{part.replace('/', '_')}.docx")
            files = checkout.check_out(case, the_lot, part)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in files.items():
            write_new(folder / name, data)
            typer.echo(str(folder / name))
        if len(files) > 1:
            typer.echo(
                _("{part} was edited, and what it is made from has changed: the second file is what it would be now.")
                .format(part=part)
            )  # fmt: skip
        typer.echo(_("Next: tender in {tender} {part} FILE").format(tender=tender, part=part))

    @app.command(
        "in",
        help=_("Take an edited part back, or settle a conflict: --keep-mine, --take-new; --cancel brings nothing in.")
        + example("tender in agv-2024 technical/service-plan technical_service-plan.docx --as zhao.min"),
    )
    def in_(
        tender: TenderId,
        part: Part,
        person: As,
        file: Annotated[
            Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The edited Word file."))
        ] = None,
        lot: Lot = "",
        keep_mine: Annotated[bool, typer.Option("--keep-mine", help=_("Keep the edited part as it is."))] = False,
        take_new: Annotated[bool, typer.Option("--take-new", help=_("Take what the program makes now."))] = False,
        cancel: Annotated[bool, typer.Option("--cancel", help=_("End the check-out, bring nothing in."))] = False,
    ) -> None:
        from flows import wiring
        from flows.acts import checkout

        if sum((file is not None, keep_mine, take_new, cancel)) != 1:
            raise typer.BadParameter(_("name one of FILE, --keep-mine, --take-new and --cancel"))
        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            the_lot = only_lot(case, lot)
            brought = None
            if file is not None:
                brought = checkout.check_in(case, the_lot, part, file.read_bytes(), file.name)
            elif cancel:
                checkout.put_back(case, the_lot, part)
            else:
                brought = checkout.choose(case, the_lot, part, mine=keep_mine)
        if brought is None:
            typer.echo(_("{part} is back, nothing changed.").format(part=part))
        else:
            typer.echo(_("{name}, version {version}.").format(name=brought.name, version=brought.version))
        tell_run(tender)

    @app.command(
        help=_("Show the parts that can be edited in Word: who has one, who edited it, what waits for a choice.")
        + example("tender parts agv-2024 --as zhao.min")
    )
    def parts(tender: TenderId, person: As, lot: Lot = "", as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts.edited_parts import conflicts_of, states

        case = wiring.open_case(tender, person=person)
        rows = states(case, only_lot(case, lot))
        if as_json:
            print_json([vars(row) for row in rows])
            return
        print_table(
            "",
            [_("part"), _("title"), _("out with"), _("since"), _("edited by"), _("at"), _("conflict")],
            [
                (
                    row.part,
                    row.title,
                    row.out_with,
                    f"{row.since.astimezone():%Y-%m-%d %H:%M}" if row.since else "",
                    row.edited_by,
                    f"{row.edited_at.astimezone():%Y-%m-%d %H:%M}" if row.edited_at else "",
                    _("yes") if row.conflict else "",
                )
                for row in rows
            ],
        )
        for conflict in conflicts_of(case):
            typer.echo(
                _(
                    "Conflict in {part}, lot {lot}: {by} edited it at {at} on {before}, it is now made from {now}; "
                    "next: tender out {tender} {part}, then tender in with FILE, --keep-mine or --take-new"
                ).format(
                    tender=tender,
                    part=conflict.part,
                    lot=conflict.lot,
                    by=conflict.by,
                    at=conflict.at.isoformat(timespec="minutes"),
                    before=conflict.before,
                    now=conflict.now,
                )
            )
