"""The Prefect runs of a tender: find, start, resume, suspend; nothing else here speaks to Prefect about runs."""

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID, uuid4

import httpx
from prefect import get_client, suspend_flow_run
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry, Crashed

from flows.errors import TenderError

BID = "bid/bid"
PRICE_VOLUME = "price-volume/price-volume"
OPENING = "opening/opening"
SUPPORT_NOTICE = "support-notice/support-notice"

RESUME_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds, at most, between tries to resume a run."""

_SEEN = re.compile(r"(\d{1,7})-")  # a UUID alone, as Prefect gives it, has eight digits before its first dash

LIVE = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED, StateType.CANCELLING)


class PrefectUnreachable(TenderError):
    """The Prefect server did not answer; what was written to the ledger stands and the sweeper goes on from it."""

    transient = True


class SuspendRefused(TenderError):
    """The Prefect server did not let a run wait."""

    transient = True


class NotDeployed(TenderError):
    """The deployment is not known to the Prefect server."""


def start(deployment: str, tender: str, *, parameters: dict[str, str], attempt: str, name: str = "") -> UUID:
    """Start a deployment for a tender once per attempt and return the run's id.

    The idempotency key makes a second start with the same attempt return the first run; if that one failed or crashed,
    it is given back to its pool.
    """
    name = name or tender
    try:
        with reaching():
            run = cast(
                FlowRun,
                run_deployment(
                    deployment,
                    parameters=parameters,
                    flow_run_name=name,
                    tags=[tender],
                    timeout=0,
                    as_subflow=False,
                    idempotency_key=f"{deployment}:{name}:{attempt}",
                ),
            )
    except ObjectNotFound as error:
        raise NotDeployed(
            "Prefect: no deployment {deployment} found, expected it from prefect.yaml; next: tender up",
            deployment=deployment,
        ) from error
    if run.state_type in (StateType.FAILED, StateType.CRASHED):
        reschedule(run)
    return run.id


def start_bid(tender: str) -> UUID:
    """Start the bid run of a tender, or return the one that has not ended: one accountable run per tender."""
    running = _going(tender)
    if running:
        return running
    return start(BID, tender, parameters={"tender_id": tender}, attempt=str(uuid4()))


def start_notice(notice: str) -> UUID:
    """Start the run that accompanies a notice, or return the one that has not ended."""
    running = _going(notice)
    if running:
        return running
    return start(SUPPORT_NOTICE, notice, parameters={"notice_id": notice}, attempt=str(uuid4()))


def start_opening(tender: str, version: int) -> UUID:
    """Start the archiving of a tender's opening record, once per version of the record."""
    return start(OPENING, tender, parameters={"tender_id": tender}, attempt=str(version), name=f"{tender}:opening")


def _going(name: str) -> UUID | None:
    """Return the run of a name that has not ended; one that crashed last goes on, for the sweeper would wake it too."""
    found = all_runs(name)
    for run in found:
        if run.state_type in LIVE:
            return run.id
    if found and found[-1].state_type is StateType.CRASHED:
        reschedule(found[-1])
        return found[-1].id
    return None


def live(name: str) -> list[FlowRun]:
    """Return the runs of a name that have not ended, oldest first; the bid run of a tender bears the tender's id."""
    return [run for run in all_runs(name) if run.state is not None and run.state.type in LIVE]


def all_runs(name: str) -> list[FlowRun]:
    """Return every run of a name, oldest first."""
    named = FlowRunFilter(name=FlowRunFilterName(any_=[name]))
    with reaching(), get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_run_filter=named, sort=FlowRunSort.EXPECTED_START_TIME_ASC)


def retry(tender: str) -> UUID:
    """Let a tender's bid run go on that crashed or waits; start one when there is none or it failed.

    The ledger remembers what is done, so a new run does no step twice. It starts or revives the runs beside it.
    """
    for run in live(tender):
        if run.state is not None and run.state.is_paused():
            resume(run.id)
        return run.id
    return start_bid(tender)


def reschedule(run: FlowRun) -> None:
    """Give a crashed or failed run back to its work pool; the same run goes on from the ledger."""
    with reaching(), get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, AwaitingRetry(), force=True)


def mark_crashed(run: FlowRun, why: str) -> None:
    """Mark a run whose process is gone as crashed."""
    with reaching(), get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Crashed(message=why), force=True)


def crashes(run: FlowRun) -> int:
    """Return how often a run has crashed since it last came as far as to wait."""
    with reaching(), get_client(sync_client=True) as client:
        states = [state.type for state in client.read_flow_run_states(run.id)]
    waited = max((number for number, kind in enumerate(states) if kind is StateType.PAUSED), default=0)
    return states[waited:].count(StateType.CRASHED)


def is_unchanged(run: FlowRun) -> bool:
    """Tell whether a run is still in the state in which it was seen."""
    with reaching(), get_client(sync_client=True) as client:
        try:
            return client.read_flow_run(run.id).state_id == run.state_id
        except ObjectNotFound:
            return False


def resume(run_id: UUID) -> bool:
    """Resume a suspended run; return False when it is not suspended (yet): the sweeper sees it later.

    Prefect's own `resume_flow_run` says nothing of a server that aborted the change, as it does on SQLite whenever
    another writer comes between its read and its write.
    """
    with get_client(sync_client=True) as client:
        for pause in RESUME_PAUSES:
            run = client.read_flow_run(run_id)
            if run.state is None or not run.state.is_paused():
                return False
            if client.resume_flow_run(run_id).status is SetStateStatus.ACCEPT:
                return True
            time.sleep(random.uniform(0, pause))
    return False


def nudge(tender: str) -> bool:
    """Resume the tender's suspended bid run after something new came into the ledger; return whether one was resumed.

    Raises:
        PrefectUnreachable: the server did not answer. The ledger already holds what matters.
    """
    with reaching():
        paused = [run for run in live(tender) if run.state is not None and run.state.is_paused()]
        return sum(resume(run.id) for run in paused) > 0


def suspend(seen: int) -> None:
    """Suspend the present run without limit; raises Prefect's Pause, which ends the process and frees the slot.

    A fresh key each time: with a known key Prefect would let a run that was resumed by hand pass.

    Args:
        seen: how many events of its ledger the run has seen; the key says it to the sweeper, see `seen_events`.

    Raises:
        SuspendRefused: the server refused, as it does on SQLite when another writer comes between.
    """
    try:
        suspend_flow_run(timeout=None, key=f"{seen}-{uuid4()}")
    except RuntimeError as error:
        raise SuspendRefused("Prefect server: refused to suspend the run; it is begun again") from error


def seen_events(run: FlowRun) -> int | None:
    """Return how many events of its ledger a suspended run has seen.

    None for a run that does not wait for its ledger: one that was suspended by hand waits for a person.
    """
    if run.state is None or not run.state.is_paused():
        return None
    said = _SEEN.match(run.state.state_details.pause_key or "")
    return int(said[1]) if said else None


@contextmanager
def reaching() -> Iterator[None]:
    """Turn a server that does not answer into `PrefectUnreachable`."""
    try:
        yield
    except (httpx.TransportError, ConnectionError, TimeoutError) as error:
        raise PrefectUnreachable(
            "Prefect server: no answer ({kind}), expected it at the address in the settings; "
            "next: tender status. What was signed is in the ledger and goes on by itself",
            kind=type(error).__name__,
        ) from error
