"""Commands of the screening (art. 3.2): the blank form, taking it in, showing it, calibration against outcomes."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, example, only_lot, print_json, print_table, progress, tell_run
from flows.i18n import _, words

OutFile = Annotated[Path, typer.Argument(metavar="FILE", help=_("File to write; it must not exist."))]
InFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("The filled form."))]


def register(app: typer.Typer) -> None:
    """Add `tender screening …` to the application."""
    group = typer.Typer(help=_("Screening of a lot: form, opinions, calibration (art. 3.2)."), no_args_is_help=True)
    app.add_typer(group, name="screening")

    @group.command(
        help=_("Write the screening form of a lot to fill in, as a workbook.")
        + example("tender screening form agv-2024 screening.xlsx --as zhao.min")
    )
    def form(tender: TenderId, file: OutFile, person: As, lot: Lot = "") -> None:
        from datetime import UTC, datetime

        from flows import wiring
        from flows.acts.private_file import write_new
        from flows.steps.screening.sheet import blank

        case = wiring.open_case(tender, person=person)
        write_new(file, blank(case.record, only_lot(case, lot), datetime.now(UTC)))
        typer.echo(_("{file}: fill it in, then: tender screening in {tender} {file}").format(file=file, tender=tender))

    @group.command(
        "in",
        help=_("Take the filled form in (.xlsx or .yaml); opinions and decision follow with tender sign.")
        + example("tender screening in agv-2024 screening.xlsx --as zhao.min"),
    )
    def in_(tender: TenderId, file: InFile, person: As, lot: Lot = "") -> None:
        from flows import wiring
        from flows.acts import screening

        with progress(_("Sealing …")):
            case = wiring.open_case(tender, person=person)
            brought, filled = screening.take_in(case, only_lot(case, lot), file.read_bytes(), file.name)
        total = "-" if filled.total is None else f"{filled.total:f}"
        typer.echo(
            _("{name}, version {version}: score {score} of {threshold}, the form says {advice}.").format(
                name=brought.name,
                version=brought.version,
                score=total,
                threshold=f"{filled.threshold:f}",
                advice=_(filled.advice),
            )
        )
        tell_run(tender)

    @group.command(
        help=_("Show the form of a lot, the opinions over it and the decision; with --word as the company's Word form.")
        + example("tender screening show agv-2024 --word screening.docx --as qian.wei")
    )
    def show(
        tender: TenderId,
        person: As,
        lot: Lot = "",
        word: Annotated[Path | None, typer.Option("--word", help=_("Word file to write; it must not exist."))] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows import wiring
        from flows.acts import screening

        case = wiring.open_case(tender, person=person)
        the_lot = only_lot(case, lot)
        if word is not None:
            from flows.acts.private_file import write_new

            write_new(word, screening.as_word(case, the_lot))
            typer.echo(str(word))
            return
        view = screening.view(case, the_lot)
        if as_json:
            print_json(view)
            return
        _print_form(view)

    @group.command(
        help=_("Hold every screening that is open to you against its outcome: scores, overrides, win rates, counts.")
        + example("tender screening calibrate --as zhao.min")
    )
    def calibrate(
        person: As,
        tenders: Annotated[
            list[str] | None, typer.Argument(metavar="[TENDER]…", help=_("Only these tenders; all without."))
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows.acts.calibrating import collect
        from flows.steps.screening.calibration import calibrate as held

        with progress(_("Reading the ledgers …")):
            found = collect(person, tenders or ())
        result = {**held(found.screened), "closed": len(found.closed)}
        if as_json:
            print_json(result)
            return
        columns = [_("score"), _("screened"), _("bid"), _("no-bid"), _("won"), _("lost"), _("win rate")]
        keys = ("screened", "bid", "no_bid", "won", "lost", "win_rate")
        for title, rows in ((_("By score"), result["bands"]), (_("By what the form said"), result["advice"])):
            print_table(title, columns, [(_(row["label"]), *(row[key] for key in keys)) for row in rows])
        typer.echo(
            _(
                "{screened} lots screened, {overridden} decided against their form; a won lot had the higher score in "
                "{ordered} of {pairs} pairs; {closed} tenders are closed to {person}."
            ).format(**{**result, "ordered": result["ordered"] or "-"}, person=person)
        )


def _print_form(view: dict[str, object]) -> None:
    knock_outs = [
        (_(q["name"]), q["found"], q["expected"], _("yes") if q["holds"] else _("no"))
        for q in view["knock_outs"]  # type: ignore[attr-defined]
    ]
    print_table(_("Knock-outs"), [_("question"), _("found"), _("expected"), _("holds")], knock_outs)
    criteria = [(c["name"], c["weight"], c["score"], c["remark"]) for c in view["criteria"]]  # type: ignore[attr-defined]
    print_table(_("Criteria"), [_("criterion"), _("weight"), _("score"), _("remark")], criteria)
    said = [(o["for"], o["person"], _(o["verdict"]), o["reason"], o["at"]) for o in view["opinions"]]  # type: ignore[attr-defined]
    print_table(_("Opinions"), [_("for"), _("person"), _("verdict"), _("reason"), _("at")], said)
    typer.echo(
        _("Score {total} of {threshold}; the form says {advice}; {state}.").format(
            total=view["total"] or "-",
            threshold=view["threshold"],
            advice=_(str(view["advice"])),
            state=_(str(view["state"])),
        )
    )
    for decision in view["decision"]:  # type: ignore[attr-defined]
        typer.echo(_("signed: {who}").format(who=words(decision)))
    for missing in view["missing"]:  # type: ignore[attr-defined]
        typer.echo(_("missing: {what}").format(what=words(missing)))
