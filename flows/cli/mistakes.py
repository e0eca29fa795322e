"""Mistakes of a tender folder as a table or JSON."""

import json
import re
from typing import TYPE_CHECKING

import typer

from flows.i18n import _

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
            *(Text(text) for text in (mistake.file, _place(mistake.place), mistake.found, _(mistake.expected)))
        )
    Console(stderr=stderr).print(table)


def _place(place: str) -> str:
    """Return where a mistake stands, in the language in use; sheets and cells have their own names."""
    found = re.fullmatch(r"line (\d+), column (\d+)", place)
    return _("line {line}, column {column}").format(line=found[1], column=found[2]) if found else place
