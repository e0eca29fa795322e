"""The nightly flows of the price archive, in the archive pool: join small files, write the copy for other tools."""

from prefect import flow

from flows.stepping import flow_border
from flows.wiring import price_archive, settings


@flow(name="compaction", flow_run_name="compaction", persist_result=False, log_prints=False)
def compaction(keep_days: int = 30) -> None:
    """Join the small files of every table.

    Args:
        keep_days: Days whose versions stay readable; revisions and reasons stand in the rows and stay.
    """
    from storage.prices import snapshot as copies

    with flow_border("compaction", "price archive"):
        copies.compact(price_archive("archive"), keep_days=keep_days)


@flow(name="price-snapshot", flow_run_name="price-snapshot", persist_result=False, log_prints=False)
def price_snapshot() -> None:
    """Write the archive in the clear into the folder of the settings; without one do nothing."""
    from storage.prices import snapshot as copies

    with flow_border("price-snapshot", "price archive"):
        folder = settings().snapshot
        if folder is not None:
            copies.snapshot(price_archive("archive"), folder)
