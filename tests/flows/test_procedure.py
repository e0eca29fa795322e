"""The order of a bid: gates over manifests and verified decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.steps import calendar
from flows.steps.procedure import (
    GATES,
    STAGES,
    Facts,
    Manifested,
    Signed,
    State,
    board,
    due,
    inputs,
    is_done,
    judge,
    step_key,
)

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CHINA = calendar.load()
DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
PEOPLE = {
    "handler": ("zhao.min",),
    "leader": ("qian.wei",),
    "technical": ("li.na",),
    "pricing": ("sun.li", "zhou.jie", "wu.fang"),
    "reviewer": ("zheng.yun",),
    "submitter": ("wang.lei",),
}
NOTICE = Manifested("notice/-/bid", 1, "a" * 64)
FORM = Manifested("screening/1", 1, "b" * 64)
OFFER = Manifested("offer/1", 1, "c" * 64)


def signed(decision, verdict, person, role, *subjects, lot="1", reason=""):
    return Signed(decision, lot, verdict, person, role, frozenset(s.digest for s in subjects), AT, reason)


def facts(manifests, *decisions, **changes):
    known = Facts(list(manifests), list(decisions), PEOPLE, quorum=2, needs={OFFER.digest: ()})
    return replace(known, **changes)


def test_a_notice_needs_two_people():
    handler = signed("notice", "sign", "zhao.min", "handler", NOTICE, lot="-")
    leader = signed("notice", "sign", "qian.wei", "leader", NOTICE, lot="-")

    one = judge(GATES["notice"], "-", facts([NOTICE], handler))
    both = judge(GATES["notice"], "-", facts([NOTICE], handler, leader))

    assert (one.state, one.missing) == (State.WAITING, ("leader: qian.wei",))
    assert both.state is State.PASSED


def test_one_person_in_both_roles_signs_a_notice_only_once():
    people = {**PEOPLE, "leader": ("zhao.min",)}
    decisions = [signed("notice", "sign", "zhao.min", role, NOTICE, lot="-") for role in ("handler", "leader")]

    verdict = judge(GATES["notice"], "-", facts([NOTICE], *decisions, people=people))

    assert verdict.state is State.WAITING


def test_a_no_bid_rejects_with_its_reason():
    refusal = signed("screening", "no-bid", "qian.wei", "leader", FORM, reason="credit")

    verdict = judge(GATES["screening"], "1", facts([FORM], refusal))

    assert (verdict.state, verdict.reason) == (State.REJECTED, "credit")


def test_the_last_word_of_a_person_counts():
    first = signed("screening", "no-bid", "qian.wei", "leader", FORM, reason="credit")
    second = signed("screening", "bid", "qian.wei", "leader", FORM)

    assert judge(GATES["screening"], "1", facts([FORM], first, second)).state is State.PASSED


@pytest.mark.parametrize(
    ("person", "role"), [("li.na", "leader"), ("qian.wei", "handler"), ("zhao.min", "leader"), ("nobody.x", "leader")]
)
def test_a_decision_by_someone_without_the_role_does_not_count(person, role):
    verdict = judge(GATES["screening"], "1", facts([FORM], signed("screening", "bid", person, role, FORM)))

    assert verdict.state is State.WAITING


def test_a_price_needs_its_quorum_of_different_people():
    one = signed("price", "approve", "sun.li", "pricing", OFFER)
    two = signed("price", "approve", "wu.fang", "pricing", OFFER)

    assert judge(GATES["price"], "1", facts([OFFER], one, one)).missing == ("pricing: zhou.jie", "pricing: wu.fang")
    assert judge(GATES["price"], "1", facts([OFFER], one, two)).state is State.PASSED


def test_a_new_version_voids_a_decision():
    decision = signed("screening", "bid", "qian.wei", "leader", FORM)
    later = Manifested("screening/1", 2, "d" * 64)

    assert judge(GATES["screening"], "1", facts([FORM, later], decision)).state is State.WAITING


def test_a_decision_for_another_lot_does_not_count():
    decision = signed("screening", "bid", "qian.wei", "leader", FORM, lot="2")

    assert judge(GATES["screening"], "1", facts([FORM], decision)).state is State.WAITING


DRAFTS = [Manifested("draft/1/technical.pdf", 1, "1" * 64), Manifested("draft/1/price.pdf", 1, "2" * 64)]
REPORT = Manifested("checks/1/report.json", 1, "3" * 64)


def review(person="zheng.yun", role="reviewer", verdict="approve"):
    return signed("final-review", verdict, person, role, *DRAFTS, REPORT)


def test_a_review_over_some_of_the_documents_does_not_count():
    partial = signed("final-review", "approve", "zheng.yun", "reviewer", DRAFTS[0], REPORT)

    assert judge(GATES["final-review"], "1", facts([*DRAFTS, REPORT], partial)).state is State.WAITING


def test_the_handler_cannot_review_the_own_bid():
    people = {**PEOPLE, "reviewer": ("zhao.min",)}

    verdict = judge(GATES["final-review"], "1", facts([*DRAFTS, REPORT], review("zhao.min"), people=people))

    assert verdict.state is State.WAITING


def test_a_failed_rule_blocks_the_review_until_it_is_waived_over_that_report():
    blocked = facts([*DRAFTS, REPORT], review(), failed_rules={"1": frozenset({"R10"})})
    waiver = signed("waiver", "approve", "zheng.yun", "reviewer", REPORT, reason="R10: explained in the pack")
    other = signed("waiver", "approve", "zheng.yun", "reviewer", REPORT, reason="R12: explained in the pack")

    assert judge(GATES["final-review"], "1", blocked).missing == ("R10: mend or waive",)
    assert judge(GATES["final-review"], "1", replace(blocked, decisions=[review(), other])).state is State.WAITING
    assert judge(GATES["final-review"], "1", replace(blocked, decisions=[review(), waiver])).state is State.PASSED


def test_a_waiver_counts_only_by_the_named_reviewer_over_a_report_and_never_by_the_handler():
    blocked = facts([*DRAFTS, REPORT], review(), failed_rules={"1": frozenset({"R10"})})
    for who, over, people in (
        ("he.jing", (REPORT,), PEOPLE),
        ("zheng.yun", (), PEOPLE),
        ("zhao.min", (REPORT,), {**PEOPLE, "reviewer": ("zheng.yun", "zhao.min")}),
    ):
        waiver = signed("waiver", "approve", who, "reviewer", *over, reason="R10: explained")
        case = replace(blocked, decisions=[review(), waiver], people=people)
        assert judge(GATES["final-review"], "1", case).missing == ("R10: mend or waive",), who


def test_a_step_stands_for_its_inputs_and_no_others():
    first = [OFFER, Manifested("record", 1, "e" * 64), Manifested("clauses/1", 1, "f" * 64)]
    later = [*first, Manifested("offer/1", 2, "0" * 64)]
    keys = {step_key("price-volume", "1", inputs("price-volume", "1", first))}

    assert is_done("price-volume", "1", first, keys, [])
    assert not is_done("price-volume", "1", later, keys, [])


def test_inputs_are_in_when_everything_expected_is_there():
    given = [Manifested("input/1/proof/a.pdf", 1, "a" * 64)]

    assert is_done("inputs", "1", given, set(), ["input/1/proof/a.pdf"])
    assert not is_done("inputs", "1", given, set(), ["input/1/proof/a.pdf", "input/1/proof/b.pdf"])


def test_the_board_shows_every_stage_of_every_lot_in_order_and_what_is_ahead():
    rows = board(["1", "2"], facts([NOTICE, FORM]), DEADLINE)

    assert [(row.lot, row.stage) for row in rows] == [(lot, stage) for lot in "12" for stage in STAGES]
    assert rows[0].state is State.WAITING
    assert {row.state for row in rows[1 : len(STAGES)]} == {State.AHEAD}
    assert rows[0].to_json()["due"] == "2026-12-01T09:30:00+00:00"


def test_due_dates_of_gates_count_by_the_companys_own_calendar(tmp_path):
    (tmp_path / "2026.yaml").write_text(
        "year: 2026\npublished: true\noff: [{name: inventory, from: 2026-12-16, to: 2026-12-17}]\non: []\n", "utf-8"
    )
    own = calendar.load(tmp_path)
    of_the_review = {
        days: next(row.due for row in board(["1"], replace(facts([NOTICE, FORM]), calendar=days), DEADLINE)
                   if row.stage == "final-review")
        for days in (CHINA, own)
    }  # fmt: skip

    assert {days: due.date().isoformat() for days, due in of_the_review.items()} == {
        CHINA: "2026-12-17",
        own: "2026-12-15",
    }


def test_a_gate_is_due_working_days_before_the_deadline_in_the_deadlines_own_zone():
    deadline = datetime(2026, 10, 12, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due(GATES["final-review"], deadline, CHINA) == datetime(2026, 10, 9, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due(GATES["price"], deadline, CHINA).date().isoformat() == "2026-10-08"  # the Saturday before is worked


PACKAGE = Manifested("package/1", 1, "4" * 64)


def test_a_submission_signed_after_the_deadline_does_not_count_and_says_so():
    handed = signed("submission", "sign", "wang.lei", "submitter", PACKAGE)
    late = judge(GATES["submission"], "1", facts([PACKAGE], handed, deadline=AT - timedelta(seconds=1)))

    assert (late.state, late.missing) == (State.WAITING, ("wang.lei: signed after the deadline",))
    assert judge(GATES["submission"], "1", facts([PACKAGE], handed, deadline=AT)).state is State.PASSED


def test_a_submission_in_time_stands_when_it_is_signed_again_too_late():
    first = signed("submission", "sign", "wang.lei", "submitter", PACKAGE)
    again = replace(first, at=DEADLINE + timedelta(seconds=1))

    assert judge(GATES["submission"], "1", facts([PACKAGE], first, again, deadline=DEADLINE)).state is State.PASSED
