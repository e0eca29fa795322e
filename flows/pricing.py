"""Hands the steps that see a price to the pricing pool and waits, suspended, until the ledger says they are done."""

from flows import runs
from flows.case import Case
from flows.gates import wait
from flows.steps import procedure


def ask_pricing(case: Case, *steps: str) -> None:
    """Start the flow of the pricing pool for some steps, once per attempt and set of inputs."""
    runs.start(
        runs.PRICE_VOLUME,
        case.tender,
        parameters={"tender_id": case.tender, "steps": "+".join(steps)},
        attempt=_attempt(case, steps),
        name=f"{case.tender}:{'+'.join(steps)}",
    )


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
    failures = sum(event.body["step"] in steps for event in case.ledger.find(type="step.failed"))
    return f"{procedure.step_key(first, '-', into)}/{failures + 1}"
