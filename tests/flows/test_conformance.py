"""Conformance, article by article: which events satisfy or break the rule. Pure, over events as values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import docx
import pytest

from flows.i18n import chinese
from flows.steps import conformance
from flows.steps.conformance import Conformity, Evidence, Happened, NoticeSeen, Word, form
from flows.steps.interpretation import ARTICLES
from flows.steps.procedure import Facts, Manifested, Signed
from flows.steps.read_tender import read
from tests.flows.conftest import EXAMPLE

AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
RULE = "SJE/ZY/GK-02@2024-01"
PEOPLE = {
    "handler": ("zhao.min",),
    "leader": ("qian.wei",),
    "technical": ("li.na",),
    "pricing": ("sun.li", "zhou.jie", "wu.fang"),
    "reviewer": ("zheng.yun",),
    "submitter": ("wang.lei",),
}
COST, DRAFT, REPORT, PACKAGE = "cost/1", "draft/1/technical.pdf", "checks/1/price/report.json", "package/1"
FINAL = (DRAFT, "draft/1/price.pdf", REPORT)
BOTH = (("handler", "zhao.min"), ("leader", "qian.wei"))


class Story:
    """A ledger written event by event, one a minute."""

    def __init__(self):
        self.events, self.words, self.sealed = [], [], []

    def event(self, type, by="worker:assembly", lot=None, at=None, **body):
        happened = Happened(len(self.events), at or AT + timedelta(minutes=len(self.events)), by, type, lot, body)
        self.events.append(happened)
        return happened

    def seal(self, *names, by="person:zhao.min"):
        for name in names:
            version = 1 + sum(m.name == name for _, m in self.sealed)
            seq = self.event("object.sealed", by, manifest={"name": name, "version": version}).seq
            self.sealed.append((seq, Manifested(name, version, f"{name}@{version}")))

    def newest(self, *names):
        newest = {m.name: m.digest for _, m in self.sealed}
        return frozenset(newest[name] for name in names)

    def sign(self, decision, verdict, *people, subjects, lot="1", at=None):
        for role, person in people:
            happened = self.event("decision.signed", f"person:{person}", lot, at)
            signed = Signed(decision, lot, verdict, person, role, self.newest(*subjects), happened.at)
            self.words.append(Word(happened.seq, signed))

    def step(self, step, *inputs):
        self.event("step.done", lot="1", step=step, inputs=sorted(self.newest(*inputs)), outputs=[])

    def submit(self, at=None):
        self.sign("submission", "sign", ("submitter", "wang.lei"), subjects=[PACKAGE], at=at)
        (package,) = self.newest(PACKAGE)
        self.event("submission.recorded", "person:wang.lei", "1", at, channel="paper", package=package)

    def evidence(self, **changes):
        manifests = list({m.name: m for _, m in self.sealed}.values())
        signed, done = [w.signed for w in self.words], frozenset({("inputs", "1")})
        facts = Facts(manifests, signed, PEOPLE, 2, done, needs={"offer/1@1": ()}, deadline=DEADLINE)
        given = {
            "tender": "agv-2024", "department": "marketing-1", "departments": {"marketing-1", "technical"},
            "lots": ["1"], "deadline": DEADLINE, "facts": facts, "events": self.events, "words": self.words,
            "sealed": self.sealed, "technical": {"person:li.na"}, "procedure": RULE, "in_force": RULE, "now": DEADLINE,
        }  # fmt: skip
        return Evidence(**{**given, **changes})


STAGES = (
    lambda s: s.event("tender.opened", "person:zhao.min"),
    lambda s: s.seal("record", "notice/-/bid", "screening/1"),
    lambda s: s.sign("notice", "sign", *BOTH, subjects=["notice/-/bid"], lot="-"),
    lambda s: s.event("compartment.created", "worker:pricing", compartment="price", holders=["person:sun.li"]),
    lambda s: s.sign("screening", "bid", ("leader", "qian.wei"), subjects=["screening/1"]),
    lambda s: s.seal("input/1/response/a.docx", "clauses/1", by="person:li.na"),
    lambda s: s.sign("clauses", "approve", ("handler", "zhao.min"), subjects=["clauses/1", "input/1/response/a.docx"]),
    lambda s: s.seal(DRAFT, by="worker:assembly"),
    lambda s: s.seal(COST, "offer/1", by="person:sun.li"),
    lambda s: s.sign("price", "approve", ("pricing", "sun.li"), ("pricing", "wu.fang"), subjects=["offer/1"]),
    lambda s: s.step("price-volume", "offer/1"),
    lambda s: s.seal("draft/1/price.pdf", REPORT, by="worker:pricing"),
    lambda s: s.sign("final-review", "approve", ("reviewer", "zheng.yun"), subjects=FINAL),
    lambda s: s.step("package", *FINAL),
    lambda s: s.seal(PACKAGE, by="worker:pricing"),
    lambda s: s.submit(),
    lambda s: s.event("opening.recorded", "person:feng.xue", version=1, results={"1": "won"}),
    lambda s: s.event("outcome.archived", "worker:archive", rows={}),
    lambda s: s.event("lessons.recorded", "person:feng.xue", lot="1"),
)  # fmt: skip
NOTICE, GO, CLAUSES, PRICE, REVIEW, SUBMISSION, OPENING = 2, 4, 6, 9, 12, 15, 16


def story(*, without=(), until=len(STAGES)):
    written = Story()
    for number, stage in enumerate(STAGES[:until]):
        if number not in without:
            stage(written)
    return written


def states(evidence, article):
    found = next(a for a in conformance.judge(evidence) if a.article == article)
    return {f.requirement: (f.state, f.note) for f in found.findings}


def broken(evidence, article):
    return [note for state, note in states(evidence, article).values() if state is Conformity.BROKEN]


def state(evidence, article):
    return next(a.state for a in conformance.judge(evidence) if a.article == article)


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


@pytest.mark.parametrize("article", ["2.1", "2.2", "2.3", "2.4", "2.5"])
def test_art_2_without_a_notice_nothing_is_asked_and_with_one_it_must_be_carried_through(article):
    begun = NoticeSeen("T-1", False, False, False, False, False, None)
    done = NoticeSeen("T-1", True, True, True, True, True, True)

    assert state(story().evidence(), article) is Conformity.NOT_APPLICABLE
    assert state(story().evidence(notices=[begun]), article) is Conformity.OPEN
    assert state(story().evidence(notices=[done]), article) is Conformity.SATISFIED


def test_art_2_3_a_notice_answered_late_is_broken():
    late = NoticeSeen("T-1", True, True, True, True, True, False)

    assert state(story().evidence(notices=[late]), "2.3") is Conformity.BROKEN


def test_the_aim_says_how_the_bid_ended_and_whether_technical_support_was_given():
    assert state(story(until=OPENING).evidence(), "aim") is Conformity.OPEN
    assert [note for _, note in states(story().evidence(), "aim").values()] == ["with technical support"]


def full_form(s, needed=2):
    """The screening form of a lot whose decision needs opinions; tang.hao and he.xin are the panel."""
    s.seal("record", "notice/-/bid", "screening/1")
    s.event("screening.scored", "person:zhao.min", "1", form="screening/1@1", advice="bid", opinions=needed)


PANEL = (("panel", "tang.hao"), ("panel", "he.xin"))
OPINIONS = "the right people gave their opinions before the decision to bid"
LIAISON = "the handler is the liaison: every contact and question is logged by the handler"


def screened(*order, needed=2):
    """A tender whose panel and leader have their say in this order."""
    written = Story()
    STAGES[0](written)
    full_form(written, needed)
    STAGES[2](written)
    for person in order:
        kind = "screening" if person == ("leader", "qian.wei") else "screening-opinion"
        written.sign(kind, "bid", person, subjects=["screening/1"])
    people = {**PEOPLE, "panel": ("tang.hao", "he.xin")}
    return written, lambda: written.evidence(facts=replace(written.evidence().facts, people=people))


LEADER = ("leader", "qian.wei")


def test_art_3_2_opinions_of_the_panel_before_the_decision_are_shown_by_their_events():
    _written, evidence = screened(*PANEL, LEADER)

    article = next(a for a in conformance.judge(evidence()) if a.article == "3.2").to_json(evidence())
    (row,) = (r for r in article["requirements"] if r["requirement"] == OPINIONS)
    assert (row["state"], row["events"]) == ("satisfied", [7, 8, 9])


@pytest.mark.parametrize("order", [(LEADER, *PANEL), (PANEL[0], LEADER, PANEL[1])])
def test_art_3_2_a_decision_before_the_opinions_is_broken(order):
    _written, evidence = screened(*order)

    assert states(evidence(), "3.2")[OPINIONS] == (
        Conformity.BROKEN,
        "the decision to bid came before the opinions",
    )


def test_art_3_2_the_short_form_asks_for_no_opinions_and_an_undecided_lot_is_open():
    _written, short = screened(LEADER, needed=0)
    _written, undecided = screened(PANEL[0])

    assert states(short(), "3.2")[OPINIONS] == (Conformity.NOT_APPLICABLE, "the short form needs no opinions")
    assert states(undecided(), "3.2")[OPINIONS][0] is Conformity.OPEN


def test_art_3_2_more_opinions_asked_for_by_an_addendum_break_no_earlier_decision():
    written, evidence = screened(*PANEL, LEADER)
    written.seal(DRAFT, by="worker:assembly")
    written.seal("screening/1")  # the ceiling was raised: the next form needs one more
    written.event("screening.scored", "person:zhao.min", "1", form="screening/1@2", advice="bid", opinions=3)

    found = states(evidence(), "3.2")
    assert found[OPINIONS][0] is Conformity.SATISFIED
    assert found["the decision to bid was signed before the first draft"][0] is Conformity.SATISFIED


def test_art_3_1_contacts_and_questions_are_the_handlers_and_name_their_events():
    written = story(until=3)
    assert states(written.evidence(), "3.1")[LIAISON] == (Conformity.NOT_APPLICABLE, "no contact is on record")
    seqs = [
        written.event("contact.logged", "person:zhao.min").seq,
        written.event("question.asked", "person:zhao.min", "1").seq,
    ]
    found = next(a for a in conformance.judge(written.evidence()) if a.article == "3.1")
    assert [f.events for f in found.findings if f.requirement == LIAISON] == [tuple(seqs)]

    written.event("contact.logged", "person:li.na")
    assert states(written.evidence(), "3.1")[LIAISON] == (
        Conformity.BROKEN,
        "a contact of another than the handler",
    )


def test_art_3_1_what_a_handler_did_who_was_replaced_later_stands():
    written = Story()
    written.event("tender.opened", "person:zhao.min", people={"handler": "zhao.min"})
    written.event("contact.logged", "person:zhao.min")
    written.event("team.changed", "person:qian.wei", people={"handler": "he.jing"})
    written.event("contact.logged", "person:he.jing")
    people = {**PEOPLE, "handler": ("he.jing",)}
    evidence = written.evidence(facts=replace(written.evidence().facts, people=people))

    assert states(evidence, "3.1")[LIAISON][0] is Conformity.SATISFIED
    assert state(evidence, "3") is Conformity.SATISFIED
