"""Negotiations (SJE/ZY/GK-02 art. 4): major or not, the leader's approval, who took part, moves of the price."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import docx
import pytest

from flows.acts import intake, negotiation
from flows.acts.conform import articles
from flows.acts.price_keys import make_price_keys
from flows.acts.signing import NotYours
from flows.steps.conformance import Conformity
from flows.steps.mistake import InvalidTender
from flows.steps.negotiation import Meeting, Moves, NegotiationRefused, Plan, is_major, require_meeting
from flows.steps.yaml_value import read
from storage.keyring import NotForYou

NOW = datetime.now(UTC)
PLAN = Plan(project="AGV", customer="血液中心", amount=Decimal("2250000"), goals=("delivery in parts",))
BIG = PLAN.model_copy(update={"amount": Decimal("5000000")})
THRESHOLD = Decimal("5000000")


def meeting(number=1, at=None, people=("qian.wei", "li.na"), **more):
    ours = [{"name": person, "person": person, "party": "us", "technical": person == "li.na"} for person in people]
    given = {
        "round": number, "at": at or datetime.now(UTC), "place": "their office",
        "people": [{"name": "王", "party": "customer"}, {"name": "zhao", "person": "zhao.min", "party": "us"}, *ours],
        "points": [{"topic": "delivery", "demand": "earlier", "result": "in parts", "concession": "4 of 7 early"}],
    }  # fmt: skip
    return Meeting.model_validate({**given, **more})


def refuse(held, *, major=True, approved=NOW - timedelta(days=1), rounds=()):
    require_meeting(
        held, held=rounds, major=major, approved=approved, leaders=["qian.wei"], technical=["li.na"],
        now=NOW + timedelta(seconds=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "major"),
    [
        (PLAN, False),
        (BIG, True),
        (PLAN.model_copy(update={"major": True}), True),
        (PLAN.model_copy(update={"amount": None}), True),
    ],
)
def test_art_4_a_negotiation_is_major_by_amount_by_word_or_when_nobody_knows_the_amount(plan, major):
    assert is_major(plan, THRESHOLD) is major


def test_art_4_a_major_meeting_without_an_approval_before_it_is_refused():
    with pytest.raises(NegotiationRefused, match=r"qian\.wei had not approved it .*art\. 4"):
        refuse(meeting(at=NOW), approved=None)
    with pytest.raises(NegotiationRefused, match="had not approved it"):
        refuse(meeting(at=NOW), approved=NOW + timedelta(seconds=1))


def test_art_4_a_major_meeting_without_the_leader_or_the_technical_department_says_who_is_missing():
    with pytest.raises(NegotiationRefused, match=r"technical did not take part,.*art\. 4"):
        refuse(meeting(at=NOW, people=["qian.wei"]))
    with pytest.raises(NegotiationRefused, match="leader / technical did not take part"):
        refuse(meeting(at=NOW, people=[]))
    refuse(meeting(at=NOW, people=[], absence="ill; told by telephone"))


def test_art_4_rounds_come_one_after_the_other_and_not_before_they_are_held():
    with pytest.raises(NegotiationRefused, match="round 3, expected 2"):
        refuse(meeting(3, at=NOW), rounds=[1])
    with pytest.raises(NegotiationRefused, match="a time to come"):
        refuse(meeting(at=NOW + timedelta(days=1)))


def test_a_file_with_mistakes_names_every_one(tmp_path):
    (tmp_path / "plan.yaml").write_text("project: AGV\ngoals: []\namount: much\n")

    with pytest.raises(InvalidTender) as refused:
        read(tmp_path / "plan.yaml", Plan)
    assert {mistake.found.split(":")[0] for mistake in refused.value.mistakes} == {"customer", "goals", "amount"}


def text_of(word):
    document = docx.Document(BytesIO(word))
    return "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)


@pytest.fixture
def opened(installation, example):
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return lambda person="zhao.min", **more: installation.case(tender.tender, **({"person": person} | more))


@pytest.mark.server
def test_art_4_a_major_negotiation_is_refused_until_the_leader_signed_and_then_conforms(opened):
    negotiation.plan(opened(), "1", BIG)
    with pytest.raises(NegotiationRefused, match="had not approved it"):
        negotiation.record_meeting(opened(), "1", meeting())
    with pytest.raises(NotYours, match=r"li\.na may not take it .*art\. 4"):
        negotiation.approve(opened("li.na"), "1", "approve", "")

    negotiation.approve(opened("qian.wei"), "1", "approve", "")
    negotiation.record_meeting(opened(), "1", meeting())

    _, judged = articles(opened())
    four = next(article for article in judged if article.article == "4")
    assert four.state is Conformity.SATISFIED
    assert negotiation.stands(opened(), "1").rounds == (1,)


@pytest.mark.server
def test_art_4_a_new_plan_voids_the_approval(opened):
    negotiation.plan(opened(), "1", BIG)
    negotiation.approve(opened("qian.wei"), "1", "approve", "")
    assert negotiation.stands(opened(), "1").approver == "qian.wei"

    negotiation.plan(opened(), "1", BIG.model_copy(update={"amount": Decimal("9000000")}))

    assert negotiation.stands(opened(), "1").approved is None


@pytest.mark.server
def test_art_4_an_absence_is_recorded_and_shows_as_broken(opened):
    negotiation.plan(opened(), "1", BIG)
    negotiation.approve(opened("qian.wei"), "1", "approve", "")
    negotiation.record_meeting(opened(), "1", meeting(people=["li.na"], absence="the leader was ill"))

    _, judged = articles(opened())
    findings = next(article for article in judged if article.article == "4").findings
    assert {f.requirement: f.state for f in findings}[
        "the leader took part in a major negotiation"
    ] is Conformity.BROKEN


@pytest.mark.server
def test_art_3_4_moves_of_the_price_are_opened_by_the_pricing_group_alone_and_stay_out_of_the_others_form(opened):
    make_price_keys(opened(person="", worker="pricing"), "-")
    negotiation.plan(opened(), "1", PLAN)
    negotiation.record_meeting(opened(), "1", meeting())
    moves = Moves.model_validate({"round": 1, "moves": [{"what": "charger", "before": "2180000", "after": "2170001"}]})
    with pytest.raises(intake.NotNamed):
        negotiation.record_moves(opened(), "1", moves)
    negotiation.record_moves(opened("sun.li"), "1", moves)

    with pytest.raises(NotForYou):
        opened("li.na").read("moves/1/1", purpose="curiosity")
    assert "2,170,001.00" not in text_of(negotiation.word(opened(), "1", 1))
    assert "in parts；让步：4 of 7 early" in text_of(negotiation.word(opened(), "1", 1))
    assert "2170001" not in "".join(str(event.body) for event in opened().ledger.events())


@pytest.mark.server
def test_art_4_the_pricing_group_sees_the_moves_in_the_form(installation, tender_id):
    case = own(installation, tender_id)
    make_price_keys(case(person="", worker="pricing"), "-")
    negotiation.plan(case(), "-", PLAN)
    negotiation.record_meeting(case(), "-", meeting())
    moves = Moves.model_validate({"round": 1, "moves": [{"what": "discount", "before": "2180000", "after": "2170001"}]})
    negotiation.record_moves(case("sun.li"), "-", moves)

    assert "2,170,001.00" in text_of(negotiation.word(case("sun.li"), "-", 1))


def own(installation, tender_id):
    ledger = f"{negotiation.PREFIX}{tender_id}"
    people = {"leader": ["qian.wei"], "technical": ["li.na"], "pricing": ["sun.li"]}
    negotiation.open_own(installation.case(ledger, person="zhao.min", new=True), people)
    return lambda person="zhao.min", **more: installation.case(ledger, **({"person": person} | more))


@pytest.mark.server
def test_art_4_a_negotiation_needs_no_tender(installation, tender_id):
    case = own(installation, tender_id)
    negotiation.plan(case(), "-", BIG)
    negotiation.approve(case("qian.wei"), "-", "approve", "")
    negotiation.record_meeting(case(), "-", meeting())

    assert negotiation.stands(case("li.na"), "-").rounds == (1,)
    with pytest.raises(NotForYou):
        case("he.ping").ledger.events()


@pytest.mark.server
def test_art_4_a_negotiation_without_anyone_technical_is_refused(installation, tender_id):
    case = installation.case(f"{negotiation.PREFIX}{tender_id}", person="zhao.min", new=True)

    with pytest.raises(NegotiationRefused, match="nobody named as technical"):
        negotiation.open_own(case, {"leader": ["qian.wei"]})
