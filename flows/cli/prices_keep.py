"""The commands that keep the price archive: import, compaction, backup, restore, the nightly snapshot."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import example, print_table, progress
from flows.i18n import _

Local = Annotated[
    Path | None,
    typer.Option("--local", metavar="DIR", help=_("Use the archive in this folder; needs no server and no keys.")),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `tender prices`."""
    _bringing(app)
    _keeping(app)


def _bringing(app: typer.Typer) -> None:
    @app.command(
        "import",
        help=_("Archive outside data: a CSV file, mapped by a small TOML file.")
        + example("tender prices import bids.csv --map bids.toml --local prices"),
    )
    def import_(
        file: Annotated[Path, typer.Argument(metavar="CSV", help=_("The data."))],
        mapping: Annotated[Path, typer.Option("--map", metavar="TOML", help=_("Which column is what."))],
        leave_out: Annotated[
            bool, typer.Option(help=_("Rows that do not fit stay out, the rest is archived."))
        ] = False,
        reason: Annotated[str, typer.Option(help=_("Why archived rows are corrected."))] = "",
        local: Local = None,
    ) -> None:
        from flows.cli.prices import open_archive
        from storage.prices.imports import import_csv, read_csv, read_map

        with progress(_("Reading …")):
            imported = read_csv(file, read_map(mapping))
        if imported.left_out:
            rows = [[out.row, out.field, out.found, _(out.reason)] for out in imported.left_out]
            print_table(_("Rows that do not fit"), [_("row"), _("field"), _("found"), _("why")], rows)
        with progress(_("Archiving …")):
            result = import_csv(open_archive(local, "archive"), imported, leave_out=leave_out, reason=reason or None)
        typer.echo(
            _("Archived {bids} bids, {outcomes} outcomes; {out} rows left out.").format(
                bids=result.rows["bids"], outcomes=result.rows["outcomes"], out=len(imported.left_out)
            )
        )


def _keeping(app: typer.Typer) -> None:
    @app.command(
        help=_("Join small files and drop those that only versions older than --keep-days need.")
        + example("tender prices compact --keep-days 30")
    )
    def compact(
        keep_days: Annotated[int, typer.Option(min=1, help=_("Days whose versions stay readable."))] = 30,
        local: Local = None,
    ) -> None:
        from flows.cli.prices import open_archive
        from storage.prices import snapshot as copies

        with progress(_("Compacting …")):
            left = copies.compact(open_archive(local, "archive"), keep_days=keep_days)
        print_table("", [_("table"), _("files")], [list(entry) for entry in left.items()])

    @app.command(
        help=_("Copy all tables with their history into a new folder.") + example("tender prices backup /backup/prices")
    )
    def backup(folder: Annotated[Path, typer.Argument(help=_("A new folder."))], local: Local = None) -> None:
        from flows.cli.prices import open_archive
        from storage.prices import snapshot as copies

        with progress(_("Copying …")):
            rows = copies.backup(open_archive(local), folder)
        print_table("", [_("table"), _("rows")], [list(entry) for entry in rows.items()])

    @app.command(help=_("Copy a backup into an empty archive.") + example("tender prices restore /backup/prices"))
    def restore(folder: Annotated[Path, typer.Argument(help=_("The backup."))], local: Local = None) -> None:
        from flows.cli.prices import open_archive
        from storage.prices import snapshot as copies

        with progress(_("Copying …")):
            rows = copies.restore(open_archive(local, "archive"), folder)
        print_table("", [_("table"), _("rows")], [list(entry) for entry in rows.items()])

    @app.command(
        help=_("Write the archive as one DuckDB file and Parquet files, for tools that know no Delta.")
        + example("tender prices snapshot /srv/bi")
    )
    def snapshot(folder: Annotated[Path, typer.Argument(help=_("Where the files go."))], local: Local = None) -> None:
        from flows.cli.prices import open_archive
        from storage.prices import snapshot as copies

        with progress(_("Writing …")):
            rows = copies.snapshot(open_archive(local), folder)
        print_table("", [_("table"), _("rows")], [list(entry) for entry in rows.items()])
