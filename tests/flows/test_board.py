"""The board over all tenders: whose turn it is, what is overdue, and that only ledgers that grew are read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows import board, wiring
from flows.acts import ending, intake
from flows.acts.deciding import Wish, sign
from flows.steps.board import TenderRow, is_quiet, lot_row
from flows.steps.procedure import StageRow, State
from flows.steps.tasks import Task
from tests.flows.conftest import new_installation

DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
DUE = datetime(2026, 12, 1, tzinfo=UTC)
STAGES = [
    StageRow("1", "notice", State.PASSED, "handler+leader", DUE),
    StageRow("1", "screening", State.WAITING, "leader", DUE),
    StageRow("1", "inputs", State.AHEAD, "technical", None),
]
CONTRACT = Task("contract", "1", "sign the contract", "leader", "law", date(2027, 2, 1), None)


def test_a_lot_stands_at_its_first_open_stage_and_is_overdue_after_its_day():
    row = lot_row("1", STAGES, "", [], DEADLINE)

    assert (row.stage, row.owner, row.due) == ("screening", "leader", DUE)
    assert (row.overdue(DUE), row.overdue(DUE + timedelta(seconds=1))) == (False, True)


def test_a_lot_that_has_ended_shows_how_and_is_never_overdue():
    row = lot_row("1", STAGES, "terminated", [CONTRACT], DEADLINE)

    assert (row.stage, row.state) == ("terminated", "ended")
    assert not row.overdue(DEADLINE + timedelta(days=999))


def test_a_submitted_lot_stands_at_the_task_that_is_due_next():
    later = replace(CONTRACT, id="handover", due=date(2027, 3, 1))
    row = lot_row("1", STAGES, "submitted", [later, CONTRACT], DEADLINE)

    assert (row.stage, row.owner) == ("contract", "leader")
    assert row.overdue(datetime(2027, 2, 2, tzinfo=UTC))
    assert not row.overdue(datetime(2027, 2, 1, 12, tzinfo=UTC))


def test_a_submitted_lot_with_nothing_left_is_closed():
    assert lot_row("1", STAGES, "submitted", [replace(CONTRACT, done=date(2027, 1, 5))], DEADLINE).stage == "closed"


def test_work_without_a_date_of_its_own_is_due_with_the_next_gate():
    stages = [replace(STAGES[2], state=State.WAITING), replace(STAGES[1], stage="clauses", state=State.AHEAD)]

    assert lot_row("1", stages, "", [], DEADLINE).due == DUE


def test_a_row_comes_back_from_the_disk_as_it_went():
    row = TenderRow("agv", 7, "marketing-1", DEADLINE, (lot_row("1", STAGES, "", [], DEADLINE),), (CONTRACT,))

    assert TenderRow.of(row.to_json()) == row
    assert row.shown(datetime(2027, 2, 3, tzinfo=UTC))[0]["overdue_tasks"] == ["contract"]


def test_reads_and_alarms_are_quiet_and_everything_else_is_not():
    assert is_quiet(["object.read", "alarm.raised"])
    assert not is_quiet(["object.read", "decision.signed"])


@pytest.fixture(scope="module")
def installed(embedded, tmp_path_factory):
    """An installation of its own: a board also tells of tenders that other tests left half opened."""
    return new_installation(embedded, tmp_path_factory.mktemp("board") / "home")


@pytest.fixture
def opened(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return lambda person: installation.case(tender.tender, person=person)


def line(person, tender, now=None):
    rows, broken = board.rows(wiring.seat(person=person))
    assert broken == []
    return next(row for row in rows if row.tender == tender).shown(now or datetime.now(UTC))[0]


@pytest.mark.server
def test_the_board_shows_what_was_signed_since_the_last_look(opened, example):
    tender = example[0].tender
    before = line("zhao.min", tender)
    for person in ("zhao.min", "qian.wei"):
        sign(opened(person), Wish("notice", "-"))

    after = line("zhao.min", tender)

    assert (before["stage"], before["owner"]) == ("notice", "handler+leader")
    assert after["stage"] == "screening"


@pytest.mark.server
def test_the_board_says_what_is_overdue_when_its_day_is_over(opened, example):
    late = line("zhao.min", example[0].tender, now=example[0].deadline)

    assert late["overdue"]
    assert late["overdue_tasks"] == [
        "deliver-technical-material",
        "deliver-project-quotation",
        "deliver-technical-agreement",
        "bond",
    ]


@pytest.mark.server
def test_a_ledger_that_did_not_grow_is_not_read_again(opened, example):
    line("zhao.min", example[0].tender)
    seq = opened("chu.bo").ledger.events()[-1].seq

    line("zhao.min", example[0].tender)

    assert opened("chu.bo").ledger.events()[-1].seq == seq


@pytest.mark.server
def test_a_look_that_is_broken_off_has_kept_what_it_read_and_tells_how_far_it_is(opened, example, installation):
    other = example[0].model_copy(update={"tender": f"{example[0].tender}-b"})
    intake.open_tender(installation.case(other.tender, person="zhao.min", new=True), other, example[1])
    seat, told = wiring.seat(person="qian.wei"), []

    def broken_off(read, of):
        told.append((read, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        board.rows(seat, fresh=True, tell=broken_off)
    board.rows(seat, tell=lambda read, of: told.append((read, of)))

    of = told[0][1]
    assert told == [(1, of), *((read, of - 1) for read in range(1, of))]


@pytest.mark.server
def test_two_people_who_look_do_not_make_each_other_read_for_ever(opened, example):
    for person in ("zhao.min", "qian.wei", "zhao.min", "qian.wei", "zhao.min"):
        line(person, example[0].tender)
    seq = opened("chu.bo").ledger.events()[-1].seq

    for person in ("qian.wei", "zhao.min"):
        line(person, example[0].tender)

    assert opened("chu.bo").ledger.events()[-1].seq == seq


@pytest.mark.server
def test_who_is_not_named_in_a_tender_does_not_see_it(opened, example):
    rows, broken = board.rows(wiring.seat(person="he.ping"))

    assert broken == []
    assert example[0].tender not in {row.tender for row in rows}


@pytest.mark.server
def test_a_tender_that_ended_stays_on_the_board_with_how(opened, example):
    ending.end(opened("zhao.min"), "-", "terminated", "buyer's notice")

    assert line("qian.wei", example[0].tender)["stage"] == "terminated"


@pytest.mark.server
def test_what_the_board_keeps_on_disk_holds_no_words_of_the_tender(opened, example, installation):
    line("zhao.min", example[0].tender)
    kept = (installation.settings.home / "cache" / "person-zhao.min" / "board.json").read_text("utf-8")

    assert example[0].tender in kept
    for secret in (example[0].title, example[0].buyer.name, "2250000", "30000"):
        assert secret not in kept
