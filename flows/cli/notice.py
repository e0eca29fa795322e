"""Commands about notices: new, sign, dispatch, receive, answer, feedback, close, cancel, list, show."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.common import As, AsJson, example, print_json, print_table, progress
from flows.cli.decisions import For, Signer, Wet
from flows.i18n import _, words

if TYPE_CHECKING:
    from flows.acts.notices import Matter

NoticeId = Annotated[
    str, typer.Argument(metavar="NOTICE", help=_("Id of the notice, as `tender notice new` printed it."))
]


def register(app: typer.Typer) -> None:
    """Add `tender notice …` to the application."""
    from flows.cli import notice_register

    notice = typer.Typer(help=_("Technical-support notices: from the customer's word to the acknowledged feedback."))
    app.add_typer(notice, name="notice", no_args_is_help=True)
    _making(notice)
    _signing(notice)
    _handling(notice)
    _ending(notice)
    _looking(notice)
    notice_register.register(notice)


def _making(notice: typer.Typer) -> None:
    @notice.command(
        help=_("Open a notice from a small YAML file, or from options; it gets its number, its form and its run.")
        + example("tender notice new notice.yaml --as zhao.min")
    )
    def new(
        person: As,
        file: Annotated[
            Path | None,
            typer.Argument(metavar="[FILE]", exists=True, dir_okay=False, help=_("YAML file; see the guide.")),
        ] = None,
        kind: Annotated[str, typer.Option(help=_("support, bid, after-sales or complaint."))] = "support",
        out: Annotated[bool, typer.Option("--out", help=_("Raised by ourselves, not by a customer."))] = False,
        customer: Annotated[str, typer.Option(help=_("The customer."))] = "",
        source: Annotated[str, typer.Option(help=_("How it came: telephone, letter, visit …"))] = "",
        project: Annotated[str, typer.Option(help=_("The customer's project."))] = "",
        due: Annotated[str, typer.Option(help=_("Due date (2026-11-20) or time (2026-11-20T17:00)."))] = "",
        received: Annotated[str, typer.Option(help=_("When it came; default: now."))] = "",
        leader: Annotated[str, typer.Option(metavar="PERSON", help=_("The responsible leader."))] = "",
        handler: Annotated[str, typer.Option(metavar="PERSON", help=_("Who handles it; default: the author."))] = "",
        to: Annotated[str, typer.Option("--to", metavar="DEPARTMENT", help=_("Who answers; default: ourselves."))] = "",
        line: Annotated[
            list[str] | None, typer.Option(help=_("A requirement: 'load ≥ 180 kg', or a text; again for more."))
        ] = None,
        attach: Annotated[list[Path] | None, typer.Option(exists=True, dir_okay=False, help=_("A file."))] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows import wiring
        from flows.acts import notices
        from flows.steps.notices import read

        if file is None:
            typed = {"customer": customer, "source": source, "project": project, "due": due, "leader": leader}
            typed |= {"received": received or _now(), "author": person, "handler": handler, "undertaker": to}
            typed |= {"kind": kind, "direction": "out" if out else "in", "department": wiring.department_of(person)}
            values = {name: value for name, value in typed.items() if value}
            content = read.from_options(values, line or (), attach or ())
        else:
            content = read.read(file)
        with progress(_("Opening the notice …")):
            matter = notices.open_notice(wiring.seat(person=person), content)
        _warn(matter, as_json)
        _tell(matter, as_json)
        _go_on(matter, as_json, start=True)


def _signing(notice: typer.Typer) -> None:
    @notice.command(
        help=_("Sign a notice: the author and the leader before it is dispatched (art. 2.2).")
        + example("tender notice sign n-3f0c5a1e8b7d2c46 --as qian.wei")
    )
    def sign(
        notice: NoticeId, person: As, for_: For = "", signer: Signer = "", wet: Wet = None, as_json: AsJson = False
    ) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.sign(matter, notice_acts.Hand(for_, signer, wet))
        _done(matter, as_json)

    @notice.command(
        help=_("Sign the outgoing notice as its handler and send it to the department that answers (art. 2.3).")
        + example("tender notice dispatch n-3f0c5a1e8b7d2c46 --as zhao.min")
    )
    def dispatch(
        notice: NoticeId, person: As, for_: For = "", signer: Signer = "", wet: Wet = None, as_json: AsJson = False
    ) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.dispatch(matter, notice_acts.Hand(for_, signer, wet))
        _done(matter, as_json)


def _handling(notice: typer.Typer) -> None:
    @notice.command(
        help=_("Number a notice in the register of the department that answers it (art. 2.5).")
        + example("tender notice receive n-3f0c5a1e8b7d2c46 --as li.na")
    )
    def receive(notice: NoticeId, person: As, for_: For = "", as_json: AsJson = False) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.receive(matter, notice_acts.Hand(for_))
        _done(matter, as_json)

    @notice.command(
        help=_("Put the result on record; its time is the completion time (art. 2.3, 2.5).")
        + example("tender notice answer n-3f0c5a1e8b7d2c46 --result 'all met' --attach report.pdf --as li.na")
    )
    def answer(
        notice: NoticeId,
        person: As,
        result: Annotated[str, typer.Option(help=_("What came of it."))],
        answer: Annotated[
            list[str] | None,
            typer.Option("--answer", help=_("Answer to a requirement, in their order; to all or none.")),
        ] = None,
        attach: Annotated[list[Path] | None, typer.Option(exists=True, dir_okay=False, help=_("A file."))] = None,
        for_: For = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.answer(matter, result, answer or (), attach or (), notice_acts.Hand(for_))
        _done(matter, as_json)

    @notice.command(
        help=_("Send result and answers in writing to the author; with --acknowledge, sign that they came (art. 2.4).")
        + example("tender notice feedback n-3f0c5a1e8b7d2c46 --as li.na")
    )
    def feedback(
        notice: NoticeId,
        person: As,
        acknowledge: Annotated[bool, typer.Option("--acknowledge", help=_("As the author: it has come."))] = False,
        for_: For = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import notice_acts

        matter, hand = _open(notice, person), notice_acts.Hand(for_)
        if acknowledge:
            notice_acts.acknowledge(matter, hand)
        else:
            notice_acts.feed_back(matter, hand)
        _done(matter, as_json)


def _ending(notice: typer.Typer) -> None:
    @notice.command(
        help=_("Close a notice that has its result, completion time and acknowledgement (art. 2.5).")
        + example("tender notice close n-3f0c5a1e8b7d2c46 --as zhao.min")
    )
    def close(notice: NoticeId, person: As, for_: For = "", as_json: AsJson = False) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.close(matter, notice_acts.Hand(for_))
        _done(matter, as_json)

    @notice.command(
        help=_("Cancel an open notice with a reason; its numbers and papers stay (art. 2.5).")
        + example("tender notice cancel n-3f0c5a1e8b7d2c46 --reason 'customer withdrew' --as zhao.min")
    )
    def cancel(
        notice: NoticeId,
        person: As,
        reason: Annotated[str, typer.Option(help=_("Why."))],
        for_: For = "",
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import notice_acts

        matter = _open(notice, person)
        notice_acts.cancel(matter, reason, notice_acts.Hand(for_))
        _done(matter, as_json)


def _looking(notice: typer.Typer) -> None:
    @notice.command(
        "list",
        help=_("List the notices that you may open: stage, due date, whose turn it is.")
        + example("tender notice list --open --as zhao.min"),
    )
    def list_(
        person: As,
        open_: Annotated[bool, typer.Option("--open", help=_("Only those that are not over."))] = False,
        as_json: AsJson = False,
    ) -> None:
        from datetime import UTC, datetime

        from flows import wiring
        from flows.acts.notice_index import briefs

        with progress(_("Looking at every notice …")):
            found = briefs(wiring.seat(person=person)).values()
        views = [brief.to_json(datetime.now(UTC)) for brief in found]
        views = [view for view in views if not (open_ and view["is_over"])]
        if as_json:
            print_json(views)
            return
        columns = [_("notice id"), _("number"), _("kind"), _("customer"), _("stage"), _("due"), _("waits for")]
        cells = [
            (v["notice"], v["number"], _(v["kind"]), v["customer"], _(v["stage"]), v["due"], _turn(v)) for v in views
        ]
        print_table(_("Notices"), columns, cells)

    @notice.command(
        help=_("Show one notice: numbers, requirements, signatures, result; --out writes its Word form as it stands.")
        + example("tender notice show n-3f0c5a1e8b7d2c46 --out notice.docx --as zhao.min")
    )
    def show(
        notice: NoticeId,
        person: As,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=_("Word file to write."))] = None,
        as_json: AsJson = False,
    ) -> None:
        from flows.acts import notice_papers
        from flows.acts.private_file import write_new

        matter = _open(notice, person)
        if out is not None:
            write_new(out, notice_papers.printed(matter))
        view = _view(matter)
        if as_json:
            print_json(view)
            return
        shown = {**view, "kind": _(view["kind"]), "stage": _(view["stage"]), "waits_for": _turn(view).split("; ")}
        # "notice" alone is the bid notice in Chinese.
        titles = {"notice": _("notice id")}
        rows = [
            (titles.get(name) or _(name), _cell(value))
            for name, value in shown.items()
            if value not in ("", [], [""], None)
        ]
        print_table(matter.number, [_("field"), _("value")], rows)


def _open(notice: str, person: str) -> "Matter":
    from flows import wiring
    from flows.acts import notices
    from flows.steps.notices.notice import NoticeRefused

    seat = wiring.seat(person=person)
    matter = notices.matter_of(seat, notice)
    if matter is None:
        raise NoticeRefused(
            "Notice {id}: none that {person} may open found, expected one of `tender notice list`; "
            "next: tender notice list",
            id=notice,
            person=person,
        )
    return matter


def _view(matter: "Matter") -> dict[str, Any]:
    from datetime import UTC, datetime

    from flows.acts.notice_index import brief

    return brief(matter).to_json(datetime.now(UTC))


def _cell(value: Any) -> str:
    """Return a value of a notice as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "\n".join(value) if isinstance(value, list) else str(value)


def _turn(view: dict[str, Any]) -> str:
    """Return whose turn it is, in the language in use."""
    return "; ".join(words(text) for text in view["waits_for"])


def _done(matter: "Matter", as_json: bool) -> None:
    _tell(matter, as_json)
    _go_on(matter, as_json)


def _tell(matter: "Matter", as_json: bool) -> None:
    view = _view(matter)
    if as_json:
        print_json(view)
        return
    text = _("{notice}, {number}: {stage}.").format(notice=matter.id, number=matter.number, stage=_(view["stage"]))
    waits = _("Waits for {who}.").format(who=_turn(view)) if view["waits_for"] else ""
    typer.echo(f"{text} {waits}".rstrip())


def _warn(matter: "Matter", as_json: bool) -> None:
    """Warn of a due date that is nearer than the standard lead time (art. 2)."""
    from datetime import UTC, datetime

    from flows import wiring
    from flows.steps import calendar
    from flows.steps.notices.timing import short_lead_time

    config = wiring.settings()
    short = short_lead_time(matter.notice, datetime.now(UTC), calendar.load(config.calendars), config.notice_days)
    if short is None:
        return
    text = _("Warning: {found} working days to the due date, the standard lead time is {standard} (art. 2).")
    text = text.format(found=short.found, standard=short.standard)
    if not short.is_sure:
        text += " " + _("The calendar of that year is not the published one.")
    typer.echo(text, err=as_json)


def _go_on(matter: "Matter", as_json: bool, *, start: bool = False) -> None:
    """Let the notice's run go on; start it where there is none. Prefect may be away: the watch makes up for it."""
    from flows import runs, wiring
    from flows.i18n import say
    from flows.supervise_prefect import NotSetUp

    try:
        with wiring.prefect_api():
            if not runs.nudge(matter.id) and start:
                runs.start_notice(matter.id)
    except (NotSetUp, runs.PrefectUnreachable, runs.NotDeployed) as error:
        typer.echo(say(error), err=as_json)


def _now() -> str:
    from datetime import datetime

    return datetime.now().astimezone().isoformat(timespec="minutes")
