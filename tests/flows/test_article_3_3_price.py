"""SJE/ZY/GK-02 art. 3.3, the price: the pricing group decides, within its right, before the deadline, once."""

from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from flows import deciding, intake, offering
from flows.deciding import Wish
from flows.price_approval import NotCommitted, commit, seal_approval, verify_commitment
from flows.price_keys import let_signers_in, signers_to_let_in
from flows.price_votes import NothingAbove, OutOfOrder, VoteClosed
from flows.signing import NotYours
from flows.steps import procedure
from flows.steps.procedure import State
from storage.keyring import NotForYou
from tests.flows.price_desk_fixtures import cheaper, price_desk, rules_in_force  # noqa: F401

pytestmark = pytest.mark.server


def test_article_3_3_a_price_needs_the_cost_side_first(desk):
    made = desk(cost=False)
    with pytest.raises(offering.NotYetThere, match=r"no cost sheet delivered.*art\. 3\.3.*technical department"):
        made.propose()


def test_article_3_3_a_vote_needs_the_clauses_settled_first(desk):
    made = desk(settled=False)
    made.propose()
    with pytest.raises(OutOfOrder, match=r"clauses is not passed.*art\. 3\.3.*handler: zhao\.min"):
        made.vote("sun.li")


def test_article_3_3_an_offer_over_other_costs_than_those_delivered_is_refused(desk, tmp_path):
    made = desk()
    book = openpyxl.load_workbook(made.sheet)
    book["cost"]["C2"] = 1
    book.save(tmp_path / "lower.xlsx")
    with pytest.raises(offering.ClaimDiffers, match=r"another cost sheet than the one delivered.*art\. 3\.3"):
        made.propose(tmp_path / "lower.xlsx")


def test_article_3_3_new_costs_void_an_offer_before_its_vote(desk, tmp_path):
    made = desk()
    made.propose()
    book = openpyxl.load_workbook(made.sheet)
    book["cost"]["C2"] = 1
    book.save(tmp_path / "lower.xlsx")
    intake.deliver_cost(made.as_("li.na"), "1", tmp_path / "lower.xlsx")
    with pytest.raises(offering.ClaimDiffers, match="another cost sheet"):
        made.vote("sun.li")


def test_article_3_3_a_quorum_of_the_group_decides_and_closes_the_vote(desk):
    made = desk()
    made.propose()
    made.vote("sun.li")
    assert made.judged().missing == ("pricing: zhou.jie", "pricing: wu.fang")
    made.vote("wu.fang")
    assert made.judged().state is State.PASSED
    with pytest.raises(VoteClosed, match=r"closed, sun\.li, wu\.fang have decided.*a new offer opens a new vote"):
        made.vote("zhou.jie", "reject", "too low")


def test_article_3_3_nobody_outside_the_group_votes(desk):
    made = desk()
    made.propose()
    with pytest.raises(NotYours, match=r"li\.na may not take it .*art\. 3\.3.*sun\.li, zhou\.jie, wu\.fang"):
        made.vote("li.na")


def test_article_3_3_one_refusal_of_three_leaves_a_quorum_of_two_and_two_do_not(desk):
    made = desk()
    made.propose()
    made.vote("sun.li", "reject", "margin")
    assert made.judged().state is State.WAITING
    made.vote("zhou.jie", "reject", "too high")
    assert (made.judged().state, made.judged().reason) == (State.REJECTED, "too high")


def test_article_3_3_a_price_under_the_floor_waits_for_its_exception_signed_above_with_a_reason(desk, rules, tmp_path):
    rules()
    made = desk()
    made.propose(cheaper(made, tmp_path))
    for person in ("sun.li", "wu.fang"):
        made.vote(person)
    assert made.judged().missing == ("price-exception: leader",)
    with pytest.raises(NotForYou):
        deciding.sign(made.as_("qian.wei"), Wish("price-exception", "1", "approve", "strategic customer"))
    worker = made.as_(worker="pricing")
    assert "person:qian.wei" in signers_to_let_in(worker, "1")
    let_signers_in(worker, "1")
    assert signers_to_let_in(made.as_(worker="pricing"), "1") == []
    with pytest.raises(deciding.DecisionNotOpen, match="without a reason"):
        deciding.sign(made.as_("qian.wei"), Wish("price-exception", "1", "approve"))
    deciding.sign(made.as_("qian.wei"), Wish("price-exception", "1", "approve", "strategic customer"))
    assert made.judged().state is State.PASSED


def test_article_3_3_a_price_beyond_the_groups_right_waits_for_the_leader(desk, rules):
    rules(up_to="1000000")
    made = desk()
    made.propose()
    for person in ("sun.li", "wu.fang"):
        made.vote(person)
    assert made.judged().missing == ("price-authority: leader",)
    let_signers_in(made.as_(worker="pricing"), "1")
    with pytest.raises(NotYours, match=r"sun\.li may not take it"):
        deciding.sign(made.as_("sun.li"), Wish("price-authority", "1"))
    deciding.sign(made.as_("qian.wei"), Wish("price-authority", "1"))
    assert made.judged().state is State.PASSED


def test_article_3_3_a_price_within_the_groups_right_has_nothing_above_to_sign(desk, rules):
    rules()
    made = desk()
    made.propose()
    with pytest.raises(NothingAbove, match=r"the newest offer needs none.*art\. 3\.3"):
        deciding.sign(made.as_("qian.wei"), Wish("price-authority", "1"))


def test_article_3_3_a_false_claim_of_what_an_offer_needs_is_seen_by_the_next_voter(desk, rules):
    rules(up_to="1000000")
    made = desk()
    made.propose()
    offer = made.as_("sun.li")
    digest = offer.manifested(offer.manifests("offer/1")["offer/1"]).digest
    offer.ledger.append("price.offered", {"offer": digest, "round": 1, "rules": "test", "needs": []}, lot="1")
    with pytest.raises(offering.ClaimDiffers, match="what was declared of who above must sign"):
        made.vote("zhou.jie")


def test_article_3_3_after_the_deadline_neither_offer_nor_vote(desk, monkeypatch):
    made = desk()
    made.propose()
    late = datetime.now(UTC) + timedelta(days=3650)
    monkeypatch.setattr(offering, "datetime", type("Late", (), {"now": staticmethod(lambda _zone: late)}))
    with pytest.raises(offering.PriceClosed, match=r"after the deadline .*art\. 3\.3"):
        made.propose()
    with pytest.raises(offering.PriceClosed):
        made.vote("sun.li")


def test_article_3_3_the_final_price_is_committed_to_and_the_commitment_opens_to_it_alone(desk):
    made = desk()
    made.propose()
    for person in ("sun.li", "wu.fang"):
        made.vote(person)
    worker = made.as_(worker="pricing")
    with pytest.raises(NotCommitted, match="no commitment found"):
        verify_commitment(worker, "1")
    offer = offering.checked_offer(worker, "1")
    into = procedure.inputs("price-volume", "1", worker.facts().manifests)
    commit(worker, "1", offer, into)
    seal_approval(worker, "1", offer, into)

    seen = made.as_("wu.fang")
    assert datetime.fromisoformat(verify_commitment(seen, "1")) <= datetime.now(UTC)
    assert seen.read("approval/1", purpose="test").startswith(b"PK")
    digest = seen.ledger.find(type="price.committed")[0].body["commitment"]
    assert len(digest) == 64
    with pytest.raises(NotForYou):
        made.as_("li.na").read("approval/1", purpose="curiosity")


def test_article_3_3_another_price_after_the_commitment_is_seen(desk, tmp_path):
    made = desk()
    made.propose()
    worker = made.as_(worker="pricing")
    into = procedure.inputs("price-volume", "1", worker.facts().manifests)
    commit(worker, "1", offering.checked_offer(worker, "1"), into)
    made.propose(cheaper(made, tmp_path, "0.99"))
    with pytest.raises(NotCommitted, match="to another price"):
        verify_commitment(made.as_("wu.fang"), "1")
