"""The order of the rule at the door: what must be passed before a person may do the next thing."""

from flows.case import Case
from flows.errors import TenderError
from flows.steps.procedure import GATES, STALE, WHOLE_TENDER, State


class OutOfOrder(TenderError):
    """Something before it is not passed yet."""


_NOT_SIGNED = (
    "{what} of {tender}, lot {lot}: {stage} is not passed, missing {missing}, expected it before "
    "(SJE/ZY/GK-02 art. {article}); next: tender sign {tender} {decision}"
)
_STALE = (
    "{what} of {tender}, lot {lot}: {stage} is not passed, missing {missing}, expected it before "
    "(SJE/ZY/GK-02 art. {article}); next: tender addendum {tender}, and bring in anew what it names"
)


def require_passed(case: Case, stage: str, lot: str, what: str) -> None:
    """Refuse to go on before a gate is passed.

    Args:
        stage: the gate that must be passed: `notice` before any work (art. 3.1), `screening` before drafts (art. 3.2).
        what: what the person wants to do, for the message.

    Raises:
        OutOfOrder: with the article, what is missing, and who can do it.
    """
    gate = GATES[stage]
    verdict = case.judge(stage, lot if gate.per_lot else WHOLE_TENDER)
    if verdict.state is not State.PASSED:
        raise OutOfOrder(
            _STALE if any(missing.endswith(STALE) for missing in verdict.missing) else _NOT_SIGNED,
            what=what,
            tender=case.tender,
            lot=lot,
            stage=stage,
            missing=verdict.lacking,
            article=gate.article,
            decision=gate.decision,
        )
