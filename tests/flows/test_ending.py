"""A tender that ends before its result: withdrawn, revoked, terminated, postponed; a re-tender and what it repeats."""

import pytest

from flows.acts import deciding, ending, intake
from flows.acts.deciding import Wish
from flows.steps.ending import CannotEnd, require_can_end, standing


@pytest.mark.parametrize("how", ["withdrawn", "terminated", "postponed"])
def test_a_lot_can_end_before_the_deadline_whatever_its_stage(how):
    require_can_end("1", "", how, "a reason", late=False)
    require_can_end("1", "submitted", how, "a reason", late=False)


def test_a_bid_is_withdrawn_before_the_deadline_and_revoked_after_it():
    with pytest.raises(CannotEnd, match="withdrawn after the deadline"):
        require_can_end("1", "submitted", "withdrawn", "a reason", late=True)
    with pytest.raises(CannotEnd, match="only of a bid submitted and after the deadline"):
        require_can_end("1", "submitted", "revoked", "a reason", late=False)
    require_can_end("1", "submitted", "revoked", "a reason", late=True)


def test_a_lot_that_nobody_handed_over_by_the_deadline_ends_as_withdrawn_and_cannot_be_revoked():
    require_can_end("1", "", "withdrawn", "the deadline passed", late=True)
    with pytest.raises(CannotEnd, match="withdrawn after the deadline"):
        require_can_end("1", "", "withdrawn", "the deadline passed", late=True, submitted=True)
    with pytest.raises(CannotEnd, match="revoked"):
        require_can_end("1", "", "revoked", "the deadline passed", late=True)
    require_can_end("1", "", "revoked", "a mistake", late=True, submitted=True)


@pytest.mark.parametrize("how", ["withdrawn", "terminated", "no-bid", "revoked"])
def test_what_has_ended_for_good_does_not_end_again(how):
    with pytest.raises(CannotEnd, match="it has ended already"):
        require_can_end("1", how, "terminated", "a reason", late=False)


def test_an_end_needs_a_reason_and_a_known_way():
    with pytest.raises(CannotEnd, match="without a reason"):
        require_can_end("1", "", "withdrawn", " ", late=False)
    with pytest.raises(CannotEnd, match="expected one of withdrawn, revoked, terminated, postponed"):
        require_can_end("1", "", "forgotten", "a reason", late=False)


def test_a_postponed_lot_is_open_again_once_resumed_and_a_terminated_one_is_not():
    lots = ["1", "2"]

    assert standing(lots, [("-", "postponed"), ("1", "resumed")]) == {"2": "postponed"}
    assert standing(lots, [("1", "submitted"), ("1", "terminated")]) == {"1": "terminated"}
    assert standing(lots, [(None, "terminated"), ("1", "submitted")]) == dict.fromkeys(lots, "terminated")


def opened(installation, example, **changes):
    tender, folder = example
    tender = tender.model_copy(update=changes)
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    return lambda person="zhao.min": installation.case(tender.tender, person=person)


@pytest.mark.server
def test_a_withdrawal_is_an_event_and_nothing_can_be_signed_after_it(installation, example):
    case = opened(installation, example)
    before = len(case().ledger.events())

    ending.end(case(), "1", "withdrawn", "no capacity")

    assert case().ended() == {"1": "withdrawn"}
    assert len(case().ledger.events()) > before
    with pytest.raises(deciding.DecisionNotOpen, match="the lot has ended"):
        deciding.sign(case("qian.wei"), Wish("screening", "1", "bid"))


@pytest.mark.server
def test_a_postponed_tender_is_resumed_and_postponed_again(installation, example):
    case = opened(installation, example)

    for _ in range(2):
        ending.end(case(), "-", "postponed", "buyer's notice")
        assert case().lots() == []
        ending.resume(case(), "-", "new date")

    assert case().lots() == ["1"]
    assert len(case().ledger.find(type="tender.ended")) == 2


@pytest.mark.server
def test_someone_who_is_neither_handler_nor_leader_cannot_end_a_tender(installation, example):
    case = opened(installation, example)

    with pytest.raises(intake.NotNamed, match=r"li\.na is not named as handler/leader"):
        ending.end(case("li.na"), "-", "withdrawn", "tired")


@pytest.mark.server
def test_a_re_tender_names_its_predecessor_which_must_have_ended(installation, example):
    first = opened(installation, example)
    again = {"tender": f"{example[0].tender}-b", "predecessor": example[0].tender}

    with pytest.raises(ending.PredecessorOpen, match="still has open lots 1"):
        opened(installation, example, **again)
    ending.end(first(), "-", "terminated", "too few bidders")
    second = opened(installation, example, **again)

    assert second().opened["predecessor"] == example[0].tender
    assert first().ledger.find(type="tender.retendered")[0].body == {"successor": f"{example[0].tender}-b"}


@pytest.mark.server
def test_a_predecessor_that_nobody_opened_is_refused(installation, example):
    with pytest.raises(ending.PredecessorOpen, match="predecessor agv-1999 not found"):
        opened(installation, example, predecessor="agv-1999")
