"""Dated tasks after a submission (SJE/ZY/GK-02 art. 3.5 and 4), each with the law that sets the date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.steps import calendar, procedure_versions
from flows.steps.tasks import (
    BIDDING,
    PROCUREMENT,
    Submitted,
    TaskRefused,
    bond_after_end,
    require_recordable,
    tasks,
)

CALENDAR = calendar.load()
OPENING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
RULE = procedure_versions.shipped()[-1]
BID = Submitted(lot="1", regime=BIDDING, opening=OPENING, validity_days=90, rule=RULE)
WON = replace(BID, result="won", result_on=DAY + timedelta(days=2), bonded=True)
LOST = replace(WON, result="lost")


def by_id(bid):
    return {task.id: task for task in tasks(bid, CALENDAR)}


def done(bid, **days):
    return replace(bid, done={name.replace("_", "-"): day for name, day in days.items()})


def test_art_3_5_the_result_is_due_from_the_opening_on_and_overdue_the_day_after():
    task = by_id(BID)["result"]

    assert task.due == DAY
    assert (task.overdue(DAY), task.overdue(DAY + timedelta(days=1))) == (False, True)


def test_art_3_5_a_recorded_result_is_no_longer_due():
    assert not by_id(WON)["result"].overdue(DAY + timedelta(days=99))


def test_before_the_result_nothing_else_is_due():
    assert set(by_id(BID)) == {"result"}


def test_the_contract_is_due_30_days_after_the_award_notice():
    bid = done(WON, award_notice=date(2026, 3, 20))

    assert by_id(WON)["contract"].due is None
    assert by_id(bid)["contract"].due == date(2026, 4, 19)
    assert by_id(bid)["contract"].basis == "《招标投标法》 art. 46"
    assert {by_id(bid)[name].due for name in ("performance-bond", "technical-agreement")} == {date(2026, 4, 19)}


def test_an_award_notice_is_due_within_the_bid_validity():
    assert by_id(WON)["award-notice"].due == DAY + timedelta(days=90)


@pytest.mark.parametrize(("regime", "until"), [(BIDDING, date(2026, 3, 12)), (PROCUREMENT, date(2026, 3, 19))])
def test_an_objection_is_due_within_three_days_or_after_one_and_seven_working_days(regime, until):
    bid = done(replace(LOST, regime=regime), publicity=date(2026, 3, 9))

    assert by_id(bid)["objection"].due == until


def test_the_bond_comes_back_five_days_after_the_contract_or_five_working_days_under_procurement_law():
    signed = done(WON, award_notice=date(2026, 3, 20), contract=date(2026, 4, 10))
    procured = replace(signed, regime=PROCUREMENT)

    assert by_id(signed)["bond-return"].due == date(2026, 4, 15)
    assert by_id(procured)["bond-return"].due == CALENDAR.add(date(2026, 4, 10), 5)


def test_a_bidder_who_lost_counts_from_the_award_notice():
    told = done(LOST, award_notice=date(2026, 3, 20))

    assert by_id(told)["bond-return"].due == date(2026, 4, 24)
    assert by_id(replace(told, regime=PROCUREMENT))["bond-return"].due == date(2026, 3, 27)


def test_who_lost_has_no_contract_and_who_gave_no_bond_gets_none_back():
    assert "contract" not in by_id(LOST)
    assert "bond-return" not in by_id(replace(WON, bonded=False))


def test_art_4_promises_are_held_against_the_contract_five_days_after_it():
    assert by_id(done(WON, contract=date(2026, 4, 10)))["handover"].due == date(2026, 4, 15)


def test_lessons_are_due_ten_days_after_the_result():
    assert by_id(LOST)["lessons"].due == LOST.result_on + timedelta(days=10)


def test_a_task_done_is_not_overdue():
    bid = done(WON, award_notice=date(2026, 3, 20), contract=date(2026, 6, 1))

    assert not by_id(bid)["contract"].overdue(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("task", "on", "why"),
    [
        ("nothing", DAY, "not one to record here"),
        ("lessons", DAY, "not one to record here"),
        ("contract", date(2026, 3, 9), "a day to come"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_what_can(task, on, why):
    with pytest.raises(TaskRefused, match=why):
        require_recordable(tasks(WON, CALENDAR), task, on, date(2026, 3, 8))


@pytest.mark.parametrize(
    ("how", "regime", "due"),
    [
        ("withdrawn", BIDDING, date(2026, 3, 7)),
        ("terminated", BIDDING, date(2026, 3, 7)),
        ("withdrawn", PROCUREMENT, date(2026, 3, 9)),
    ],
)
def test_a_bond_comes_back_within_five_days_of_a_withdrawal_or_termination(how, regime, due):
    task = bond_after_end("1", how, DAY, None, regime, CALENDAR)

    assert (task.id, task.due) == ("bond-return", due)


@pytest.mark.parametrize("how", ["revoked", "postponed", "no-bid"])
def test_a_bond_of_a_revoked_or_postponed_bid_has_no_such_date(how):
    assert bond_after_end("1", how, DAY, None, BIDDING, CALENDAR) is None
