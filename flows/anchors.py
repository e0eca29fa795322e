"""The nightly flow of the archive pool: a checkpoint of every ledger that grew since its last one."""

from prefect import flow

from flows.settings import object_store
from flows.stepping import StepFailed, flow_border
from flows.wiring import open_case, settings
from storage import anchor
from storage.errors import StorageError


@flow(name="anchors", flow_run_name="anchors", persist_result=False, log_prints=False)
def anchors() -> None:
    """Sign how each ledger stands, so that nothing can be taken from its end unseen.

    Each signed decision publishes a checkpoint as well; this one covers what came after.
    """
    with flow_border("anchors", "all tenders"):
        failed = publish_all()
        if failed:
            raise StepFailed(f"no checkpoint of {', '.join(failed)}; next: tender verify ID")


def publish_all() -> list[str]:
    """Publish the checkpoints that are missing; return the ledgers that could not have one, each with why."""
    failed = []
    for ledger in anchor.behind(object_store(settings(), "archive")):
        try:
            case = open_case(ledger, worker="archive")
            anchor.publish(case.store, case.ledger, case.holder)
        except StorageError as error:
            failed.append(f"{ledger} ({type(error).__name__})")
    return failed
