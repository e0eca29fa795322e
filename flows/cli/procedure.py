"""Commands about the rule itself: its versions, and the register of interpretations."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, example, print_json, print_table
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add `tender procedure …` to the application."""
    procedure = typer.Typer(help=_("The rule SJE/ZY/GK-02 itself: its versions and interpretations (art. 5)."))
    app.add_typer(procedure, name="procedure", no_args_is_help=True)
    _interpreting(procedure)
    _versions(procedure)


def _interpreting(procedure: typer.Typer) -> None:
    @procedure.command(
        "open",
        help=_("Open the house ledger, or let everyone in who came into the register since; a handler does it.")
        + example("tender procedure open --as zhao.min"),
    )
    def open_(person: As) -> None:
        from flows import wiring
        from flows.acts import house

        house.open_house(wiring.open_case(house.HOUSE, person=person, new=True))
        typer.echo(_("The house ledger is open to everyone in the register."))

    @procedure.command(
        help=_("Interpret an article; the department that the rule names signs it.")
        + example('tender procedure interpret 3.2 "Does a repeat order need a panel?" "No." --as he.ping')
    )
    def interpret(
        article: Annotated[str, typer.Argument(metavar="ARTICLE", help=_("Article of the rule (3.2, aim)."))],
        question: Annotated[str, typer.Argument(metavar="QUESTION", help=_("What was asked."))],
        answer: Annotated[str, typer.Argument(metavar="ANSWER", help=_("How the article is to be read."))],
        person: As,
    ) -> None:
        from flows import wiring
        from flows.acts import house

        case = wiring.open_case(house.HOUSE, person=person, new=True)
        house.require_open(case)
        entry = house.interpret(case, article, question, answer)
        typer.echo(
            _("Interpretation {number} of art. {article} recorded.").format(number=entry.number, article=article)
        )

    @procedure.command(
        "list", help=_("List the interpretations of the rule.") + example("tender procedure list --as zhao.min")
    )
    def list_(person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import house

        case = wiring.open_case(house.HOUSE, person=person, new=True)
        house.require_open(case)
        entries = house.interpretations(case)
        if as_json:
            print_json([entry.to_json() for entry in entries])
            return
        columns = [_("no."), _("at"), _("by"), _("art."), _("question"), _("interpretation")]
        rows = [
            (e.number, f"{e.at.astimezone():%Y-%m-%d}", e.by.removeprefix("person:"), e.article, e.question, e.text)
            for e in entries
        ]
        print_table(_("Interpretations"), columns, rows)


def _versions(procedure: typer.Typer) -> None:
    @procedure.command(
        help=_("List the versions of the rule and the one in force today.")
        + example("tender procedure versions --as zhao.min")
    )
    def versions(person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import house
        from flows.steps import procedure_versions

        case = wiring.open_case(house.HOUSE, person=person, new=True)
        known = house.known_versions(case)
        now = procedure_versions.in_force(known, datetime.now().astimezone().date())
        if as_json:
            print_json([{**version.to_json(), "in_force": version == now} for version in known])
            return
        columns = [_("version"), _("effective"), _("major from"), _("in force")]
        rows = [(v.id, v.effective, f"{v.major_amount:,f}", _("yes") if v == now else "") for v in known]
        print_table(_("Versions of the rule"), columns, rows)

    @procedure.command(
        help=_("Record that the managers' meeting passed a version of the rule; a leader signs it.")
        + example("tender procedure adopt version.toml --rule rule.pdf --passed 2026-12-01 --as qian.wei")
    )
    def adopt(
        version: Annotated[
            Path,
            typer.Argument(metavar="VERSION", help=_("TOML file with id, effective and limits."), exists=True),
        ],
        rule: Annotated[Path, typer.Option("--rule", help=_("File with the words of the rule."), exists=True)],
        passed: Annotated[datetime, typer.Option("--passed", formats=["%Y-%m-%d"], help=_("Day of the meeting."))],
        person: As,
        meeting: Annotated[str, typer.Option("--meeting", help=_("Which meeting, and where its minutes are."))] = "",
    ) -> None:
        import tomllib

        from flows import wiring
        from flows.acts import house
        from flows.steps import procedure_versions

        case = wiring.open_case(house.HOUSE, person=person, new=True)
        house.require_open(case)
        made = procedure_versions.of(tomllib.loads(version.read_text("utf-8")))
        house.adopt(case, made, passed_on=passed.date(), meeting=meeting, rule=rule.read_bytes())
        typer.echo(_("{version} is in force from {day}.").format(version=made.id, day=made.effective))
