"""Conformance, article by article: which events satisfy or break the rule. Pure, over events as values."""

from datetime import timedelta
from io import BytesIO

import docx

from flows.i18n import chinese
from flows.steps import conformance
from flows.steps.conformance import Conformity, form
from flows.steps.interpretation import ARTICLES
from flows.steps.read_tender import read
from tests.flows.conformance_stories import (
    CLAUSES,
    DEADLINE,
    DRAFT,
    GO,
    NOTICE,
    OPENING,
    PACKAGE,
    PRICE,
    REVIEW,
    STAGES,
    SUBMISSION,
    Story,
    broken,
    state,
    states,
    story,
)
from tests.flows.conftest import EXAMPLE


def test_every_article_of_the_rule_is_judged_in_its_order():
    judged = conformance.judge(story().evidence())

    assert [article.article for article in judged] == list(ARTICLES)
    assert {a.article for a in judged if not a.findings} == set()


def test_a_bid_in_order_breaks_nothing_and_leaves_nothing_open():
    judged = conformance.judge(story().evidence())

    assert {a.article: a.state for a in judged if a.state in (Conformity.BROKEN, Conformity.OPEN)} == {}
    assert state(story().evidence(), "3.3") is Conformity.SATISFIED


def test_each_finding_names_the_events_that_show_it():
    evidence = story().evidence()
    three_one = next(a for a in conformance.judge(evidence) if a.article == "3.1").to_json(evidence)

    shown = {(e["type"], e["by"]) for e in three_one["events"]}
    assert {("decision.signed", "person:zhao.min"), ("decision.signed", "person:qian.wei")} <= shown
    assert three_one["state"] == "satisfied"


def test_art_1_an_owner_that_is_no_department_of_the_register_is_broken():
    assert broken(story().evidence(department="sales"), "1") == ["the department is not in the register"]


def test_art_3_1_work_without_the_signed_notice_is_broken():
    assert broken(story(without=[NOTICE]).evidence(), "3.1") == ["work without a signed bid notice"]


def test_art_3_1_a_notice_of_one_signature_is_open():
    one = story(until=2)
    one.sign("notice", "sign", ("handler", "zhao.min"), subjects=["notice/-/bid"], lot="-")

    assert state(one.evidence(), "3.1") is Conformity.OPEN


def test_art_3_2_drafts_without_the_go_decision_are_broken():
    assert broken(story(without=[GO]).evidence(), "3.2") == ["drafts before the decision to bid"]


def test_art_3_2_a_form_scored_before_the_ledger_said_how_many_opinions_it_needs_is_judged_by_the_rule_now():
    scored = story(until=GO)
    scored.event(
        "screening.scored", "person:zhao.min", "1", form=next(iter(scored.newest("screening/1"))), advice="bid"
    )
    for stage in STAGES[GO:]:
        stage(scored)

    assert broken(scored.evidence(), "3.2") == []


def test_art_3_2_a_no_bid_that_ended_the_lot_satisfies_and_the_rest_does_not_apply():
    refused = story(until=GO)
    refused.sign("screening", "no-bid", ("leader", "qian.wei"), subjects=["screening/1"])
    refused.event("tender.ended", lot="1", how="no-bid", reason="credit")
    evidence = refused.evidence()

    assert state(evidence, "3.2") is Conformity.SATISFIED
    assert {s for s, _ in states(evidence, "3.3").values()} == {Conformity.NOT_APPLICABLE}


def test_art_3_3_a_price_before_the_clauses_is_broken():
    assert "the price was decided before the clauses" in broken(story(without=[CLAUSES]).evidence(), "3.3")


def test_art_3_3_a_price_volume_without_the_quorum_is_broken():
    lonely = Story()
    for number, stage in enumerate(STAGES):
        if number == PRICE:
            lonely.sign("price", "approve", ("pricing", "sun.li"), subjects=["offer/1"])
        else:
            stage(lonely)

    assert "a price volume without the pricing group's decision" in broken(lonely.evidence(), "3.3")


def test_art_3_3_a_document_changed_after_the_review_is_broken_once_it_was_submitted():
    changed = story()
    changed.seal(DRAFT, by="worker:assembly")

    assert "documents changed after the final review" in broken(changed.evidence(), "3.3")


def test_art_3_3_a_change_before_the_submission_leaves_the_review_open():
    changed = story(until=REVIEW + 1)
    changed.seal(DRAFT, by="worker:assembly")

    notes = [note for state, note in states(changed.evidence(), "3.3").values() if state is Conformity.OPEN]
    assert notes == ["a later change voided the final review"]


def test_art_3_4_a_technical_person_in_the_keyring_of_the_price_is_broken():
    leaked = story()
    leaked.event("keyring.changed", "worker:pricing", compartment="price", holders=["person:li.na"])

    assert broken(leaked.evidence(), "3.4") == ["a technical person stood in the keyring of the price"]


def test_art_3_4_a_submission_without_review_or_after_the_deadline_is_broken():
    late = story(until=SUBMISSION)
    late.submit(at=DEADLINE + timedelta(seconds=1))

    assert broken(late.evidence(), "3.4") == ["submitted after the deadline"]
    assert "submitted without a final review" in broken(story(without=[REVIEW]).evidence(), "3.3")
    assert "a package of documents that nobody reviewed" in broken(story(without=[REVIEW]).evidence(), "3.4")


def test_art_3_4_a_signed_submission_of_which_nobody_recorded_how_it_was_handed_over_is_open():
    signed = story(until=SUBMISSION)
    signed.sign("submission", "sign", ("submitter", "wang.lei"), subjects=[PACKAGE])

    found = states(signed.evidence(), "3.4")["the bid was submitted after the review and before the deadline"]
    assert found == (Conformity.OPEN, "signed, but how it was handed over is not recorded")


SEALED = "rendition/1/technical.pdf"
BOUND = "each sealed rendition is bound page for page to the package that was reviewed"


def test_art_3_3_a_sealed_rendition_is_bound_to_the_package_or_broken_once_submitted():
    assert states(story().evidence(), "3.3")[BOUND] == (Conformity.NOT_APPLICABLE, "no sealed rendition")

    stamped = story(until=SUBMISSION)
    stamped.seal(SEALED, by="person:wang.lei")
    assert states(stamped.evidence(), "3.3")[BOUND][0] is Conformity.OPEN
    stamped.sign("rendition", "same", ("submitter", "wang.lei"), subjects=[PACKAGE, SEALED])
    assert states(stamped.evidence(), "3.3")[BOUND][0] is Conformity.SATISFIED

    stamped.seal(PACKAGE, by="worker:pricing")
    stamped.submit()
    assert "submitted with a sealed rendition that nobody bound to the package" in broken(stamped.evidence(), "3.3")


def test_art_3_3_a_price_of_a_round_without_a_signed_range_is_broken():
    said = story()
    said.seal("range/1", by="person:sun.li")
    said.sign("price-range", "approve", ("pricing", "sun.li"), subjects=["range/1"])
    (early,) = said.newest("range/1")
    said.event("price.round", "person:zhao.min", "1", round=2, object="x", range=early)
    assert "a price of a round without the range that the group signed" in broken(said.evidence(), "3.3")

    signed = story()
    signed.seal("range/1", by="person:sun.li")
    signed.sign("price-range", "approve", ("pricing", "sun.li"), ("pricing", "wu.fang"), subjects=["range/1"])
    signed.event("price.round", "person:zhao.min", "1", round=2, object="x", range=early)
    assert broken(signed.evidence(), "3.3") == []


def test_art_3_5_an_opening_that_passed_without_a_result_is_broken():
    submitted = story(until=OPENING)

    assert state(submitted.evidence(now=DEADLINE), "3.5") is Conformity.OPEN
    after = submitted.evidence(now=DEADLINE + timedelta(seconds=1))
    assert broken(after, "3.5") == ["the opening has passed and no result is archived"]


def test_art_3_5_a_lot_that_was_not_submitted_needs_no_result():
    assert state(story(until=SUBMISSION).evidence(now=DEADLINE + timedelta(days=9)), "3.5") is Conformity.NOT_APPLICABLE


def meeting(written, *, major, leader=(), technical=()):
    body = {"major": major, "leader": list(leader), "technical": list(technical), "round": 1}
    written.event("negotiation.recorded", "person:zhao.min", lot="1", **body)


def test_art_4_without_a_negotiation_nothing_is_asked():
    assert state(story().evidence(), "4") is Conformity.NOT_APPLICABLE


def test_art_4_a_major_negotiation_without_approval_leader_and_technical_department_is_broken():
    held = story()
    meeting(held, major=True)

    assert len(broken(held.evidence(), "4")) == 3


def test_art_4_a_major_negotiation_that_the_leader_approved_first_and_joined_is_satisfied():
    held = story()
    held.seal("negotiation/1/plan")
    held.sign("negotiation", "approve", ("leader", "qian.wei"), subjects=["negotiation/1/plan"])
    meeting(held, major=True, leader=["qian.wei"], technical=["li.na"])

    assert state(held.evidence(), "4") is Conformity.SATISFIED


def test_art_4_an_approval_after_the_first_meeting_comes_too_late():
    held = story()
    held.seal("negotiation/1/plan")
    meeting(held, major=True, leader=["qian.wei"], technical=["li.na"])
    held.sign("negotiation", "approve", ("leader", "qian.wei"), subjects=["negotiation/1/plan"])

    assert broken(held.evidence(), "4") == ["a major negotiation without the leader's approval"]


def test_art_5_a_bid_stamped_with_another_version_than_was_in_force_is_broken():
    assert broken(story().evidence(in_force="SJE/ZY/GK-02@2025-01"), "5") != []


def test_art_5_the_entries_of_the_interpretation_register_stand_at_their_article():
    judged = conformance.judge(story().evidence(interpretations={"3.2": (1, 4)}))

    assert {a.article: a.interpretations for a in judged if a.interpretations} == {"3.2": (1, 4)}


def test_the_statement_as_a_word_form_names_states_events_and_interpretations():
    evidence = story().evidence(interpretations={"3.2": (4,)})
    document = docx.Document(BytesIO(form.word(evidence, conformance.judge(evidence), read(EXAMPLE), chinese)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]

    screening = next(row for row in rows if row[0] == "3.2" and row[4])
    assert screening[2:] == ["1", "符合", "7", "解释登记号 4"]
    assert len(rows) == 1 + sum(len(article.findings) for article in conformance.judge(evidence))


def test_the_aim_says_how_the_bid_ended_and_whether_technical_support_was_given():
    assert state(story(until=OPENING).evidence(), "aim") is Conformity.OPEN
    assert [note for _, note in states(story().evidence(), "aim").values()] == ["with technical support"]
