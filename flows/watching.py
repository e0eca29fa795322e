"""The flow that looks into every ledger: alarms of near deadlines, and runs that ought to be and are not.

The sweeper (`flows.watch`) holds runs against ledgers and opens nothing; this one holds ledgers against runs, so it has
the assembly worker's identity.
"""

import logging
from datetime import UTC, datetime

from prefect import flow
from prefect.events import emit_event

from flows import alarms, board, library_due, overdue, pricing, runs
from flows.alarms import Alarm
from flows.artifacts import show_markdown
from flows.board_artifact import publish_board, show_library, tell_due
from flows.case import Case
from flows.errors import TenderError
from flows.stepping import StepFailed, flow_border
from flows.steps.board import ENDED
from flows.wiring import seat, settings
from storage.errors import StorageError

LOG = logging.getLogger("tenderflow.watch")
OF_A_RUN = frozenset(("compartment.created", "decision.requested", "object.sealed", "step.done", "step.failed"))
"""Types of events by which a worker shows that the bid run was under way."""


@flow(name="watch", flow_run_name="watch", persist_result=False, log_prints=False)
def watching() -> None:
    """Look once at every ledger that is not closed: alarms, and runs that a lost database has forgotten."""
    with flow_border("watch", "all tenders"):
        unread = look(datetime.now(UTC)) + look_at_libraries(datetime.now(UTC))
        publish_board(datetime.now(UTC))
        if unread:
            raise StepFailed(f"watch: not done: {', '.join(unread)}; next: tender verify ID")


def look(now: datetime) -> list[str]:
    """Look at every tender that is not closed; return those that could not be read or told of, each with why."""
    worker = seat(worker="assembly")
    rows, unread = board.rows(worker)
    for row in rows:
        if all(lot.state == ENDED for lot in row.lots):
            continue
        try:
            look_at(worker.case(row.tender), now)
        except (StorageError, TenderError) as error:
            unread.append(f"{row.tender} ({type(error).__name__})")
    return unread


def look_at_libraries(now: datetime) -> list[str]:
    """Tell the owners of library items what is due; return the libraries where it failed, each with why."""
    unread, shown = [], []
    for library in library_due.libraries(seat(worker="assembly")):
        try:
            shown += library_due.due(library, now)
            found = library_due.untold(library, now)
            library_due.mail_owners(library, found, settings())
            for told in found:
                library_due.record(library, told)
        except (StorageError, TenderError) as error:
            unread.append(f"library of {library.department} ({type(error).__name__})")
    show_library(shown)
    return unread


def look_at(case: Case, now: datetime) -> None:
    """Start the run that the ledger speaks of, end a submission right that is over, tell of what is due."""
    if was_begun(case) and case.lots() and not runs.all_runs(case.tender):
        LOG.warning("%s: no run known, started one", case.tender)
        runs.start_bid(case.tender)
    pricing.end_right(case, now)
    version = unarchived(case)
    if version and not runs.all_runs(f"{case.tender}:opening"):
        runs.start_opening(case.tender, version)
    _remind(case, now)  # last: a mail server that is away holds up nothing else


def _remind(case: Case, now: datetime) -> None:
    """Tell, then put on record: a crash between the two tells twice, and never not at all."""
    alarm = alarms.due_alarm(case, now)
    if alarm is not None:
        tell(alarm)
        alarms.mail_alarm(case, alarm, settings())
        alarms.record(case, alarm)
    for due in overdue.unalarmed(case, now):
        tell_due(due)
        overdue.mail_due(case, due, settings())
        overdue.record(case, due)


def tell(alarm: Alarm) -> None:
    """Show an alarm in Prefect: an event, to which automations may listen, and an artifact. Ids and dates alone."""
    payload = {"level": alarm.level, "deadline": alarm.deadline.isoformat(), "waiting": list(alarm.waiting)}
    resource = {"prefect.resource.id": f"tenderflow.tender.{alarm.tender}", "prefect.resource.name": alarm.tender}
    emit_event(event="tenderflow.deadline.near", resource=resource, payload=payload)
    lines = [f"# {alarm.tender}: {alarm.level} to the deadline", "", f"Deadline: {payload['deadline']}", ""]
    waiting = [f"- waits: {entry}" for entry in alarm.waiting]
    show_markdown(f"deadline-{alarm.tender}", "\n".join([*lines, *waiting]))


def was_begun(case: Case) -> bool:
    """Tell whether a bid run was ever started, by what only a run writes; a look writes reads and alarms."""
    return any(
        event.by in ("worker:assembly", "worker:pricing") and event.type in OF_A_RUN
        for event in case.ledger.events(refresh=False)
    )


def unarchived(case: Case) -> int | None:
    """Return the version of an opening record that was never taken into the price archive."""
    recorded = case.ledger.find(type="opening.recorded")
    if not recorded:
        return None
    archived = len(case.ledger.find(type="outcome.archived"))
    return int(recorded[-1].body["version"]) if archived < len(recorded) else None
