"""Which failures a task may try again: those whose error says that waiting helps."""

from typing import Any

from prefect.client.schemas.objects import State


def worth_waiting(task: object, task_run: object, state: State[Any]) -> bool:
    """Tell Prefect whether to retry a failed task: only errors marked `transient` (store or network away)."""
    del task, task_run
    error = state.result(raise_on_failure=False)
    return bool(getattr(error, "transient", False))
