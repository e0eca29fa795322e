"""The commands of analysts: questions to the price archive, exports, the report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli import prices_keep, prices_lab
from flows.cli.common import AsJson, example, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    import pyarrow as pa

    from storage.prices import PriceArchive

Local = Annotated[
    Path | None,
    typer.Option("--local", metavar="DIR", help=_("Use the archive in this folder; needs no server and no keys.")),
]
Sql = Annotated[str, typer.Argument(metavar="SQL", help=_("A SELECT; see tender prices shell, then .tables."))]
Table = Annotated[str, typer.Argument(help=_("bids, bid_lines or outcomes."))]


def register(app: typer.Typer) -> None:
    """Add `tender prices …` to the application."""
    prices = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
    app.add_typer(prices, name="prices", help=_("The price archive and the price lab."))
    _questions(prices)
    _exports(prices)
    prices_keep.register(prices)
    prices_lab.register(prices)


def open_archive(local: Path | None, holder: str = "analyst") -> "PriceArchive":
    """Return the archive in a folder, or the one on the server as a store role (`analyst`, `archive` …) sees it."""
    from storage.prices import ArchiveError, PriceArchive

    if local is None:
        from flows import wiring

        return wiring.price_archive(holder)
    if holder != "archive" and not local.is_dir():
        raise ArchiveError(
            "price archive: no folder {folder}; next: tender prices import, or another --local", folder=local
        )
    return PriceArchive.local(local)


def _questions(app: typer.Typer) -> None:
    @app.command(
        help=_("Answer one SQL question; prices are shown with all their digits.")
        + example("tender prices sql 'SELECT * FROM win_rates' --csv --local prices")
    )
    def sql(
        query: Sql,
        as_json: AsJson = False,
        as_csv: Annotated[bool, typer.Option("--csv", help=_("Print CSV."))] = False,
        local: Local = None,
    ) -> None:
        if as_json and as_csv:
            raise typer.BadParameter(_("choose one of --json and --csv"))
        show(open_archive(local).sql(query), as_json=as_json, as_csv=as_csv)

    @app.command(
        help=_("Ask one question after the other; .tables lists what there is, .quit ends.")
        + example("tender prices shell --local prices")
    )
    def shell(local: Local = None) -> None:
        _shell(open_archive(local))

    @app.command(
        help=_("Show what was written to a table, newest first: version, time, tenders, rows.")
        + example("tender prices history bids --local prices")
    )
    def history(table: Table = "bids", as_json: AsJson = False, local: Local = None) -> None:
        from datetime import UTC, datetime

        entries = open_archive(local).history(_known(table))
        for entry in entries:
            entry["at"] = datetime.fromtimestamp(entry["at"] / 1000, UTC).isoformat(timespec="seconds")
        if as_json:
            print_json(entries)
            return
        columns = [_("version"), _("at"), _("operation"), _("tenders"), _("rows added")]
        rows = [[e["version"], e["at"], e["operation"], _few(e["tenders"]), e["rows_added"]] for e in entries]
        print_table(table, columns, rows)

    @app.command(
        help=_("List companies that may be one, for review; or decide that they are.")
        + example("tender prices companies --merge '甲公司' --into 91310000132216060X --by feng.xue --reason '…'")
    )
    def companies(
        merge: Annotated[str, typer.Option("--merge", help=_("The company id that goes."))] = "",
        into: Annotated[str, typer.Option("--into", help=_("The company id that stays."))] = "",
        by: Annotated[str, typer.Option("--by", metavar="PERSON", help=_("Who decides."))] = "",
        reason: Annotated[str, typer.Option("--reason", help=_("Why they are one company."))] = "",
        as_json: AsJson = False,
        local: Local = None,
    ) -> None:
        if merge:
            if not (into and by and reason):
                raise typer.BadParameter(_("--merge needs --into, --by and --reason"))
            open_archive(local, "archive").merge_companies(merge, into, decided_by=by, reason=reason)
            typer.echo(_("{alias} is {company} from now on.").format(alias=merge, company=into))
            return
        from storage.prices.merge import review_list

        found = [vars(like) for like in review_list(open_archive(local))]
        if as_json:
            print_json(found)
        else:
            print_table("", [_("company"), _("company"), _("why")], [[*map(_, like.values())] for like in found])


def _exports(app: typer.Typer) -> None:
    @app.command(
        help=_("Write all tables and the usual evaluations as an Excel workbook.")
        + example("tender prices excel prices.xlsx --local prices")
    )
    def excel(file: Annotated[Path, typer.Argument(help=_("The workbook to write."))], local: Local = None) -> None:
        from storage.prices.exports.excel import write_excel

        with progress(_("Writing …")):
            counts = write_excel(open_archive(local), file)
        typer.echo(
            _("Wrote {file}: {rows} rows on {sheets} sheets.").format(
                file=file, rows=sum(counts.values()), sheets=len(counts)
            )
        )

    @app.command(
        help=_("Write an OCDS 1.1 release package with the bids extension.")
        + example("tender prices ocds prices.json --publisher 'Example Ltd' --prefix ocds-a1b2c3 --local prices")
    )
    def ocds(
        file: Annotated[Path, typer.Argument(help=_("The JSON file to write."))],
        publisher: Annotated[str, typer.Option(help=_("Who publishes the package."))],
        prefix: Annotated[str, typer.Option(help=_("OCDS prefix registered for the publisher."))] = "ocds-000000",
        local: Local = None,
    ) -> None:
        from storage.prices.exports.ocds import Publisher, write_ocds

        with progress(_("Writing …")):
            content = write_ocds(open_archive(local), Publisher(publisher, prefix))
        file.write_bytes(content)
        typer.echo(_("Wrote {file}, {size} bytes.").format(file=file, size=len(content)))

    @app.command(
        help=_("Write one HTML file with charts and sortable tables; it opens in any browser and prints.")
        + example("tender prices report report.html --local prices")
    )
    def report(
        file: Annotated[Path, typer.Argument(help=_("The HTML file to write."))],
        lab: Annotated[bool, typer.Option("--lab/--no-lab", help=_("Run the price lab's backtest for it."))] = True,
        local: Local = None,
    ) -> None:
        from flows import i18n
        from flows.steps.market.sections import backtest_sections
        from storage.prices.exports.report import write_report

        archive = open_archive(local)
        with progress(_("Writing …")):
            sections = backtest_sections(archive.bids()) if lab else []
            file.write_text(write_report(archive, i18n.language(), sections), encoding="utf-8")
        typer.echo(_("Wrote {file}, {size} bytes.").format(file=file, size=file.stat().st_size))


def _few(names: list[str]) -> str:
    more = _("and {count} more").format(count=len(names) - 3) if len(names) > 3 else ""
    return " ".join([*names[:3], more]).strip()


def _known(table: str) -> str:
    from storage.prices.tables import TABLES

    if table not in TABLES:
        text = _("found {found}, expected one of {expected}")
        raise typer.BadParameter(text.format(found=table, expected=", ".join(TABLES)))
    return table


def show(rows: "pa.Table", *, as_json: bool = False, as_csv: bool = False) -> None:
    """Print rows as a table, JSON (money as text) or CSV."""
    values: list[dict[str, Any]] = rows.to_pylist()
    if as_json:
        print_json(values)
    elif as_csv:
        _print_csv(rows.column_names, values)
    else:
        print_table("", rows.column_names, [list(row.values()) for row in values])


def _print_csv(columns: list[str], values: list[dict[str, Any]]) -> None:
    import csv
    import sys

    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(values)


def _shell(archive: "PriceArchive") -> None:
    """Read statements up to `;` from standard input, a terminal or a file, and answer each."""
    import sys

    from flows.i18n import say
    from storage.prices import ArchiveError
    from storage.prices.queries import VIEWS
    from storage.prices.tables import TABLES

    prompt = "prices> " if sys.stdin.isatty() else ""
    statement = ""
    while (line := _line(prompt if not statement else "      > " if prompt else "")) not in (None, ".quit"):
        if line == ".tables":
            typer.echo("\n".join((*TABLES, *VIEWS)))
            continue
        statement += f"{line}\n"
        if statement.strip().endswith(";"):
            try:
                show(archive.sql(statement))
            except ArchiveError as error:
                typer.echo(say(error), err=True)
            statement = ""


def _line(prompt: str) -> str | None:
    try:
        return input(prompt).strip()
    except EOFError:
        return None
