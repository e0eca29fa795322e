"""Commands of the cost and price side: a cost sheet in, an offer of the pricing group in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.common import As, Lot, TenderId, example, only_lot, progress, tell_run
from flows.i18n import _

if TYPE_CHECKING:
    from flows.case import Case

Sheet = Annotated[
    Path,
    typer.Argument(
        metavar="WORKBOOK", help=_("Excel workbook with the sheets cost and offer."), exists=True, dir_okay=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Seal a cost sheet into the price compartment: the cost side of the project quotation.")
        + example("tender cost agv-2024 cost.xlsx --as li.na")
    )
    def cost(tender: TenderId, sheet: Sheet, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import intake

        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            brought = intake.deliver_cost(case, only_lot(case, lot), sheet)
        typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))

    @app.command(
        help=_("Seal a price offer of the pricing group; its members then sign it.")
        + example("tender propose agv-2024 cost.xlsx --as sun.li")
    )
    def propose(tender: TenderId, sheet: Sheet, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import intake

        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            brought = intake.propose(case, only_lot(case, lot), sheet)
        typer.echo(
            _("Sealed {name}, version {version}. Next: tender sign {tender} price, by the pricing group.").format(
                name=brought.name, version=brought.version, tender=tender
            )
        )
        tell_above(case, only_lot(case, lot))
        tell_run(tender)


def tell_above(case: "Case", lot: str) -> None:
    """Say who above the pricing group must sign the newest offer as well."""
    from flows.acts import offering

    for need in offering.needed_above(case, lot):
        typer.echo(
            _("Needed from above too: tender sign {tender} {decision}, by {signers}.").format(
                tender=case.tender, decision=need.decision, signers=" / ".join(map(_, need.signers))
            )
        )
