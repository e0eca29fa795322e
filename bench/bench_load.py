"""Bench: many tenders in one installation. What one more costs, what Prefect adds, what the processes take.

Run as `python bench/bench_load.py [TENDERS] [--through N] [--at-once N] [--opened N] [--postgres]`: by default 10
tenders, of which 2 go through to the end; the others wait, suspended, at their first gate. Everything in it is real.
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pytest

from deploy import here
from flows import board, runs, waiting, watch, wiring
from flows.acts import intake
from flows.moved_ledgers import MovedLedgers
from flows.settings import Settings
from flows.steps.procedure import GATES
from flows.steps.read_tender import read
from flows.supervise_control import down, status, up
from tests.flows.conftest import Installation
from tests.flows.plain_runner import advance, without_prefect
from tests.flows.test_crash_matrix import PLAY
from tests.flows.test_main_job import as_, begin, decide_to_the_end, decide_until_price, folder_of

BOARD_SECONDS = 2.0
NEXT_STAGE_SECONDS = 10.0
"""What a person may wait from a signature until the next stage is there, on two quiet cores."""

GOING_ON = {gate.decision for gate in GATES.values()} - {"notice"}
"""What a run waits for; the notice is signed before there is one."""


@contextmanager
def installation(database: str) -> Iterator[Settings]:
    """Yield an installation with people, up; everything of it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tenderflow-load-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TENDERFLOW_HOME", f"{folder}/home")
        patch.setenv("TENDERFLOW_RETENTION_DAYS", "1")
        if database:
            patch.setenv("TENDERFLOW_PREFECT_DATABASE", database)
        settings = wiring.settings()
        taken = up(settings).seconds
        print(f"up in {taken:.1f} s on {'PostgreSQL' if database else 'SQLite'}, {os.cpu_count()} cores", flush=True)
        try:
            Installation(settings).people()
            yield settings
        finally:
            down(settings)


def fill(count: int, folder: Path, at_once: int) -> list[float]:
    """Open tenders, have their notices signed and their runs wait at the first gate; return seconds per tender."""

    def one(number: int) -> float:
        started = time.monotonic()
        tender = f"load-{number:04d}"
        begin(tender, folder_of(tender, folder))
        waiting.wait_for(as_("qian.wei", tender), "screening", passed=False, seconds=600)
        return time.monotonic() - started

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def open_only(count: int, folder: Path, at_once: int) -> list[float]:
    """Open tenders that nobody begins, so that boards and looks have many ledgers; return seconds per tender."""
    own = folder_of("opened", folder)
    record = read(own)

    def one(number: int) -> float:
        started = time.monotonic()
        tender = f"opened-{number:05d}"
        intake.open_tender(as_("zhao.min", tender), record.model_copy(update={"tender": tender}), own)
        return time.monotonic() - started

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def look_over() -> None:
    """Print what it costs to see everything: a first board, a second one, a look of the watch, a sweep."""
    seat = wiring.seat(person="qian.wei")
    first, again = timed(lambda: board.rows(seat, fresh=True)), timed(lambda: board.rows(seat))
    shown = len(board.rows(seat)[0])
    print(
        f"board over {shown} tenders: first {first:.1f} s, then {again:.2f} s (limit {BOARD_SECONDS:.0f} s over 1,000)"
    )
    ledgers = MovedLedgers(seat.store)
    with wiring.prefect_api():
        sweeps = [timed(lambda: watch.sweep(ledgers)) for _ in range(2)]
        print(f"one sweep over all runs: first {sweeps[0]:.1f} s, then {sweeps[1]:.1f} s; "
              f"runs known to the server: {run_count()}", flush=True)  # fmt: skip


def carry(count: int, folder: Path, at_once: int, name: str = "full") -> list[float]:
    """Carry tenders from nothing to the recorded submission; return seconds per tender."""

    def one(number: int) -> float:
        started = time.monotonic()
        tender = f"{name}-{number:04d}"
        own = folder_of(tender, folder)
        begin(tender, own)
        try:
            decide_until_price(tender, own)
            decide_to_the_end(tender)
        except waiting.NotReached:
            print([(e.type, e.body.get("words")) for e in as_("zhao.min", tender).ledger.events()][-8:], flush=True)
            raise
        return time.monotonic() - started

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def carry_plain(count: int, folder: Path) -> list[float]:
    """Do the same acts and steps in this process, without Prefect; return seconds per tender."""
    taken = []
    with without_prefect():
        for number in range(count):
            started = time.monotonic()
            tender = f"plain-{number:04d}"
            own = folder_of(tender, folder)
            for act in PLAY:
                act(tender, own)
                advance(tender)
            taken.append(time.monotonic() - started)
    return taken


def run_count() -> int:
    """Return how many flow runs the server knows."""
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        return int(client.request("POST", "/flow_runs/count", json={}).json())


def latencies(tender: str) -> list[tuple[float, str]]:
    """Return seconds from the last signature of each stage to the next event of a worker, whoever acts between."""
    events = as_("zhao.min", tender).ledger.events()
    signed = [number for number, event in enumerate(events) if event.type == "decision.signed"]
    last = [a for a, b in pairwise(signed) if events[a].body["decision"] != events[b].body["decision"]] + signed[-1:]
    found = []
    for number in last:
        if events[number].body["decision"] not in GOING_ON:
            continue
        after = next(event for event in events[number + 1 :] if event.by.startswith("worker:"))
        found.append(((after.at - events[number].at).total_seconds(), events[number].body["decision"]))
    return found


def _longest(waits: list[tuple[float, str]]) -> str:
    seconds, decision = max(waits)
    return f"{seconds:.1f} s (after {decision})"


def step_seconds(tenders: list[str]) -> dict[str, float]:
    """Return the mean seconds of work of each step, as the ledgers say."""
    spent: dict[str, list[float]] = defaultdict(list)
    for tender in tenders:
        for event in as_("zhao.min", tender).ledger.find(type="step.done"):
            spent[event.body["step"]].append(float(event.body["seconds"]))
    return {step: round(statistics.mean(seconds), 2) for step, seconds in spent.items()}


def memory(settings: Settings) -> dict[str, float]:
    """Return resident megabytes of each process of the installation with its children, each of them counted once."""
    parents: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended
        parents[int(fields[1])].append(int(entry.parent.name))
    running = {name: pid for name, pid in status(settings).running.items() if pid}
    for children in parents.values():  # the supervisor is the parent of all others
        children[:] = [child for child in children if child not in running.values()]
    return {name: round(_resident(pid, parents), 0) for name, pid in running.items()}


def _resident(pid: int, parents: dict[int, list[int]]) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    own = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1000
    return own + sum(_resident(child, parents) for child in parents[pid])


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def main() -> None:
    """Print the figures; exit 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tenders", nargs="?", type=int, default=10)
    parser.add_argument("--through", type=int, default=2, metavar="N", help="how many go through to the end")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="how many people act at the same time")
    parser.add_argument("--opened", type=int, default=0, metavar="N", help="so many more that nobody begins")
    parser.add_argument("--postgres", action="store_true", help="Prefect on a PostgreSQL of this machine")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends too
    given = parser.parse_args()
    with ExitStack() as stack:
        database = stack.enter_context(here.postgres()) if given.postgres else ""
        settings = stack.enter_context(installation(database))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        measure(settings, folder, given.tenders, given.through, given.at_once, given.opened)


def measure(settings: Settings, folder: Path, tenders: int, through: int, at_once: int, opened: int) -> None:
    """Fill the installation, carry some tenders through it, print what it took."""
    if opened:
        seconds = open_only(opened, folder, at_once)
        first, last = (
            statistics.median(seconds[: len(seconds) // 10 + 1]),
            statistics.median(seconds[-len(seconds) // 10 :]),
        )
        print(f"{opened} tenders opened only: first tenth {first:.2f} s each, last tenth {last:.2f} s", flush=True)
    waiting_ones = max(0, tenders - through)
    if waiting_ones:
        seconds = fill(waiting_ones, folder, at_once)
        tenth = max(1, len(seconds) // 10)
        first, last = statistics.median(seconds[:tenth]), statistics.median(seconds[-tenth:])
        print(f"{waiting_ones} tenders opened and waiting: {statistics.median(seconds):.1f} s each "
              f"(first tenth {first:.1f} s, last tenth {last:.1f} s)", flush=True)  # fmt: skip
    known, started = run_count(), time.monotonic()
    whole = carry(through, folder, at_once)
    wall, made = time.monotonic() - started, run_count() - known
    names = [f"full-{number:04d}" for number in range(through)]
    print(f"{through} tenders to the submission, {at_once} at once: {wall:.0f} s, {wall / through:.1f} s per tender, "
          f"{made} runs, {60 * made / wall:.1f} runs a minute", flush=True)  # fmt: skip
    print(f"  one of them, people included: median {statistics.median(whole):.1f} s, longest {max(whole):.1f} s")
    alone = carry(1, folder, 1, name="alone")[0]
    plain = statistics.median(carry_plain(2, folder)[1:])
    runs_each = made / through
    print(f"  alone {alone:.1f} s, the same steps without Prefect {plain:.1f} s: "
          f"{(alone - plain) / runs_each:.2f} s of overhead per run ({runs_each:.1f} runs a tender)")  # fmt: skip
    print(f"  seconds of work per step: {step_seconds(names)}")
    waits = [wait for name in names for wait in latencies(name)]
    median = statistics.median(seconds for seconds, _ in waits)
    print(f"  signature to the worker's next event: median {median:.1f} s, longest {_longest(waits)}")
    print(
        f"  one alone: longest {_longest(latencies('alone-0000'))}; limit {NEXT_STAGE_SECONDS:.0f} s on 2 quiet cores"
    )
    look_over()
    print(f"memory in MB (proportional): {memory(settings)}, sum {sum(memory(settings).values()):.0f}")
    size = sum(path.stat().st_size for path in settings.prefect_home.glob("prefect.db*"))
    print(f"Prefect's database: {size / 1e6:.1f} MB" if size else "Prefect's database: PostgreSQL")
    ended = Counter(
        event.body["how"] for name in names for event in as_("zhao.min", name).ledger.find(type="tender.ended")
    )
    print(f"ended: {dict(ended)} of {through}")
    if ended != Counter({"submitted": through}):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
