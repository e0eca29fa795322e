"""The worker of one role: runs the entry points of its own list and nothing else that the Prefect API may ask for.

Whoever holds the API's password can change the command, environment, working directory, pull steps and entry point of
any deployment. None of these is used here: the API decides which run, the list decides which code.
"""

import argparse
import asyncio
import logging
import os
import resource
import socket
import tempfile
from typing import Any

import anyio
import anyio.abc
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.runner._flow_run_executor import FlowRunExecutionResult, FlowRunExecutorContext
from prefect.runner._process_manager import ProcessHandle
from prefect.utilities.processutils import setup_signal_handlers_worker
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult

from flows.errors import TenderError
from flows.preloaded import PreloadedStarter, preload
from flows.settings import load
from flows.supervise_health import await_api

ENTRY_POINTS = {
    "assembly": (
        "flows.bid.bid",
        "flows.watching.watching",
        "flows.support_notice.support_notice",
        "flows.support_notice.notice_watch",
    ),
    "pricing": ("flows.price_volume.price_volume",),
    "archive": (
        "flows.opening.opening",
        "flows.anchors.anchors",
        "flows.price_care.compaction",
        "flows.price_care.price_snapshot",
    ),
    "backup": ("flows.backup.backup",),
}
"""What each role may run, as modules of the installed package."""
LOG = logging.getLogger("tenderflow.worker")


class EntryPointRefused(TenderError):
    """The Prefect API asked a worker for code that is not on its list."""


class RoleWorker(ProcessWorker):
    """A process worker that takes from the API only which run to carry out and which listed entry point it names."""

    @classmethod
    def __dispatch_key__(cls) -> str:
        return "tenderflow-role"  # the pools' type stays `process`, and so does what that name stands for

    async def entry_point(self, flow_run: FlowRun) -> str:
        """Return the listed entry point of a run's deployment.

        Raises:
            EntryPointRefused: the deployment names another one, or there is none.
        """
        deployment = await self.client.read_deployment(flow_run.deployment_id) if flow_run.deployment_id else None
        asked = deployment.entrypoint if deployment else None
        if asked not in ENTRY_POINTS[self._work_pool_name]:
            raise EntryPointRefused(
                "Worker {role}: found entry point {found}, expected one of {expected}; "
                "next: tender up, and find out who changed the deployment",
                role=self._work_pool_name,
                found=asked,
                expected=", ".join(ENTRY_POINTS[self._work_pool_name]),
            )
        return str(asked)

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> ProcessWorkerResult:
        """Run the engine on the listed entry point in an empty folder, with this process's own environment."""
        del configuration  # all of it comes from the API
        status = task_status or anyio.TASK_STATUS_IGNORED
        try:
            entry_point = await self.entry_point(flow_run)
        except EntryPointRefused as error:
            await self._propose_failed_state(flow_run, error)
            raise
        with tempfile.TemporaryDirectory(prefix="tenderflow-run-") as folder:
            result = await self._execute(flow_run, entry_point, folder, status)
        if result is None or result.status_code is None:
            raise EntryPointRefused("Worker {role}: the run did not start", role=self._work_pool_name)
        return ProcessWorkerResult(status_code=result.status_code, identifier=_identifier(result.handle.pid))

    async def _submit_scheduled_flow_runs(self, flow_run_response: list[WorkerFlowRunResponse]) -> list[FlowRun]:
        """Leave a run for the next look while the process of its last attempt is still going.

        A run that is resumed the moment it was suspended is scheduled before that process has ended. Prefect's worker
        would take its slot twice and die of it.
        """
        going = set(self._limiter.statistics().borrowers) if self._limiter else set()
        return await super()._submit_scheduled_flow_runs(
            [entry for entry in flow_run_response if entry.flow_run.id not in going]
        )

    async def _execute(
        self, flow_run: FlowRun, entry_point: str, folder: str, status: anyio.abc.TaskStatus[Any]
    ) -> FlowRunExecutionResult | None:
        async def resolve(_: FlowRun) -> Flow[..., Any]:
            # Hooks run in this process, so they too come from the list and not from the API.
            return load_flow_from_entrypoint(entry_point, use_placeholder_flow=False)

        results: list[FlowRunExecutionResult | None] = []
        async with FlowRunExecutorContext() as context:
            starter = PreloadedStarter(entry_point, folder, context.control_channel)
            executor = context.create_executor(flow_run, starter, resolve_flow=resolve, propose_submitting=False)

            async def execute(*, task_status: anyio.abc.TaskStatus[ProcessHandle]) -> None:
                results.append(await executor.submit(task_status=task_status))

            async with anyio.create_task_group() as group:
                handle = await group.start(execute)
                status.started(_identifier(handle.pid))
        return results[0]


def _identifier(pid: int | None) -> str:
    """Return `host:pid`, by which the sweeper finds out whether a run's process lives."""
    return f"{socket.gethostname()}:{pid}"


def main() -> None:
    """Serve one role's pool until a signal ends it; the first asks to finish the runs, the second ends at once."""
    parser = argparse.ArgumentParser(prog="python -m flows.worker", description="Serve the work pool of one role.")
    parser.add_argument("role", choices=ENTRY_POINTS)
    role = parser.parse_args().role
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no run leaves a picture of its memory behind
    settings = load()
    settings.run_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    await_api(settings, f"/work_pools/{role}")
    setup_signal_handlers_worker(os.getpid(), f"the {role} worker", print)
    worker = RoleWorker(
        name=f"{role}@{socket.gethostname()}",
        work_pool_name=role,
        limit=settings.worker_limit,
        create_pool_if_not_found=False,
    )
    ready = settings.run_folder / f"worker-{role}.ready"

    def announce(text: str) -> None:
        print(text, flush=True)
        ready.write_text(str(os.getpid()))
        preload(ENTRY_POINTS[role])  # not earlier: it would keep the others from coming up

    try:
        asyncio.run(worker.start(printer=announce))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("stopped", flush=True)


if __name__ == "__main__":
    main()
