"""The command about the buyer's platform: what is on record of it, and the files that it refused."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.common import As, AsJson, Lot, TenderId, aware, example, only_lot, print_json, print_table, progress
from flows.i18n import _

if TYPE_CHECKING:
    from flows.case import Case
    from flows.steps.platform import Platform


def register(app: typer.Typer) -> None:
    """Add `tender platform` to the application."""

    @app.command(
        help=_(
            "Record the buyer's platform: tool, certificate, rehearsal, nodes; a file that it refused. Else show it."
        )
        + example("tender platform agv-2024 platform.yaml --as wang.lei")
    )
    def platform(
        tender: TenderId,
        person: As,
        file: Annotated[
            Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=_("platform.yaml"))
        ] = None,
        refused: Annotated[
            Path | None,
            typer.Option("--refused", exists=True, dir_okay=False, help=_("File that the platform refused.")),
        ] = None,
        reason: Annotated[str, typer.Option("--reason", help=_("Why, in the platform's words."))] = "",
        done: Annotated[str, typer.Option("--done", help=_("What was done about it; may be told later."))] = "",
        at: Annotated[
            str, typer.Option("--at", help=_("When it was refused (2026-12-20T09:00+08:00); default: now."))
        ] = "",
        lot: Lot = "",
        as_json: AsJson = False,
    ) -> None:
        from flows import wiring

        when = aware(at) if at else None
        with progress(_("Opening …")):
            case = wiring.open_case(tender, person=person)
            meant = only_lot(case, lot)
        if file is not None:
            _record_platform(case, meant, file)
        if refused is not None:
            _record_refused(case, meant, refused, reason=reason, done=done, at=when)
        elif file is None:
            _show_platform(case, meant, as_json=as_json)


def _record_platform(case: "Case", lot: str, file: Path) -> None:
    from flows.acts import submission
    from flows.steps.platform import read_platform, warning

    read = read_platform(file.read_text("utf-8"), file.name)
    with progress(_("Sealing …")):
        brought = submission.record_platform(case, lot, read)
    typer.echo(_("Sealed {name}, version {version}.").format(name=brought.name, version=brought.version))
    ends = warning(read, case.record.deadline)
    if ends:
        typer.echo(_("Warning: the certificate ends {ends}, soon after the deadline.").format(ends=ends), err=True)
    if read.rehearsal is None:
        typer.echo(_("Warning: no rehearsal yet; a submission through the platform needs one."), err=True)


def _record_refused(case: "Case", lot: str, file: Path, *, reason: str, done: str, at: datetime | None) -> None:
    from flows.acts.uploads import record_refused

    with progress(_("Signing …")):
        told = record_refused(case, lot, file, reason=reason, done=done, at=at)
    text = _("{file} refused {at}: recorded with {sha256}.")
    typer.echo(text.format(file=told.file, at=f"{told.at.astimezone():%Y-%m-%d %H:%M}", sha256=told.sha256[:12]))
    if not told.done:
        typer.echo(_("Still open: tell with --done what was done about it."), err=True)


def _show_platform(case: "Case", lot: str, *, as_json: bool) -> None:
    from flows.acts import submission
    from flows.acts.uploads import refused

    known, uploads = submission.platform_of(case, lot), refused(case, lot)
    if as_json:
        told = [each.to_json() for each in uploads]
        print_json({"lot": lot, "platform": known.to_json() if known else None, "refused": told})
        return
    if known is None:
        typer.echo(_("No platform on record. Next: tender platform {tender} platform.yaml").format(tender=case.tender))
    else:
        print_table(_("Platform of lot {lot}").format(lot=lot), [_("what"), _("found")], _platform_rows(known))
    if uploads:
        columns = [_("refused"), _("file"), _("digest"), _("reason"), _("what was done")]
        rows = [
            (f"{u.at.astimezone():%Y-%m-%d %H:%M}", u.file, u.sha256[:12], u.reason, u.done or _("open"))
            for u in uploads
        ]
        print_table(_("Files that the platform refused"), columns, rows)


def _platform_rows(known: "Platform") -> list[tuple[str, str]]:
    rehearsal, window = known.rehearsal, known.decryption
    return [
        (_("name"), known.name),
        (_("tool"), f"{known.tool} {known.tool_version}, {known.file_type}"),
        (_("certificate"), f"{known.ca.number}, {known.ca.holder}, {known.ca.valid_to}"),
        (_("rehearsal"), f"{rehearsal.at:%Y-%m-%d %H:%M} {rehearsal.result}" if rehearsal else ""),
        (_("decryption"), f"{window.since:%Y-%m-%d %H:%M} – {window.until:%H:%M}" if window else ""),
    ]
