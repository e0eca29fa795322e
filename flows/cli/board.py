"""The command that shows every tender: stage, owner, due, overdue."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, example, print_json, print_table, progress
from flows.i18n import _, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.steps.board import TenderRow


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Show every tender that you may see, lot by lot: stage, owner, due, overdue.")
        + example("tender board --as qian.wei")
    )
    def board(
        person: As,
        as_json: AsJson = False,
        late: Annotated[bool, typer.Option("--overdue", help=_("Only what is overdue."))] = False,
        fresh: Annotated[bool, typer.Option("--fresh", help=_("Read every ledger anew."))] = False,
        figures: Annotated[
            bool, typer.Option("--figures", help=_("Win rate with technical support and without it."))
        ] = False,
    ) -> None:
        now, found = datetime.now(UTC), every_tender(person, fresh=fresh)
        if figures:
            _figures(found, as_json=as_json)
            return
        lines = [line for row in found for line in row.shown(now) if line["overdue"] or not late]
        if as_json:
            print_json(lines)
        else:
            columns = [_("tender"), _("lot"), _("stage"), _("state"), _("owner"), _("due"), _("overdue")]
            print_table(_("Board"), columns, [_line(line) for line in lines])


def every_tender(person: str, *, fresh: bool = False) -> "list[TenderRow]":
    """Return the row of every tender that a person may see; say how far it is, and which could not be read."""
    from flows import board, wiring

    def tell(read: int, of: int) -> None:
        show(_("Read {read} of {of} tenders …").format(read=read, of=of))

    with progress(_("Looking at every tender …")) as show:
        found, broken = board.rows(wiring.seat(person=person), fresh=fresh, tell=tell)
    for name in broken:
        typer.echo(_("not read: {name}; next: tender verify").format(name=name), err=True)
    return found


def _figures(found: "Sequence[TenderRow]", *, as_json: bool) -> None:
    from flows.steps.aim import Bid, to_json, win_rates

    rates = [to_json(share) for share in win_rates(Bid(lot.result, lot.supported) for row in found for lot in row.lots)]
    if as_json:
        print_json(rates)
        return
    columns = [_("bids"), _("won"), _("decided"), _("rate"), _("interval (95 %)"), _("note")]
    print_table(_("Win rate"), columns, [_rate_line(rate) for rate in rates])


def _rate_line(rate: dict[str, Any]) -> tuple[object, ...]:
    low, high = rate["interval"] or (None, None)
    share = "" if rate["rate"] is None else f"{rate['rate']:.0%}"
    bounds = "" if low is None else f"{low:.0%} – {high:.0%}"
    return _(rate["bids"]), rate["won"], rate["decided"], share, bounds, _("too few cases") if rate["few"] else ""


def _line(line: dict[str, Any]) -> tuple[object, ...]:
    due = f"{datetime.fromisoformat(line['due']):%Y-%m-%d %H:%M}" if line["due"] else ""
    overdue = ", ".join(line["overdue_tasks"]) or (_("yes") if line["overdue"] else "")
    state = _(str(line["state"]))
    return line["tender"], line["lot"], _(str(line["stage"])), state, words(line["owner"], "+"), due, overdue
