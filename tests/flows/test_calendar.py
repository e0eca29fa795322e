"""Working days: the published schedule of a year, counted in a zone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps import calendar
from flows.steps.calendar import CalendarWrong

CHINA = calendar.load()
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 4), True),  # a Sunday worked for New Year
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),  # a Monday of the Spring Festival
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 11, 24), True),
    ],
)
def test_a_day_is_worked_as_the_published_schedule_says(day: date, working: bool) -> None:
    assert CHINA.is_working(day) is working


def test_the_year_2026_has_248_working_days() -> None:
    assert CHINA.between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_three_working_days_after_the_last_day_before_national_day_lie_behind_it() -> None:
    assert CHINA.add(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CHINA.add(date(2026, 10, 10), -3) == date(2026, 9, 30)


def test_the_day_of_a_moment_is_that_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert CHINA.day(late) == date(2026, 11, 24)
    assert calendar.load(zone="UTC").day(late) == date(2026, 11, 23)


def test_a_moment_so_many_days_before_keeps_its_time_of_day() -> None:
    deadline = datetime(2026, 10, 9, 1, 30, tzinfo=UTC)
    assert CHINA.before(deadline, 2) == datetime(2026, 9, 30, 9, 30, tzinfo=CHINA.zone)


def test_counts_into_a_year_without_a_published_schedule_are_not_sure() -> None:
    assert CHINA.is_sure(date(2026, 1, 1), date(2026, 12, 31))
    assert not CHINA.is_sure(date(2026, 12, 1), date(2027, 1, 5))
    assert not CHINA.is_sure(date(2031, 1, 1), date(2031, 1, 5))


@given(DAYS, st.integers(-60, 60))
def test_adding_days_and_counting_them_agree(day: date, days: int) -> None:
    if CHINA.is_working(day):
        assert CHINA.between(day, CHINA.add(day, days)) == days


@given(DAYS, DAYS, DAYS)
def test_counts_of_neighbouring_spans_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    assert CHINA.between(first, middle) + CHINA.between(middle, last) == CHINA.between(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "year: 2028",
        "year: 2029\npublished: true\noff: []\non: []",
        "year: 2028\npublished: true\noff: []\non: [2028-01-04]",  # a Tuesday is worked anyway
        "year: 2028\npublished: true\noff: []\non: [2027-01-02]",
        "year: 2028\npublished: true\noff: [{from: soon, to: late}]\non: []",
        "[",
    ],
)
def test_a_broken_file_is_named(tmp_path, text: str) -> None:
    (tmp_path / "2028.yaml").write_text(text, "utf-8")
    with pytest.raises(CalendarWrong, match=r"2028\.yaml: broken"):
        calendar.load(tmp_path)
