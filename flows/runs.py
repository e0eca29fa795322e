"""The Prefect runs of a tender: find, start, resume, suspend; nothing else here speaks to Prefect about runs."""

from uuid import UUID, uuid4

from prefect import get_client, suspend_flow_run
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import NotPausedError, ObjectNotFound
from prefect.flow_runs import resume_flow_run

from flows.errors import TenderError

BID = "bid/bid"
PRICE_VOLUME = "price-volume/price-volume"
OPENING = "opening/opening"

LIVE = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED, StateType.CANCELLING)


class PrefectUnreachable(TenderError):
    """The Prefect server did not answer; what was written to the ledger stands and the sweeper goes on from it."""

    transient = True


class NotDeployed(TenderError):
    """The deployment is not known to the Prefect server."""


def start(deployment: str, tender: str, *, parameters: dict[str, str], attempt: str = "1") -> UUID:
    """Start a deployment for a tender once per attempt and return the run's id.

    The idempotency key makes a second start with the same attempt return the first run.
    """
    name = ":".join([tender, *[value for key, value in sorted(parameters.items()) if key != "tender_id"]])
    try:
        run = run_deployment(
            deployment,
            parameters=parameters,
            flow_run_name=name,
            tags=[tender],
            timeout=0,
            as_subflow=False,
            idempotency_key=f"{deployment}:{name}:{attempt}",
        )
    except ObjectNotFound as error:
        raise NotDeployed(
            "Prefect: no deployment {deployment} found, expected it from prefect.yaml; next: tender up",
            deployment=deployment,
        ) from error
    except OSError as error:
        raise unreachable(error) from error
    return run.id


def live(tender: str, deployment_flow: str = "bid") -> list[FlowRun]:
    """Return the runs of a tender's flow that have not ended, oldest first."""
    named = FlowRunFilter(
        name=FlowRunFilterName(any_=[tender]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(LIVE))),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=named)
    del deployment_flow
    return sorted(runs, key=lambda run: run.created or run.expected_start_time)


def resume(run_id: UUID) -> bool:
    """Resume a suspended run; return False when it is not suspended (yet): the sweeper sees it later."""
    try:
        resume_flow_run(run_id)
    except NotPausedError:
        return False
    return True


def nudge(tender: str) -> bool:
    """Resume the tender's suspended bid run after something new came into the ledger; return whether one was resumed.

    Raises:
        PrefectUnreachable: the server did not answer. The ledger already holds what matters.
    """
    try:
        return any([resume(run.id) for run in live(tender) if run.state is not None and run.state.is_paused()])
    except Exception as error:  # the client raises httpx, OSError and its own kinds
        if _is_network(error):
            raise unreachable(error) from error
        raise


def suspend() -> None:
    """Suspend the present run without limit; raises Prefect's Pause, which ends the process and frees the slot.

    A fresh key each time: with a known key Prefect would let a run that was resumed by hand pass.
    """
    suspend_flow_run(timeout=None, key=str(uuid4()))


def unreachable(error: Exception) -> PrefectUnreachable:
    """Return the error to tell a person when Prefect does not answer."""
    return PrefectUnreachable(
        "Prefect server: no answer ({kind}), expected it at the address in the settings; "
        "next: tender status; what was signed is in the ledger and goes on by itself",
        kind=type(error).__name__,
    )


def _is_network(error: Exception) -> bool:
    module = type(error).__module__
    return isinstance(error, OSError) or module.startswith(("httpx", "httpcore"))
