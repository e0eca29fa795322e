"""The command that holds a tender against the rule, article by article."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table, progress
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Show article by article which signed events satisfy or break the rule.")
        + example("tender conform agv-2024 --as qian.wei")
    )
    def conform(
        tender: TenderId,
        person: As,
        as_json: AsJson = False,
        word: Annotated[Path | None, typer.Option("--word", help=_("Write it as a Word document."))] = None,
    ) -> None:
        from flows import wiring
        from flows.acts import conform as conformance
        from flows.i18n import chinese
        from flows.steps.conformance import form

        with progress(_("Judging …")):
            case = wiring.open_case(tender, person=person)
            notices = conformance.seen_notices(wiring.seat(person=person), tender, datetime.now(UTC))
            evidence, articles = conformance.articles(case, notices)
        if word is not None:
            word.write_bytes(form.word(evidence, articles, case.record, chinese))
            typer.echo(str(word))
        elif as_json:
            print_json([article.to_json(evidence) for article in articles])
        else:
            columns = [_("art."), _("what it asks"), _("lot"), _("state"), _("events"), _("note")]
            rows = [
                (f.article, _(f.requirement), f.lot, _(f.state.value), form.numbers(f.events, 6), _(f.note))
                for article in articles
                for f in article.findings
            ]
            print_table(_("{tender} and the rule {rule}").format(tender=tender, rule=evidence.procedure), columns, rows)
