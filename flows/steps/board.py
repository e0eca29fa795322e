"""The board over all tenders: where each lot stands, whose turn it is, until when. Ids, roles and dates only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from flows.steps.procedure import StageRow, State
from flows.steps.tasks import Task
from storage.event import QUIET

CLOSED, ENDED = "closed", "ended"


@dataclass(frozen=True)
class LotRow:
    """Where one lot stands: its first open stage, else its next task, else how it ended.

    Attributes:
        result: won, lost, …; empty while unknown.
        supported: whether the technical department delivered for it.
    """

    lot: str
    stage: str
    state: str
    owner: str
    due: datetime | None
    result: str = ""
    supported: bool = False

    def overdue(self, now: datetime) -> bool:
        """Tell whether whoever's turn it is is late."""
        turn = self.state in (State.WAITING.value, State.REJECTED.value)
        return turn and self.due is not None and now > self.due

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON value."""
        return {**vars(self), "due": self.due.isoformat() if self.due else None}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**{**value, "due": datetime.fromisoformat(value["due"]) if value["due"] else None})


@dataclass(frozen=True)
class TenderRow:
    """One tender on the board; `seq` is the last event that it was made from."""

    tender: str
    seq: int
    department: str
    deadline: datetime
    lots: tuple[LotRow, ...]
    tasks: tuple[Task, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the row as it is kept between two boards."""
        return {
            **vars(self),
            "deadline": self.deadline.isoformat(),
            "lots": [lot.to_json() for lot in self.lots],
            "tasks": [_kept(task) for task in self.tasks],
        }

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            value["tender"],
            value["seq"],
            value["department"],
            datetime.fromisoformat(value["deadline"]),
            tuple(LotRow.of(lot) for lot in value["lots"]),
            tuple(_task_of(task) for task in value["tasks"]),
        )

    def late_tasks(self, now: datetime) -> list[Task]:
        """Return the overdue tasks; days are those of the tender's own zone."""
        today = now.astimezone(self.deadline.tzinfo).date()
        return [task for task in self.tasks if task.overdue(today)]

    def shown(self, now: datetime) -> list[dict[str, Any]]:
        """Return one line per lot: stage, owner, due, overdue, and which tasks are overdue."""
        late = self.late_tasks(now)
        return [
            {
                "tender": self.tender,
                "department": self.department,
                "deadline": self.deadline.isoformat(),
                **lot.to_json(),
                "overdue": lot.overdue(now) or any(task.lot == lot.lot for task in late),
                "overdue_tasks": [task.id for task in late if task.lot == lot.lot],
            }
            for lot in self.lots
        ]


def _kept(task: Task) -> dict[str, Any]:
    days = {"due": task.due, "done": task.done}
    return {**vars(task), **{name: day.isoformat() if day else None for name, day in days.items()}}


def _task_of(value: Mapping[str, Any]) -> Task:
    days = {name: date.fromisoformat(value[name]) if value[name] else None for name in ("due", "done")}
    return Task(**{**value, **days})


def is_quiet(types: Iterable[str]) -> bool:
    """Tell whether events of these types change nothing on the board."""
    return set(types) <= QUIET


def lot_row(lot: str, stages: Sequence[StageRow], ended: str, tasks: Sequence[Task], deadline: datetime) -> LotRow:
    """Return where a lot stands.

    Args:
        stages: of this lot, in order.
        ended: how it has ended, empty while it is open.
        tasks: of this lot, in order.
    """
    if ended not in ("", "submitted"):
        return LotRow(lot, ended, ENDED, "", None)
    open_stages = [row for row in stages if row.state is not State.PASSED]
    if open_stages and not ended:
        first = open_stages[0]
        due = first.due or next((row.due for row in open_stages if row.due), deadline)
        return LotRow(lot, first.stage, first.state.value, first.owner, due)
    waiting = [task for task in tasks if task.done is None]
    waiting.sort(key=lambda task: task.due or date.max)
    if not waiting:
        return LotRow(lot, CLOSED, ENDED, "", None)
    task = waiting[0]
    until = datetime.combine(task.due, time(23, 59, 59), deadline.tzinfo) if task.due else None
    return LotRow(lot, task.id, State.WAITING.value, task.owner, until)
