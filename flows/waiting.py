"""Waits from a command line until a stage of a tender is reached, by looking at its ledger."""

import time

from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.procedure import STAGES, State

PAUSE_SECONDS = 0.5
ARCHIVE = "archive"
"""Not a stage of the bid run: the outcome is archived after the opening."""


class NotReached(TenderError):
    """A stage was not reached in the time given."""


class UnknownStage(TenderError):
    """There is no stage of this name."""


def wait_for(case: Case, stage: str, *, passed: bool, seconds: float) -> str:
    """Return the state of a stage once it is reached for every open lot.

    A gate is reached when its decision is asked for (`decision.requested`), work when it is done; with `passed` only
    when every signature is there.

    Raises:
        UnknownStage: no such stage.
        NotReached: not within `seconds`.
    """
    if stage not in (*STAGES, ARCHIVE):
        raise UnknownStage(
            "Stage {stage}: not known, expected one of {known}; next: tender wait --help",
            stage=stage,
            known=", ".join((*STAGES, ARCHIVE)),
        )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        case.ledger.refresh()
        state = _state(case, stage, passed=passed)
        if state:
            return state
        time.sleep(PAUSE_SECONDS)
    raise NotReached(
        "Stage {stage} of {tender}: not reached in {seconds} s; next: tender stages {tender}",
        stage=stage,
        tender=case.tender,
        seconds=int(seconds),
    )


def _state(case: Case, stage: str, *, passed: bool) -> str:
    if stage == ARCHIVE:
        return State.PASSED.value if case.ledger.find(type="outcome.archived") else ""
    rows = [row for row in procedure.board(case.lots(), case.facts(), case.record.deadline) if row.stage == stage]
    if all(row.state is State.PASSED for row in rows):
        return State.PASSED.value
    gate = procedure.GATES.get(stage)
    asked = {event.key for event in case.ledger.find(type="decision.requested")}
    if passed or gate is None:
        return ""
    keys = [case.request_key(gate, lot) for lot in case.gate_lots(gate)]
    return State.WAITING.value if all(key in asked for key in keys) else ""
