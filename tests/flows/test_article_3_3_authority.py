"""SJE/ZY/GK-02 art. 3.3: who decides on a price by amount and margin, how votes count, where a review goes back to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from flows.steps import authority, commitment
from flows.steps.authority import BrokenRules, PriceRules, needs, proposals_needed, rules_for
from flows.steps.authority.need import AUTHORITY, EXCEPTION, Need
from flows.steps.cost import CostLine, CostSheet
from flows.steps.price import PriceOffer
from flows.steps.procedure import GATES, Facts, Manifested, Signed, State, board, judge
from flows.steps.proposals import counted, name_of
from flows.steps.rounds import Range, RoundRefused, require_covered

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEADLINE = AT + timedelta(days=20)
GROUP = ("sun.li", "zhou.jie", "wu.fang")
PEOPLE = {
    "handler": ("zhao.min",), "leader": ("qian.wei",), "pricing": GROUP, "reviewer": ("zheng.yun",),
    "submitter": ("wang.lei",), "technical": ("li.na",),
}  # fmt: skip
OFFER = Manifested("offer/1", 1, "c" * 64)
DRAFTS = [Manifested("draft/1/technical.pdf", 1, "1" * 64), Manifested("draft/1/price.pdf", 1, "2" * 64)]
REPORT = Manifested("checks/1/report.json", 1, "3" * 64)
CLAUSES = [Manifested("clauses/1", 1, "4" * 64), Manifested("input/1/a/b.docx", 1, "5" * 64)]


def offer(gross: str, floor: str = "0", currency: str = "CNY") -> PriceOffer:
    total, lowest = Decimal(gross), Decimal(floor)
    margin = ((total - lowest) / total).quantize(Decimal("0.0001"))
    return PriceOffer("1", 1, currency, Decimal("0.13"), "gross", Decimal("0.01"), (), total, lowest, {}, margin)


def rules(**changes: object) -> PriceRules:
    table = {
        "version": "t", "effective": "2020-01-01", "exception": ["leader"],
        "tiers": [{"up_to": "100", "margin_from": "0.1", "signers": []}, {"up_to": "500", "signers": ["leader"]},
                  {"signers": ["leader", "executive"]}],
    }  # fmt: skip
    return PriceRules.model_validate(table | changes)


@pytest.mark.parametrize(
    ("gross", "floor", "expected"),
    [
        ("100", "90", []),
        ("100.01", "0", [(AUTHORITY, "leader")]),
        ("100", "91", [(AUTHORITY, "leader")]),
        ("500", "0", [(AUTHORITY, "leader")]),
        ("500.01", "0", [(AUTHORITY, "leader"), (AUTHORITY, "executive")]),
        ("100", "100.01", [(AUTHORITY, "leader"), (EXCEPTION, "leader")]),
        ("100", "100", [(AUTHORITY, "leader")]),
    ],
)
def test_article_3_3_the_tier_of_a_price_follows_from_amount_and_margin(gross, floor, expected):
    assert [(need.decision, *need.signers) for need in needs(rules(), offer(gross, floor))] == expected


def test_article_3_3_a_price_in_a_currency_that_the_table_does_not_know_goes_to_the_top():
    assert len(needs(rules(), offer("1", currency="USD"))) == 2


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("none", 0), ("quorum", 2), ("all", 3)],
)
def test_article_3_3_how_many_proposals_are_needed_is_the_companys_rule(mode, expected):
    assert proposals_needed(rules(proposals=mode), 3, 2) == expected


def test_article_3_3_the_decision_rights_in_force_when_the_tender_was_issued_apply(tmp_path):
    text = "version: {v}\neffective: {day}\nexception: [leader]\ntiers: [{{signers: []}}]\n"
    for version, day in (("'2024'", "2024-01-01"), ("'2026'", "2026-06-01")):
        (tmp_path / f"{day}.yaml").write_text(text.format(v=version, day=day))
    assert [rules_for(day, tmp_path).version for day in (date(2023, 1, 1), date(2026, 5, 31), date(2026, 6, 1))] == [
        "2024", "2024", "2026",
    ]  # fmt: skip


def test_the_table_that_comes_with_the_product_can_be_used():
    assert rules_for(date(2026, 11, 1)).tier(offer("1000", "900")).signers == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version: x\neffective: 2024-01-01\nexception: [leader]\ntiers: [{up_to: '5', signers: []}]", "a last tier"),
        ("version: x\neffective: 2024-01-01\nexception: []\ntiers: [{signers: []}]", "exception"),
        ("version: [", "-"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(tmp_path, text, place):
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(BrokenRules, match=place):
        rules_for(date(2026, 1, 1), tmp_path)


def test_a_folder_without_a_table_is_refused(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BrokenRules, match="expected at least one"):
        rules_for(date(2026, 1, 1), tmp_path / "empty")


def signed(decision, verdict, person, role, *subjects, reason="", at=AT):
    return Signed(decision, "1", verdict, person, role, frozenset(s.digest for s in subjects), at, reason)


def vote(person, verdict="approve", **more):
    return signed("price", verdict, person, "pricing", OFFER, **more)


def facts(*decisions, manifests=(OFFER,), needs=(), **changes):
    known = Facts(list(manifests), list(decisions), PEOPLE, quorum=2, needs={OFFER.digest: needs}, deadline=DEADLINE)
    return replace(known, **changes)


def price(*decisions, **changes):
    return judge(GATES["price"], "1", facts(*decisions, **changes))


def test_article_3_3_a_vote_after_the_close_changes_nothing():
    closed = [vote("sun.li"), vote("wu.fang")]
    assert price(*closed, vote("sun.li", "reject", reason="sorry")).state is State.PASSED
    assert price(*closed, vote("zhou.jie", "reject", reason="no")).state is State.PASSED
    assert price(vote("sun.li"), vote("sun.li", "reject"), vote("wu.fang")).state is State.WAITING


def test_article_3_3_a_vote_after_the_deadline_does_not_count():
    late = vote("wu.fang", at=DEADLINE + timedelta(seconds=1))
    assert price(vote("sun.li"), late).state is State.WAITING
    assert price(vote("sun.li"), vote("wu.fang", at=DEADLINE)).state is State.PASSED


def test_article_3_3_an_offer_that_nobody_declared_does_not_pass():
    assert price(vote("sun.li"), vote("wu.fang")).state is State.PASSED
    lost = judge(GATES["price"], "1", replace(facts(vote("sun.li"), vote("wu.fang")), needs={}))
    assert lost.missing == ("offer/1: tender propose",)


NEEDS = (Need(AUTHORITY, ("leader",)), Need(EXCEPTION, ("leader",)))


def above(decision, person="qian.wei", role="leader", verdict="approve"):
    return signed(decision, verdict, person, role, OFFER)


def test_article_3_3_a_price_waits_for_who_above_must_sign_it():
    votes = [vote("sun.li"), vote("wu.fang")]
    assert price(*votes, needs=NEEDS).missing == ("price-authority: leader", "price-exception: leader")
    assert price(*votes, above(AUTHORITY), needs=NEEDS).missing == ("price-exception: leader",)
    assert price(*votes, above(AUTHORITY), above(EXCEPTION), needs=NEEDS).state is State.PASSED


@pytest.mark.parametrize(
    "wrong",
    [
        above(AUTHORITY, "zhao.min"),
        above(AUTHORITY, verdict="reject"),
        replace(above(AUTHORITY), at=DEADLINE + timedelta(seconds=1)),
        above(AUTHORITY, "qian.wei", "handler"),
        signed(AUTHORITY, "approve", "qian.wei", "leader", REPORT),
    ],
)
def test_article_3_3_a_signature_from_above_by_another_or_over_another_offer_does_not_count(wrong):
    votes = [vote("sun.li"), vote("wu.fang")]
    assert price(*votes, wrong, needs=NEEDS[:1]).state is State.WAITING


def test_article_3_3_the_last_word_from_above_counts():
    votes = [vote("sun.li"), vote("wu.fang"), above(AUTHORITY), above(AUTHORITY, verdict="reject")]
    assert price(*votes, needs=NEEDS[:1]).missing == ("price-authority: leader",)


def test_article_3_3_nobody_of_the_group_signs_above_it_as_well():
    people = {**PEOPLE, "leader": ("sun.li",)}
    votes = [vote("zhou.jie"), vote("wu.fang"), above(AUTHORITY, "sun.li")]
    assert price(*votes, needs=NEEDS[:1], people=people).state is State.WAITING


def test_article_3_3_two_signatures_of_one_tier_are_two_peoples():
    two = (Need(AUTHORITY, ("leader",)), Need(AUTHORITY, ("executive", "leader")))
    votes = [vote("sun.li"), vote("wu.fang"), above(AUTHORITY)]
    assert price(*votes, needs=two).missing == ("price-authority: executive / leader",)
    assert price(*votes, above(AUTHORITY, "gao.feng", "executive"), needs=two).state is State.PASSED


LATER = AT + timedelta(hours=1)
REVIEWED = (*DRAFTS, REPORT)


def back(step, at=AT):
    return signed("final-review", "reject", "zheng.yun", "reviewer", *REVIEWED, reason=f"{step}: see page 3", at=at)


def rows(*decisions, **changes):
    known = facts(*decisions, manifests=(OFFER, *CLAUSES, *REVIEWED), done=frozenset({("drafts", "1")}), **changes)
    return {row.stage: row.state for row in board(["1"], known, DEADLINE)}


@pytest.mark.parametrize("step", ["clauses", "drafts", "price"])
def test_article_3_3_a_rejected_review_reopens_the_named_step_and_no_other(step):
    clauses = signed("clauses", "approve", "zhao.min", "handler", *CLAUSES)
    votes = [vote("sun.li"), vote("wu.fang")]
    found = rows(clauses, *votes, back(step, LATER))
    assert found[step] is State.REJECTED
    assert {found[other] for other in ("clauses", "drafts", "price") if other != step} == {State.PASSED}


def test_article_3_3_what_was_sent_back_is_decided_again_even_over_the_same_offer():
    votes = [vote("sun.li"), vote("wu.fang"), back("price", LATER)]
    assert price(*votes, manifests=(OFFER, *REVIEWED)).reason == "price: see page 3"
    after = LATER + timedelta(minutes=1)
    again = [vote("sun.li", at=after), vote("wu.fang", at=after)]
    assert price(*votes, again[0], manifests=(OFFER, *REVIEWED)).missing == ("pricing: zhou.jie", "pricing: wu.fang")
    assert price(*votes, *again, manifests=(OFFER, *REVIEWED)).state is State.PASSED


def test_article_3_3_drafts_that_changed_are_no_longer_sent_back():
    newer = (Manifested("draft/1/technical.pdf", 2, "9" * 64), *DRAFTS[1:], REPORT)
    known = facts(back("drafts"), manifests=(OFFER, *newer), done=frozenset({("drafts", "1")}))
    assert {row.stage: row.state for row in board(["1"], known, DEADLINE)}["drafts"] is State.PASSED


def test_article_3_3_a_review_taken_back_reopens_nothing():
    approve = signed("final-review", "approve", "zheng.yun", "reviewer", *REVIEWED, at=LATER)
    votes = [vote("sun.li"), vote("wu.fang")]
    assert price(*votes, back("price"), approve, manifests=(OFFER, *REVIEWED)).state is State.PASSED


def test_article_3_3_proposals_of_others_do_not_count():
    manifests = [Manifested(name_of("1", 1, person), 1, person) for person in ("sun.li", "li.na")]
    manifests.append(Manifested(name_of("1", 1, "sun.li"), 2, "newer"))
    assert [m.digest for m in counted("1", 1, GROUP, manifests)] == ["newer"]


def test_article_3_3_a_commitment_opens_to_its_offer_alone_and_hides_it():
    made = commitment.commit("t-1", offer("100").to_json())
    again = commitment.commit("t-1", offer("100").to_json())
    assert made.digest != again.digest
    assert commitment.opens(made.opening, made.digest, "t-1", offer("100").to_json())
    assert not commitment.opens(made.opening, made.digest, "t-1", offer("100.01").to_json())
    assert not commitment.opens(made.opening, made.digest, "t-2", offer("100").to_json())
    assert not commitment.opens(again.opening, made.digest, "t-1", offer("100").to_json())


def test_a_commitment_without_a_whole_salt_is_refused():
    short = commitment.commit("t-1", offer("100").to_json(), salt=lambda _bytes: b"x")
    assert not commitment.opens(short.opening, short.digest, "t-1", offer("100").to_json())


def test_a_floor_above_the_cost_is_rounded_up():
    from flows.steps.cost import CostLine, CostSheet

    sheet = CostSheet((CostLine("-", "materials", Decimal("100.01"), Decimal(1), Decimal(2)),), ())
    assert sheet.floor_over(Decimal("0.05")) == Decimal("105.02")
    assert authority.is_under_floor(offer("105.01", str(sheet.floor_over(Decimal("0.05")))))


NINETY = Decimal("90")
COSTS = CostSheet((CostLine("-", "materials", NINETY, NINETY, NINETY),), ())


@pytest.mark.parametrize(
    ("total", "low", "high", "lacking"),
    [
        ("100", "100", "100", None),
        ("100", "99.99", "100", "price-authority by leader"),
        ("120", "110", "130", None),
        ("120", "89", "130", "price-exception by leader"),
        ("120", "110", "501", "price-authority by executive"),
        ("80", "80", "130", None),
        ("80", "79.99", "130", "price-exception by leader"),
    ],
)
def test_article_3_3_a_range_holds_no_price_that_needs_more_from_above_than_the_offer(total, low, high, lacking):
    made, decided = Range("1", "CNY", Decimal(low), Decimal(high)), offer(total, "90")

    if lacking is None:
        require_covered(made, decided, COSTS, rules())
        return
    with pytest.raises(RoundRefused, match=rf"may need {lacking}, which nobody signed .*art\. 3\.3"):
        require_covered(made, decided, COSTS, rules())
