"""Commands of the pricing group, `tender price …`: the workbook out and in, how a price stands, rounds, the commitment.

Amounts are asked for without showing them, never given as arguments: these stand in process lists and histories.
"""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, progress, tell_run
from flows.cli.price import tell_above
from flows.i18n import _, words


def register(app: typer.Typer) -> None:
    """Add `tender price …` to the application."""
    group = typer.Typer(help=_("The pricing group's work on the price of a lot (art. 3.3)."), no_args_is_help=True)
    app.add_typer(group, name="price")
    _workbook(group)
    _look(group)
    _rounds(group)


def _workbook(group: typer.Typer) -> None:
    @group.command(
        help=_("Write costs, unit prices and opened proposals of a lot as a workbook to work in.")
        + example("tender price out agv-2024 price.xlsx --as sun.li")
    )
    def out(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Workbook to write; it must not exist."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import price_desk
        from flows.acts.private_file import write_new

        case = wiring.open_case(tender, person=person)
        write_new(file, price_desk.out(case, only_lot(case, lot)))
        typer.echo(
            _(
                "{file}: holds costs and prices in the clear, readable by you alone. Keep it off shared folders and "
                "mail, and remove it after: tender price in {tender} {file}"
            ).format(file=file, tender=tender)
        )

    @group.command(
        "in",
        help=_("Take the workbook back: as your sealed proposal while the rules ask for one, else as the offer.")
        + example("tender price in agv-2024 price.xlsx --as sun.li"),
    )
    def in_(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The workbook."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import price_desk

        with progress(_("Reading and sealing …")):
            case = wiring.open_case(tender, person=person)
            brought = price_desk.take_in(case, only_lot(case, lot), file)
        typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))
        tell_above(case, only_lot(case, lot))
        tell_run(tender)


def _look(group: typer.Typer) -> None:
    @group.command(
        help=_("Show how the price of a lot stands: proposals, votes, who above must sign. No amounts.")
        + example("tender price show agv-2024 --as sun.li")
    )
    def show(tender: TenderId, person: As, lot: Lot = "", as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import price_desk

        case = wiring.open_case(tender, person=person)
        view = price_desk.standing(case, only_lot(case, lot))
        if as_json:
            print_json(view)
            return
        typer.echo(
            _("Price of {tender}, lot {lot}: {state}").format(**view | {"state": _(view["state"])}, tender=tender)
        )
        if view["proposals_wanted"]:
            typer.echo(
                _("sealed proposals: {found} of {wanted}; {who}").format(
                    found=len(view["proposals"]), wanted=view["proposals_wanted"], who=", ".join(view["proposals"])
                )
            )
        for need in view["above"]:
            typer.echo(_("from above: {what}").format(what=f"{need['decision']}: {' / '.join(need['signers'])}"))
        for signed in view["signed"]:
            typer.echo(_("signed: {who}").format(who=words(signed)))
        for missing in view["missing"]:
            typer.echo(_("missing: {what}").format(what=words(missing)))
        for at in view["committed"]:
            typer.echo(_("committed: {at}").format(at=at))

    @group.command(
        help=_("Hold the final price against the commitment that stood in the ledger before the deadline.")
        + example("tender price verify agv-2024 --as sun.li")
    )
    def verify(tender: TenderId, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import price_approval

        case = wiring.open_case(tender, person=person)
        at = price_approval.verify_commitment(case, only_lot(case, lot))
        typer.echo(_("The offer opens the commitment of {at}.").format(at=at))


def _rounds(group: typer.Typer) -> None:
    @group.command(
        "range",
        help=_("Seal the range that the representative may move in; both ends are asked for and not shown.")
        + example("tender price range agv-2024 --as sun.li"),
    )
    def range_(tender: TenderId, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import price_rounds

        low, high = _amount(_("Lowest price of a round")), _amount(_("Highest price of a round"))
        case = wiring.open_case(tender, person=person)
        brought = price_rounds.seal_range(case, only_lot(case, lot), low, high)
        typer.echo(
            _("Sealed {name}, version {version}. Next: tender sign {tender} price-range, by the pricing group.").format(
                name=brought.name, version=brought.version, tender=tender
            )
        )

    @group.command(
        "round",
        help=_("Record what the representative said in a round; the price is asked for and not shown.")
        + example("tender price round agv-2024 2 --as zhao.min"),
    )
    def round_(
        tender: TenderId,
        number: Annotated[int, typer.Argument(metavar="ROUND", min=2, help=_("Number of the round, from 2."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import price_rounds

        price = _amount(_("Price of the round"))
        case = wiring.open_case(tender, person=person)
        brought = price_rounds.record_round(case, only_lot(case, lot), number, price)
        typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))


def _amount(prompt: str) -> Decimal:
    """Ask for an amount without showing it; what was typed is never repeated."""
    typed = typer.prompt(prompt, hide_input=True)
    try:
        return Decimal(typed.strip().replace(",", ""))
    except InvalidOperation:
        raise typer.BadParameter(_("expected a number")) from None
