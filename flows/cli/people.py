"""Commands of the custodian: the register of people, their keys, roles, validity and deputies."""

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table
from flows.i18n import _

if TYPE_CHECKING:
    from storage.identity import Holder
    from storage.people import People, PeopleRegister, Person

Who = Annotated[str, typer.Argument(metavar="PERSON", help=_("Id of the person (zhao.min)."))]
Custodian = Annotated[
    str, typer.Option("--as", metavar="PERSON", help=_("The custodian who signs the new version of the register."))
]
Roles = Annotated[list[str], typer.Option("--role", help=_("A role; may be given again for more."))]


def register(app: typer.Typer) -> None:
    """Add `tender people …` to the application."""
    people = typer.Typer(help=_("The signed register of people: keys, roles, departments, deputies."))
    app.add_typer(people, name="people", no_args_is_help=True)
    _reading(people)
    _writing(people)
    _naming(people)


def _reading(people: typer.Typer) -> None:
    @people.command("list", help=_("List everyone who is in the register now.") + example("tender people list --json"))
    def list_(as_json: AsJson = False) -> None:
        rows = [_line(row) for row in _now_valid()]
        if as_json:
            print_json(rows)
            return
        columns = [_("person"), _("name"), _("department"), _("roles"), _("valid to")]
        cells = [[r["id"], r["name"], r["department"], ", ".join(r["roles"]), r["valid_to"]] for r in rows]
        print_table(_("People"), columns, cells)

    @people.command(
        help=_("Show one person: keys, roles, validity, deputies.") + example("tender people show zhao.min")
    )
    def show(person: Who, as_json: AsJson = False) -> None:
        rows = [_line(row) for row in _now_valid() if row.id == person]
        if not rows:
            raise typer.BadParameter(_("{person} is not in the register").format(person=person))
        if as_json:
            print_json(rows[0])
            return
        print_table(person, [_("field"), _("value")], [[key, _cell(value)] for key, value in rows[0].items()])


def _writing(people: typer.Typer) -> None:
    @people.command(
        help=_("Add a person, or give one new roles, a new department or new keys; needs the person's public.json.")
        + example("tender people add zhao.min --department marketing-1 --role handler")
    )
    def add(
        person: Who,
        department: Annotated[str, typer.Option(help=_("The person's department (marketing-1)."))],
        role: Roles,
        name: Annotated[str, typer.Option(help=_("The person's name as documents print it."))] = "",
        public: Annotated[
            Path | None, typer.Option(metavar="DIR", help=_("Folder with public.json; default: the keys folder."))
        ] = None,
        email: Annotated[str, typer.Option(help=_("Where reminders are mailed to."))] = "",
        custodian: Custodian = "custodian",
    ) -> None:
        books, known, signer = _open_books(custodian)
        made = replace(_new_row(person, department, tuple(role), name, public), email=email)
        books.publish(_with_row(known, made), signer)
        typer.echo(_("{person} is in the register from now on.").format(person=person))
        _let_in(books.load(), signer)

    @people.command(
        "import",
        help=_("Add everyone of a CSV file in one version of the register: person, department, roles, name; email too.")
        + example("tender people import people.csv"),
    )
    def import_(
        file: Annotated[
            Path, typer.Argument(metavar="CSV", exists=True, dir_okay=False, help=_("Roles parted by spaces."))
        ],
        custodian: Custodian = "custodian",
    ) -> None:
        books, known, signer = _open_books(custodian)
        rows = _read_csv(file)
        for row in rows:
            made = _new_row(row["person"], row["department"], tuple(row["roles"].split()), row["name"], None)
            known = _with_row(known, replace(made, email=row.get("email") or ""))
        books.publish(known, signer)
        typer.echo(_("{count} people are in the register from now on.").format(count=len(rows)))
        _let_in(books.load(), signer)

    @people.command(
        help=_("End a person's validity now; what they signed before stands.") + example("tender people end li.na")
    )
    def end(person: Who, custodian: Custodian = "custodian") -> None:
        books, known, signer = _open_books(custodian)
        if not any(row.id == person for row in _valid(known)):
            raise typer.BadParameter(_("{person} is not in the register").format(person=person))
        books.publish(_ended(known, person), signer)
        typer.echo(_("{person} has no right from now on.").format(person=person))

    @people.command(
        help=_("Let a person act for another one, in some roles, for some days, up to an amount.")
        + example("tender people deputy qian.wei --is zhao.min --role leader --from 2026-12-01 --to 2026-12-10")
    )
    def deputy(
        person: Who,
        deputy: Annotated[str, typer.Option("--is", metavar="PERSON", help=_("Who acts for them."))],
        role: Roles,
        from_: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help=_("First day."))],
        to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help=_("Last day."))],
        limit: Annotated[str, typer.Option(help=_("Largest amount; empty for any."))] = "",
        custodian: Custodian = "custodian",
    ) -> None:
        books, known, signer = _open_books(custodian)
        books.publish(_with_deputy(known, person, deputy, tuple(role), (from_, to), limit), signer)
        typer.echo(_("{deputy} may act for {person}.").format(deputy=deputy, person=person))


def _naming(people: typer.Typer) -> None:
    @people.command(
        help=_("Name another person for a role of an open tender; what was signed before stays valid.")
        + example("tender people name agv-2024 reviewer he.jing --reason 'on leave' --as qian.wei")
    )
    def name(
        tender: TenderId,
        role: Annotated[str, typer.Argument(metavar="ROLE", help=_("reviewer, technical, pricing …"))],
        person: Annotated[str, typer.Argument(metavar="WHO", help=_("Id of the person (li.na)."))],
        leader: As,
        reason: Annotated[str, typer.Option(help=_("Why; it goes into the ledger."))],
        instead_of: Annotated[
            str, typer.Option("--instead-of", metavar="ID", help=_("Who goes, in a role of several people."))
        ] = "",
    ) -> None:
        from flows import wiring
        from flows.acts import admitting

        case = wiring.open_case(tender, person=leader)
        admitting.name(case, role, person, instead_of=instead_of, reason=reason)
        typer.echo(
            _("{person} is {role} of {tender} from now on. Next: tender keys admit {tender} {person}").format(
                person=person, role=role, tender=tender
            )
        )


def _open_books(custodian: str) -> "tuple[PeopleRegister, People, Holder]":
    from flows import wiring
    from flows.settings import object_store

    config = wiring.settings()
    books = wiring.register(config, object_store(config, "admin"))
    return books, books.load(), wiring.person_identity(config, custodian)


def _let_in(people: "People", custodian: "Holder") -> None:
    """Let new people into the house ledger, where there is one; a custodian who is not in it says who can."""
    from flows import wiring
    from flows.acts import house
    from flows.i18n import say
    from flows.settings import object_store

    config = wiring.settings()
    seat = wiring.Seat(object_store(config, "admin"), people, custodian, wiring.cache_of(config, custodian))
    case = seat.case(house.HOUSE)
    if not house.is_open(case):
        return
    try:
        house.require_open(case)
        house.let_in(case)
    except house.NoHouse as closed:
        typer.echo(say(closed), err=True)


def _now_valid() -> "list[Person]":
    from flows import wiring
    from flows.settings import object_store

    config = wiring.settings()
    return _valid(wiring.register(config, object_store(config, "person")).load())


def _valid(people: "People") -> "list[Person]":
    from storage.canonical import now

    return [row for row in people.persons if row.valid_at(now())]


def _read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source)
        lacking = {"person", "department", "roles", "name"} - set(reader.fieldnames or ())
        if lacking:
            raise typer.BadParameter(
                _("{file} lacks the columns {columns}").format(file=file.name, columns=", ".join(sorted(lacking)))
            )
        return list(reader)


def _new_row(person: str, department: str, roles: tuple[str, ...], name: str, public: Path | None) -> "Person":
    from flows import wiring
    from storage.canonical import now
    from storage.identity import read_public
    from storage.people import Person

    keys = read_public(public or wiring.settings().keys_home / person)
    if keys["name"] not in (f"person:{person}", person):
        raise typer.BadParameter(
            _("the keys belong to {found}, expected {person}").format(found=keys["name"], person=person)
        )
    return Person(person, department, roles, keys["ssh_key"], keys["recipient"], now(), name=name)


def _ended(people: "People", person: str) -> "People":
    """End the row in force; a row that begins and ends at once would have no span, so it goes."""
    from storage.canonical import now

    at = now()
    rows = [replace(row, valid_to=at) if row.id == person and row.valid_at(at) else row for row in people.persons]
    return replace(people, persons=tuple(rows))


def _with_row(people: "People", made: "Person") -> "People":
    from storage.people import Department

    before = _ended(people, made.id)
    old = next((row for row in _valid(people) if row.id == made.id), None)
    made = (
        replace(made, deputies=old.deputies, name=made.name or old.name, email=made.email or old.email) if old else made
    )
    ended = [row for row in before.persons if row.id == made.id and row.valid_to]
    since = max([made.valid_from, *(row.valid_to for row in ended if row.valid_to)])
    departments = before.departments
    if made.department not in {each.id for each in departments}:
        departments = (*departments, Department(made.department))
    return replace(before, persons=(*before.persons, replace(made, valid_from=since)), departments=departments)


def _with_deputy(
    people: "People", person: str, deputy: str, roles: tuple[str, ...], days: tuple[datetime, datetime], limit: str
) -> "People":
    from datetime import timedelta
    from decimal import Decimal, InvalidOperation

    from storage.people import Deputy

    known = {row.id for row in _valid(people)}
    if not {person, deputy} <= known or person == deputy:
        raise typer.BadParameter(_("expected two different people of the register"))
    try:
        amount = Decimal(limit) if limit else None
    except InvalidOperation:
        raise typer.BadParameter(_("{text} is no amount").format(text=limit)) from None
    first, last = (day.astimezone() for day in days)
    made = Deputy(deputy, roles, first, last + timedelta(days=1), amount)
    rows = [
        replace(row, deputies=(*row.deputies, made)) if row.id == person and row in _valid(people) else row
        for row in people.persons
    ]
    return replace(people, persons=tuple(rows))


def _line(row: "Person") -> dict[str, Any]:
    from storage.person import person_to_json

    return {"holder": row.holder, **person_to_json(row)}


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
