"""A notice as a value: requirement lines, attachments, dates, and every mistake of its file with its place."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.calendar import load
from flows.steps.notices import read
from flows.steps.notices.notice import Line, Notice, NoticeRefused, check_times, from_record, line_of
from flows.steps.notices.read import InvalidNotice
from flows.steps.notices.timing import STANDARD_DAYS, short_lead_time
from tests.flows.conftest import EXAMPLE

GOOD = {
    "department": "marketing-1",
    "customer": "示例血液中心",
    "source": "电话",
    "received": "2026-11-02T10:20",
    "due": "2026-11-20",
    "author": "zhao.min",
    "leader": "qian.wei",
    "undertaker": "technical",
    "lines": [{"text": "提供方案"}],
}
CHINA = load()


def good(**change: object) -> Notice:
    return Notice.model_validate({**GOOD, **change})


def file_of(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "notice.yaml"
    base = "".join(f"{name}: {value}\n" for name, value in GOOD.items() if name != "lines")
    file.write_text(base + text, "utf-8")
    return file


def test_article_2_2_a_due_date_without_a_time_ends_with_its_day_in_the_notices_zone() -> None:
    assert good().due.isoformat() == "2026-11-20T23:59:59+08:00"
    assert good(timezone="Europe/Berlin").due.isoformat() == "2026-11-20T23:59:59+01:00"


def test_the_author_handles_and_the_own_department_answers_unless_said_otherwise() -> None:
    values = {key: value for key, value in GOOD.items() if key != "undertaker"}
    notice = Notice.model_validate(values)
    assert (notice.handler, notice.undertaker, notice.goes_out) == ("zhao.min", "marketing-1", False)


def test_a_notice_comes_back_from_its_record_as_it_was() -> None:
    notice = good(kind="complaint", assignee="li.na")
    assert from_record(notice.record()) == notice


@pytest.mark.parametrize(
    ("typed", "raw"),
    [
        ("★额定载重 ≥ 180 kg", {"mark": "★", "parameter": "额定载重", "relation": "≥", "value": "180", "unit": "kg"}),
        ("▲ 噪声≤65dB", {"mark": "▲", "parameter": "噪声", "relation": "≤", "value": "65", "unit": "dB"}),
        ("★ 提供检测报告", {"mark": "★", "text": "提供检测报告"}),
        ("speed = 1.5", {"parameter": "speed", "relation": "=", "value": "1.5"}),
        ("提供方案", {"text": "提供方案"}),
    ],
)
def test_article_2_2_a_requirement_is_a_number_with_its_relation_or_a_text(typed: str, raw: dict[str, str]) -> None:
    assert line_of(typed) == raw
    Line.model_validate(raw)


@given(st.decimals(0, 10**6, places=2), st.sampled_from("≥≤=±"), st.sampled_from(["kg", "°", "m/s", ""]))
def test_a_typed_number_is_read_as_it_was_typed(value, relation, unit) -> None:
    line = Line.model_validate(line_of(f"▲参数 {relation} {value} {unit}"))
    assert (line.mark, line.relation, line.value, line.unit) == ("▲", relation, str(value), unit)


@pytest.mark.parametrize(
    "lines",
    [
        "lines: [{parameter: load, relation: ≥, value: about 180}]",
        "lines: [{relation: ≥, value: '180'}]",
        "lines: [{parameter: load, relation: range, value: '180'}]",
        "lines: [{mark: ★}]",
        "lines: [{text: 详见附件}]",
        "lines: [{text: as in 见《附件一》}]",
        "lines: [{text: See the attachment.}]",
        "lines: []",
        "lines: [{text: x, attachment: ../secret.pdf}]",
        "lines: [{text: x, attachment: absent.pdf}]",
        "lines: [{text: x}]\nkind: gossip",
        "lines: [{text: x}]\nassignee: nobody",
        "lines: [{text: x}]\ntimezone: Mars/Olympus",
        "lines: [{text: x}]\nwishes: many",
    ],
)
def test_article_2_2_a_mistake_of_a_notice_file_is_named_with_its_place(tmp_path: Path, lines: str) -> None:
    with pytest.raises(InvalidNotice, match="found 1 mistakes, first at line") as refused:
        read.read(file_of(tmp_path, lines))
    (mistake,) = refused.value.mistakes
    assert mistake.file == "notice.yaml"


def test_article_2_2_see_attachment_with_its_file_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "drawing.pdf").write_bytes((EXAMPLE / "inputs" / "proof-2.3.pdf").read_bytes())
    found = read.read(file_of(tmp_path, "lines: [{text: 详见附件, attachment: drawing.pdf}]"))
    assert [file.name for file in found.files] == ["drawing.pdf"]


@pytest.mark.parametrize(
    ("change", "place", "expected"),
    [
        ({"leader": "zhao.min"}, "leader", "another person than the author (art. 2.2)"),
        ({"due": "2026-11-01"}, "due", "a time after received (art. 2.2)"),
    ],
)
def test_article_2_2_one_person_in_both_parts_or_a_due_date_before_receipt_is_a_mistake(
    tmp_path: Path, change: dict[str, str], place: str, expected: str
) -> None:
    text = file_of(tmp_path, "lines: [{text: x}]").read_text("utf-8")
    for name, value in change.items():
        text = text.replace(f"{name}: {GOOD[name]}", f"{name}: {value}")
    (tmp_path / "notice.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidNotice) as refused:
        read.read(tmp_path / "notice.yaml")
    assert [mistake.expected for mistake in refused.value.mistakes] == [expected]


def test_a_notice_from_options_takes_files_from_anywhere_and_gives_them_to_the_lines_that_need_them(tmp_path: Path):
    files = [tmp_path / "a" / "one.pdf", tmp_path / "b" / "two.pdf"]
    for file in files:
        file.parent.mkdir()
        file.write_bytes((EXAMPLE / "inputs" / "proof-2.3.pdf").read_bytes())
    values = {key: value for key, value in GOOD.items() if key != "lines"}
    found = read.from_options(values, ["额定载重 ≥ 180 kg", "见附件"], files)
    assert [line.attachment for line in found.notice.lines] == [None, "one.pdf"]
    assert found.notice.files == ("one.pdf", "two.pdf")
    with pytest.raises(InvalidNotice):
        read.from_options(values, ["见附件"], [])


def test_article_2_2_a_due_date_in_the_past_is_refused() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    with pytest.raises(NoticeRefused, match=r"due 2026-11-20.*after 2026-11-21.*art\. 2\.2"):
        check_times(good(), now)
    with pytest.raises(NoticeRefused, match=r"received 2026-11-02.*art\. 2\.1"):
        check_times(good(), datetime(2026, 11, 1, tzinfo=UTC))
    check_times(good(), now - timedelta(days=10))


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-11-13", None), ("2026-11-16", 4), ("2026-11-20", 0)],
)
def test_article_2_a_due_date_nearer_than_the_standard_lead_time_is_warned_of(day: str, found: int | None) -> None:
    now = datetime.fromisoformat(f"{day}T09:00+08:00")
    short = short_lead_time(good(), now, CHINA, {})
    assert (short.found if short else None) == found
    assert short is None or (short.standard, short.is_sure) == (STANDARD_DAYS["support"], True)


def test_article_2_the_lead_time_of_a_kind_can_be_set_and_an_unpublished_year_is_not_sure() -> None:
    now = datetime.fromisoformat("2026-12-28T09:00+08:00")
    short = short_lead_time(good(due="2027-01-08"), now, CHINA, {"support": 20})
    assert short is not None
    assert (short.found, short.standard, short.is_sure) == (8, 20, False)


def test_the_example_notice_is_one(tmp_path: Path) -> None:
    found = read.read(EXAMPLE.parent / "notice.yaml")
    assert (found.notice.undertaker, len(found.notice.lines)) == ("technical", 3)
    assert [file.name for file in found.files] == ["proof-2.3.pdf"]
    assert [line.words for line in found.notice.lines][:2] == ["★额定载重 ≥ 180 kg", "▲工作温度 5-45 ℃"]
