"""The help of every command: what it does, and a line that people can copy."""

from collections.abc import Iterator
from typing import Any

import typer

from flows.cli.main import build


def commands(command: Any, path: tuple[str, ...] = ("tender",)) -> Iterator[tuple[str, str]]:
    """Yield every command that does something, with its help."""
    inner = getattr(command, "commands", {})
    for name, each in inner.items():
        yield from commands(each, (*path, name))
    if not inner:
        yield " ".join(path), command.help or ""


def test_every_command_has_a_help_that_ends_with_an_example_of_itself() -> None:
    helps = dict(commands(typer.main.get_command(build())))

    assert len(helps) > 80
    assert [name for name, text in helps.items() if f"`{name}" not in text.rpartition("Example:")[2]] == []
