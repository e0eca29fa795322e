"""The flow of the archive pool: takes the opening record and the outcome of a tender into the price archive."""

import json

from prefect import flow

from flows.case import Case
from flows.stepping import flow_border, run_step
from flows.steps import outcome, procedure
from flows.steps.checks.residue import names_of
from flows.wiring import open_case, price_archive
from storage.manifest import Manifest
from storage.name_index import NameIndex


@flow(name="opening", flow_run_name="{tender_id}:opening", persist_result=False, log_prints=False)
def opening(tender_id: str) -> None:
    """Archive what was read out at the opening and how the tender ended (SJE/ZY/GK-02 art. 3.5).

    Args:
        tender_id: The id of the tender; its opening record must have been delivered with `tender opening`.
    """
    with flow_border("opening", tender_id):
        case = open_case(tender_id, worker="archive")
        run_step(case, "archive", procedure.WHOLE_TENDER, lambda: archive_outcome(case), secret=True)


def archive_outcome(case: Case) -> None:
    """Replace exactly the tender's rows in the price archive, once per version of the opening record."""
    manifest = case.manifests("opening/-")["opening/-"]
    into = [case.manifested(manifest)]

    def work() -> list[Manifest]:
        recorded = json.loads(case.vault.open(manifest, purpose="archive"))
        NameIndex(case.store, case.holder, case.people).put(case.tender, names_of(case.record))
        rows = outcome.to_archive_rows(recorded, case.record)
        result = price_archive("archive").replace_tender(
            case.tender, rows.bids, rows.lines, rows.outcomes, reason=recorded["correction"] or None
        )
        body = {"rows": result.rows, "versions": result.versions}
        case.ledger.append("outcome.archived", body, key=f"outcome.archived/-/{into[0].digest}")
        return []

    case.once("archive", procedure.WHOLE_TENDER, into, work)
