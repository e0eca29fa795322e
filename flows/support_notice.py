"""The flows of notices: one run per notice that waits for its next act, and the watch over every notice's due date."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from prefect import flow

from flows import runs, wiring
from flows.acts import reminding
from flows.acts.notice_index import briefs
from flows.acts.notices import Matter, matter_of
from flows.acts.reminding import Told
from flows.artifacts import show_table
from flows.gates import require_sole_run, wait
from flows.settings import Settings
from flows.stepping import StepFailed, flow_border, run_step
from flows.steps.calendar import load as load_calendar
from flows.steps.notices.standing import Act
from flows.wiring import Seat, open_case


@flow(name="support-notice", flow_run_name="{notice_id}", persist_result=False, log_prints=False)
def support_notice(notice_id: str) -> None:
    """Accompany one notice from its signatures to its closing: tell whose turn it is, wait suspended, go on.

    Args:
        notice_id: The id that `tender notice new` printed, for example `n-3f0c…`.
    """
    with flow_border("support-notice", notice_id):
        matter = Matter(open_case(notice_id, worker="assembly"))
        require_sole_run(matter.case)
        settings = wiring.settings()
        told: list[Told] = []
        while True:
            act = matter.standing().next
            run_step(matter.case, f"turn-{act.value if act else 'over'}", "-", lambda: _tell(matter, settings, told))
            if act is None:
                break
            wait(matter.case, partial(_moved_on, matter, act), show=lambda _: publish(matter, told))
        publish(matter, told)


def _moved_on(matter: Matter, act: Act) -> bool:
    return matter.standing().next is not act


def _tell(matter: Matter, settings: Settings, told: list[Told]) -> None:
    found = reminding.tell_turn(matter, settings)
    told += [found] if found else []


@flow(name="notice-watch", flow_run_name="notice-watch", persist_result=False, log_prints=False)
def notice_watch() -> None:
    """Look once at every notice: remind and escalate what is due, start the runs that are missing."""
    with flow_border("notice-watch", "all notices"):
        told = look(wiring.seat(worker="assembly"), wiring.settings(), datetime.now(UTC))
        show_table("notices", [_row(each) for each in told], "Notices that people were reminded of")
        if failed := sorted({each.failed for each in told if each.failed}):
            raise StepFailed(f"notice-watch: mails not sent ({', '.join(failed)}); they are tried again")


def look(seat: Seat, settings: Settings, now: datetime) -> list[Told]:
    """Remind of every open notice that its worker can open; start a run where none is known."""
    calendar = load_calendar(settings.calendars)
    told = []
    for brief in briefs(seat).values():
        matter = None if brief.over else matter_of(seat, brief.id)
        if matter is None:
            continue
        found = reminding.remind(matter, settings, now, calendar)
        told += [found] if found else []
        if not matter.standing().over and not runs.all_runs(matter.id):
            runs.start_notice(matter.id)
    return told


def publish(matter: Matter, told: Sequence[Told]) -> None:
    """Show a notice in Prefect: stage, due date and whose turn it is, as ids and dates alone."""
    standing = matter.standing()
    row = {
        "number": matter.number,
        "stage": standing.stage.value,
        "due": standing.notice.due.isoformat(timespec="minutes"),
        "waits for": "; ".join(standing.waits_for),
        "told": "; ".join(each.level for each in told),
    }
    show_table(f"notice-{matter.id}", [row], f"Notice {matter.id}")


def _row(told: Told) -> dict[str, str]:
    return {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in asdict(told).items()}
