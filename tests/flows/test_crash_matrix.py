"""Death at every write, of every process, of disk, database and clock: after it each tender ends as it would have.

Here without Prefect, where a whole tender takes seconds; `test_crash_processes.py` kills the real processes. The cells
are counted and printed; `make test` tries a sample, `TENDERFLOW_FULL=1` every write.
"""

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from flows import deciding, intake
from flows.deciding import Wish
from flows.steps.read_tender import read
from tests.flows.conftest import Installation
from tests.flows.plain_runner import advance, advance_and_die, without_prefect
from tests.flows.test_main_job import as_, done_once, folder_of, tick

pytestmark = [pytest.mark.server, pytest.mark.office]

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.flows.plain_runner"])  # a death costs no import
FULL = os.environ.get("TENDERFLOW_FULL") == "1"


def sign(person: str, tender: str, decision: str, verdict: str = "") -> None:
    deciding.sign(as_(person, tender), Wish(decision, "1", verdict, ""))


def open_signed(tender: str, folder: Path) -> None:
    intake.open_tender(as_("zhao.min", tender), read(folder), folder)
    sign("zhao.min", tender, "notice")
    sign("qian.wei", tender, "notice")


def decide_screening(tender: str, folder: Path) -> None:
    sign("qian.wei", tender, "screening", "bid")
    intake.deliver(as_("li.na", tender), read(folder), folder)
    sign("zhao.min", tender, "clauses")


def decide_price(tender: str, folder: Path) -> None:
    intake.deliver_cost(as_("li.na", tender), "1", folder / "cost.xlsx")
    intake.propose(as_("sun.li", tender), "1", folder / "cost.xlsx")
    sign("sun.li", tender, "price")
    sign("wu.fang", tender, "price")


def review(tender: str, _folder: Path) -> None:
    tick("zheng.yun", tender)
    sign("zheng.yun", tender, "final-review")


def submit(tender: str, _folder: Path) -> None:
    sign("wang.lei", tender, "submission")


PLAY = (open_signed, decide_screening, decide_price, review, submit)
"""What people do, in order; after each the worker goes on as far as it comes."""


MOMENTS = (("keys", 1), ("drafts", 1), ("drafts", 2), ("archive", 1), ("ledger", 1))
"""The sample: for each act the write after which the worker dies, mostly between an object and its event."""


def dies(tender: str, writes: int, trace: Path, bucket: str = "") -> bool:
    """Let a process carry the tender on; return whether it died at that write rather than come to its end."""
    process = FORKS.Process(target=advance_and_die, args=(tender, writes, trace, bucket))
    process.start()
    process.join(300)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def deaths_after(act: int, tender: str, trace: Path) -> int:
    """Let workers die until one comes to its end; return how many died."""
    if not FULL:
        bucket, nth = MOMENTS[act]
        assert dies(tender, nth, trace, bucket)
        assert not dies(tender, 10**6, trace)
        return 1
    # With 1, 2, 3, 1, … writes each boundary between two is hit, and three let any pair be finished.
    died = 0
    while dies(tender, died % 3 + 1, trace):
        died += 1
    return died


def ended(tender: str) -> None:
    """Assert that the tender ended as it would have: every step once, submitted once, an unbroken ledger."""
    case = as_("zhao.min", tender)
    done_once(case)
    assert [(e.lot, e.body["how"]) for e in case.ledger.find(type="tender.ended")] == [("1", "submitted")]
    keys = [event.key for event in case.ledger.events() if event.type != "object.read"]
    assert len(keys) == len(set(keys))


def test_killed_at_every_write_a_tender_ends_as_it_would_have(
    installation: Installation, tender_id: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, trace, deaths = folder_of(tender_id, tmp_path), tmp_path / "trace", Counter[str]()
    trace.touch()
    for number, act in enumerate(PLAY):
        act(tender_id, folder)
        deaths[act.__name__] += deaths_after(number, tender_id, trace)
    ended(tender_id)
    buckets = Counter(trace.read_text().split())
    with capfd.disabled():
        print(
            f"\n  killed {deaths.total()} times, after {dict(deaths)}, by last write {dict(buckets)}: 0 lost, 0 twice"
        )
    assert {"keys", "ledger", "drafts", "archive"} <= set(buckets)
    assert deaths.total() >= (40 if FULL else len(PLAY))


def test_the_plain_runner_ends_a_tender_as_prefect_does(
    installation: Installation, tender_id: str, tmp_path: Path
) -> None:
    folder = folder_of(tender_id, tmp_path)
    with without_prefect():
        for act in PLAY:
            act(tender_id, folder)
            finished = advance(tender_id)
    assert finished
    ended(tender_id)
