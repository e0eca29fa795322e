"""Death at every write, of every process, of disk, database and clock: after it each tender ends as it would have.

Here without Prefect, where a whole tender takes seconds; `test_crash_processes.py` kills the real processes. The cells
are counted and printed; `make test` tries a sample, `TENDERFLOW_FULL=1` every write.
"""

import contextlib
import json
import multiprocessing
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import first_keys, wiring
from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.stepping import Interrupted
from flows.steps.read_tender import read
from storage.embedded import ROLES, EmbeddedStore
from storage.errors import StorageError
from tests.flows.conftest import Installation
from tests.flows.plain_runner import advance, advance_and_die, without_prefect
from tests.flows.test_main_job import as_, done_once, folder_of, tick, until
from tests.storage.test_disk_full import mounted

pytestmark = [pytest.mark.server, pytest.mark.office]

ROOT = Path(__file__).parents[2]
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
    # Lives of one write hit each boundary. After an object whose event is missing the next life gets one write more,
    # for it writes the object anew.
    died = objects = 0
    while dies(tender, 1 + objects, trace):
        died += 1
        objects = 0 if trace.read_text().split()[-1] == "ledger" else objects + 1
    return died


def ended(tender: str) -> None:
    """Assert that the tender ended as it would have: every step once, submitted once, an unbroken ledger."""
    case = as_("zhao.min", tender)
    done_once(case)
    assert [(e.lot, e.body["how"]) for e in case.ledger.find(type="tender.ended")] == [("1", "submitted")]
    keys = [event.key for event in case.ledger.events() if event.type != "object.read"]
    assert len(keys) == len(set(keys))
    assert [e.body["state"] for e in case.ledger.find(type="submission.right")] == ["begun"]


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
    assert deaths.total() >= (30 if FULL else len(PLAY))


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


@pytest.mark.parametrize("jump", ["+2h", "-2h"])
def test_while_the_clock_is_off_nothing_is_written_and_afterwards_the_tender_goes_on(
    installation: Installation, tender_id: str, tmp_path: Path, jump: str
) -> None:
    if shutil.which("faketime") is None:
        pytest.skip("no faketime here: apt-get install faketime")
    open_signed(tender_id, folder_of(tender_id, tmp_path))
    before = len(as_("zhao.min", tender_id).ledger.events())
    code = f"from tests.flows.plain_runner import *\nwith without_prefect(): advance({tender_id!r})"
    done = subprocess.run(
        ["faketime", "-f", jump, sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "bid failed (StoreRefused)" in done.stderr or "bid failed (ClockOff)" in done.stderr
    assert len(as_("zhao.min", tender_id).ledger.events()) == before
    with without_prefect():
        advance(tender_id)
    assert as_("zhao.min", tender_id).ledger.find(type="decision.requested")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a volume of every bucket."""
    with mounted(tmp_path / "disk", 3000) as disk:
        yield disk


@pytest.fixture
def store_on_it(small_disk: Path) -> Iterator[EmbeddedStore]:
    """A store of its own on the small disk."""
    store = EmbeddedStore(small_disk / "store", retention_days=1)
    store.start()
    yield store
    store.stop()


@pytest.fixture
def installed_on_a_small_disk(store_on_it: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation whose store lies on a disk that can be filled."""
    home, keys = tmp_path / "home", tmp_path / "credentials.json"
    home.mkdir(mode=0o700)
    admin = store_on_it.credentials("admin")
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({role: {"access": admin.access_key, "secret": admin.secret_key} for role in ROLES}))
    monkeypatch.setenv("TENDERFLOW_HOME", str(home))
    monkeypatch.setenv("TENDERFLOW_S3_ENDPOINT", admin.endpoint)
    monkeypatch.setenv("TENDERFLOW_S3_SECURE", "false")
    monkeypatch.setenv("TENDERFLOW_S3_CREDENTIALS", str(keys))
    monkeypatch.delenv("TENDERFLOW_BUCKET_PREFIX", raising=False)
    first_keys.prepare(wiring.settings())
    Installation(wiring.settings()).people()


def test_on_a_full_disk_a_run_is_interrupted_in_words_and_with_room_again_the_tender_goes_on(
    installed_on_a_small_disk: None, small_disk: Path, store_on_it: EmbeddedStore, tender_id: str, tmp_path: Path
) -> None:
    folder = folder_of(tender_id, tmp_path)
    with without_prefect():
        open_signed(tender_id, folder)
        advance(tender_id)
        decide_screening(tender_id, folder)
        fill_up(small_disk / "ballast")
        with pytest.raises(Interrupted, match="drafts"):
            advance(tender_id)
        (small_disk / "ballast").unlink()
        store_on_it.stop()  # its index takes no writes after a full disk until it begins anew
        store_on_it.start()
        until(lambda: writable(store_on_it), 150)
        advance(tender_id)
        for act in PLAY[2:]:
            act(tender_id, folder)
            advance(tender_id)
    ended(tender_id)


def fill_up(ballast: Path) -> None:
    """Write until not one byte more fits."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass


def writable(store: EmbeddedStore) -> bool:
    try:
        store.objects("admin").put("drafts", f"probe/procedure/{secrets.token_hex(8)}/0001", b"x")
    except StorageError:
        return False
    return True
