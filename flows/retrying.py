"""Which failures pass by waiting: the store, the network or the Prefect server is away."""

from typing import Any

import httpx
from prefect.client.schemas.objects import State
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError


def worth_waiting(task: object, task_run: object, state: State[Any]) -> bool:
    """Tell Prefect whether to retry a failed task."""
    del task, task_run
    return will_pass(state.result(raise_on_failure=False))


def will_pass(error: object) -> bool:
    """Tell whether an error passes by waiting: one marked `transient`, or Prefect's own of a server that is away."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_server_error
    return bool(getattr(error, "transient", False)) or isinstance(
        error, httpx.TransportError | ConcurrencySlotAcquisitionError
    )
