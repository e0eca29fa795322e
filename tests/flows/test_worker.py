"""The worker of a role, without a server: what it does with a run whose last process has not ended."""

import anyio
import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse

from flows.worker import RoleWorker


def response() -> WorkerFlowRunResponse:
    from uuid import uuid4

    run = FlowRun(flow_id=uuid4())
    return WorkerFlowRunResponse(work_pool_id=uuid4(), work_queue_id=uuid4(), flow_run=run)


def test_a_run_resumed_while_its_last_process_is_ending_waits_for_the_next_look() -> None:
    async def look() -> tuple[list[FlowRun], int]:
        worker = RoleWorker(name="assembly@test", work_pool_name="assembly", limit=2)
        worker._limiter = anyio.CapacityLimiter(2)
        entry = response()
        worker._limiter.acquire_on_behalf_of_nowait(entry.flow_run.id)
        submitted = await worker._submit_scheduled_flow_runs([entry])
        return submitted, worker._limiter.borrowed_tokens

    assert anyio.run(look) == ([], 1)


@pytest.mark.parametrize("role", ["assembly", "pricing", "archive"])
def test_every_role_lists_entry_points_as_modules_of_the_package(role: str) -> None:
    from flows.worker import ENTRY_POINTS

    assert ENTRY_POINTS[role]
    assert all(entry.startswith("flows.") and ":" not in entry for entry in ENTRY_POINTS[role])
