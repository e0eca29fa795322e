"""Commands about dated tasks: the list with its laws, and what was done."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Show what is due and what was done, each date with its article or law; --all over every tender.")
        + example("tender tasks agv-2024 --as zhao.min")
    )
    def tasks(
        person: As,
        tender: Annotated[str, typer.Argument(metavar="TENDER", help=_("Id of the tender."))] = "",
        every: Annotated[bool, typer.Option("--all", help=_("Over all tenders that you may see."))] = False,
        as_json: AsJson = False,
    ) -> None:
        if every == bool(tender):
            raise typer.BadParameter(_("name one tender, or say --all"))
        rows = _all_rows(person) if every else _rows(person, tender)
        if as_json:
            print_json(rows)
            return
        columns = [_("tender"), _("lot"), _("task"), _("owner"), _("due"), _("done"), _("basis")]
        print_table(_("Tasks"), columns, [_line(row) for row in rows])

    @app.command(
        help=_("Record that a task was done on a day, with the file that proves it.")
        + example("tender done agv-2024 contract --on 2027-04-12 --proof contract.pdf --as zhao.min")
    )
    def done(
        tender: TenderId,
        task: Annotated[str, typer.Argument(metavar="TASK", help=_("A task of `tender tasks`."))],
        person: As,
        on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help=_("The day."))],
        lot: Lot = "",
        proof: Annotated[
            Path | None, typer.Option("--proof", help=_("File that proves it."), exists=True, dir_okay=False)
        ] = None,
        remark: Annotated[str, typer.Option("--remark", help=_("A remark."))] = "",
    ) -> None:
        from flows import wiring
        from flows.acts.tasks import record_done

        case = wiring.open_case(tender, person=person)
        event = record_done(case, only_lot(case, lot), task, on.date(), proof, remark)
        typer.echo(_("{task} done on {day}, event {seq}.").format(task=task, day=on.date(), seq=event.seq))


def _rows(person: str, tender: str) -> list[dict[str, object]]:
    from flows import wiring
    from flows.acts.tasks import tasks_of, today

    case = wiring.open_case(tender, person=person)
    day = today(case)
    return [{"tender": tender, **task.to_json(day)} for task in tasks_of(case)]


def _all_rows(person: str) -> list[dict[str, object]]:
    from flows.cli.board import every_tender

    now = datetime.now(UTC)
    return [
        {"tender": row.tender, **task.to_json(now.astimezone(row.deadline.tzinfo).date())}
        for row in every_tender(person)
        for task in row.tasks
    ]


def _line(row: dict[str, object]) -> tuple[object, ...]:
    due = f"{row['due'] or ''}" + (f" {_('overdue')}" if row["overdue"] else "")
    title = f"{row['task']}: {_(str(row['title']))}"
    return row["tender"], row["lot"], title, _(str(row["owner"])), due, row["done"], row["basis"]
