"""`tender notice …` as people type it, and the registers with their figures and Excel file."""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from flows import wiring
from flows.acts import intake, notice_acts, registers
from flows.cli import main as command
from flows.steps.notices.figures import Rate, Row, rate
from tests.flows.conftest import EXAMPLE, NOTICE

YEAR = datetime.now(UTC).year


def say(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(command.build(), ["notice", *words])
    assert done.exit_code == code, f"{done.output}{done.exception!r}"
    return done.stdout


def told(*words: str) -> dict[str, object]:
    return json.loads(say(*words, "--json"))


@pytest.fixture
def typed(installation) -> str:
    """A notice typed as options, by its author; its id."""
    due = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    customer = f"示例医院 {secrets.token_hex(3)}"
    given = {"--customer": customer, "--source": "信函", "--due": due, "--leader": "qian.wei", "--to": "technical"}
    options = [word for pair in given.items() for word in pair]
    found = told("new", *options, "--line", "★额定载重 ≥ 180 kg", "--line", "提供方案", "--as", "zhao.min")
    assert found["waits_for"] == ["handler: zhao.min", "leader: qian.wei"]
    return str(found["notice"])


@pytest.mark.server
def test_a_notice_goes_from_new_to_closed_by_commands(typed: str, tmp_path: Path) -> None:
    for who in ("zhao.min", "qian.wei"):
        told("sign", typed, "--as", who)
    assert told("dispatch", typed, "--as", "zhao.min")["stage"] == "to be received"
    assert told("receive", typed, "--as", "li.na")["stage"] == "to be answered"
    told("answer", typed, "--result", "全部满足", "--answer", "200 kg", "--answer", "见方案", "--as", "li.na")
    told("feedback", typed, "--as", "li.na")
    told("feedback", typed, "--acknowledge", "--as", "zhao.min")
    closed = told("close", typed, "--as", "zhao.min")

    assert (closed["stage"], closed["on_time"], closed["result"]) == ("closed", True, "全部满足")
    assert [text.partition(":")[0] for text in closed["numbers"]] == ["in", "out", "receipt", "feedback"]
    assert "全部满足" in say("show", typed, "--out", str(tmp_path / "notice.docx"), "--as", "zhao.min")
    assert (tmp_path / "notice.docx").read_bytes().startswith(b"PK")
    assert re.search(r"on_time +yes\b", say("show", typed, "--as", "zhao.min"))
    assert typed in [view["notice"] for view in told("list", "--as", "li.na")]
    assert typed not in [view["notice"] for view in told("list", "--open", "--as", "li.na")]


@pytest.mark.server
def test_a_notice_from_a_file_is_cancelled_and_stays_in_the_list(installation, tmp_path: Path) -> None:
    (tmp_path / "drawing.pdf").write_bytes((EXAMPLE / "inputs" / "proof-2.3.pdf").read_bytes())
    now = datetime.now(UTC)
    values = {"received": (now - timedelta(days=1)).isoformat(), "due": (now + timedelta(days=2)).date().isoformat()}
    text = NOTICE.format(mark="文件", undertaker="technical", **values)
    (tmp_path / "notice.yaml").write_text(text, "utf-8")

    said = say("new", str(tmp_path / "notice.yaml"), "--as", "zhao.min")
    assert "Warning: " in said
    assert "standard lead time is 5 (art. 2)" in said
    notice = said[said.index("n-") :].partition(",")[0]
    assert told("cancel", notice, "--reason", "double", "--as", "qian.wei")["stage"] == "cancelled"
    assert notice in [view["notice"] for view in told("list", "--as", "zhao.min")]


@pytest.mark.server
def test_the_register_lists_every_number_with_its_figures_and_goes_into_excel(typed: str, tmp_path: Path) -> None:
    sheet = tmp_path / "register.xlsx"
    found = told("register", "marketing-1", "--excel", str(sheet), "--as", "zhao.min")
    mine = [row for row in found["rows"] if row["matter"] == typed]
    assert [(row["entry"], row["customer"][:4], row["lacks_result"]) for row in mine] == [("in", "示例医院", True)]
    book = openpyxl.load_workbook(sheet)
    assert book.sheetnames == ["register", "overdue", "open without result", "on-time rate"]
    assert typed in [row[4].value for row in book["open without result"].iter_rows()]
    assert typed not in [row[4].value for row in book["overdue"].iter_rows()]
    text = say(
        "register", "marketing-1", "--without-result", "--direction", "in", "--year", str(YEAR), "--as", "zhao.min"
    )
    assert typed in text
    assert "Answered on time: " in text


@pytest.mark.server
def test_article_2_5_whoever_may_not_open_a_matter_sees_its_number_and_nothing_of_it(typed: str) -> None:
    rows = registers.rows(wiring.seat(person="sun.li"), "marketing-1", YEAR, ("in",))
    (row,) = [row for row in rows if row.matter == typed]
    assert (row.is_seen, row.customer, row.number.startswith("marketing-1/")) == (False, "", True)


@pytest.mark.server
def test_article_2_5_the_technical_department_keeps_its_own_registers(notice, notice_as) -> None:
    notice_acts.sign(notice)
    notice_acts.sign(notice_as(notice, "qian.wei"))
    notice_acts.dispatch(notice_as(notice, "zhao.min"))
    technical = notice_as(notice, "li.na")
    notice_acts.answer(technical, "done")
    notice_acts.feed_back(technical)

    rows = registers.rows(wiring.seat(person="li.na"), "technical", YEAR)
    mine = [(row.entry, row.number.split("/")[2], row.on_time) for row in rows if row.matter == notice.id]
    assert mine == [("receipt", "in", True), ("feedback", "out", True)]


@pytest.mark.server
def test_article_3_1_the_bid_notice_is_numbered_when_the_tender_is_opened_and_once(installation, example) -> None:
    tender, folder = example
    case = installation.case(tender.tender, person="zhao.min", new=True)
    intake.open_tender(case, tender, folder)
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)

    rows = registers.rows(wiring.seat(person="zhao.min"), "marketing-1", YEAR, ("out",))
    (row,) = [row for row in rows if row.matter == tender.tender]
    assert (row.entry, row.kind, row.stage, row.on_time) == ("bid", "bid", "open", None)
    (noted,) = case.ledger.find(type="notice.registered")
    assert noted.body["number"] == row.number


@pytest.mark.server
def test_what_is_no_notice_for_this_person_is_refused_with_the_next_step(installation, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["tender", "notice", "sign", "n-0000000000000000", "--as", "zhao.min"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "none that zhao.min may open found" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        (),
        *((name,) for name in ("new", "sign", "dispatch", "receive", "answer", "feedback", "close", "cancel", "list")),
    ],
)
def test_every_command_shows_its_help_with_an_example(words: tuple[str, ...]) -> None:
    said = say(*words, "--help")
    assert "Example:" in said or not words


def row(matter: str, on_time: bool | None) -> Row:
    return Row("a/2026/in/000001", datetime.now(UTC), "support", "in", matter, on_time=on_time)


def test_article_2_5_the_on_time_rate_counts_each_matter_once_and_leaves_out_what_is_open() -> None:
    rows = [row("a", True), row("a", True), row("b", False), row("c", None)]
    assert rate(rows) == Rate(1, 2)
    assert rate(rows).text == "50.0% (1/2)"
    assert rate([row("c", None)]).text == "- (0/0)"
