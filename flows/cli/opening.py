"""The command that brings an opening record and the outcome into the archive."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, TenderId, example, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.steps.opening import Quarantined


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Seal the opening record and the outcome, and have them archived with the competitors' prices.")
        + example("tender opening agv-2024 opening.xlsx --outcome outcome.yaml --as feng.xue")
    )
    def opening(
        tender: TenderId,
        record: Annotated[
            Path,
            typer.Argument(metavar="RECORD", help=_("Opening record, Excel or CSV."), exists=True, dir_okay=False),
        ],
        person: As,
        outcome: Annotated[
            Path, typer.Option("--outcome", help=_("Outcome per lot, YAML."), exists=True, dir_okay=False)
        ],
        leave_out: Annotated[
            bool, typer.Option("--leave-out-doubtful", help=_("Doubtful rows stay out, the rest is archived."))
        ] = False,
        reason: Annotated[str, typer.Option(help=_("Why an archived record is corrected."))] = "",
        rate: Annotated[
            list[str] | None,
            typer.Option(metavar="CUR=RATE", help=_("What one unit of a currency is worth in the tender's: USD=7.12.")),
        ] = None,
    ) -> None:
        from flows import runs, wiring
        from flows.acts import intake
        from flows.steps.outcome import DoubtfulRows

        rates = dict(_rate(text) for text in rate or [])
        try:
            with progress(_("Sealing …")):
                case = wiring.open_case(tender, person=person)
                brought, left_out = intake.record_opening(
                    case, record, outcome, leave_out=leave_out, correction=reason, rates=rates
                )
        except DoubtfulRows as doubtful:
            _show(_("Doubtful rows"), doubtful.rows)
            raise
        if left_out:
            _show(_("Left out"), left_out)
        typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))
        if case.ledger.find(type="opening.recorded")[-1].body["scores_differ"]:
            _show_scores(json.loads(case.read(brought.name, purpose="scores that differ"))["scores"])
        with wiring.prefect_api():
            runs.start_opening(tender, brought.version)
        typer.echo(_("The archive takes it over. Next: tender prices sql …"))


def _rate(text: str) -> tuple[str, Decimal]:
    """Return currency and rate of `USD=7.12`; six decimals at most, as the archive keeps them."""
    currency, _equals, number = text.partition("=")
    try:
        value = Decimal(number)
    except InvalidOperation:
        value = Decimal("NaN")
    known = re.fullmatch("[A-Z]{3}", currency) is not None
    if not known or not value.is_finite() or not 0 < value < 10**6 or value != round(value, 6):
        raise typer.BadParameter(_("rate: found {found}, expected such as USD=7.12").format(found=text))
    return currency, value


def _show_scores(scores: "Iterable[dict[str, Any]]") -> None:
    columns = [_("lot"), _("bidder"), _("published"), _("by the formula")]
    rows = [(s["lot"], s["bidder"], s["published"], s["recomputed"]) for s in scores if s["differs"]]
    print_table(_("Price scores that do not follow the tender's formula"), columns, rows)


def _show(title: str, rows: "Iterable[Quarantined]") -> None:
    columns = [_("sheet"), _("row"), _("column"), _("found"), _("expected"), _("why")]
    print_table(title, columns, [[r.sheet, r.row, r.column, r.found, _(r.expected), _(r.reason)] for r in rows])
