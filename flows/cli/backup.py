"""Commands that copy an installation away and bring it back with proof."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import AsJson, example, print_json, print_table, progress
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Copy every bucket, sealed as it is, with all versions; a second time only what is new.")
        + example("tender backup /backup/tenders --keys-to age1…")
    )
    def backup(
        folder: Annotated[Path, typer.Argument(help=_("The folder of all copies; made when missing."))],
        keys_to: Annotated[
            str, typer.Option("--keys-to", metavar="age1…", help=_("Also the keys, sealed to this offline key."))
        ] = "",
        prefect: Annotated[bool, typer.Option("--prefect", help=_("Also the database of Prefect."))] = False,
        keep_days: Annotated[int, typer.Option(help=_("Drop copies older than this; 0 keeps all."))] = 0,
        as_json: AsJson = False,
    ) -> None:
        from flows import settings
        from flows.backup import back_up, copy_prefect, prune, seal_keys

        config = settings.load()
        with progress(_("Copying …")):
            copied = back_up(config, folder)
            beside = [seal_keys(config, folder, keys_to)] if keys_to else []
            beside += [copy_prefect(config, folder)] if prefect else []
            dropped = prune(folder, keep_days) if keep_days else []
        if as_json:
            print_json({**vars(copied), "beside": [path.name for path in beside], "dropped": dropped})
            return
        print_table(copied.copy, [_("bucket"), _("versions")], [list(row) for row in copied.versions.items()])
        typer.echo(
            _("{fresh} of {count} versions were new; {size} MB in all.").format(
                fresh=copied.fresh, count=sum(copied.versions.values()), size=round(copied.size / 1e6, 1)
            )
        )
        for path in beside:
            typer.echo(path.name)
        if dropped:
            typer.echo(_("Dropped: {names}").format(names=", ".join(dropped)))

    @app.command(
        help=_("Put a backup into an empty store and prove every tender; the installation must be down.")
        + example("tender restore /backup/tenders")
    )
    def restore(
        folder: Annotated[Path, typer.Argument(help=_("The folder of the copies."))],
        copy: Annotated[str, typer.Option(help=_("Which copy; the newest when not given."))] = "",
        as_json: AsJson = False,
    ) -> None:
        from flows import settings
        from flows.backup import put_back

        with progress(_("Restoring and verifying …")):
            copied, reports = put_back(settings.load(), folder, copy)
        problems = [f"{name}: {line}" for name, r in reports.items() for f in r.findings for line in f.problems]
        if as_json:
            print_json({**vars(copied), "proven": {name: r.ok for name, r in reports.items()}, "problems": problems})
        else:
            rows = [
                [_("yes") if report.ok else _("NO"), name, sum(finding.count for finding in report.findings)]
                for name, report in reports.items()
            ]
            print_table(copied.copy, [_("proven"), _("ledger"), _("looked at")], rows)
            for problem in problems:
                typer.echo(f"  {problem}", err=True)
            typer.echo(_("Restored {count} versions.").format(count=sum(copied.versions.values())))
        raise typer.Exit(1 if problems else 0)
