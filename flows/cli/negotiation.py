"""Commands of a negotiation: plan, the leader's approval, each meeting, the moves of the price, the Word record."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, example, only_lot, print_json
from flows.i18n import _

Ledger = Annotated[
    str, typer.Argument(metavar="ID", help=_("Id of the tender, or negotiation.NAME for one without a tender."))
]
File = Annotated[Path, typer.Argument(metavar="FILE", help=_("YAML file."), exists=True, dir_okay=False)]


def register(app: typer.Typer) -> None:
    """Add `tender negotiation …` to the application."""
    group = typer.Typer(help=_("Negotiations, of a tender or without one (art. 4)."))
    app.add_typer(group, name="negotiation", no_args_is_help=True)
    _opening(group)
    _planning(group)
    _meeting(group)
    _showing(group)


def _opening(group: typer.Typer) -> None:
    @group.command(
        "open",
        help=_("Open a ledger for a negotiation without a tender; you are its handler.")
        + example("tender negotiation open negotiation.line-3 --leader qian.wei --technical li.na --as zhao.min"),
    )
    def open_(
        ledger: Ledger,
        leader: Annotated[list[str], typer.Option("--leader", help=_("Who leads and approves it."))],
        technical: Annotated[list[str], typer.Option("--technical", help=_("Who supports it technically."))],
        person: As,
        pricing: Annotated[list[str] | None, typer.Option("--pricing", help=_("Who may record price moves."))] = None,
    ) -> None:
        from flows import wiring
        from flows.acts import negotiation

        if not ledger.startswith(negotiation.PREFIX):
            raise typer.BadParameter(_("an id that begins with {prefix}").format(prefix=negotiation.PREFIX))
        case = wiring.open_case(ledger, person=person, new=True)
        people = {"leader": leader, "technical": technical, "pricing": pricing or []}
        negotiation.open_own(case, {role: ids for role, ids in people.items() if ids})
        if pricing:
            from flows.pricing import ask_price_keys

            with wiring.prefect_api():
                ask_price_keys(case)
        typer.echo(_("Opened {ledger}. Next: tender negotiation plan {ledger} FILE").format(ledger=ledger))


def _planning(group: typer.Typer) -> None:
    @group.command(
        help=_("Take the plan in: project, customer, amount, goals; say whether it is major.")
        + example("tender negotiation plan agv-2024 plan.yaml --as zhao.min")
    )
    def plan(ledger: Ledger, file: File, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import negotiation
        from flows.steps.negotiation import Plan
        from flows.steps.yaml_value import read

        read_plan = read(file, Plan)
        case = wiring.open_case(ledger, person=person)
        known = negotiation.plan(case, _meant(case, lot), read_plan)
        if known.major:
            typer.echo(_("It is major: the leader approves it before the first meeting and takes part (art. 4)."))
        else:
            typer.echo(_("It is not major; no approval is needed."))

    @group.command(
        help=_("Approve a planned negotiation, or refuse it, as its leader.")
        + example("tender negotiation approve agv-2024 --as qian.wei")
    )
    def approve(
        ledger: Ledger,
        person: As,
        lot: Lot = "",
        verdict: Annotated[str, typer.Option(help=_("approve or reject."))] = "approve",
        reason: Annotated[str, typer.Option(help=_("Why; asked for with a refusal."))] = "",
        principal: Annotated[str, typer.Option("--for", metavar="PERSON", help=_("Whom you deputise for."))] = "",
    ) -> None:
        from flows import wiring
        from flows.acts import negotiation

        if verdict not in negotiation.GATE.passing + negotiation.GATE.refusing:
            raise typer.BadParameter(_("approve or reject"))
        case = wiring.open_case(ledger, person=person)
        signed = negotiation.approve(case, _meant(case, lot), verdict, reason, principal)
        typer.echo(_("{person}: {verdict}, event {seq}.").format(person=person, verdict=signed.verdict, seq=signed.seq))


def _meeting(group: typer.Typer) -> None:
    @group.command(
        help=_("Record a round as it was held: people, technical support, points, concessions, actions.")
        + example("tender negotiation meeting agv-2024 round-1.yaml --as zhao.min")
    )
    def meeting(ledger: Ledger, file: File, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import negotiation
        from flows.steps.negotiation import Meeting
        from flows.steps.yaml_value import read

        held = read(file, Meeting)
        case = wiring.open_case(ledger, person=person)
        event = negotiation.record_meeting(case, _meant(case, lot), held)
        typer.echo(_("Round {number} recorded, event {seq}.").format(number=held.round, seq=event.seq))

    @group.command(
        help=_("Seal the moves of the price of a round; the pricing group alone opens them.")
        + example("tender negotiation moves agv-2024 moves-1.yaml --as sun.li")
    )
    def moves(ledger: Ledger, file: File, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import negotiation
        from flows.steps.negotiation import Moves
        from flows.steps.yaml_value import read

        moved = read(file, Moves)
        case = wiring.open_case(ledger, person=person)
        event = negotiation.record_moves(case, _meant(case, lot), moved)
        typer.echo(_("Moves of round {number} sealed, event {seq}.").format(number=moved.round, seq=event.seq))


def _showing(group: typer.Typer) -> None:
    @group.command(
        help=_("Show how a negotiation stands: plan, major or not, approval, rounds.")
        + example("tender negotiation show agv-2024 --as zhao.min")
    )
    def show(ledger: Ledger, person: As, lot: Lot = "", as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import negotiation

        case = wiring.open_case(ledger, person=person)
        known = negotiation.stands(case, _meant(case, lot))
        if as_json:
            print_json(known.to_json())
            return
        typer.echo(_("{project}, {customer}").format(project=known.plan.project, customer=known.plan.customer))
        typer.echo(_("major: {answer}").format(answer=_("yes") if known.major else _("no")))
        approved = f"{known.approver} {known.approved:%Y-%m-%d %H:%M}" if known.approved else "-"
        typer.echo(_("approved: {who}").format(who=approved))
        typer.echo(_("rounds held: {rounds}").format(rounds=", ".join(map(str, known.rounds)) or "-"))

    @group.command(
        help=_("Write the record of a round as a Word document.")
        + example("tender negotiation word agv-2024 1 round-1.docx --as zhao.min")
    )
    def word(
        ledger: Ledger,
        number: Annotated[int, typer.Argument(metavar="ROUND", help=_("The round."))],
        out: Annotated[Path, typer.Argument(metavar="FILE", help=_("Word file to write."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import negotiation

        case = wiring.open_case(ledger, person=person)
        out.write_bytes(negotiation.word(case, _meant(case, lot), number))
        typer.echo(str(out))


def _meant(case: object, lot: str) -> str:
    from flows.acts.negotiation import PREFIX

    own = str(getattr(case, "tender", "")).startswith(PREFIX)
    return "-" if own else only_lot(case, lot)
