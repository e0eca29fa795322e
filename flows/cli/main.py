"""The entry point of `tender`: chooses the language, loads the commands, turns errors into messages and exit codes."""

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, cast

import typer

from flows import i18n
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.mistake import InvalidTender

# One module per group of commands; each has `register(app)`.
GROUPS = (
    "system",
    "backup",
    "tender_folder",
    "library",
    "bid",
    "decisions",
    "screening",
    "clauses",
    "addendum",
    "checkout",
    "liaison",
    "price",
    "price_group",
    "submission",
    "platform",
    "opening",
    "check",
    "prices",
    "people",
    "keys",
    "verify",
    "conform",
    "ending",
    "bond",
    "tasks",
    "board",
    "negotiation",
    "aftermath",
    "procedure",
    "notice",
    "templates",
)
INTERRUPTED = 130
"""The exit code of a command ended by Ctrl-C (POSIX shells: 128 + SIGINT)."""


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
    """Run `tender`; exit 0 done, 1 refused or failed, 2 wrong usage, 3 checks found a FAIL, 130 Ctrl-C."""
    language = i18n.choose(sys.argv[1:])
    i18n.use(language)
    if language == "zh":
        _fold_lines()
    try:
        build()()
    except KeyboardInterrupt:
        # While the commands are being loaded; later Typer itself ends with this code.
        sys.exit(INTERRUPTED)
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
    sys.stderr.write(_("Error: ") + _text(error) + "\n")
    if hasattr(error, "mistakes"):
        from flows.cli.mistakes import print_mistakes

        print_mistakes(cast("InvalidTender", error), as_json=False, stderr=True)
    return 1


def _text(error: Exception) -> str:
    if hasattr(error, "message"):
        return i18n.say(error)
    if isinstance(error, OSError) and error.filename is not None:
        return _(
            "{path}: {reason}, expected a file or folder that may be read and written here; "
            "next: check the name and its permissions"
        ).format(path=shorten(str(error.filename)), reason=error.strerror)
    return _("Unexpected failure: {kind}: {text}; next: run again with TENDERFLOW_TRACEBACK=1 and report it").format(
        kind=type(error).__name__, text=i18n.say(error)
    )


def shorten(name: str, limit: int = 200) -> str:
    """Return a name of at most `limit` characters with its middle left out, so that a message stays one line."""
    return name if len(name) <= limit else f"{name[: limit // 2]}…{name[1 - limit // 2 :]}"
