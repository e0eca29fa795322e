"""One step of a flow as a Prefect task: readable name, no arguments, no result, no words of an error in Prefect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prefect import task
from prefect.exceptions import Pause

from flows.case import Case
from flows.retrying import will_pass, worth_waiting


class StepFailed(Exception):
    """What Prefect is told of a failure: step, lot and kind of error. Never its words, which may hold a secret."""

    def __init__(self, text: str, *, transient: bool = False) -> None:
        super().__init__(text)
        self.transient = transient


class Interrupted(BaseException):
    """A run cannot go on for now: the store or the Prefect server is away. Its words are those of a `StepFailed`.

    It is no `Exception`, so Prefect marks the run crashed, and the sweeper gives it back to its pool when the store
    is there; a failed run would wait for a person.
    """


def run_step(case: Case, name: str, lot: str, work: Callable[[], object], *, secret: bool = False) -> None:
    """Run `work` as a task named `name` of a lot; a failure is recorded in the ledger, Prefect learns only its kind.

    With `secret` (steps that see a price) the ledger gets the message without its values, since every role of the
    tender reads the ledger.
    """

    def body() -> None:
        failure = _attempt(case, name, lot, work, secret=secret)
        if failure is not None:
            raise failure

    task(
        name=name,
        task_run_name=name if lot == "-" else f"{name}, lot {lot}",
        tags=["tender", *([f"lot-{lot}"] if lot != "-" else [])],
        retries=2,
        retry_delay_seconds=[2, 10],
        retry_condition_fn=worth_waiting,
        persist_result=False,
        log_prints=False,
    )(body)()


def _attempt(case: Case, step: str, lot: str, work: Callable[[], object], *, secret: bool) -> StepFailed | None:
    """Do `work`; turn an exception into one that is fit for Prefect, its words into a sealed event."""
    try:
        work()
    except (Pause, StepFailed):
        raise
    except Exception as error:  # noqa: BLE001 - the border to Prefect: every text stops here
        failure, words = _public(f"{step}, lot {lot}", case.tender, error), _words(error, step, secret=secret)
    else:
        return None
    if failure.transient:
        return failure
    try:  # not inside the handler above: what fails here must not carry the first error as its context
        case.ledger.append("step.failed", words, lot=lot)
    except Exception as error:  # noqa: BLE001 - as above
        return _public(f"{step}, lot {lot}", case.tender, error)
    return failure


@contextmanager
def flow_border(flow_name: str, tender: str) -> Iterator[None]:
    """Let an exception leave a flow only without its words and cause; one that will pass as `Interrupted`."""
    try:
        yield
    except Pause:
        raise
    except Exception as error:  # noqa: BLE001 - the border to Prefect: every text stops here
        failure = error if isinstance(error, StepFailed) else _public(flow_name, tender, error)
        if failure.transient:
            raise Interrupted(str(failure)) from None
        raise failure from None


def _public(step: str, tender: str, error: Exception) -> StepFailed:
    kind = type(error).__name__
    text = f"{tender}: {step} failed ({kind}); next: tender log {tender}"
    return StepFailed(text, transient=will_pass(error))


def _words(error: Exception, step: str, *, secret: bool) -> dict[str, str]:
    # Only our own errors keep their values apart from their words; another's `message` may hold anything.
    message = getattr(error, "message", "") if isinstance(getattr(error, "values", None), dict) else ""
    words = message if secret else str(error)
    return {"step": step, "error": type(error).__name__, "words": words or type(error).__name__}
