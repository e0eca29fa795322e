"""`tender check`: the rejection rules over any folder of bid documents, without server or keys."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.cli.common import example
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.checks.verdict import CheckReport


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""

    @app.command(
        "check",
        help=_(
            "Judge a folder of bid documents by the rejection rules R01 to R40, with or without tender.yaml; "
            "exit 0: no FAIL, 3: a FAIL, 2: nothing to check."
        )
        + example("tender check bids/agv-2027 --all"),
    )
    def check(
        folder: Path = typer.Argument(metavar="DIR", help=_("Folder with .docx and .pdf files."), exists=True,
                                      file_okay=False),
        lot: str = typer.Option("", "--lot", help=_("Lot id (default: the first lot).")),
        rule: list[str] = typer.Option([], "--rule", help=_("Only these rules, for example --rule R12.")),
        archive: Path | None = typer.Option(None, "--archive", exists=True, file_okay=False,
                                            help=_("Folder of other tenders' folders, to find residue of them.")),
        as_json: bool = typer.Option(False, "--json", help=_("Print the findings as JSON.")),
        person: str = typer.Option(
            "", "--as", metavar="PERSON", help=_("Who opens the company library that the folder takes entries from.")
        ),
        every: bool = typer.Option(False, "--all", help=_("Show PASS and N/A too.")),
        html: Path | None = typer.Option(None, "--html", help=_("Write the report as an HTML page.")),
        word: Path | None = typer.Option(None, "--word", help=_("Write the report as a Word document.")),
    ) -> None:  # fmt: skip
        from datetime import UTC, datetime

        from flows.acts.library_folder import shelf_of
        from flows.cli.mistakes import print_mistakes
        from flows.steps.checks.folder import UnusableFolder, load_bid
        from flows.steps.checks.report import to_html
        from flows.steps.checks.report_word import to_word
        from flows.steps.checks.run import UnknownRule, run
        from flows.steps.mistake import InvalidTender

        try:
            shelf = shelf_of(folder, person) if person else None
            bid = load_bid(folder, datetime.now(UTC), lot, archive, shelf)
            report = run(bid, rule or None)
        except (UnusableFolder, UnknownRule) as error:
            typer.echo(_("Error: ") + _(error.message).format(**error.values), err=True)
            raise typer.Exit(2) from None
        except InvalidTender as invalid:
            print_mistakes(invalid, as_json)
            raise typer.Exit(2) from None
        title = _("Check report: {folder}").format(folder=folder.resolve().name)
        if html is not None:
            html.write_text(to_html(report, title, _), encoding="utf-8")
        if word is not None:
            word.write_bytes(to_word(report, title, _))
        items = list(dict.fromkeys(item for items in bid.unresolved.values() for item in items))
        if items:
            text = _("Not read: {items} of the company library; next: tender check {folder} --as PERSON")
            typer.echo(text.format(items=", ".join(items), folder=folder), err=True)
        if as_json:
            typer.echo(report.to_json())
        else:
            _print(report, title, every)
        raise typer.Exit(3 if report.failed_rules() else 0)


def _print(report: "CheckReport", title: str, every: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from flows.steps.checks.report import row, summary
    from flows.steps.checks.run import READABLE
    from flows.steps.checks.verdict import Verdict, gravest_first

    styles = {Verdict.FAIL: "bold red", Verdict.HUMAN: "yellow", Verdict.PASS: "green"}
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1), show_header=True)
    for header, share in (("", 1), (_("defect"), 4), (_("where"), 4), (_("found"), 5), (_("expected"), 5)):
        table.add_column(header, ratio=share, overflow="fold", min_width=5)
    wanting: list[str] = []
    unread: dict[str, str] = {}
    for finding in gravest_first(report.findings):
        rule_id, verdict, defect, document, place, found, expected, _law, _fix = row(finding, _)
        if finding.verdict is Verdict.HUMAN and finding.expected.startswith(_RECORD):
            wanting.append(f"{rule_id} {expected.removeprefix(_RECORD)}")
        elif finding.expected == READABLE:
            unread[document] = found
        elif every or finding.verdict in (Verdict.FAIL, Verdict.HUMAN):
            where = ", ".join(text for text in (document, place) if text)
            mark = Text(f"{rule_id}\n{verdict}", style=styles.get(finding.verdict, ""))
            table.add_row(mark, *(Text(text) for text in (defect, where, found, expected)))
    console = Console()
    console.print(table)
    if unread:
        console.print(_("Not read, so that a person must judge whatever may stand there:"), style="bold yellow")
        for document, fault in unread.items():
            console.print(f"  {document}: {fault}", markup=False)
    if wanting:
        console.print(_("More could be judged with a tender.yaml that says:"))
        console.print("  " + "; ".join(wanting), style="dim")
    console.print(summary(report, _))


_RECORD = "tender.yaml: "
