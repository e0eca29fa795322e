"""Alarms of what is overdue (SJE/ZY/GK-02 art. 3.5): once each, with ids and dates alone."""

from datetime import datetime, time, timedelta

import pytest

from flows import overdue
from flows.acts import intake

pytestmark = pytest.mark.server


@pytest.fixture
def opened(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return lambda: installation.case(tender.tender, worker="assembly")


def test_art_3_5_an_overdue_task_raises_one_alarm_and_no_second(opened):
    late_at = opened().record.deadline + timedelta(days=1)
    first = overdue.unalarmed(opened(), late_at)
    for late in first:
        overdue.record(opened(), late)
        overdue.record(opened(), late)

    assert [late.about for late in first] == ["bond"]
    assert overdue.unalarmed(opened(), late_at) == []
    events = opened().ledger.find(type=overdue.EVENT)
    assert [(event.lot, event.body["about"]) for event in events] == [("1", "bond")]


def test_nothing_is_overdue_before_its_day_is_over(opened):
    bond_due = opened().record.bond.due
    zone = opened().record.deadline.tzinfo
    assert overdue.unalarmed(opened(), datetime.combine(bond_due, time(23, 59), zone)) == []
    assert overdue.unalarmed(opened(), datetime.combine(bond_due + timedelta(days=1), time(0, 1), zone)) != []
