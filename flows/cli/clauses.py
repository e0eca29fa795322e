"""Commands of the clause matrix and of what the technical department owes (art. 3.3)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table, progress, tell_run
from flows.i18n import _


def register(app: typer.Typer) -> None:
    """Add `tender clauses …` to the application."""
    group = typer.Typer(
        help=_("The clause matrix of a lot, and what the technical department owes (art. 3.3)."), no_args_is_help=True
    )
    app.add_typer(group, name="clauses")

    @group.command(
        help=_("Write the newest clause matrix of a lot as a workbook to work in.")
        + example("tender clauses out agv-2024 clauses.xlsx --as li.na")
    )
    def out(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Workbook to write; it must not exist."))],
        person: As,
        lot: Lot = "",
    ) -> None:
        from flows import wiring
        from flows.acts import clause_matrix
        from flows.acts.private_file import write_new

        case = wiring.open_case(tender, person=person)
        write_new(file, clause_matrix.out(case, only_lot(case, lot)))
        typer.echo(_("{file}: work in it, then: tender clauses in {tender} {file}").format(file=file, tender=tender))

    @group.command(
        "in",
        help=_("Take the workbook back; every doubled, unknown or lost clause and every foreign cell is named.")
        + example("tender clauses in agv-2024 clauses.xlsx --as li.na"),
    )
    def in_(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The workbook."))],
        person: As,
        lot: Lot = "",
        add: Annotated[
            list[str] | None, typer.Option("--add", help=_("A clause number that is new; may be repeated."))
        ] = None,
    ) -> None:
        from flows import wiring
        from flows.acts import clause_matrix

        with progress(_("Reading and sealing …")):
            case = wiring.open_case(tender, person=person)
            brought, changed = clause_matrix.take_in(case, only_lot(case, lot), file.read_bytes(), file.name, add or ())
        rows = [(c.clause, _(c.field or "new clause"), c.before, c.after) for c in changed]
        print_table("", [_("clause"), _("column"), _("before"), _("after")], rows)
        typer.echo(
            _("{name}, version {version}: {count} cells changed.").format(
                name=brought.name, version=brought.version, count=len(changed)
            )
        )
        tell_run(tender)

    @group.command(
        help=_("Show what the technical department owes each lot: due, delivered, overdue.")
        + example("tender clauses due agv-2024 --as zhao.min")
    )
    def due(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.acts import clause_matrix

        case = wiring.open_case(tender, person=person)
        rows = clause_matrix.deliverables(case, datetime.now(UTC))
        if as_json:
            print_json([{**vars(row), "due": row.due, "state": row.state.value} for row in rows])
            return
        print_table(
            "",
            [_("lot"), _("deliverable"), _("due"), _("delivered"), _("state")],
            [
                (
                    row.lot,
                    _(row.deliverable),
                    f"{row.due:%Y-%m-%d}",
                    f"{row.delivered.astimezone(row.due.tzinfo):%Y-%m-%d %H:%M}" if row.delivered else "",
                    _(row.state.value),
                )
                for row in rows
            ],
        )

    @group.command(
        help=_("Write the technical agreement of a lot from the matrix and seal it as the department's deliverable.")
        + example("tender clauses agreement agv-2024 agreement.docx --fields agreement.yaml --as li.na")
    )
    def agreement(
        tender: TenderId,
        file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Word file to write; it must not exist."))],
        person: As,
        lot: Lot = "",
        fields: Annotated[
            Path | None,
            typer.Option("--fields", exists=True, dir_okay=False, help=_("YAML with the agreement's own fields.")),
        ] = None,
    ) -> None:
        from flows import wiring
        from flows.acts import agreement as agreements
        from flows.acts.private_file import write_new

        with progress(_("Writing the agreement …")):
            case = wiring.open_case(tender, person=person)
            extra = agreements.read_extra(fields) if fields else {}
            brought, content = agreements.write_agreement(case, only_lot(case, lot), extra)
        write_new(file, content)
        typer.echo(
            _("{name}, version {version}; copy in {file}").format(name=brought.name, version=brought.version, file=file)
        )
        tell_run(tender)
