"""The checklist of what only a person can judge: what it takes, what it voids, and that no review passes without it."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.acts import deciding, intake
from flows.acts.deciding import Wish
from flows.acts.ticking import NotTicked, require_ticked, to_tick
from flows.errors import TenderError
from flows.price_volume import make_price_keys
from flows.steps import checklist
from flows.steps.checks import CheckReport, Finding, Verdict
from flows.steps.procedure import GATES, Facts, Manifested, Signed, State, judge
from flows.steps.tender import Tender
from tests.flows.conftest import Installation
from tests.flows.test_procedure import AT, PEOPLE

DRAFT = Manifested("draft/1/price.docx", 1, "d" * 64)
REPORT = Manifested("checks/1/report.json", 1, "e" * 64)


def signed(decision: str, verdict: str, *subjects: Manifested, reason: str = "", role: str = "reviewer") -> Signed:
    digests = frozenset(subject.digest for subject in subjects)
    return Signed(decision, "1", verdict, "zheng.yun", role, digests, AT, reason)


def review(*decisions: Signed) -> tuple[State, tuple[str, ...]]:
    approved = signed("final-review", "approve", DRAFT, REPORT)
    facts = Facts([DRAFT, REPORT], [approved, *decisions], PEOPLE, human_rules={"1": frozenset({"R02", "R30"})})
    verdict = judge(GATES["final-review"], "1", facts)
    return verdict.state, verdict.missing


def test_a_review_waits_until_every_rule_for_a_person_is_ticked() -> None:
    to_look = ("R02: for a person to look at", "R30: for a person to look at")
    assert review() == (State.WAITING, to_look)
    assert review(signed("checklist", "sign", REPORT, reason="R02")) == (State.WAITING, to_look[1:])
    assert review(signed("checklist", "sign", REPORT, reason="R02, R30: seals seen"))[0] is State.PASSED


def test_ticks_may_be_signed_in_parts_but_only_by_the_reviewer_and_over_the_very_report() -> None:
    parts = [signed("checklist", "sign", REPORT, reason=rule) for rule in ("R02", "R30")]
    assert review(*parts)[0] is State.PASSED
    assert review(parts[0], replace(parts[1], role="handler"))[0] is State.WAITING
    assert review(parts[0], replace(parts[1], person="he.xin"))[0] is State.WAITING
    assert review(parts[0], replace(parts[1], subjects=frozenset({"f" * 64})))[0] is State.WAITING


def test_a_rule_in_the_comment_is_not_ticked() -> None:
    assert checklist.ticked(checklist.reason(["R02"], "R30 comes later")) == {"R02"}


@pytest.mark.server
def test_the_reviewer_sees_the_open_rules_and_cannot_approve_before_they_are_ticked(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    record, folder = example
    intake.open_tender(installation.case(record.tender, person="zhao.min", new=True), record, folder)
    pricing = installation.case(record.tender, worker="pricing")
    make_price_keys(pricing, "-")
    pricing.keyrings.change("price", add=pricing.recipients(*pricing.named("reviewer")), reason="final review")
    found = [
        Finding("R02", Verdict.HUMAN, expected="4 copies"),
        Finding("R12", Verdict.PASS),
        Finding("R30", Verdict.HUMAN),
    ]
    report = CheckReport(tuple(found))
    pricing.vault.seal("price", "draft/1/price.docx", b"x", media_type="text/plain", step_key=None)
    content, media = report.to_json().encode(), "application/json"
    sealed = pricing.vault.seal("price", "checks/1/report.json", content, media_type=media, step_key=None)
    body = {"report": sealed.digest, "counts": report.counts(), "fails": [], "humans": report.human_rules()}
    pricing.ledger.append("checks.done", body, key="checks-done/1/x", lot="1")

    def reviewer(wish: Wish) -> None:
        deciding.sign(installation.case(record.tender, person="zheng.yun"), wish)

    def approve() -> None:
        require_ticked(installation.case(record.tender, person="zheng.yun"), GATES["final-review"], "1", "approve", ())

    with pytest.raises(NotTicked, match="R02, R30 not looked at"):
        approve()
    for ticks in ((), ("R12",)):
        with pytest.raises(NotTicked, match="expected rules of R02, R30"):
            reviewer(Wish("checklist", "1", checked=ticks))
    with pytest.raises(TenderError, match="expected reviewer"):
        deciding.sign(installation.case(record.tender, person="zhao.min"), Wish("checklist", "1", checked=("R02",)))
    reviewer(Wish("checklist", "1", checked=("R02",)))
    left = to_tick(installation.case(record.tender, person="zheng.yun"), "1")
    assert [finding.rule for finding in left] == ["R30"]
    reviewer(Wish("checklist", "1", checked=("R30",)))
    approve()
