"""From the submission on (SJE/ZY/GK-02 art. 3.5): result, tasks with their proof, alarms, over a store in memory."""

from datetime import date, datetime, time, timedelta

import pytest

from flows import overdue
from flows.acts import intake
from flows.acts.bond import bonds, record_act
from flows.acts.conform import articles
from flows.acts.named import NotNamed
from flows.acts.tasks import record_done, tasks_of, today
from flows.board import row_of
from flows.steps import procedure
from flows.steps.bond import BondAct
from flows.steps.conformance import Conformity
from flows.steps.tasks import TaskRefused
from tests.flows.bid_machine import Bid, office_at
from tests.flows.conftest import EXAMPLE
from tests.flows.required_signatures import LOT
from tests.memory_store import MemoryStore

pytestmark = pytest.mark.usefixtures("custodian")


@pytest.fixture
def submitted(tmp_path):
    """A bid carried to its submission; its bond given in time."""
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    given = BondAct(act="given", form="transfer", on=today(bid.as_("zhao.min")))
    record_act(bid.as_("zhao.min"), LOT, given, None)
    bid.the_right_thing_happens(len(procedure.STAGES))
    return bid


def archived(bid):
    """Bring the opening record in: ours and another bid, read out without a date."""
    own = bid.tender.bidder.name
    record = bid.folder / "opening.csv"
    record.write_text(
        f"标段,投标人,投标报价（元）,来源\n1,{own},2140000,read out\n1,示例乙公司,2198000,read out\n", "utf-8"
    )
    outcome = bid.folder / "outcome.yaml"
    outcome.write_text(
        f'- {{lot: "1", result: won, winner: {own}, winning_price: "2140000", source: notice}}\n', "utf-8"
    )
    intake.record_opening(bid.as_("feng.xue"), record, outcome)


def due(bid):
    return {task.id: task.due for task in tasks_of(bid.as_("zhao.min"))}


def test_art_3_5_a_submitted_lot_whose_opening_passed_without_a_result_is_alarmed_and_on_the_board(submitted):
    case = submitted.worker("assembly")
    late_at = datetime.combine(due(submitted)["result"] + timedelta(days=1), time(12), case.record.deadline.tzinfo)
    late = overdue.unalarmed(case, late_at)
    overdue.record(case, late[0])

    assert [each.about for each in late] == ["result"]
    assert row_of(submitted.as_("zhao.min")).shown(late_at)[0]["overdue_tasks"] == ["result"]
    assert overdue.unalarmed(submitted.worker("assembly"), late_at) == []


def test_art_3_5_a_result_ends_that_task_and_begins_those_of_the_award(submitted):
    assert set(due(submitted)) == {"bond", "result"}

    archived(submitted)

    assert {"publicity", "award-notice", "contract", "technical-agreement", "bond-return", "lessons"} <= set(
        due(submitted)
    )
    result = next(task for task in tasks_of(submitted.as_("zhao.min")) if task.id == "result")
    assert result.done == today(submitted.as_("zhao.min"))


def test_a_task_is_done_by_an_event_whose_proof_is_sealed(submitted, tmp_path):
    archived(submitted)
    day = today(submitted.as_("zhao.min"))
    proof = EXAMPLE / "inputs" / "proof-1.12.pdf"

    event = record_done(submitted.as_("feng.xue"), LOT, "award-notice", day, proof, "by post")

    assert len(event.body["proof"]) == 64
    assert f"proof/{LOT}/award-notice/proof-1.12.pdf" in submitted.as_("zhao.min").manifests("proof/*")
    assert due(submitted)["contract"] == day + timedelta(days=30)


def test_a_task_of_another_lots_result_or_by_another_person_is_refused(submitted):
    with pytest.raises(TaskRefused, match="task contract: not one to record here"):
        record_done(submitted.as_("zhao.min"), LOT, "contract", date(2026, 1, 1), None)
    with pytest.raises(NotNamed, match=r"li\.na is not named as handler/clerk"):
        record_done(submitted.as_("li.na"), LOT, "contract", date(2026, 1, 1), None)


def test_the_bond_returns_by_an_act_and_its_task_is_done(submitted):
    archived(submitted)
    day = today(submitted.as_("zhao.min"))
    record_act(submitted.as_("zhao.min"), LOT, BondAct(act="returned", form="transfer", on=day), None)

    task = next(task for task in tasks_of(submitted.as_("zhao.min")) if task.id == "bond-return")
    assert (task.done, bonds(submitted.as_("zhao.min"))[LOT].state) == (day, "returned")


def test_art_3_5_conformance_waits_for_the_archive_after_the_record(submitted):
    archived(submitted)

    _, judged = articles(submitted.as_("zhao.min"))
    found = next(article for article in judged if article.article == "3.5").findings
    assert {f.note for f in found if f.state is Conformity.OPEN} == {
        "the result is on its way into the archive",
        "no lessons form",
    }
