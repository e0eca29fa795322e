"""Commands of the handler as liaison (art. 3.1): questions to the buyer, the contact log, who made what."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table
from flows.i18n import _

Lot = Annotated[str, typer.Option("--lot", help=_("The lot it is about; without it the whole tender."))]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    question = typer.Typer(
        help=_("Questions to the buyer and the answers: numbered, without our identity."), no_args_is_help=True
    )
    app.add_typer(question, name="question")
    _questions(question)
    contact = typer.Typer(help=_("The log of contacts during production (art. 3.1)."), no_args_is_help=True)
    app.add_typer(contact, name="contact")
    _contacts(contact)

    @app.command(
        help=_("Show who made what: every version of every document, its step, its basis, its signatures.")
        + example("tender made agv-2024 --as zhao.min")
    )
    def made(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import contacts

        rows = contacts.made(wiring.open_case(tender, person=person))
        if as_json:
            print_json([vars(row) for row in rows])
            return
        print_table(
            _("Who made what in {tender}").format(tender=tender),
            [_("document"), _("version"), _("by"), _("at"), _("step"), _("from"), _("signed by")],
            [
                (r.name, r.version, r.by, f"{r.at.astimezone():%Y-%m-%d %H:%M}", _(r.step) if r.step else "",
                 ", ".join(r.made_from), ", ".join(r.signed_by))
                for r in rows
            ],
        )  # fmt: skip


def _questions(group: typer.Typer) -> None:
    @group.command(
        help=_("Ask the buyer something; a text that names us is refused.")
        + example("tender question ask agv-2024 'Is 1.6 the rated load?' --clause 1.6 --as zhao.min")
    )
    def ask(
        tender: TenderId,
        text: Annotated[str, typer.Argument(metavar="TEXT", help=_("The question."))],
        person: As,
        lot: Lot = "-",
        clause: Annotated[str, typer.Option("--clause", help=_("The clause it is about."))] = "",
    ) -> None:
        from flows import wiring
        from flows.acts import questions

        asked = questions.ask(wiring.open_case(tender, person=person), text, lot, clause)
        typer.echo(_("Question {no} recorded.").format(no=asked.no))

    @group.command(
        help=_("Record the buyer's answer to a question.")
        + example("tender question answer agv-2024 1 'Yes.' --source 'letter of 3 March' --as zhao.min")
    )
    def answer(
        tender: TenderId,
        no: Annotated[int, typer.Argument(metavar="NO", help=_("Number of the question."))],
        text: Annotated[str, typer.Argument(metavar="TEXT", help=_("The answer."))],
        person: As,
        source: Annotated[str, typer.Option("--source", help=_("Where the buyer said it."))] = "",
    ) -> None:
        from flows import wiring
        from flows.acts import questions

        questions.answer(wiring.open_case(tender, person=person), no, text, source)
        typer.echo(_("Answer to question {no} recorded. Does it change the tender? tender addendum {tender}").format(
            no=no, tender=tender))  # fmt: skip

    @group.command("list", help=_("Show every question and answer.") + example("tender question list agv-2024"))
    def list_(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import questions

        rows = questions.questions(wiring.open_case(tender, person=person))
        if as_json:
            print_json([vars(row) for row in rows])
            return
        columns = [_("no."), _("lot"), _("clause"), _("question"), _("asked"), _("answer"), _("source")]
        print_table(
            "", columns, [(q.no, q.lot, q.clause, q.text, f"{q.asked:%Y-%m-%d}", q.answer, q.source) for q in rows]
        )

    @group.command(
        help=_("Write the open questions as a workbook for the buyer, without a word about us.")
        + example("tender question out agv-2024 questions.xlsx --as zhao.min")
    )
    def out(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Workbook to write; it must not exist."))],
        person: As,
    ) -> None:
        from flows import wiring
        from flows.acts import questions
        from flows.acts.private_file import write_new

        write_new(file, questions.for_buyer(wiring.open_case(tender, person=person)))
        typer.echo(str(file))


def _contacts(group: typer.Typer) -> None:
    @group.command(
        help=_("Log a contact: with whom, how, about what.")
        + example("tender contact add agv-2024 --with 'buyer, Ms Zhang' --how phone --about 'site visit' --as zhao.min")
    )
    def add(
        tender: TenderId,
        person: As,
        with_whom: Annotated[str, typer.Option("--with", help=_("Person and side."))],
        about: Annotated[str, typer.Option("--about", help=_("What it was about."))],
        how: Annotated[str, typer.Option("--how", help=_("phone, mail, meeting, site, platform or letter."))] = "phone",
        at: Annotated[datetime | None, typer.Option("--at", help=_("When; now if left out."))] = None,
    ) -> None:
        from zoneinfo import ZoneInfo

        from flows import wiring
        from flows.acts import contacts

        case = wiring.open_case(tender, person=person)
        when = at.replace(tzinfo=ZoneInfo(case.record.timezone)) if at else None
        contacts.log(case, with_whom, how, about, when)
        typer.echo(_("Logged."))

    @group.command("list", help=_("Show the contacts.") + example("tender contact list agv-2024 --as zhao.min"))
    def list_(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import contacts

        rows = contacts.contacts(wiring.open_case(tender, person=person))
        if as_json:
            print_json([vars(row) for row in rows])
            return
        print_table(
            "",
            [_("at"), _("with"), _("how"), _("about"), _("logged by")],
            [(f"{c.at.astimezone():%Y-%m-%d %H:%M}", c.with_whom, _(c.channel), c.about, c.by) for c in rows],
        )
