"""The main flow: carries one tender from the signed notice to the recorded submission, in the order of SJE/ZY/GK-02."""

from prefect import flow

from flows.drafts import write_drafts
from flows.gates import gate, receive_inputs, require_notice, require_sole_run
from flows.pricing import ask_pricing, prepare_price, pricing_done
from flows.stepping import flow_border
from flows.visible import publish
from flows.wiring import open_case


@flow(name="bid", flow_run_name="{tender_id}", persist_result=False, log_prints=False)
def bid(tender_id: str) -> None:
    """Carry one tender through the procedure, from the signed bid notice to the recorded submission.

    Args:
        tender_id: The id given in tender.yaml, for example `agv-2024`. The tender must have been opened with
            `tender open` and its bid notice signed by the handler and the leader.
    """
    with flow_border("bid", tender_id):
        case = open_case(tender_id, worker="assembly")
        require_sole_run(case)
        require_notice(case)
        ask_pricing(case, "price-keys")
        gate(case, "screening")
        receive_inputs(case)
        gate(case, "clauses")
        write_drafts(case)
        prepare_price(case)
        gate(case, "price")
        pricing_done(case, "price-volume", "checks")
        gate(case, "final-review")
        pricing_done(case, "package")
        gate(case, "submission")
        case.end_submitted()
        publish(case)
