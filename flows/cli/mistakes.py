"""Mistakes of a tender folder as a table or JSON."""

import json
from typing import TYPE_CHECKING

import typer

from flows.i18n import _, place

if TYPE_CHECKING:
    from flows.steps.mistake import InvalidTender


def print_mistakes(invalid: "InvalidTender", as_json: bool, *, stderr: bool = False) -> None:
    """Print every mistake with file, place, found and expected; a table may go to standard error."""
    if as_json:
        typer.echo(json.dumps([mistake.to_json() for mistake in invalid.mistakes], ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=_("{count} mistakes").format(count=len(invalid.mistakes)), title_justify="left")
    for header in (_("file"), _("place"), _("found"), _("expected")):
        table.add_column(header, overflow="fold")
    for mistake in invalid.mistakes:
        table.add_row(
            *(Text(text) for text in (mistake.file, place(mistake.place), mistake.found, _(mistake.expected)))
        )
    Console(stderr=stderr).print(table)
