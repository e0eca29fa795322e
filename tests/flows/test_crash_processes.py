"""The real processes killed, the Prefect database set back, a run forgotten: each tender ends as it would have.

One installation for all cells. `make test` sends one tender through five deaths; `TENDERFLOW_FULL=1` every process at
every moment.
"""

import contextlib
import os
import shutil
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed, Failed, Suspended

from flows import alarms, runs, watch, watching, wiring
from flows.acts import intake
from flows.backup import copy_prefect
from flows.errors import TenderError
from flows.runs import PrefectUnreachable
from flows.settings import Settings
from flows.supervise_control import down, status, up
from storage.errors import StorageError
from tests.flows.conftest import brought_up
from tests.flows.test_crash_matrix import FULL, ended
from tests.flows.test_main_job import (
    SECONDS,
    as_,
    begin,
    decide_to_the_end,
    decide_until_price,
    folder_of,
    process_of,
    reach,
    read,
    sign,
    state_of,
    tick,
    until,
)

pytestmark = [pytest.mark.server, pytest.mark.office]

T = TypeVar("T")
PROCESSES = ("run", "worker and run", "prefect", "store", "watch")
MOMENTS = ("screening", "drafts", "price-volume", "package")
SAMPLE = [dict(zip(MOMENTS, ("run", "worker and run", "prefect", "store"), strict=True))]
ALL = [dict(zip(MOMENTS, PROCESSES[first:] + PROCESSES[:first], strict=False)) for first in range(len(PROCESSES))]
"""Each process dies at each moment: twenty deaths in five tenders."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with the example's people, up with every real process."""
    with brought_up(tmp_path_factory.mktemp("crash") / "home") as settings:
        yield settings


def kill(settings: Settings, process: str, role: str, name: str) -> None:
    """Kill a process by SIGKILL; a run and its worker when the run is at work."""
    if "run" not in process:
        os.kill(status(settings).running[process] or 0, signal.SIGKILL)
        return
    until(lambda: process_of(name) > 0)
    inside = process_of(name)
    if process.startswith("worker"):
        os.kill(status(settings).running[f"worker-{role}"] or 0, signal.SIGKILL)
    if inside:  # else it was done sooner: the cell is then a death between two steps
        with contextlib.suppress(ProcessLookupError):
            os.kill(inside, signal.SIGKILL)


def waiting_at_screening(tender: str, folder: Path) -> UUID:
    """Begin a tender and return its run once it waits for the bid decision."""
    run = begin(tender, folder)
    reach("qian.wei", tender, "screening")
    until(lambda: state_of(run) == "Suspended")
    return run


def patiently(act: Callable[[], T]) -> T:
    """Do what a person would do again when told that the store or Prefect is away."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return act()
        except (StorageError, TenderError) as error:
            if not error.transient or time.monotonic() > deadline:
                raise
        time.sleep(0.5)


def signed(act: Callable[[], None]) -> None:
    """Sign; where Prefect is away the signature stands in the ledger and the sweeper goes on from it."""
    with contextlib.suppress(PrefectUnreachable):
        patiently(act)


def play(settings: Settings, tender: str, folder: Path, deaths: dict[str, str]) -> None:
    """Carry a tender through, with a death right after each act that lets a worker begin."""

    def strike(moment: str, role: str, name: str) -> None:
        if moment in deaths:
            kill(settings, deaths[moment], role, name)

    begin(tender, folder)
    reach("qian.wei", tender, "screening")
    signed(lambda: sign("qian.wei", tender, "screening", "bid"))
    strike("screening", "assembly", tender)
    patiently(lambda: intake.deliver(as_("li.na", tender), read(folder), folder))
    signed(lambda: sign("zhao.min", tender, "clauses"))
    strike("drafts", "assembly", tender)
    until(lambda: patiently(lambda: as_("li.na", tender).keyrings.exists("price")))
    patiently(lambda: intake.deliver_cost(as_("li.na", tender), "1", folder / "cost.xlsx"))
    patiently(lambda: intake.propose(as_("sun.li", tender), "1", folder / "cost.xlsx"))
    reach("sun.li", tender, "price")
    sign("sun.li", tender, "price")
    signed(lambda: sign("wu.fang", tender, "price"))
    strike("price-volume", "pricing", f"{tender}:price-volume+checks")
    patiently(lambda: reach("zheng.yun", tender, "final-review"))
    tick("zheng.yun", tender)
    signed(lambda: sign("zheng.yun", tender, "final-review"))
    strike("package", "pricing", f"{tender}:package")
    patiently(lambda: reach("wang.lei", tender, "submission"))
    signed(lambda: sign("wang.lei", tender, "submission"))
    until(lambda: patiently(lambda: bool(as_("zhao.min", tender).ledger.find(type="tender.ended"))))


@pytest.mark.parametrize("deaths", ALL if FULL else SAMPLE, ids=lambda deaths: "+".join(deaths.values()))
def test_after_each_death_a_tender_ends_as_it_would_have(
    home: Settings, tmp_path: Path, deaths: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    tender = f"dead-{zlib.crc32(str(deaths).encode()):08x}"
    started = time.monotonic()
    play(home, tender, folder_of(tender, tmp_path), deaths)
    ended(tender)
    with capfd.disabled():
        print(f"\n  {len(deaths)} deaths in a tender, {deaths}: 0 lost, 0 twice, {time.monotonic() - started:.0f} s")


def test_while_the_store_is_away_longer_than_a_step_waits_no_run_fails(home: Settings, tmp_path: Path) -> None:
    tender, away = "store-away-1", 25.0
    folder = folder_of(tender, tmp_path)
    run = begin(tender, folder)
    reach("qian.wei", tender, "screening")
    sign("qian.wei", tender, "screening", "bid")
    intake.deliver(as_("li.na", tender), read(folder), folder)
    until(lambda: state_of(run) == "Suspended")
    sign("zhao.min", tender, "clauses")
    deadline = time.monotonic() + away
    while time.monotonic() < deadline:
        if pid := status(home).running["store"]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
    assert "Crashed" in states_of(run)
    patiently(lambda: reach("zhao.min", tender, "drafts", passed=True))
    until(lambda: state_of(run) == "Suspended")
    assert "Failed" not in states_of(run)


def states_of(run: UUID) -> list[str]:
    """Return the names of all states a run was in."""
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        return [state.name or "" for state in client.read_flow_run_states(run)]


def test_of_more_waiting_runs_than_one_answer_holds_each_is_resumed(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = "waits-first", "waits-last"
    waiting_at_screening(first, folder_of(first, tmp_path))
    strangers = suspended_strangers(watch.PAGE)
    waiting_at_screening(last, folder_of(last, tmp_path))
    for tender in (first, last):
        with monkeypatch.context() as patch:
            patch.setattr(runs, "nudge", lambda _: False)  # the server was away when this was signed
            sign("qian.wei", tender, "screening", "no-bid", "customer credit")
        until(lambda tender=tender: bool(as_("zhao.min", tender).ledger.find(type="tender.ended")))
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        for stranger in strangers:
            client.delete_flow_run(stranger)


def suspended_strangers(count: int) -> list[UUID]:
    """Make suspended runs that have no ledger."""

    @flow(name="stranger")
    def stranger() -> None:
        """Never run."""

    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        return [client.create_flow_run(stranger, name=f"stranger-{n}", state=Suspended()).id for n in range(count)]


def test_a_price_run_that_failed_beside_its_tender_is_tried_again_by_retry(home: Settings, tmp_path: Path) -> None:
    tender = "child-failed"
    waiting_at_screening(tender, folder_of(tender, tmp_path))
    child = f"{tender}:price-keys"
    (keys,) = all_runs(child)
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        until(lambda: client.read_flow_run(keys.id).state_name == "Completed")
        client.set_flow_run_state(keys.id, Failed(), force=True)
        runs.retry(tender)
        until(lambda: client.read_flow_run(keys.id).state_name == "Completed")
    assert len(all_runs(child)) == 1


def test_a_bid_run_that_crashed_is_started_again_and_gets_no_rival(home: Settings, tmp_path: Path) -> None:
    tender = "bid-crashed"
    run = waiting_at_screening(tender, folder_of(tender, tmp_path))
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        seen = client.read_flow_run(run)
        assert runs.is_unchanged(seen)
        client.set_flow_run_state(run, Crashed(), force=True)
        assert runs.start_bid(tender) == runs.retry(tender) == run
        assert not runs.is_unchanged(seen)
        until(lambda: state_of(run) == "Suspended")
        assert [each.id for each in runs.all_runs(tender)] == [run]
        client.delete_flow_run(run)
        assert not runs.is_unchanged(seen)


def test_with_prefects_database_of_yesterday_a_tender_ends_as_it_would_have(home: Settings, tmp_path: Path) -> None:
    tender = "yesterday-1"
    folder = folder_of(tender, tmp_path)
    waiting_at_screening(tender, folder)
    yesterday = copy_prefect(home, tmp_path)
    decide_until_price(tender, folder)
    reach("sun.li", tender, "price")

    down(home)
    for path in home.prefect_home.glob("prefect.db*"):
        path.unlink()
    shutil.copyfile(yesterday, home.prefect_home / "prefect.db")
    up(home)

    decide_to_the_end(tender)
    ended(tender)


def test_a_run_that_prefect_has_forgotten_is_started_again_from_the_ledger(home: Settings, tmp_path: Path) -> None:
    tender = "forgotten-1"
    run = waiting_at_screening(tender, folder_of(tender, tmp_path))
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        client.delete_flow_run(run)
        runs.start("watch/watch", "watch", parameters={}, attempt="forgotten")
    until(lambda: bool(all_runs(tender)))
    sign("qian.wei", tender, "screening", "no-bid", "customer credit")
    until(lambda: bool(as_("zhao.min", tender).ledger.find(type="tender.ended")))


def all_runs(name: str) -> list[FlowRun]:
    with wiring.prefect_api():
        return list(runs.all_runs(name))


@pytest.mark.filterwarnings("ignore:Artifact creation outside of a flow")  # here the look is called by hand
def test_an_alarm_is_raised_by_the_watch_once_and_shows_ids_alone(home: Settings, tmp_path: Path) -> None:
    tender = "alarm-1"
    folder = folder_of(tender, tmp_path)
    intake.open_tender(as_("zhao.min", tender), read(folder), folder)
    deadline = as_("zhao.min", tender).record.deadline
    case = wiring.open_case(tender, worker="assembly")
    with wiring.prefect_api():
        for _ in range(2):
            watching.look_at(case, deadline - timedelta(days=2))
        with runs.get_client(sync_client=True) as client:
            (shown,) = [a for a in client.read_artifacts() if a.key == f"deadline-{tender}"]
    (event,) = case.ledger.find(type=alarms.EVENT)
    assert event.body["level"] == "3d"
    assert str(shown.data).startswith(f"# {tender}: 3d to the deadline")
    assert case.record.title not in str(shown.data)
