"""Commands about the bid bond: what is asked for, what was done, what is not in order."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add `tender bond …` to the application."""
    bond = typer.Typer(help=_("The bid bond of each lot: given, amended, returned."))
    app.add_typer(bond, name="bond", no_args_is_help=True)
    _show(bond)
    _record(bond)


def _show(bond: typer.Typer) -> None:
    @bond.command(
        help=_("Show the bond of every lot and what is not in order.")
        + example("tender bond show agv-2024 --as zhao.min")
    )
    def show(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts.bond import bonds
        from flows.steps.bond import total

        found = bonds(wiring.open_case(tender, person=person))
        if as_json:
            print_json(
                [{**each.standing.to_json(), "acts": [act.to_json() for act in each.acts]} for each in found.values()]
            )
            return
        dates = (_("start by"), _("due"), _("valid to"))
        columns = [
            _("lot"),
            _("state"),
            _("form"),
            _("asked for"),
            _("given"),
            _("returned"),
            *dates,
            _("not in order"),
        ]
        stands = [each.standing for each in found.values()]
        rows: list[tuple[object, ...]] = [
            (
                s.lot, _(s.state), _(s.form), *map(_money, s.amounts().values()),
                s.start_by, s.due, s.valid_to, "; ".join(map(_, s.doubts)),
            )
            for s in stands
        ]  # fmt: skip
        if len(stands) > 1:
            rows.append((_("sum"), "", "", *map(_money, total(stands).values())))
        print_table(_("Bid bonds of {tender}").format(tender=tender), columns, rows)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _record(bond: typer.Typer) -> None:
    @bond.command(
        help=_("Record what was done about the bond: applied, given, exempted, amended, returned or kept.")
        + example("tender bond record agv-2024 given --form transfer --amount 30000 --number 7 --as zhao.min")
    )
    def record(
        tender: TenderId,
        act: Annotated[str, typer.Argument(metavar="ACT", help=_("applied, given, exempted, amended, …"))],
        person: As,
        lot: Lot = "",
        form: Annotated[
            str, typer.Option(help=_("transfer, cheque, bank-guarantee, e-guarantee, insurance or exemption."))
        ] = "",
        on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Day; default: today."))] = None,
        amount: Annotated[str, typer.Option(help=_("Amount in the tender's currency."))] = "",
        valid_to: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Last day of a guarantee or insurance."))
        ] = None,
        number: Annotated[str, typer.Option(help=_("Number of the receipt, guarantee or policy."))] = "",
        reason: Annotated[str, typer.Option(help=_("Why; asked for with exempted and kept."))] = "",
        proof: Annotated[
            Path | None, typer.Option("--proof", help=_("File that proves it."), exists=True, dir_okay=False)
        ] = None,
    ) -> None:
        from flows import wiring
        from flows.acts.bond import bonds, record_act
        from flows.steps.bond import BondAct, amount_of

        case = wiring.open_case(tender, person=person)
        meant = only_lot(case, lot)
        before = bonds(case)[meant].standing if meant in case.lot_ids else None
        new = BondAct(
            act=act,
            form=form or (before.form if before else ""),
            on=(on or datetime.now(case.record.deadline.tzinfo)).date(),
            amount=amount_of(amount),
            valid_to=valid_to.date() if valid_to else None,
            number=number,
            reason=reason,
        )
        event = record_act(case, meant, new, proof)
        typer.echo(_("Bond of lot {lot}: {act}, event {seq}.").format(lot=meant, act=_(act), seq=event.seq))
        for doubt in bonds(case)[meant].standing.doubts:
            typer.echo(_("not in order: {what}").format(what=_(doubt)))
