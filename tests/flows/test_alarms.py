"""Deadline alarms: once per level and deadline, the narrowest alone, none where nothing is at stake."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import alarms
from flows.acts import intake
from flows.alarms import LEVELS, due_alarm, level_at, record
from flows.steps.tender import Tender
from storage.policy import PolicyRefused
from tests.flows.conftest import Installation

DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "level"),
    [
        (timedelta(days=30), None),
        (timedelta(days=7, seconds=1), None),
        (timedelta(days=7), "7d"),
        (timedelta(days=3, minutes=1), "7d"),
        (timedelta(days=3), "3d"),
        (timedelta(days=1), "1d"),
        (timedelta(hours=4, seconds=1), "1d"),
        (timedelta(hours=4), "4h"),
        (timedelta(seconds=1), "4h"),
        (timedelta(), None),
        (timedelta(days=-1), None),
    ],
)
def test_the_level_is_the_narrowest_reached_and_ends_with_the_deadline(before: timedelta, level: str | None) -> None:
    assert level_at(DEADLINE, DEADLINE - before) == level


@pytest.mark.server
def test_each_level_is_raised_once_and_says_who_is_waited_for(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    value, folder = example
    intake.open_tender(installation.case(value.tender, person="zhao.min", new=True), value, folder)
    case = installation.case(value.tender, worker="assembly")
    raised = []
    for before in (timedelta(days=8), *LEVELS.values(), timedelta(minutes=5)):
        for _ in range(2):
            alarm = due_alarm(case, value.deadline - before)
            if alarm is not None:
                record(case, alarm)
                raised.append(alarm)
    assert [alarm.level for alarm in raised] == list(LEVELS)
    assert any(entry.split(":")[1] == "notice" for entry in raised[0].waiting)
    assert [event.body["level"] for event in case.ledger.find(type=alarms.EVENT)] == list(LEVELS)


@pytest.mark.server
def test_a_tender_whose_lots_have_ended_has_no_alarm(installation: Installation, example: tuple[Tender, Path]) -> None:
    value, folder = example
    handler = installation.case(value.tender, person="zhao.min", new=True)
    intake.open_tender(handler, value, folder)
    handler.end("-", "withdrawn", "test")
    assert due_alarm(installation.case(value.tender, worker="assembly"), value.deadline - timedelta(hours=1)) is None


@pytest.mark.server
def test_nobody_but_the_assembly_worker_raises_an_alarm(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    value, folder = example
    intake.open_tender(installation.case(value.tender, person="zhao.min", new=True), value, folder)
    archive = installation.case(value.tender, worker="archive")
    alarm = due_alarm(archive, value.deadline - timedelta(hours=1))
    assert alarm is not None
    with pytest.raises(PolicyRefused):
        record(archive, alarm)


@pytest.mark.server
def test_a_worker_that_looks_again_and_again_leaves_one_read_of_the_record(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)

    for _ in range(3):
        assert installation.case(tender.tender, worker="assembly").record.deadline == tender.deadline

    reads = installation.case(tender.tender, person="zhao.min").ledger.find(type="object.read")
    assert [(event.by, event.body["name"]) for event in reads if event.by == "worker:assembly"] == [
        ("worker:assembly", "record")
    ]
