"""The sweeper sees from outside which ledgers have news for a waiting run, and looks at what has none only once."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Running, Suspended

from flows import alarms, runs
from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.moved_ledgers import MovedLedgers
from flows.steps.tender import Tender
from storage.minio_objects import MinioObjects
from tests.flows.conftest import Installation

pytestmark = pytest.mark.server


@pytest.fixture
def tender(installation: Installation, example: tuple[Tender, Path]) -> str:
    """A tender that was opened."""
    value, folder = example
    intake.open_tender(installation.case(value.tender, person="zhao.min", new=True), value, folder)
    return value.tender


def test_a_decision_moves_a_ledger_and_a_read_an_alarm_or_a_failure_does_not(
    installation: Installation, tender: str
) -> None:
    handler, worker = (installation.case(tender, **who) for who in ({"person": "zhao.min"}, {"worker": "assembly"}))
    seen, ledgers = len(worker.ledger.events()), MovedLedgers(handler.store)
    assert ledgers.moved({tender: seen - 1}) == {tender}
    assert ledgers.moved({tender: seen, "no-ledger": 0}) == set()
    handler.read("record", purpose="a person looks")
    alarm = alarms.due_alarm(worker, worker.record.deadline - timedelta(days=2))
    assert alarm is not None
    alarms.record(worker, alarm)
    worker.ledger.append("step.failed", {"step": "checks", "error": "x", "words": "x"}, lot="1")
    assert {e.type for e in worker.ledger.events()[seen:]} == {"object.read", "deadline.alarm", "step.failed"}
    assert ledgers.moved({tender: seen}) == set()
    deciding.sign(handler, Wish("notice", "-"))
    assert ledgers.moved({tender: seen}) == {tender}
    assert ledgers.moved({tender: seen}) == {tender}  # until the run is awake
    assert ledgers.moved({tender: len(worker.ledger.events())}) == set()


def test_a_record_that_is_no_news_is_looked_at_once(
    installation: Installation, tender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, asked = installation.case(tender, person="zhao.min"), []
    real = MinioObjects.metadata
    monkeypatch.setattr(MinioObjects, "metadata", lambda *of: (asked.append(of[-1]), real(*of))[1])
    seen, ledgers = len(handler.ledger.events()), MovedLedgers(handler.store)
    for number in range(2):
        handler.read("record", purpose="a person looks")
        assert ledgers.moved({tender: seen}) == ledgers.moved({tender: seen}) == set()
        assert asked[: number + 1] == [f"{tender}/{each:08d}" for each in range(seen, seen + number + 1)]
    assert asked.count(f"{tender}/{seen:08d}") == 1


def test_a_run_says_how_much_of_its_ledger_it_has_seen() -> None:
    def suspended(key: str | None) -> FlowRun:
        return FlowRun(flow_id=uuid4(), state=Suspended(pause_key=key))

    assert runs.seen_events(suspended(f"12-{uuid4()}")) == 12
    for by_hand in (None, "01234567-0123-4123-8123-012345678901"):
        assert runs.seen_events(suspended(by_hand)) is None
    assert runs.seen_events(FlowRun(flow_id=uuid4(), state=Running())) is None
