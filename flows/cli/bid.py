"""Commands that carry a bid: open, start, deliver, stages, list, log, retry."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.common import As, AsJson, TenderId, example, print_json, print_table, progress, tell_run
from flows.i18n import _, words

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help=_("Tender folder with tender.yaml."), exists=True, file_okay=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

    @app.command(
        "open",
        help=_("Open a tender: keys, record, bid notice, screening forms, all sealed.")
        + example("tender open examples/warehouse-agv --as zhao.min"),
    )
    def open_(folder: Folder, person: As) -> None:
        from flows import wiring
        from flows.acts import intake
        from flows.acts.library_folder import read_to_open

        tender, taken = read_to_open(folder, person)
        with progress(_("Opening the tender …")):
            case = wiring.open_case(tender.tender, person=person, new=True)
            brought = intake.open_tender(case, tender, folder, taken)
        print_table("", [_("sealed"), _("version"), _("bytes")], [(b.name, b.version, b.size) for b in brought])
        typer.echo(
            _("Opened {tender}. Next: tender sign {tender} notice, by handler and leader.").format(tender=tender.tender)
        )

    @app.command(
        help=_("Start the bid run of a tender whose notice is signed.") + example("tender start agv-2024 --as zhao.min")
    )
    def start(tender: TenderId, person: As) -> None:
        from flows import runs, wiring
        from flows.gates import require_notice

        case = wiring.open_case(tender, person=person)
        require_notice(case)
        with wiring.prefect_api(), progress(_("Starting the run …")):
            run = runs.start_bid(tender)
            url = wiring.ui_url(run)
        typer.echo(_("Run of {tender} started. Watch it: {url}").format(tender=tender, url=url))

    @app.command(
        help=_("Take technical inputs and the clause matrix of a folder in; a changed file becomes a new version.")
        + example("tender deliver warehouse-agv examples/warehouse-agv --as li.na")
    )
    def deliver(tender: TenderId, folder: Folder, person: As) -> None:
        from flows import wiring
        from flows.acts import intake
        from flows.acts.library_folder import read_to_deliver
        from flows.acts.order import require_passed
        from flows.steps.procedure import WHOLE_TENDER

        with progress(_("Reading and sealing …")):
            case = wiring.open_case(tender, person=person)
            brought_in, taken = read_to_deliver(folder, person, case)
            _require_same(tender, brought_in.tender)
            require_passed(case, "notice", WHOLE_TENDER, "inputs")
            brought = intake.deliver(case, brought_in, folder, taken=taken)
        print_table("", [_("sealed"), _("version"), _("bytes")], [(b.name, b.version, b.size) for b in brought])
        tell_run(tender)

    @app.command(
        help=_("Show the stages of a tender: state, owner, due date, who signed, what is missing.")
        + example("tender stages agv-2024 --as zhao.min")
    )
    def stages(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring
        from flows.steps.procedure import board

        case = wiring.open_case(tender, person=person)
        rows = board(case.lot_ids, case.facts(), case.record.deadline)
        if as_json:
            print_json([row.to_json() for row in rows])
            return
        print_table(
            _("Stages of {tender}").format(tender=tender),
            [_("lot"), _("stage"), _("state"), _("owner"), _("due"), _("signed by"), _("missing")],
            [
                (
                    row.lot,
                    _(row.stage),
                    _(row.state.value),
                    words(row.owner, "+"),
                    f"{row.due:%Y-%m-%d %H:%M}" if row.due else "",
                    "; ".join(map(words, row.signed_by)),
                    "; ".join(map(words, row.missing)),
                )
                for row in rows
            ],
        )
        deadline = case.record.deadline
        typer.echo(_clock(deadline, deadline - datetime.now(UTC)))

    @app.command("list", help=_("List the tenders that have been opened.") + example("tender list --json"))
    def list_(as_json: AsJson = False) -> None:
        from flows import wiring

        tenders = wiring.tenders()
        if as_json:
            print_json(tenders)
        elif tenders:
            print_table("", [_("tender")], [(tender,) for tender in tenders])
        else:
            typer.echo(_("No tender yet. Next: tender new DIR"))

    @app.command(
        help=_("Show what happened to a tender, event by event, with the words of failures.")
        + example("tender log agv-2024 --as zhao.min")
    )
    def log(tender: TenderId, person: As, as_json: AsJson = False) -> None:
        from flows import wiring

        case = wiring.open_case(tender, person=person)
        events = case.ledger.events()
        if as_json:
            print_json([{"seq": e.seq, "at": e.at, "by": e.by, "type": e.type, "lot": e.lot} for e in events])
            return
        rows = [
            (e.seq, f"{e.at.astimezone():%Y-%m-%d %H:%M:%S}", e.by, e.type, e.lot or "", _words(e.body)) for e in events
        ]
        columns = [_("no."), _("at"), _("by"), _("event"), _("lot"), _("what")]
        print_table(_("Ledger of {tender}").format(tender=tender), columns, rows)

    @app.command(
        help=_("Wait until a stage is passed or asks for signatures; exit 1 when it takes too long.")
        + example("tender wait agv-2024 price --as sun.li")
    )
    def wait(
        tender: TenderId,
        stage: Annotated[str, typer.Argument(metavar="STAGE", help=_("A stage of `tender stages`."))],
        person: As,
        passed: Annotated[
            bool, typer.Option("--passed", help=_("Wait until it is passed, not only asked for."))
        ] = False,
        seconds: Annotated[int, typer.Option("--seconds", help=_("How long to wait."))] = 300,
    ) -> None:
        from flows import waiting, wiring

        case = wiring.open_case(tender, person=person)
        with progress(_("Waiting for {stage} …").format(stage=_(stage))):
            reached = waiting.wait_for(case, stage, passed=passed, seconds=seconds)
        typer.echo(_("{stage}: {state}").format(stage=_(stage), state=_(reached)))

    @app.command(
        help=_("Let a run that failed or was stopped try again.") + example("tender retry agv-2024 --as zhao.min")
    )
    def retry(tender: TenderId, person: As) -> None:
        from flows import runs, wiring

        case = wiring.open_case(tender, person=person)
        with wiring.prefect_api():
            runs.retry(case.tender)
        typer.echo(_("Trying again. Watch: tender stages {tender}").format(tender=tender))


def _clock(deadline: datetime, left: timedelta) -> str:
    """Return the deadline with the time that is left to it, or since it."""
    shown = f"{deadline:%Y-%m-%d %H:%M %Z}"
    minutes = int(abs(left).total_seconds()) // 60
    time = _("{days} d {hours} h {minutes} min").format(
        days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60
    )
    text = _("Deadline {deadline}: {time} left") if left > timedelta() else _("Deadline {deadline}: over since {time}")
    return text.format(deadline=shown, time=time)


def _require_same(tender: str, of_folder: str) -> None:
    if of_folder != tender:
        raise typer.BadParameter(
            _("the folder is of tender {found}, expected {tender}; name its folder, or correct tender.yaml").format(
                found=of_folder, tender=tender
            )
        )


def _words(body: Mapping[str, object]) -> str:
    manifest = body.get("manifest")
    if isinstance(manifest, dict):
        return f"{manifest['name']}@{manifest['version']}"
    for key in ("words", "step", "decision", "how", "compartment", "object"):
        if body.get(key):
            return str(body[key])
    return ""
