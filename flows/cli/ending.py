"""Commands that end a tender before its result, or let a postponed one go on."""

from typing import Annotated

import typer

from flows.cli.common import As, TenderId, example, tell_run
from flows.i18n import _

Which = Annotated[str, typer.Option("--lot", help=_("The lot; without it every lot."))]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Record that a tender or a lot ended: withdrawn, revoked, terminated by the buyer, or postponed.")
        + example('tender end agv-2024 --how terminated --reason "buyer\'s notice of 1 December" --as zhao.min')
    )
    def end(
        tender: TenderId,
        how: Annotated[str, typer.Option("--how", help=_("withdrawn, revoked, terminated or postponed."))],
        reason: Annotated[str, typer.Option("--reason", help=_("Why, and by which paper."))],
        person: As,
        lot: Which = "-",
    ) -> None:
        from flows import wiring
        from flows.acts import ending

        case = wiring.open_case(tender, person=person)
        for event in ending.end(case, lot, how, reason):
            typer.echo(_("Lot {lot}: {how}, event {seq}.").format(lot=event.lot, how=_(how), seq=event.seq))
        tell_run(tender)

    @app.command(
        help=_("Let a postponed tender or lot go on from where it stood.")
        + example('tender resume agv-2024 --reason "new date of opening" --as zhao.min')
    )
    def resume(
        tender: TenderId,
        reason: Annotated[str, typer.Option("--reason", help=_("Why, and by which paper."))],
        person: As,
        lot: Which = "-",
    ) -> None:
        from flows import wiring
        from flows.acts import ending

        case = wiring.open_case(tender, person=person)
        for event in ending.resume(case, lot, reason):
            typer.echo(_("Lot {lot}: goes on, event {seq}.").format(lot=event.lot, seq=event.seq))
        typer.echo(_("Next: tender start {tender}").format(tender=tender))
