"""What people bring in: a tender opened, documents delivered, costs and offers sealed."""

import pytest

from flows import wiring
from flows.acts import deciding, intake, signing
from flows.acts.deciding import Wish
from flows.steps.procedure import State

pytestmark = pytest.mark.server


def opened(installation, example):
    tender, folder = example
    case = installation.case(tender.tender, person="zhao.min", new=True)
    intake.open_tender(case, tender, folder)
    return case


def test_opening_a_tender_seals_record_notice_and_screening_form(installation, example):
    case = opened(installation, example)

    assert {"record", "notice/-/bid", "screening/1"} <= set(case.manifests())
    assert case.record.title == example[0].title
    assert case.read("notice/-/bid", purpose="test").startswith(b"PK")


def test_opening_the_same_tender_again_changes_nothing(installation, example):
    case = opened(installation, example)
    before = [event.seq for event in case.ledger.events()]

    again = installation.case(case.tender, person="zhao.min", new=True)
    intake.open_tender(again, *example)

    assert [m.version for m in again.manifests().values()] == [1] * len(again.manifests())
    assert [e.seq for e in again.ledger.events() if e.type != "object.read"] == before


def test_another_record_under_the_same_id_is_refused(installation, example):
    case = opened(installation, example)
    other = example[0].model_copy(update={"title": "another"})

    with pytest.raises(intake.TenderExists, match="already opened"):
        intake.open_tender(installation.case(case.tender, person="zhao.min"), other, example[1])


def test_someone_who_is_not_the_handler_cannot_open_it(installation, example):
    case = installation.case(example[0].tender, person="qian.wei", new=True)

    with pytest.raises(intake.NotNamed, match=r"qian\.wei is not the handler, expected zhao\.min"):
        intake.open_tender(case, *example)


def test_an_unknown_tender_is_named_with_the_next_step(installation):
    with pytest.raises(wiring.UnknownTender, match="Tender nobody: found no ledger"):
        installation.case("nobody", person="zhao.min")


def test_the_notice_passes_with_two_signatures_only(installation, example):
    case = opened(installation, example)
    deciding.sign(case, Wish("notice", "-"))
    assert case.judge("notice", "-").missing == ("leader: qian.wei",)

    deciding.sign(installation.case(case.tender, person="qian.wei"), Wish("notice", "-"))
    case.ledger.refresh()

    assert case.judge("notice", "-").state is State.PASSED


def test_a_decision_by_someone_without_the_role_is_refused_with_who_may(installation, example):
    opened(installation, example)
    case = installation.case(example[0].tender, person="li.na")

    with pytest.raises(signing.NotYours, match=r"li\.na may not take it .*leader: qian\.wei"):
        deciding.sign(case, Wish("screening", "1", "bid"))


def test_a_no_bid_needs_a_reason(installation, example):
    opened(installation, example)
    case = installation.case(example[0].tender, person="qian.wei")

    with pytest.raises(deciding.DecisionNotOpen, match="without a reason"):
        deciding.sign(case, Wish("screening", "1", "no-bid"))


def test_delivering_the_same_files_again_makes_no_new_version_and_another_file_makes_one(
    installation, example, tmp_path
):
    tender, folder = example
    opened(installation, example)
    case = installation.case(tender.tender, person="li.na")
    first = {b.name: b.version for b in intake.deliver(case, tender, folder)}
    again = {b.name: b.version for b in intake.deliver(case, tender, folder)}
    lot = tender.lots[0]
    shorter = tender.model_copy(update={"lots": (lot.model_copy(update={"clauses": lot.clauses[:-1]}),)})
    changed = {b.name: b.version for b in intake.deliver(case, shorter, folder)}
    back = {b.name: b.version for b in intake.deliver(case, tender, folder)}

    assert first == again
    assert set(first.values()) == {1}
    assert (changed["clauses/1"], back["clauses/1"]) == (2, 3)


def test_the_technical_side_cannot_open_a_price(installation, example):
    tender, folder = example
    opened(installation, example)
    from flows.price_volume import make_price_keys

    make_price_keys(installation.case(tender.tender, worker="pricing"), "-")
    technical = installation.case(tender.tender, person="li.na")
    sealed = intake.deliver_cost(technical, "1", folder / "cost.xlsx")

    from storage.keyring import NotForYou

    assert sealed.version == 1
    with pytest.raises(NotForYou):
        technical.read("cost/1", purpose="curiosity")
    refused = technical.ledger.find(type="object.refused")
    assert [event.by for event in refused] == ["person:li.na"]
