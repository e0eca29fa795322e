"""`tender library …`: what a department keeps ready for its bids. Here what shows it; `library_keep` changes it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, example, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.acts.library import Library
    from flows.steps.library.item import Item

Department = Annotated[str, typer.Option("--department", help=_("Whose library; default: your own department's."))]
ItemId = Annotated[str, typer.Argument(metavar="ID", help=_("Id of an item, as in `tender library list`."))]
Most = Annotated[int, typer.Option("--most", min=1, help=_("How many at most."))]


def register(app: typer.Typer) -> None:
    """Add `tender library …` to the application."""
    from flows.cli import library_keep

    library = typer.Typer(
        help=_("The company library: certificates, people, track record, standard texts, and earlier answers.")
    )
    app.add_typer(library, name="library", no_args_is_help=True)
    library_keep.add_commands(library)
    _listing(library)
    _one(library)
    _answers(library)


def opened(person: str, department: str, *, new: bool = False) -> "Library":
    """Open a library while the person sees that it takes a while."""
    from flows.acts.library import open_library

    with progress(_("Opening the library …")):
        return open_library(person, department, new=new)


def _listing(library: typer.Typer) -> None:
    @library.command(
        "list",
        help=_("List the items: kind, name, owner, validity, last review.")
        + example("tender library list --kind certificate --as zhao.min"),
    )
    def list_(
        person: As,
        kind: Annotated[str, typer.Option(help=_("Only this kind (certificate, person, track-record …)."))] = "",
        retired: Annotated[bool, typer.Option("--retired", help=_("Retired items too."))] = False,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.steps.library.kinds import KINDS

        if kind and kind not in KINDS:
            raise typer.BadParameter(_("no kind {kind}; one of {kinds}").format(kind=kind, kinds=", ".join(KINDS)))
        items = opened(person, department).items().values()
        show_items([i for i in items if kind in ("", i.kind) and (retired or not i.retired)], as_json)

    @library.command(
        help=_("Find items by words, the best first: parts of names, numbers, tags, texts and files; Chinese too.")
        + example("tender library search '质量 证书' --as zhao.min")
    )
    def search(
        words: Annotated[list[str], typer.Argument(metavar="WORDS", help=_("All of them must be found."))],
        person: As,
        most: Most = 20,
        retired: Annotated[bool, typer.Option("--retired", help=_("Retired items too."))] = False,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.steps.library.search import Index

        items = opened(person, department).items().values()
        hits = Index(item for item in items if retired or not item.retired).find(" ".join(words), most)
        if as_json:
            print_json([{"rank": hit.rank, "around": hit.around, **_plain(hit.item)} for hit in hits])
        elif hits:
            rows = [(h.rank, h.item.id, kind_title(h.item), h.item.name, h.item.valid_to, h.around) for h in hits]
            print_table("", [_("no."), _("item"), _("kind"), _("name"), _("valid to"), _("found at")], rows)
        else:
            typer.echo(_("Nothing found. Next: fewer or shorter words, or tender library list"))

    @library.command(
        help=_("List what expires within some days, or has expired: days left, owner.")
        + example("tender library expiring --days 90 --as zhao.min")
    )
    def expiring(
        person: As,
        days: Annotated[int, typer.Option("--days", min=0, help=_("Within how many days."))] = 90,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.steps.library.validity import expiring as expiring_items

        found = expiring_items(opened(person, department).items().values(), datetime.now(UTC), days)
        columns = {_("valid to"): "valid_to"}
        _print_left(found, columns, _("Nothing expires within {days} days.").format(days=days), as_json=as_json)

    @library.command(
        help=_("List what is overdue for review: the last review is older than the interval of the item.")
        + example("tender library reviews --days 30 --as zhao.min")
    )
    def reviews(
        person: As,
        days: Annotated[int, typer.Option("--days", min=0, help=_("Also what is due within so many days."))] = 0,
        department: Department = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.steps.library.validity import unreviewed

        found = unreviewed(opened(person, department).items().values(), datetime.now(UTC), days)
        columns = {_("due"): "review_due", _("reviewed"): "reviewed", _("every"): "review_days"}
        _print_left(found, columns, _("No review is overdue."), as_json=as_json)


def _print_left(found: "list[tuple[int, Item]]", dates: dict[str, str], none: str, *, as_json: bool) -> None:
    """Print items with the days left to a date; `dates` are columns of their own: heading and field of an item."""
    if as_json:
        said = [(left, {name: getattr(item, name) for name in dates.values()}, item) for left, item in found]
        print_json([{"days_left": left, **own, **_plain(item)} for left, own, item in said])
    elif found:
        rows = [
            (left, *(getattr(item, name) for name in dates.values()), item.id, kind_title(item), item.name, item.owner)
            for left, item in found
        ]
        print_table("", [_("days left"), *dates, _("item"), _("kind"), _("name"), _("owner")], rows)
    else:
        typer.echo(none)


def _one(library: typer.Typer) -> None:
    @library.command(
        help=_("Show an item with all its versions.") + example("tender library show QMS-001 --as zhao.min")
    )
    def show(item_id: ItemId, person: As, department: Department = "", as_json: AsJson = False) -> None:
        library = opened(person, department)
        library.item(item_id)
        versions = library.history()[item_id]
        if as_json:
            print_json([_plain(item) for item in versions])
            return
        plain = {name: value for name, value in _plain(versions[-1]).items() if name != "words"}
        print_table(versions[-1].name, [_("field"), _("value")], [(n, _cell(value)) for n, value in plain.items()])
        rows = [
            (v.version, v.reviewed, v.reviewed_by, v.valid_to, v.retired.reason if v.retired else "") for v in versions
        ]
        columns = [_("version"), _("reviewed"), _("by"), _("valid to"), _("retired because")]
        print_table(_("Versions"), columns, rows)

    @library.command(
        help=_("Write the file of an item, or the words of a standard text, into a folder; the read is logged.")
        + example("tender library get TXT-001 --out material --as zhao.min")
    )
    def get(
        item_id: ItemId,
        person: As,
        out: Annotated[Path, typer.Option("--out", "-o", help=_("Folder to write into; made 0700."))] = Path("out"),
        department: Department = "",
    ) -> None:
        from flows.acts.private_file import write_new

        library = opened(person, department)
        file = library.content(library.item(item_id))
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(out / file.name, file.data)
        typer.echo(str(out / file.name))


def _answers(library: typer.Typer) -> None:
    @library.command(
        help=_("Offer answers to similar clauses of earlier tenders that you may open, with source and outcome.")
        + example("tender library answers '设备噪声不大于70dB' --as li.na")
    )
    def answers(
        person: As,
        text: Annotated[str, typer.Argument(metavar="CLAUSE", help=_("Words of a clause; or --of."))] = "",
        of: Annotated[str, typer.Option("--of", metavar="TENDER", help=_("Each clause of a lot of this tender."))] = "",
        lot: Annotated[str, typer.Option("--lot", help=_("The lot; a tender with one lot needs none."))] = "",
        within: Annotated[
            list[str] | None, typer.Option("--within", metavar="TENDER", help=_("Only answers of this tender."))
        ] = None,
        most: Most = 3,
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import library_answers

        if bool(text.strip()) == bool(of):
            raise typer.BadParameter(_("give the words of a clause, or --of TENDER"))
        with progress(_("Reading earlier answers …")):
            asked = library_answers.asked(person, of, lot) if of else [("", text)]
            found = library_answers.offer(person, asked, within or (), but=of, most=most)
        if as_json:
            print_json(found.to_json())
            return
        for number, words, offers in found.offers:
            if not offers:
                typer.echo(_("{clause}: no similar clause answered.").format(clause=number or f"“{words}”"))
                continue
            rows = [(f"{o.similarity:.0%}", *_source(o), o.answered.clause.requirement, *_answer(o)) for o in offers]
            columns = [
                _("similar"),
                _("tender"),
                _("clause"),
                _("outcome"),
                _("requirement"),
                _("answer"),
                _("deviation"),
            ]
            print_table(f"{number} {words}".strip(), columns, rows)
        typer.echo(
            _("{count} answered clauses of {tenders} tenders read; {closed} tenders are closed to you.").format(
                count=found.clauses, tenders=found.tenders, closed=len(found.closed)
            )
        )


def _source(offer: Any) -> tuple[str, str, str]:
    from flows.steps.library.answers import OUTCOMES

    answered = offer.answered
    return (
        f"{answered.tender} {answered.lot}",
        f"{answered.clause.mark}{answered.clause.clause}",
        _(OUTCOMES.get(answered.outcome, answered.outcome)),
    )


def _answer(offer: Any) -> tuple[str, str]:
    clause = offer.answered.clause
    return " ".join(filter(None, (clause.offered, clause.response))), _(clause.deviation) if clause.deviation else ""


def show_items(items: "list[Item]", as_json: bool) -> None:
    """Print items as a table or JSON."""
    if as_json:
        print_json([_plain(item) for item in items])
    elif items:
        rows = [
            (i.id, kind_title(i), i.name, i.owner, i.valid_to, i.reviewed, i.proof.name if i.proof else "")
            for i in items
        ]
        columns = [_("item"), _("kind"), _("name"), _("owner"), _("valid to"), _("reviewed"), _("file")]
        print_table("", columns, rows)
    else:
        typer.echo(_("No items. Next: tender library add, or tender library import"))


def kind_title(item: "Item") -> str:
    """Return what the kind of an item is called in the language in use."""
    from flows.steps.library.kinds import TITLES

    return _(TITLES[item.kind])


def _plain(item: "Item") -> dict[str, Any]:
    return {name: value for name, value in item.to_json().items() if name != "words"}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {each}" for name, each in value.items() if name not in ("manifest", "media_type"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
