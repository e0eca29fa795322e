"""The commands of the price lab."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to `tender prices`."""
