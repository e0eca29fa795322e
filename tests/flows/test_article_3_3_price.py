"""SJE/ZY/GK-02 art. 3.3, the price: the pricing group decides, within its right, before the deadline, once.

The tests of a tender follow its price from the first cost sheet on, in their order.
"""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from flows.acts import deciding, offering
from flows.acts.deciding import Wish
from flows.acts.price_approval import NotCommitted, commit, seal_approval, verify_commitment
from flows.acts.price_keys import let_signers_in, signers_to_let_in
from flows.acts.price_votes import NothingAbove, OutOfOrder, VoteClosed
from flows.acts.signing import NotYours
from flows.steps import procedure
from flows.steps.procedure import State
from storage.keyring import NotForYou
from tests.flows.price_desk_fixtures import cheaper, opened_desk, other_costs, rules_folder

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def desk(installed):
    """A price within the group's own right."""
    with opened_desk(installed, f"t-{secrets.token_hex(6)}") as made:
        yield made


@pytest.fixture(scope="module")
def large(installed, tmp_path_factory):
    """A price beyond the group's own right."""
    rules = rules_folder(tmp_path_factory.mktemp("large") / "rules", up_to="1000000")
    with opened_desk(installed, f"t-{secrets.token_hex(6)}", rules=rules) as made:
        made.settle()
        made.cost()
        yield made


def test_article_3_3_a_price_needs_the_cost_side_first(desk):
    with pytest.raises(offering.NotYetThere, match=r"no cost sheet delivered.*art\. 3\.3.*technical department"):
        desk.propose()


def test_article_3_3_a_vote_needs_the_clauses_settled_first(desk):
    desk.cost()
    desk.propose()
    with pytest.raises(OutOfOrder, match=r"clauses is not passed.*art\. 3\.3.*handler: zhao\.min"):
        desk.vote("sun.li")
    desk.settle()


def test_article_3_3_an_offer_over_other_costs_than_those_delivered_is_refused(desk, tmp_path):
    with pytest.raises(offering.ClaimDiffers, match=r"another cost sheet than the one delivered.*art\. 3\.3"):
        desk.propose(other_costs(desk, tmp_path))


def test_article_3_3_nobody_outside_the_group_votes(desk):
    with pytest.raises(NotYours, match=r"li\.na may not take it .*art\. 3\.3.*sun\.li.*zhou\.jie.*wu\.fang"):
        desk.vote("li.na")


def test_article_3_3_a_price_within_the_groups_right_has_nothing_above_to_sign(desk):
    with pytest.raises(NothingAbove, match=r"the newest offer needs none.*art\. 3\.3"):
        deciding.sign(desk.as_("qian.wei"), Wish("price-authority", "1"))


def test_article_3_3_after_the_deadline_neither_offer_nor_vote(desk, monkeypatch):
    late = datetime.now(UTC) + timedelta(days=3650)
    monkeypatch.setattr(offering, "datetime", type("Late", (), {"now": staticmethod(lambda _zone: late)}))
    for act in (desk.propose, lambda: desk.vote("sun.li")):
        with pytest.raises(offering.PriceClosed, match=r"after the deadline .*art\. 3\.3"):
            act()


def test_article_3_3_a_quorum_of_the_group_decides_and_closes_the_vote(desk):
    desk.vote("sun.li")
    assert desk.judged().missing == ("pricing: zhou.jie", "pricing: wu.fang")
    desk.vote("wu.fang")
    assert desk.judged().state is State.PASSED
    with pytest.raises(VoteClosed, match=r"closed, sun\.li, wu\.fang have decided.*a new offer opens a new vote"):
        desk.vote("zhou.jie", "reject", "too low")


def test_article_3_3_the_final_price_is_committed_to_and_approved_on_the_form(desk):
    worker = desk.as_(worker="pricing")
    with pytest.raises(NotCommitted, match="no commitment found"):
        verify_commitment(worker, "1")
    offer = offering.checked_offer(worker, "1")
    into = procedure.inputs("price-volume", "1", worker.facts().manifests)
    commit(worker, "1", offer, into)
    seal_approval(worker, "1", offer, into)

    seen = desk.as_("wu.fang")
    assert datetime.fromisoformat(verify_commitment(seen, "1")) <= datetime.now(UTC)
    assert seen.read("approval/1", purpose="test").startswith(b"PK")
    assert len(seen.ledger.find(type="price.committed")[0].body["commitment"]) == 64
    with pytest.raises(NotForYou):
        desk.as_("li.na").read("approval/1", purpose="curiosity")


def test_article_3_3_another_price_after_the_commitment_is_seen(desk, tmp_path):
    desk.propose(cheaper(desk, tmp_path, "0.99"))
    with pytest.raises(NotCommitted, match="to another price"):
        verify_commitment(desk.as_("wu.fang"), "1")


def test_article_3_3_new_costs_void_an_offer_before_its_vote(desk, tmp_path):
    desk.cost(other_costs(desk, tmp_path))
    with pytest.raises(offering.ClaimDiffers, match="another cost sheet"):
        desk.vote("sun.li")


def test_article_3_3_a_price_beyond_the_groups_right_waits_for_the_leader(large):
    large.propose()
    for person in ("sun.li", "wu.fang"):
        large.vote(person)
    assert large.judged().missing == ("price-authority: leader",)
    with pytest.raises(NotForYou):
        deciding.sign(large.as_("qian.wei"), Wish("price-authority", "1"))
    worker = large.as_(worker="pricing")
    assert signers_to_let_in(worker, "1") == ["person:qian.wei"]
    let_signers_in(worker, "1")
    assert signers_to_let_in(large.as_(worker="pricing"), "1") == []
    with pytest.raises(NotYours, match=r"sun\.li may not take it"):
        deciding.sign(large.as_("sun.li"), Wish("price-authority", "1"))
    deciding.sign(large.as_("qian.wei"), Wish("price-authority", "1"))
    assert large.judged().state is State.PASSED


def test_article_3_3_a_price_under_the_floor_waits_for_its_exception_signed_above_with_a_reason(large, tmp_path):
    large.propose(cheaper(large, tmp_path))
    for person in ("sun.li", "wu.fang"):
        large.vote(person)
    deciding.sign(large.as_("qian.wei"), Wish("price-authority", "1"))
    assert large.judged().missing == ("price-exception: leader",)
    with pytest.raises(deciding.DecisionNotOpen, match="without a reason"):
        deciding.sign(large.as_("qian.wei"), Wish("price-exception", "1", "approve"))
    deciding.sign(large.as_("qian.wei"), Wish("price-exception", "1", "approve", "strategic customer"))
    assert large.judged().state is State.PASSED


def test_article_3_3_a_false_claim_of_what_an_offer_needs_is_seen_by_the_next_voter(large, tmp_path):
    large.propose(cheaper(large, tmp_path, "0.98"))
    group = large.as_("sun.li")
    digest = group.manifested(group.manifests("offer/1")["offer/1"]).digest
    group.ledger.append("price.offered", {"offer": digest, "round": 1, "rules": "test", "needs": []}, lot="1")
    with pytest.raises(offering.ClaimDiffers, match="what was declared of who above must sign"):
        large.vote("zhou.jie")
