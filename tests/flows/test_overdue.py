"""Reminders of dated tasks (SJE/ZY/GK-02 art. 3.3, 3.5): once per level, with ids and dates alone."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from flows import board, overdue, wiring
from flows.acts import intake
from flows.acts.tasks import record_done, tasks_of, today
from flows.steps.calendar import Calendar
from flows.steps.tasks import TaskRefused
from flows.working_days import working_days
from tests.flows.test_reminders import inbox, mailing

pytestmark = pytest.mark.server
__all__ = ["inbox", "mailing"]  # fixtures used here

OWED = ("deliver-technical-material", "deliver-project-quotation", "deliver-technical-agreement")


@pytest.fixture
def opened(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return lambda: installation.case(tender.tender, worker="assembly")


def days_of(case) -> Calendar:
    return working_days(case.record.timezone)


def due_of(case, task) -> datetime:
    """Noon of the day on which a task is due."""
    found = next(each.due for each in tasks_of(case) if each.id == task)
    return datetime.combine(found, time(12), case.record.deadline.tzinfo)


def levels(case, about, now) -> list[str]:
    """Take what is told of a task now, put it on record, and return its levels."""
    told = [due for due in overdue.unalarmed(case, now) if due.about == about]
    for due in told:
        overdue.record(case, due)
        overdue.record(case, due)
    return [due.level for due in told]


def test_art_3_5_an_overdue_task_raises_one_alarm_and_no_second(opened):
    late_at = due_of(opened(), "bond") + timedelta(days=1)

    assert levels(opened(), "bond", late_at) == ["overdue"]
    assert levels(opened(), "bond", late_at) == []
    events = [e for e in opened().ledger.find(type=overdue.EVENT) if e.body["about"] == "bond"]
    assert [(event.lot, event.body["level"], event.body["owner"]) for event in events] == [("1", "overdue", "handler")]


def test_nothing_is_overdue_before_its_day_is_over(opened):
    noon = due_of(opened(), "bond")
    late = {
        now: [due.about for due in overdue.unalarmed(opened(), now) if due.is_late and due.about == "bond"]
        for now in (noon.replace(hour=23, minute=59), noon.replace(hour=0, minute=1) + timedelta(days=1))
    }
    assert list(late.values()) == [[], ["bond"]]


def test_art_3_3_the_technical_department_is_reminded_of_each_deliverable_before_it_is_due(opened):
    case = opened()
    for task in OWED:
        noon, days = due_of(case, task), days_of(case)
        last = datetime.combine(days.add(days.add(noon.date(), 1), -1), noon.timetz())  # the last working day in time
        assert levels(case, task, days.before(last, 4)) == []
        assert levels(case, task, days.before(last, 3)) == ["due-in-3"]
        assert levels(case, task, days.before(last, 2)) == []
        assert levels(case, task, days.before(last, 1)) == ["due-in-1"]
        assert levels(case, task, noon + timedelta(days=1)) == ["overdue"]
        assert levels(case, task, datetime.combine(days.add(noon.date(), 3), noon.timetz())) == ["overdue-3"]
        assert levels(case, task, noon + timedelta(days=30)) == []


def test_art_3_3_what_was_delivered_is_not_asked_for_again(opened, installation, example):
    tender, folder = example
    case = opened()
    late_at = case.record.deadline - timedelta(days=1)
    assert "deliver-technical-material" in [due.about for due in overdue.unalarmed(case, late_at) if due.is_late]

    as_technical = installation.case(tender.tender, person="li.na")
    intake.deliver(as_technical, tender, folder)
    done = {task.id: task.done for task in tasks_of(opened())}
    assert done["deliver-technical-material"] == today(opened())
    assert done["deliver-technical-agreement"] is None
    assert "deliver-technical-material" not in [due.about for due in overdue.unalarmed(opened(), late_at)]


def test_art_3_3_an_overdue_deliverable_is_on_the_board_and_on_the_list_of_tasks(opened):
    case = opened()
    late_at = due_of(case, OWED[0]) + timedelta(days=1)
    (line,) = board.row_of(case).shown(late_at)

    assert line["overdue"] is True
    assert set(OWED) & set(line["overdue_tasks"]) == {OWED[0], OWED[2]}  # both are due on the same day


def test_a_deliverable_is_recorded_by_delivering_it_and_not_by_saying_so(opened, installation):
    handler = installation.case(opened().tender, person="zhao.min")
    with pytest.raises(TaskRefused, match="deliver-technical-material: not one to record here"):
        record_done(handler, "1", OWED[0], today(handler), None)


def test_art_3_3_a_late_deliverable_is_mailed_to_its_owner_and_raised_to_handler_and_leader(
    opened, installation, mailing, inbox
):
    installation.republish(lambda row: replace(row, email=f"{row.id}@company.example"))
    case, (box, _port) = opened(), inbox
    noon = due_of(case, OWED[0])
    for now in (days_of(case).before(noon, 1), noon + timedelta(days=1)):
        (due,) = [each for each in overdue.unalarmed(case, now) if each.about == OWED[0]]
        assert overdue.mail_due(case, due, wiring.settings()) is True

    near, late = box.mails
    assert near["To"] == "li.na@company.example"
    assert late["To"] == "li.na@company.example, qian.wei@company.example, zhao.min@company.example"
    assert late["Subject"] == f"[Tenderflow] {case.tender}: {OWED[0]}: overdue"
    assert case.record.title not in late.get_content()
    assert "逾期" in late.get_content()


def test_the_calendar_folder_of_the_settings_reaches_the_due_dates_of_gates(opened, tmp_path: Path, monkeypatch):
    before = opened().facts().calendar
    year = opened().record.deadline.year
    for name in (year, year - 1):
        (tmp_path / f"{name}.yaml").write_text(
            f"year: {name}\npublished: true\noff: [{{name: all, from: {name}-01-01, to: {name}-12-31}}]\non: []\n"
        )
    monkeypatch.setenv("TENDERFLOW_CALENDARS", str(tmp_path))
    working_days.cache_clear()
    try:
        own = opened().facts().calendar
        day = opened().record.deadline.date()
        assert (own.is_working(day), own.years, before.years) == (False, {year, year - 1}, before.years)
        assert own != before
    finally:
        working_days.cache_clear()
