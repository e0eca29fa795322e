"""What the watch flow shows in the Prefect UI: the board over all tenders, what is due. Ids, roles, dates."""

from collections.abc import Sequence
from datetime import datetime

from prefect.events import emit_event

from flows import board
from flows.artifacts import show_table
from flows.library_due import ItemDue
from flows.overdue import Due
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


def show_library(found: Sequence[ItemDue]) -> None:
    """Publish which library items are overdue for review or expire soon."""
    rows = [{name: str(value) for name, value in vars(each).items()} for each in found]
    show_table("library", rows, "Library items overdue for review, or that expire soon")


def tell_due(due: Due) -> None:
    """Emit the event that something is due soon or overdue, to which automations may listen."""
    resource = {"prefect.resource.id": f"tenderflow.tender.{due.tender}", "prefect.resource.name": due.tender}
    event = "tenderflow.task.overdue" if due.is_late else "tenderflow.task.near"
    emit_event(event=event, resource=resource, payload={"lot": due.lot, **due.body()})
