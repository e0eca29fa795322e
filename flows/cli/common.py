"""What several commands share: who runs it, tables, progress, JSON. Light to import."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer

from flows.i18n import _

TenderId = Annotated[str, typer.Argument(metavar="TENDER", help=_("Id of the tender, as in tender.yaml."))]
As = Annotated[
    str,
    typer.Option("--as", metavar="PERSON", envvar="TENDERFLOW_PERSON", help=_("Whose keys to use (zhao.min).")),
]
Lot = Annotated[str, typer.Option("--lot", help=_("The lot; a tender with one lot needs none."))]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print JSON for a script."))]


def example(command: str) -> str:
    """Return the example line that every command's help ends with."""
    return "\n\n" + _("Example:") + f" `{command}`"


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table that fits the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # Chinese has no spaces to break at; without folding the rest of a cell is lost.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*["" if cell is None else str(cell) for cell in row])
    console = Console(markup=False, emoji=False)
    # Piped into a file there is no width to fit: keep lines whole.
    console.width = console.width if console.is_terminal else 160
    console.print(table)


@contextmanager
def progress(text: str) -> Iterator[Callable[[str], None]]:
    """Show that something takes a while; on standard error, only where a person watches. Yields how to say more."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _text: None
        return
    with console.status(text) as status:
        yield status.update


def only_lot(case: Any, lot: str) -> str:
    """Return the lot meant: the one given, or the only one of the tender."""
    if lot:
        return lot
    if len(case.lot_ids) == 1:
        return str(case.lot_ids[0])
    raise typer.BadParameter(_("the tender has lots {lots}; name one with --lot").format(lots=", ".join(case.lot_ids)))


def aware(text: str) -> datetime:
    """Return a time typed in for `--at`, with its zone; refuse one without."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(_("expected a time with zone such as 2026-12-20T09:00+08:00"), param_hint="--at")
    return found


def tell_run(tender: str) -> None:
    """Let the tender's run go on after something new in the ledger; say so, also when Prefect is away."""
    from flows import runs, wiring
    from flows.i18n import say
    from flows.supervise_prefect import NotSetUp

    try:
        with wiring.prefect_api():
            resumed = runs.nudge(tender)
            running = resumed or bool(runs.live(tender))
    except (runs.PrefectUnreachable, NotSetUp) as error:
        typer.echo(say(error))
        return
    if not running:
        typer.echo(_("No bid run is under way. Next: tender stages {tender}").format(tender=tender))
        return
    typer.echo(_("The run goes on.") if resumed else _("No run waits for it now; the sweeper looks again by itself."))
