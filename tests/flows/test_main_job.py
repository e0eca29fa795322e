"""The main job through a real store, Prefect server and workers: run whole, killed, resumed by hand, scanned."""

import base64
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType

from flows import runs, waiting, wiring
from flows.acts import conform, deciding, intake, notice_acts, notices, submission
from flows.acts.deciding import Wish
from flows.acts.notices import Matter
from flows.case import Case
from flows.settings import Settings
from flows.steps.conformance import Conformity
from flows.steps.notices.read import ReadNotice
from flows.steps.procedure import STAGES, State
from flows.steps.read_tender import read
from flows.supervise_control import status
from tests.flows.conftest import EXAMPLE, brought_up

pytestmark = [pytest.mark.server, pytest.mark.office]

CANARY_PRICE = "357913.37"
CANARY_CLAUSE = "金丝雀紫檀七三六"
SECONDS = 300


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with the example's people, up with every real process."""
    with brought_up(tmp_path_factory.mktemp("job") / "home") as settings:
        yield settings


def test_the_server_plans_a_run_for_every_schedule(home: Settings) -> None:
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        planned = {d.id: d.name for d in client.read_deployments() if any(s.active for s in d.schedules)}
        assert len(planned) >= 5
        scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))

        def missing() -> set[str]:
            by = {each: DeploymentFilter(id=DeploymentFilterId(any_=[each])) for each in planned}
            return {
                planned[each]
                for each, only in by.items()
                if not client.read_flow_runs(flow_run_filter=scheduled, deployment_filter=only, limit=1)
            }

        until(lambda: not missing(), 90)


def as_(person: str, tender: str) -> Case:
    return wiring.open_case(tender, person=person, new=True)


def sign(person: str, tender: str, decision: str, verdict: str = "", reason: str = "", lot: str = "1") -> None:
    deciding.sign(as_(person, tender), Wish(decision, lot, verdict, reason))
    with wiring.prefect_api():
        runs.nudge(tender)


def tick(person: str, tender: str) -> None:
    """Sign that everything was looked at that only a person can judge."""
    case = as_(person, tender)
    rules = tuple(sorted(case.facts().human_rules["1"]))
    deciding.sign(case, Wish("checklist", "1", checked=rules))


def reach(person: str, tender: str, stage: str, *, passed: bool = False) -> None:
    waiting.wait_for(as_(person, tender), stage, passed=passed, seconds=SECONDS)


def until(true: Callable[[], bool], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.1)


def folder_of(tender: str, tmp_path: Path) -> Path:
    """Copy the example under another id, with a price and a clause that stand nowhere else."""
    folder = tmp_path / tender
    shutil.copytree(EXAMPLE, folder)
    text = (folder / "tender.yaml").read_text("utf-8").replace("tender: warehouse-agv", f"tender: {tender}")
    (folder / "tender.yaml").write_text(text, "utf-8")
    prices = openpyxl.load_workbook(folder / "cost.xlsx")
    prices["offer"]["B2"] = float(CANARY_PRICE)
    prices.save(folder / "cost.xlsx")
    clauses = openpyxl.load_workbook(folder / "clauses.xlsx")
    clauses["clauses"]["H3"] = f"满足，{CANARY_CLAUSE}"
    clauses.save(folder / "clauses.xlsx")
    return folder


def begin(tender: str, folder: Path) -> UUID:
    """Open the tender, sign its notice, start its run."""
    intake.open_tender(as_("zhao.min", tender), read(folder), folder)
    sign("zhao.min", tender, "notice")
    sign("qian.wei", tender, "notice")
    with wiring.prefect_api():
        return runs.start_bid(tender)


def decide_until_price(tender: str, folder: Path) -> None:
    """Bid, deliver, settle the clauses, propose a price."""
    reach("qian.wei", tender, "screening")
    sign("qian.wei", tender, "screening", "bid")
    intake.deliver(as_("li.na", tender), read(folder), folder)
    sign("zhao.min", tender, "clauses")
    until(lambda: as_("li.na", tender).keyrings.exists("price"))
    intake.deliver_cost(as_("li.na", tender), "1", folder / "cost.xlsx")
    intake.propose(as_("sun.li", tender), "1", folder / "cost.xlsx")


def decide_to_the_end(tender: str) -> None:
    """Vote on the price, review, submit."""
    reach("sun.li", tender, "price")
    sign("sun.li", tender, "price")
    sign("wu.fang", tender, "price")
    reach("zheng.yun", tender, "final-review")
    tick("zheng.yun", tender)
    sign("zheng.yun", tender, "final-review")
    reach("wang.lei", tender, "submission")
    submission.submit(as_("wang.lei", tender), "1", submission.Submission("paper", datetime.now(UTC)))
    with wiring.prefect_api():
        runs.nudge(tender)
    until(lambda: bool(as_("zhao.min", tender).ledger.find(type="tender.ended")))


def state_of(run: UUID) -> str:
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        found = client.read_flow_run(run).state
    return found.name if found else ""


def process_of(name: str) -> int:
    """Return the living process of a run that is at work, 0 when there is none: just resumed, it bears its last one."""
    with wiring.prefect_api():
        working = [run for run in runs.live(name) if run.state and run.state.is_running() and run.infrastructure_pid]
    pid = int(str(working[-1].infrastructure_pid).rpartition(":")[2]) if working else 0
    return pid if Path(f"/proc/{pid}").exists() else 0


def done_once(case: Case) -> None:
    """Assert that no step, object or request stands twice for the same inputs."""
    steps = [event.key for event in case.ledger.find(type="step.done")]
    assert len(steps) == len(set(steps))
    assert sorted(key.split("/")[0] for key in steps) == ["checks", "drafts", "package", "price-volume"]
    assert {name: m.version for name, m in case.manifests("draft/*").items()} == dict.fromkeys(
        [f"draft/1/{v}.{k}" for v in ("commercial", "price", "technical") for k in ("docx", "pdf")], 1
    )


def test_a_whole_bid_is_submitted_archived_and_nothing_confidential_reaches_prefect(
    home: Settings, tmp_path: Path
) -> None:
    tender, folder = "whole-1", folder_of("whole-1", tmp_path)
    run = begin(tender, folder)
    decide_until_price(tender, folder)
    decide_to_the_end(tender)
    until(lambda: state_of(run) == "Completed")

    case = as_("zhao.min", tender)
    done_once(case)
    assert {row["stage"] for row in stages(case) if row["state"] == State.PASSED} == set(STAGES)
    package = as_("wang.lei", tender).read("package/1", purpose="test")
    assert package.startswith(b"PK")

    clerk = as_("feng.xue", tender)
    brought, left_out = intake.record_opening(clerk, folder / "opening.xlsx", folder / "outcome.yaml")
    assert left_out == []
    with wiring.prefect_api():
        runs.start_opening(tender, brought.version)
    until(lambda: bool(as_("zhao.min", tender).ledger.find(type="outcome.archived")))
    _, articles = conform.articles(as_("zhao.min", tender))
    assert [(f.requirement, f.note) for a in articles for f in a.findings if f.state is Conformity.BROKEN] == []
    assert next(a.state for a in articles if a.article == "3.4") is Conformity.SATISFIED
    rows = wiring.price_archive("analyst").bids()
    assert len(rows[rows["tender"] == tender]) == 4

    assert scan(home) == []


def stages(case: Case) -> list[dict[str, object]]:
    from flows.steps.procedure import board

    return [row.to_json() for row in board(case.lot_ids, case.facts(), case.record.deadline)]


def scan(settings: Settings) -> list[str]:
    """Return every file of Prefect, logs, store and temporary folders that holds a canary, plain or in base64."""
    with sqlite3.connect(settings.prefect_home / "prefect.db") as database:
        database.execute("PRAGMA wal_checkpoint(FULL)")
    needles = [form for canary in (CANARY_PRICE, "357,913.37", CANARY_CLAUSE) for form in forms(canary)]
    hits, read_bytes = [], 0
    for path in files(settings):
        try:
            data = path.read_bytes()
        except OSError:
            continue  # a file of a run that has just ended
        read_bytes += len(data)
        hits += [str(path) for needle in needles if needle in data]
    assert read_bytes > 1_000_000, "nothing was scanned"
    return sorted(set(hits))


def files(settings: Settings) -> Iterator[Path]:
    """Yield every file of the installation, of Prefect's own home, and of what a process leaves in shared folders."""
    shared = [entry for place in ("/tmp", "/dev/shm") for entry in Path(place).glob("*")]
    left = [entry for entry in shared if entry.name.startswith(("tenderflow", "lu", "tmp", "prefect"))]
    for place in [settings.home, Path.home() / ".prefect", *left]:
        if place.is_file():
            yield place
        # Unlike a glob, a walk goes on when a folder disappears under it.
        for folder, _, names in os.walk(place):
            yield from (Path(folder) / name for name in names if (Path(folder) / name).is_file())


def forms(canary: str) -> Iterator[bytes]:
    """Yield a canary as it could stand in a file: UTF-8, UTF-16, JSON escapes, base64 at any offset."""
    plain = canary.encode()
    yield plain
    yield canary.encode("utf-16-le")
    yield canary.encode("unicode_escape")
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        yield coded[4 if offset else 0 : -4]


def test_the_scan_finds_a_planted_canary(home: Settings) -> None:
    planted = home.logs / "planted.log"
    for form in (CANARY_PRICE.encode(), base64.b64encode(f"x{CANARY_CLAUSE}".encode())):
        planted.write_bytes(form)
        try:
            assert scan(home) == [str(planted)]
        finally:
            planted.unlink()


def test_a_run_resumed_by_hand_without_a_decision_suspends_again(home: Settings, tmp_path: Path) -> None:
    tender = "by-hand-1"
    run = begin(tender, folder_of(tender, tmp_path))
    reach("qian.wei", tender, "screening")
    until(lambda: state_of(run) == "Suspended")

    with wiring.prefect_api():
        until(lambda: runs.resume(run))  # False while the sweeper is resuming it
    until(lambda: state_of(run) != "Suspended")
    until(lambda: state_of(run) == "Suspended")

    assert as_("qian.wei", tender).judge("screening", "1").state is State.WAITING
    sign("qian.wei", tender, "screening", "no-bid", "customer credit")
    until(lambda: state_of(run) == "Completed")
    ended = as_("zhao.min", tender).ledger.find(type="tender.ended")
    assert [(event.lot, event.body["how"], event.body["reason"]) for event in ended] == [
        ("1", "no-bid", "customer credit")
    ]


def test_a_run_without_a_signed_notice_fails_and_says_only_where_to_look(home: Settings, tmp_path: Path) -> None:
    tender, folder = "unsigned-1", folder_of("unsigned-1", tmp_path)
    intake.open_tender(as_("zhao.min", tender), read(folder), folder)
    sign("zhao.min", tender, "notice")
    with wiring.prefect_api():
        run = runs.start_bid(tender)
    until(lambda: state_of(run) == "Failed")

    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        message = client.read_flow_run(run).state.message
    assert "NoticeUnsigned" in message
    assert "qian" not in message


def test_killed_between_and_inside_steps_the_bid_ends_as_it_would_have(home: Settings, tmp_path: Path) -> None:
    tender, folder = "killed-1", folder_of("killed-1", tmp_path)
    run = begin(tender, folder)
    reach("qian.wei", tender, "screening")
    sign("qian.wei", tender, "screening", "bid")

    # Between steps: the run's process, right after it started again.
    until(lambda: process_of(tender) > 0)
    os.kill(process_of(tender), signal.SIGKILL)
    until(lambda: state_of(run) in ("Suspended", "Crashed", "AwaitingRetry", "Running", "Scheduled", "Pending"))

    intake.deliver(as_("li.na", tender), read(folder), folder)
    sign("zhao.min", tender, "clauses")

    # Inside a step: run and worker together, as soon as the first draft is sealed and before the step is done.
    case = as_("zhao.min", tender)

    def first_draft() -> bool:
        case.ledger.refresh()
        return bool(case.manifests("draft/*"))

    until(first_draft)
    assert not case.ledger.find(type="step.done")
    worker = status(home).running["worker-assembly"]
    inside = process_of(tender)
    os.kill(worker, signal.SIGKILL)
    os.kill(inside, signal.SIGKILL)

    until(lambda: as_("li.na", tender).keyrings.exists("price"))
    intake.deliver_cost(as_("li.na", tender), "1", folder / "cost.xlsx")
    intake.propose(as_("sun.li", tender), "1", folder / "cost.xlsx")
    decide_to_the_end(tender)
    until(lambda: state_of(run) == "Completed")

    done_once(as_("zhao.min", tender))


def test_the_run_of_a_notice_waits_for_each_act_and_shows_ids_alone(
    home: Settings, write_notice: Callable[..., ReadNotice]
) -> None:
    matter = notices.open_notice(wiring.seat(person="zhao.min"), write_notice())
    with wiring.prefect_api():
        run = runs.start_notice(matter.id)
        assert runs.start_notice(matter.id) == run
    acts = [
        ("zhao.min", notice_acts.sign),
        ("qian.wei", notice_acts.sign),
        ("zhao.min", notice_acts.dispatch),
        ("li.na", lambda technical: notice_acts.answer(technical, CANARY_CLAUSE)),
        ("li.na", notice_acts.feed_back),
        ("zhao.min", notice_acts.acknowledge),
        ("zhao.min", notice_acts.close),
    ]
    for who, act in acts:
        until(lambda: state_of(run) == "Suspended")
        act(Matter(as_(who, matter.id)))
        with wiring.prefect_api():
            runs.nudge(matter.id)
    until(lambda: state_of(run) == "Completed")

    matter = Matter(as_("zhao.min", matter.id))
    told = [event.body["level"] for event in matter.case.ledger.find(type="notice.reminded")]
    assert told == [f"turn-{act}" for act in ("sign", "dispatch", "receive", "feedback", "acknowledge", "close")]
    with wiring.prefect_api(), runs.get_client(sync_client=True) as client:
        shown = [a for a in client.read_artifacts() if a.key == f"notice-{matter.id}"]
    assert shown
    assert all(secret not in str(a.data) for a in shown for secret in (matter.notice.customer, CANARY_CLAUSE))
