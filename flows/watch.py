"""The sweeper: holds the ledger against the runs, so that no decision is missed and no crash stays.

Every 30 s by default: a run whose process is gone is marked crashed and given back to its pool, as one that crashed by
itself; a suspended run whose ledger holds an event that the run has not seen is resumed.
"""

import argparse
import logging
import os
import re
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from flows import runs, wiring
from flows.moved_ledgers import MovedLedgers
from flows.settings import object_store

LOG = logging.getLogger("tenderflow.watch")
WATCHED = [StateType.RUNNING, StateType.PENDING, StateType.PAUSED, StateType.CRASHED]


GIVE_UP = 20
"""A run that crashed so often is left to a person: what kills it will kill it again."""
PAGE = 200
"""Runs in one answer of the Prefect server; it gives no more."""
LEDGER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
"""Runs bear the names of their ledgers; whoever has the API's password can make runs of any other name."""
BEGIN_WITHIN = timedelta(minutes=2)
"""A run that was taken must have a process by then; forking one takes seconds on a busy host."""
SAME_PROCESS = timedelta(seconds=60)
"""A run's process begins before the run is Running; one that began so much later is another."""
REPORTED_WITHIN = timedelta(seconds=10)
"""The worker reports a new process a moment after the run is Running; until then the last one's number stands."""


@dataclass
class Swept:
    """What one sweep did, by run name."""

    resumed: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    rescheduled: list[str] = field(default_factory=list)


def sweep(ledgers: MovedLedgers) -> Swept:
    """Look at every live run once; return what was done. A run that cannot be dealt with does not stop the others.

    Raises:
        StoreUnreachable: the store is away; a run that was given back to its pool would only crash again.
        PrefectUnreachable: the server is away.
    """
    done = Swept()
    ledgers.reach()
    watched = _watched()
    moved = ledgers.moved(_waiting(watched))
    for run in watched:
        try:
            _deal_with(run, moved, done)
        except runs.PrefectUnreachable:
            raise
        except Exception as error:  # noqa: BLE001 - one of many
            LOG.warning("%s: not dealt with: %s", run.name, type(error).__name__)
    return done


def _deal_with(run: FlowRun, moved: set[str], done: Swept) -> None:
    if run.state is None:
        return
    if run.state.is_paused():
        if runs.seen_events(run) is not None and run.name in moved and runs.resume(run.id):
            done.resumed.append(run.name)
    elif run.state.type is StateType.CRASHED:
        if runs.crashes(run) < GIVE_UP and runs.is_unchanged(run):
            runs.reschedule(run)
            done.rescheduled.append(run.name)
    elif (run_gone(run) or never_began(run)) and runs.is_unchanged(run):
        runs.mark_crashed(run, "its process is gone")
        runs.reschedule(run)
        done.crashed.append(run.name)


def _waiting(watched: Iterable[FlowRun]) -> dict[str, int]:
    """Return how many events of its ledger each waiting run has seen, by name; of two of one name the fewer."""
    waiting: dict[str, int] = {}
    for run in watched:
        seen = runs.seen_events(run)
        if seen is not None and LEDGER_NAME.fullmatch(run.name):
            waiting[run.name] = min(seen, waiting.get(run.name, seen))
    return waiting


def _watched() -> list[FlowRun]:
    wanted = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=WATCHED)))
    found: dict[UUID, FlowRun] = {}  # what comes and goes between two pages moves the rest by one
    with runs.reaching(), get_client(sync_client=True) as client:
        for offset in count(0, PAGE):
            page = client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=offset, sort=FlowRunSort.ID_DESC)
            found |= {run.id: run for run in page}
            if len(page) < PAGE:
                break
    return list(found.values())


def never_began(run: FlowRun) -> bool:
    """Tell whether a worker took a run and died before there was a process."""
    if run.state is None or not run.state.is_pending():
        return False
    return datetime.now(UTC) - run.state.timestamp > BEGIN_WITHIN


def run_gone(run: FlowRun) -> bool:
    """Tell whether the process of a running run is gone; a run that was only just begun may still bear its last one."""
    if run.state is None or not run.state.is_running() or datetime.now(UTC) - run.state.timestamp < REPORTED_WITHIN:
        return False
    return process_gone(run.infrastructure_pid, run.state.timestamp)


def process_gone(infrastructure_pid: str | None, since: datetime | None = None) -> bool:
    """Tell whether a run's process on this host is gone; `host:pid` as Prefect's process worker writes it.

    Args:
        since: When the run was last heard of; a process that began well after it has only the same number.
    """
    if not infrastructure_pid or ":" not in infrastructure_pid:
        return False
    host, _, pid = infrastructure_pid.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    begun = _begun(int(pid))
    return begun is None or (since is not None and begun - since > SAME_PROCESS)


def _begun(pid: int) -> datetime | None:
    """Return when a living process began; None when there is none. Where there is no /proc, long ago."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it lives, as someone else's
    try:
        # Field 22 of proc(5), counted after the command's closing bracket: ticks from boot to its start.
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
    except FileNotFoundError:
        return None if Path("/proc/self").exists() else datetime.min.replace(tzinfo=UTC)
    return datetime.now(UTC) - timedelta(seconds=up - ticks / os.sysconf("SC_CLK_TCK"))


def main() -> None:
    """Sweep for ever; a store or server that is away is tried again at the next sweep."""
    parser = argparse.ArgumentParser(prog="python -m flows.watch", description="Sweep: ledger against runs.")
    parser.add_argument("--every", type=float, default=30.0, metavar="SECONDS", help="time between two sweeps")
    every = parser.parse_args().every
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ledgers: MovedLedgers | None = None
    while True:
        try:
            ledgers = ledgers or MovedLedgers(object_store(wiring.settings(), "assembly"))
            with wiring.prefect_api():
                done = sweep(ledgers)
            if done != Swept():
                LOG.info("%s", done)
        except Exception as error:  # noqa: BLE001 - the sweeper outlives what it watches
            LOG.warning("sweep not finished: %s; trying again", type(error).__name__)
        time.sleep(every)


if __name__ == "__main__":
    main()
