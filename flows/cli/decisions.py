"""Commands of people who decide: sign a decision, show what is to be decided."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.common import (
    As,
    AsJson,
    Lot,
    TenderId,
    example,
    only_lot,
    print_json,
    print_table,
    progress,
    tell_run,
)
from flows.i18n import _, words

if TYPE_CHECKING:
    from flows.case import Case

Decision = Annotated[
    str,
    typer.Argument(
        metavar="DECISION",
        help=_("notice, screening-opinion, screening, clauses, price, checklist, final-review, submission or waiver."),
    ),
]


For = Annotated[str, typer.Option("--for", metavar="PERSON", help=_("Sign as the deputy of this person."))]
Signer = Annotated[
    str,
    typer.Option(
        metavar="PERSON", help=_("Who signed on paper; you witness it, and two witnesses count at a lower level.")
    ),
]
Wet = Annotated[
    Path | None,
    typer.Option("--wet", exists=True, dir_okay=False, help=_("With --signer, first witness: scan as PDF.")),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        help=_("Sign a decision over exactly the documents now in the tender; the run goes on.")
        + example("tender sign agv-2024 screening --verdict bid --as qian.wei")
    )
    def sign(
        tender: TenderId,
        decision: Decision,
        person: As,
        lot: Lot = "",
        verdict: Annotated[
            str, typer.Option(help=_("bid, no-bid, approve, reject or sign; default: the plain yes."))
        ] = "",
        reason: Annotated[str, typer.Option(help=_("Why; asked for with a refusal, an override or a waiver."))] = "",
        rule: Annotated[str, typer.Option(help=_("With waiver: the rule that is waived (R10)."))] = "",
        back_to: Annotated[
            str, typer.Option("--back-to", help=_("With a rejected final review: clauses, drafts or price."))
        ] = "",
        seen: Annotated[
            str, typer.Option("--seen", help=_("What `tender show` called the documents; others are not signed."))
        ] = "",
        checked: Annotated[
            str, typer.Option("--checked", help=_("With checklist: the rules looked at (R02,R05); else asked."))
        ] = "",
        for_: For = "",
        signer: Signer = "",
        wet: Wet = None,
    ) -> None:
        import sys

        from flows import wiring
        from flows.acts import deciding, signing
        from flows.cli import checklist

        if decision == "submission":
            raise typer.BadParameter(
                _(
                    "a submission is signed with its channel, so that both are on record; next: tender submit {tender}"
                ).format(tender=tender)
            )
        with progress(_("Opening …")):
            case = wiring.open_case(tender, person=person)
        if for_:
            signing.require_appointed(case, deciding.rule_of(decision), for_)
        ticks = tuple(rule.strip() for rule in checked.split(",") if rule.strip())
        if decision == "checklist" and not ticks and sys.stdin.isatty():
            ticks = checklist.ask(case, only_lot(case, lot))
        with progress(_("Signing …")):
            asked = (decision, _lot_of(case, decision, lot), verdict, reason, rule, back_to, seen, ticks)
            wish = deciding.Wish(*asked, on_behalf_of=for_, signer=signer, scan=wet)
            signed = deciding.sign(case, wish)
        typer.echo(
            _("{person} signed {decision} ({verdict}) over {count} documents, event {seq}.").format(
                person=person, decision=decision, verdict=signed.verdict, count=len(signed.subjects), seq=signed.seq
            )
        )
        _witness(case)
        tell_run(tender)

    @app.command(
        help=_("Show what a decision is about: documents, versions, digests, who signed, who is missing.")
        + example("tender show agv-2024 final-review --as zheng.yun")
    )
    def show(
        tender: TenderId,
        decision: Decision,
        person: As,
        lot: Lot = "",
        as_json: AsJson = False,
        form: Annotated[
            Path | None, typer.Option(help=_("With waiver: also write the form (豁免审批单) to this Word file."))
        ] = None,
    ) -> None:
        from flows import wiring
        from flows.acts import deciding
        from flows.cli import checklist

        case = wiring.open_case(tender, person=person)
        if form is not None:
            form.write_bytes(deciding.waiver_word(case, only_lot(case, lot)))
        view = deciding.look(case, decision, _lot_of(case, decision, lot))
        if as_json:
            print_json(view)
            return
        print_table(
            _("{decision} of {tender}: {state}").format(decision=decision, tender=tender, state=_(view["state"])),
            [_("document"), _("version"), _("manifest")],
            [(s["name"], s["version"], s["digest"][:16]) for s in view["subjects"]],
        )
        for signed in view["signed"]:
            typer.echo(_("signed: {who}").format(who=words(signed)))
        typer.echo(_("seen: {code}").format(code=view["seen"]))
        if view["returned"]:
            typer.echo(_("sent back: {why}").format(why=view["returned"]))
        for missing in view["missing"]:
            typer.echo(_("missing: {what}").format(what=words(missing)))
        if decision == "checklist":
            checklist.print_open(case, only_lot(case, lot))

    @app.command(
        help=_("Open sealed documents into a folder of your own; every read is logged.")
        + example("tender get agv-2024 'draft/1/*' --out review --as zheng.yun")
    )
    def get(
        tender: TenderId,
        names: Annotated[str, typer.Argument(metavar="NAME", help=_("Object name or pattern (draft/1/*)."))],
        person: As,
        out: Annotated[Path, typer.Option("--out", "-o", help=_("Folder to write into; made 0700."))] = Path("out"),
    ) -> None:
        from flows import wiring
        from flows.acts import deciding

        with progress(_("Opening …")):
            case = wiring.open_case(tender, person=person)
            written = deciding.get(case, names, out)
        for path in written:
            typer.echo(str(path))


def _lot_of(case: "Case", decision: str, lot: str) -> str:
    """Return the lot of a decision; the bid notice is about all lots, so that nobody has to name one."""
    from flows.acts import deciding
    from flows.steps.procedure import WHOLE_TENDER

    return only_lot(case, lot) if deciding.rule_of(decision).per_lot else WHOLE_TENDER


def _witness(case: "Case") -> None:
    """Publish a checkpoint over the signature; what was signed stands also where that fails."""
    from flows.acts import deciding
    from flows.i18n import say
    from storage.errors import StorageError

    try:
        deciding.witness(case)
    except StorageError as error:
        why = say(error)
        typer.echo(_("Signed, but no checkpoint was published: {why}").format(why=why), err=True)
