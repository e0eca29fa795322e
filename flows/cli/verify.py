"""The command that proves a tender from the store alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from storage.verify import Finding, Report


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command(
        help=_("Prove signatures, order, tree, keys, stored objects and decisions of a tender; exit 1 if one is wrong.")
        + example("tender verify agv-2024 --out evidence --as chu.bo")
    )
    def verify(
        tender: TenderId,
        person: As,
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=_("New folder for a report that outsiders check offline."))
        ] = None,
        checkpoint: Annotated[
            list[Path] | None,
            typer.Option(
                exists=True,
                dir_okay=False,
                help=_("Checkpoint that came by mail; the ledger must still begin with it."),
            ),
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows import wiring
        from storage.evidence import export_evidence
        from storage.verify import verify_tender

        with progress(_("Verifying …")):
            case = wiring.open_case(tender, person=person)
            notes = [file.read_text("utf-8", errors="replace") for file in checkpoint or ()]
            report = verify_tender(case.store, tender, case.holder, case.people, handed_over=notes)
            if out is not None and report.ok:
                export_evidence(case.store, tender, case.holder, case.people, out)
        if as_json:
            print_json(_plain(report))
        else:
            _print(report)
        raise typer.Exit(0 if report.ok else 1)


def _plain(report: "Report") -> dict[str, object]:
    findings = [
        {"what": f.what, "count": f.count, "problems": list(f.problems), "unseen": list(f.unseen), **f.values}
        for f in report.findings
    ]
    return {"tender": report.tender, "ok": report.ok, "findings": findings}


def _remark(finding: "Finding") -> str:
    unseen = _("{n} not readable for you").format(n=len(finding.unseen)) if finding.unseen else ""
    return "; ".join(filter(None, (unseen, _(finding.detail).format(**finding.values) if finding.detail else "")))


def _print(report: "Report") -> None:
    rows = [
        [
            _("yes") if f.ok else _("NO"),
            f.count,
            _(f.what),
            _remark(f),
        ]
        for f in report.findings
    ]
    print_table(_("Proof of {tender}").format(tender=report.tender), [_("proven"), _("looked at"), _("what"), ""], rows)
    for finding in report.findings:
        for problem in finding.problems:
            typer.echo(f"  {problem}", err=True)
