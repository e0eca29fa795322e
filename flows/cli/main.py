"""The entry point of `tender`: chooses the language, loads the commands, turns errors into messages and exit codes."""

import importlib
import os
import sys
from typing import Any

import typer

from flows import i18n
from flows.i18n import _

# One module per group of commands; each has `register(app)`.
GROUPS = (
    "system",
    "tender_folder",
    "bid",
    "decisions",
    "price",
    "opening",
    "check",
    "prices",
    "people",
    "keys",
    "verify",
    "templates",
)


def build() -> typer.Typer:
    """Return the Typer application with every group of commands registered."""
    app = typer.Typer(
        name="tender",
        help=_("Tenderflow carries a tender from the signed notice to the archived outcome."),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def options(
        lang: str = typer.Option("", "--lang", help=_("Language of messages: zh or en (default: from LANG).")),
    ) -> None:
        # The language was chosen from the command line before the commands were loaded, see `main`.
        del lang

    for group in GROUPS:
        importlib.import_module(f"flows.cli.{group}").register(app)
    return app


def main() -> None:
    """Run `tender`; exit 0 done, 1 refused or failed, 2 wrong usage, 3 checks found a FAIL."""
    language = i18n.choose(sys.argv[1:])
    i18n.use(language)
    if language == "zh":
        _fold_lines()
    try:
        build()()
    except Exception as error:  # noqa: BLE001 - the border to the user: no traceback passes
        sys.exit(_report(error))


def _fold_lines() -> None:
    """Let every line fold: Chinese has no spaces to break at, and rich cuts off in tables what does not fit."""
    from rich.text import Text

    wrap = Text.wrap

    def folding(self: Text, console: Any, width: int, **options: Any) -> Any:
        return wrap(self, console, width, **{**options, "overflow": "fold"})

    Text.wrap = folding  # type: ignore[method-assign]


def _report(error: Exception) -> int:
    if os.environ.get("TENDERFLOW_TRACEBACK"):
        raise error
    text = i18n.say(error)
    if not hasattr(error, "message"):
        text = _(
            "Unexpected failure: {kind}: {text}; next: run again with TENDERFLOW_TRACEBACK=1 and report it"
        ).format(kind=type(error).__name__, text=text)
    sys.stderr.write(_("Error: ") + text + "\n")
    return 1
