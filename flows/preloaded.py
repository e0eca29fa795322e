"""Starts the process of a run as a fork of one that has imported everything already: no run waits for imports.

The parent is Python's own `forkserver`: a child of the worker with one thread, no keys open and nothing of any tender.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver

import anyio
import anyio.abc
from prefect.client.schemas.objects import FlowRun
from prefect.runner._control_channel import ControlChannel
from prefect.runner._process_manager import ProcessHandle
from prefect.settings import get_current_settings

CONTEXT = multiprocessing.get_context("forkserver")


def preload(entry_points: Sequence[str]) -> None:
    """Begin to import, in the process that runs are forked from, what these entry points need; returns at once."""
    modules = [entry_point.rpartition(".")[0] for entry_point in entry_points]
    CONTEXT.set_forkserver_preload(["prefect.engine", "prefect.flow_engine", "flows.worker", *modules])
    forkserver.ensure_running()


class PreloadedStarter:
    """Starts Prefect's engine on one entry point; the counterpart of Prefect's `EngineCommandStarter`."""

    def __init__(self, entry_point: str, folder: str, control_channel: ControlChannel) -> None:
        self._entry_point = entry_point
        self._folder = folder
        self._control_channel = control_channel

    async def start(
        self, flow_run: FlowRun, task_status: anyio.abc.TaskStatus[ProcessHandle] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Start the process of a run, report its handle, and return when it has ended."""
        port, token = self._control_channel.register(flow_run.id)
        environment = {
            **os.environ,
            **get_current_settings().to_environment_variables(exclude_unset=True),
            "PREFECT__FLOW_RUN_ID": str(flow_run.id),
            "PREFECT__FLOW_ENTRYPOINT": self._entry_point,
            "PREFECT__ENABLE_CANCELLATION_AND_CRASHED_HOOKS": "false",
            "PREFECT__CONTROL_PORT": str(port),
            "PREFECT__CONTROL_TOKEN": token,
        }
        # Daemonic: a worker that ends does not wait for a run that its own process manager has given up.
        process = CONTEXT.Process(target=run_engine, args=(environment, self._folder), daemon=True)
        try:
            await anyio.to_thread.run_sync(process.start)
        except BaseException:
            self._control_channel.unregister(flow_run.id)
            raise
        task_status.started(ProcessHandle(process))  # type: ignore[arg-type]  # made for spawned ones, used alike
        await anyio.to_thread.run_sync(process.join, abandon_on_cancel=True)


def run_engine(environment: Mapping[str, str], folder: str) -> None:
    """Be the process of a run: Prefect's engine with this environment, in this folder."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["prefect.engine"]
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
