"""A gate of the procedure in a run: read the ledger for signed decisions; none yet, suspend; then read once more."""

from collections.abc import Callable
from uuid import UUID

from prefect.exceptions import Pause
from prefect.runtime import flow_run

from flows import runs
from flows.acts.screening import end_no_bid
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.procedure import GATES, Gate, State, Verdict
from flows.visible import publish
from flows.working_days import working_days


class NoticeUnsigned(TenderError):
    """A bid run without the signed bid notice (SJE/ZY/GK-02 art. 3.1)."""


class AlreadyRunning(TenderError):
    """A second run for a tender whose first has not ended: there is one accountable run per tender."""


def require_sole_run(case: Case) -> None:
    """Refuse to be the second live run of a tender."""
    others = [run.id for run in runs.live(case.tender) if str(run.id) != flow_run.id]
    if others:
        raise AlreadyRunning(
            "Tender {tender}: run {run} has not ended, expected no other; next: cancel one of the two in Prefect",
            tender=case.tender,
            run=others[0],
        )


def require_notice(case: Case) -> None:
    """Refuse to go on unless the bid notice is signed by the handler and the leader (art. 3.1)."""
    verdict = case.judge("notice", procedure.WHOLE_TENDER)
    if verdict.state is not State.PASSED:
        raise NoticeUnsigned(
            "Tender {tender}: bid notice not signed by {missing}, expected handler and leader (SJE/ZY/GK-02 art. 3.1); "
            "next: tender sign {tender} notice",
            tender=case.tender,
            missing=", ".join(verdict.missing),
        )


def gate(case: Case, stage: str) -> None:
    """Let the run pass when every open lot has its signed decision at this gate; else suspend the run.

    A run that was resumed without a decision suspends again. A no-bid ends its lot (art. 3.2); other refusals wait
    for a new version of what was refused.
    """
    rule = GATES[stage]
    if _settle(case, rule):
        return
    ask(case, rule)
    wait(case, lambda: _settle(case, rule))


def receive_inputs(case: Case) -> None:
    """Suspend until the technical department's deliverables named in the record have come in for every open lot."""

    def complete() -> bool:
        done = case.facts().done
        return all(("inputs", lot) in done for lot in case.lots())

    if not complete():
        wait(case, complete)


def wait(case: Case, ready: Callable[[], bool], show: Callable[[Case], None] = publish) -> None:
    """Suspend the run; if what it waits for came in meanwhile, resume it at once, for Prefect refused that resume.

    What is ready is asked of the very events that the run then says it has seen.
    """
    show(case)
    seen = len(case.ledger.events(refresh=False))
    if ready():
        return
    try:
        runs.suspend(seen)
    except Pause:
        case.ledger.refresh()
        if ready():
            runs.resume(UUID(flow_run.id))
        raise


def _settle(case: Case, rule: Gate) -> bool:
    verdicts = [case.judge(rule.stage, lot) for lot in case.gate_lots(rule)]
    for verdict in verdicts:
        if verdict.state is State.REJECTED and rule.stage == "screening":
            end_no_bid(case, verdict)
    still_open = set(case.gate_lots(rule))
    return all(v.state is State.PASSED for v in verdicts if v.lot in still_open)


def ask(case: Case, rule: Gate) -> None:
    """Record once per set of documents that a decision is asked for: from whom, over what, until when."""
    for lot in case.gate_lots(rule):
        verdict = case.judge(rule.stage, lot)
        if verdict.state is State.WAITING and verdict.subjects:
            case.ledger.append("decision.requested", _request(case, verdict), key=case.request_key(rule, lot), lot=lot)


def _request(case: Case, verdict: Verdict) -> dict[str, object]:
    rule = verdict.gate
    return {
        "decision": rule.decision,
        "subjects": [subject.digest for subject in verdict.subjects],
        "roles": list(rule.signers),
        "quorum": case.record.people.quorum if rule.quorum else len(rule.signers),
        "due": procedure.due(rule, case.record.deadline, working_days(case.record.timezone)).isoformat(),
    }
