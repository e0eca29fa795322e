"""What the watch flow shows in the Prefect UI: the board over all tenders, what became overdue. Ids, roles, dates."""

from datetime import datetime

from prefect.events import emit_event

from flows import board
from flows.artifacts import show_table
from flows.overdue import Late
from flows.wiring import seat

KEY = "board"
_COLUMNS = ("tender", "lot", "stage", "state", "owner", "due", "overdue")


def publish_board(now: datetime) -> list[str]:
    """Publish the board as an artifact; return the tenders that could not be read, each with why."""
    rows, broken = board.rows(seat(worker="assembly"))
    lines = [line for row in rows for line in row.shown(now)]
    show_table(
        KEY,
        [{name: str(line[name] or "") for name in _COLUMNS} for line in lines],
        f"{len(rows)} tenders, {sum(line['overdue'] for line in lines)} lots overdue",
    )
    return broken


def tell_late(late: Late) -> None:
    """Emit the event that something is overdue, to which automations may listen."""
    resource = {"prefect.resource.id": f"tenderflow.tender.{late.tender}", "prefect.resource.name": late.tender}
    emit_event(event="tenderflow.task.overdue", resource=resource, payload={"lot": late.lot, **late.body()})
