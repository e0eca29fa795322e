"""Bench: a tender's ledger. Appends, a cold read with and without cache, a refresh, a whole verification.

Run as `python bench/bench_ledger.py [EVENTS]` (default 1,000). Figures are medians, ratios are of one run.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage.embedded import EmbeddedStore
from storage.verify import verify_tender
from tests.storage.builders import Office, make_office

ROUNDS = 3
LIMIT_SECONDS = 3.0
BODY = {"step": "drafts", "inputs": ["a" * 64] * 3, "outputs": ["b" * 64] * 2, "seconds": "1.5"}


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of the seconds that some work takes."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes in this process, without those of the store."""
    start = time.process_time()
    work()
    return time.process_time() - start


def fill(office: Office, count: int) -> tuple[str, float]:
    """Open a tender and append events; return its id and the seconds of one append."""
    tender = office.open_tender()
    ledger = office.desk("worker:assembly", tender).ledger
    missing = count - len(ledger.events())
    start = time.perf_counter()
    for number in range(missing):
        ledger.append("step.done", BODY, key=f"bench/{number}", lot="1")
    return tender, (time.perf_counter() - start) / missing


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        embedded = EmbeddedStore(Path(folder) / "store", retention_days=1)
        embedded.start()
        try:
            measure(embedded, Path(folder) / "cache", count)
        finally:
            embedded.stop()


def measure(embedded: EmbeddedStore, cache: Path, count: int) -> None:
    """Print one line for each way to read a ledger of `count` events."""
    office = make_office(embedded.objects("admin"))
    tender, append = fill(office, count)
    keys = [info.key for info in office.store.list("ledger", f"{tender}/")]
    office.desk("worker:pricing", tender, cache=cache).ledger.events()
    warm = office.desk("worker:pricing", tender)
    warm.ledger.events()
    auditor = office.holders["person:chu.bo"]
    rows = {
        "bare reads of all objects, one by one": timed(lambda: [office.store.get("ledger", key) for key in keys], 1),
        "bare reads of all objects, in parallel": timed(lambda: office.store.get_many("ledger", keys)),
        "ledger, cold": timed(lambda: office.desk("worker:pricing", tender).ledger.events()),
        "ledger, cold with cache": timed(lambda: office.desk("worker:pricing", tender, cache=cache).ledger.events()),
        "ledger, refresh": timed(warm.ledger.events),
        "whole verification, cold": timed(lambda: verify_tender(office.store, tender, auditor, office.people)),
    }
    base = rows["bare reads of all objects, in parallel"]
    print(f"{count} events, median of {ROUNDS} (first line: 1); one append {append * 1000:.1f} ms")
    for what, seconds in rows.items():
        print(f"{what:42} {seconds:8.3f} s   x {seconds / base:6.2f}")
    reached = "reached" if rows["whole verification, cold"] <= LIMIT_SECONDS else "missed"
    own = cpu_seconds(lambda: verify_tender(office.store, tender, auditor, office.people))
    print(f"limit for a whole verification of 1,000 events: {LIMIT_SECONDS} s, {reached}; its own CPU time {own:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
