"""Hands the steps that see a price to the pricing pool and waits, suspended, until the ledger says they are done."""

from collections.abc import Sequence
from datetime import datetime

from flows import runs
from flows.acts import submission_right
from flows.acts.price_keys import proposals_to_open, signers_to_let_in
from flows.case import Case
from flows.gates import wait
from flows.steps import procedure
from flows.steps.procedure import Manifested


def ask_pricing(case: Case, *steps: str) -> None:
    """Start the flow of the pricing pool for some steps, once per attempt and set of inputs."""
    _start(case, steps, _attempt(case, steps))


def _start(case: Case, steps: tuple[str, ...], attempt: str) -> None:
    runs.start(
        runs.PRICE_VOLUME,
        case.tender,
        parameters={"tender_id": case.tender, "steps": "+".join(steps)},
        attempt=attempt,
        name=f"{case.tender}:{'+'.join(steps)}",
    )


def ask_price_keys(case: Case) -> None:
    """Have the pricing pool make the price key of a ledger that is no tender's."""
    _start(case, ("price-keys",), "own")


def prepare_price(case: Case) -> None:
    """Have the pricing pool open sealed proposals once enough are in, and let in who above must sign an offer.

    It does not wait: whoever acts next on the price finds the run suspended at the gate.
    """
    for step, wanted in (("proposals", _proposals), ("authority", _offers)):
        into = [manifested for lot in case.lots() for manifested in wanted(case, lot)]
        if into:
            _start(case, (step,), f"{procedure.step_key(step, '-', into)}/{_failures(case, (step,)) + 1}")


def end_right(case: Case, now: datetime) -> None:
    """Have the pricing pool take the submission right away once its time has come."""
    if submission_right.is_due(case, now):
        ends = case.ledger.find(type=submission_right.EVENT)[-1].body["ends"]
        _start(case, ("end-right",), f"{ends}/{_failures(case, ('end-right',)) + 1}")


def _proposals(case: Case, lot: str) -> Sequence[Manifested]:
    return proposals_to_open(case, lot)


def _offers(case: Case, lot: str) -> Sequence[Manifested]:
    return procedure.matching(f"offer/{lot}", lot, case.facts().manifests) if signers_to_let_in(case, lot) else ()


def pricing_done(case: Case, *steps: str) -> None:
    """Return when the steps stand for every open lot; else have the pricing pool do them and suspend."""

    def done() -> bool:
        finished = case.facts().done
        return all((step, lot) in finished for step in steps for lot in case.lots())

    if not done():
        ask_pricing(case, *steps)
        wait(case, done)


def _attempt(case: Case, steps: tuple[str, ...]) -> str:
    """Name an attempt by the inputs of the steps and by how often they have failed.

    So a resumed parent finds the child that runs, and after a failure or with new inputs a fresh child is started.
    """
    manifests = case.facts().manifests
    first = steps[0]
    into = [m for lot in case.lots() if first in procedure.WORK for m in procedure.inputs(first, lot, manifests)]
    return f"{procedure.step_key(first, '-', into)}/{_failures(case, steps) + 1}"


def _failures(case: Case, steps: tuple[str, ...]) -> int:
    return sum(event.body["step"] in steps for event in case.ledger.find(type="step.failed"))
