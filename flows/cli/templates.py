"""Commands for template sets and our own forms: list, check, preview, fields, adopt."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import AsJson, example, print_json, print_table
from flows.i18n import _

Name = Annotated[str, typer.Argument(metavar="SET", help=_("A set, a folder with a set.toml, or one of our forms."))]
Out = Annotated[Path, typer.Option("--out", help=_("Folder for what is written."))]


def register(app: typer.Typer) -> None:
    """Add `tender templates …` to the application."""
    group = typer.Typer(help=_("Template sets and our own forms."), no_args_is_help=True)
    app.add_typer(group, name="templates")
    for name, command, words, line in (
        ("list", _list, _("Show the template sets and our own forms."), "tender templates list"),
        ("check", _check, _("Find what is wrong with a set or form."), "tender templates check cn-equipment-2017"),
        ("preview", _preview, _("Fill with sample data, as Word, PDF and PNG."), "tender templates preview wb-goods"),
        ("fields", _fields, _("Show which fields each template uses."), "tender templates fields bid-notice"),
        (
            "adopt",
            _adopt,
            _("Make a set of one tender from the buyer's own form."),
            "tender templates adopt BUYER.docx",
        ),
    ):
        group.command(name, help=words + example(line))(command)


def _list(as_json: AsJson = False) -> None:
    from templates import catalogue

    sets = [catalogue.load(name) for name in catalogue.sets()]
    if as_json:
        print_json({"sets": [s.name for s in sets], "forms": list(catalogue.forms())})
        return
    rows = [(s.name, s.title, s.language, len(s.volumes), len(s.sections())) for s in sets]
    print_table(_("Template sets"), [_("name"), _("title"), _("language"), _("volumes"), _("documents")], rows)
    print_table(_("Our own forms"), [_("name")], [(name,) for name in catalogue.forms()])


def _check(name: Name, as_json: AsJson = False) -> None:
    from templates import check_set

    faults = check_set.check(name)
    if as_json:
        print_json([vars(fault) for fault in faults])
    elif faults:
        columns = [_("document"), _("part"), _("paragraph"), _("tag"), _("fault")]
        print_table("", columns, [(f.document, f.part, f.paragraph, f.tag, f.message) for f in faults])
    else:
        typer.echo(_("{name}: no fault found.").format(name=name))
    if faults:
        raise typer.Exit(3)


def _preview(name: Name, out: Out = Path("out/preview")) -> None:
    from templates import catalogue, preview

    form = name in catalogue.forms()
    previews = [preview.of_form(name)] if form else preview.of_set(catalogue.load(name))
    files = preview.write(previews, out)
    typer.echo(_("{count} files written to {folder}.").format(count=len(files), folder=out))


def _fields(name: Name, as_json: AsJson = False) -> None:
    from templates import check_set

    used = check_set.fields(name)
    if as_json:
        print_json({document: sorted(fields) for document, fields in used.items()})
        return
    rows = [(document, field) for document, fields in used.items() for field in sorted(fields)]
    print_table("", [_("document"), _("field")], rows)


def _adopt(
    form: Annotated[Path, typer.Argument(metavar="BUYER.docx", help=_("The buyer's form as it came."))],
    out: Out = Path("buyer-set"),
    confirmed: Annotated[
        Path | None, typer.Option("--confirmed", help=_("The table of blanks after a person went through it."))
    ] = None,
) -> None:
    from templates import adopt

    if confirmed is None:
        table = adopt.propose_to(form, out)
        typer.echo(
            _("{count} blanks found, table written to {file}. Next: go through it, then --confirmed {file}").format(
                count=table.count, file=table.file
            )
        )
        return
    folder = adopt.confirm(form, confirmed, out)
    typer.echo(_("Set written to {folder}. Next: tender templates check {folder}").format(folder=folder))
