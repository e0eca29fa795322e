"""Commands that keep a library: add, import, review, retire, share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, example, print_json, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.acts.library_keep import Kept
    from flows.steps.read_technical_inputs import InputFile

Department = Annotated[str, typer.Option("--department", help=_("Whose library; default: your own department's."))]
ItemId = Annotated[str, typer.Argument(metavar="ID", help=_("Id of an item: letters, digits, dot, - and _."))]
File = Annotated[
    Path | None,
    typer.Option("--file", exists=True, dir_okay=False, help=_("Proof or material: docx, xlsx, pdf, png, jpeg.")),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help=_("A field of this kind, such as buyer=…, amount=…; repeat it.")),
]
Name = Annotated[str, typer.Option("--name", help=_("Name as documents print it."))]
Owner = Annotated[str, typer.Option("--owner", metavar="PERSON", help=_("Who answers for it; default: you."))]
Number = Annotated[str, typer.Option("--number", help=_("Number of the certificate."))]
ValidFrom = Annotated[str, typer.Option("--valid-from", metavar="DATE", help=_("First day of validity (2026-12-20)."))]
ValidTo = Annotated[str, typer.Option("--valid-to", metavar="DATE", help=_("Last day of validity (2026-12-20)."))]
Code = Annotated[str, typer.Option("--code", help=_("Slug by which tenders ask for it (iso9001)."))]
Tags = Annotated[str, typer.Option("--tags", help=_("Words to find it by, parted by commas."))]
ReviewDays = Annotated[
    int, typer.Option("--review-days", min=0, help=_("Look at it again after so many days; default: 365."))
]
TextOf = Annotated[str, typer.Option("--text", help=_("A standard text, or a description."))]


def add_commands(library: typer.Typer) -> None:
    """Add the commands to `tender library`."""
    _adding(library)
    _keeping(library)


def _adding(library: typer.Typer) -> None:
    @library.command(
        help=_("Add an item with its proof file; the first one makes the department's library.")
        + example(
            "tender library add QMS-001 --kind certificate --name 质量管理体系认证证书 --code iso9001 --number EX-1 "
            "--valid-to 2029-06-30 --file iso9001.pdf --as zhao.min"
        )
    )
    def add(
        item_id: ItemId,
        person: As,
        kind: Annotated[
            str,
            typer.Option(
                help=_(
                    "licence, certificate, person, track-record, equipment, financial-year, authorisation, text "
                    "or material."
                )
            ),
        ],
        name: Name,
        owner: Owner = "",
        number: Number = "",
        code: Code = "",
        valid_from: ValidFrom = "",
        valid_to: ValidTo = "",
        tags: Tags = "",
        text: TextOf = "",
        review_days: ReviewDays = 0,
        set_: Sets = None,
        file: File = None,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import library_keep
        from flows.cli.library import opened
        from flows.steps.library.draft import Draft

        said = _said(name, owner or person, number, code, valid_from, valid_to, tags, text) | _fields(set_)
        said |= _interval(review_days)
        draft = Draft(item_id, {**said, "kind": kind}, _read(file), "tender library add")
        _tell(library_keep.add(opened(person, department, new=True), draft), as_json)

    @library.command(
        "import",
        help=_("Take items of a workbook or CSV and a folder of proof files in; every mistake is named by its cell.")
        + example(
            "tender library import examples/library/items.xlsx --files examples/warehouse-agv/commercial --as zhao.min"
        ),
    )
    def import_(
        workbook: Annotated[
            Path,
            typer.Argument(
                metavar="FILE", exists=True, dir_okay=False, help=_("Workbook (.xlsx) or CSV, one item per row.")
            ),
        ],
        person: As,
        files: Annotated[
            Path | None,
            typer.Option(
                "--files", exists=True, file_okay=False, help=_("Folder of the proof files; default: FILE's own.")
            ),
        ] = None,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import library_keep
        from flows.cli.library import opened
        from flows.steps.library.import_sheet import Sheets

        with progress(_("Reading …")):
            sheets = Sheets(workbook, files)
        library_ = opened(person, department, new=True)
        with progress(_("Sealing …")):
            kept = library_keep.keep(library_, sheets.drafts, sheets.mistakes)
        _tell(kept, as_json)


def _keeping(library: typer.Typer) -> None:
    @library.command(
        help=_("Write down that an item was looked at today, with what has changed: dates, number, file.")
        + example("tender library review QMS-001 --valid-to 2032-06-30 --file iso9001-2029.pdf --as zhao.min")
    )
    def review(
        item_id: ItemId,
        person: As,
        name: Name = "",
        owner: Owner = "",
        number: Number = "",
        code: Code = "",
        valid_from: ValidFrom = "",
        valid_to: ValidTo = "",
        tags: Tags = "",
        text: TextOf = "",
        review_days: ReviewDays = 0,
        set_: Sets = None,
        file: File = None,
        department: Department = "",
    ) -> None:
        from flows.acts import library_keep
        from flows.cli.library import opened
        from flows.steps.library.draft import Draft

        said = _said(name, owner, number, code, valid_from, valid_to, tags, text) | _fields(set_)
        said |= _interval(review_days)
        draft = Draft(item_id, said, _read(file), "tender library review")
        made = library_keep.review(opened(person, department), draft)
        typer.echo(
            _("{item}: reviewed {day} by {person}, version {version}.").format(
                item=made.id, day=made.reviewed, person=made.reviewed_by, version=made.version
            )
        )

    @library.command(
        help=_("Take an item out of use, with a reason; it can still be shown, and nothing is deleted.")
        + example("tender library retire QMS-001 --reason 'replaced by QMS-002' --as zhao.min")
    )
    def retire(
        item_id: ItemId,
        person: As,
        reason: Annotated[str, typer.Option(help=_("Why it is taken out of use."))],
        department: Department = "",
    ) -> None:
        from flows.acts import library_keep
        from flows.cli.library import opened

        made = library_keep.retire(opened(person, department), item_id, reason)
        typer.echo(_("{item}: retired, version {version}.").format(item=made.id, version=made.version))

    @library.command(
        help=_("Let more people read the library: new colleagues, or people of another department.")
        + example("tender library share li.na --reason 'technical material for bids' --as zhao.min")
    )
    def share(
        people: Annotated[list[str], typer.Argument(metavar="PERSON", help=_("Ids as in `tender people list`."))],
        person: As,
        reason: Annotated[str, typer.Option(help=_("Why; it goes into the ledger."))],
        department: Department = "",
    ) -> None:
        from flows.acts import library_keep
        from flows.cli.library import opened

        library_keep.share(opened(person, department), people, reason)
        typer.echo(_("{people} may read the library from now on.").format(people=", ".join(people)))


def _said(
    name: str, owner: str, number: str, code: str, valid_from: str, valid_to: str, tags: str, text: str
) -> dict[str, Any]:
    """Return what was said on the command line, by field; what was not said is left out."""
    from flows.steps.library.item import listed

    said = {
        "name": name,
        "owner": owner,
        "number": number,
        "code": code,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    return {field: value for field, value in {**said, "text": text, "tags": listed(tags)}.items() if value}


def _interval(review_days: int) -> dict[str, int]:
    return {"review_days": review_days} if review_days else {}


def _fields(pairs: list[str] | None) -> dict[str, str]:
    fields = {}
    for pair in pairs or ():
        field, equals, value = pair.partition("=")
        if not (field and equals):
            raise typer.BadParameter(_("--set {pair}: expected FIELD=VALUE").format(pair=pair))
        fields[field] = value
    return fields


def _read(file: Path | None) -> "InputFile | None":
    from flows.steps.read_technical_inputs import read_input

    return read_input(file.parent, file.name) if file else None


def _tell(kept: "Kept", as_json: bool) -> None:
    if as_json:
        print_json({"added": kept.added, "changed": kept.changed, "same": kept.same})
        return
    typer.echo(
        _("{added} items added, {changed} changed, {same} as they were.").format(
            added=len(kept.added), changed=len(kept.changed), same=len(kept.same)
        )
    )
