"""Conformance before the price, article by article: notices, liaison, the decision to bid and its opinions."""

from dataclasses import replace

import pytest

from flows.steps import conformance
from flows.steps.conformance import Conformity, NoticeSeen
from tests.flows.conformance_stories import (
    DRAFT,
    PEOPLE,
    STAGES,
    Story,
    state,
    states,
    story,
)


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
