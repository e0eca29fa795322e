"""Articles 1 to 3.2: departments, notices, the bid notice, the screening."""

from collections.abc import Sequence

from flows.steps.conformance.evidence import Evidence, NoticeSeen, Word
from flows.steps.conformance.requirement import (
    Found,
    broken,
    not_applicable,
    requirement,
    satisfied,
    still_open,
)
from flows.steps.procedure import GATES, WHOLE_TENDER


@requirement("1", "the owner is a department of the register", per_lot=False)
def _department(evidence: Evidence, lot: str) -> Found:
    del lot
    if evidence.department in evidence.departments:
        return satisfied([0])
    return broken("the department is not in the register", [0])


@requirement("2", "technical support was asked for or delivered in time", per_lot=False)
def _prepared(evidence: Evidence, lot: str) -> Found:
    del lot
    late = [notice for notice in evidence.notices if notice.on_time is False]
    if late:
        return broken("a notice was answered late or is overdue")
    inputs = evidence.objects("input/*")
    return satisfied(inputs) if inputs or evidence.notices else not_applicable("no technical support in this tender")


def _by_notices(evidence: Evidence, done: Sequence[bool]) -> Found:
    if not evidence.notices:
        return not_applicable("no technical-support notice in this tender")
    return satisfied([]) if all(done) else still_open("a notice is not that far")


@requirement("2.1", "incoming needs are notices in the register", per_lot=False)
def _received(evidence: Evidence, lot: str) -> Found:
    del lot
    return _by_notices(evidence, [notice.registered for notice in evidence.notices])


@requirement("2.2", "each notice is signed by who took the information and by the leader", per_lot=False)
def _signed(evidence: Evidence, lot: str) -> Found:
    del lot
    return _by_notices(evidence, [notice.signed for notice in evidence.notices])


@requirement("2.3", "each notice was handled in time", per_lot=False)
def _handled(evidence: Evidence, lot: str) -> Found:
    del lot
    if any(notice.on_time is False for notice in evidence.notices):
        return broken("a notice was answered late or is overdue")
    return _by_notices(evidence, [notice.handled for notice in evidence.notices])


@requirement("2.4", "the result went back to the author, who acknowledged it", per_lot=False)
def _fed_back(evidence: Evidence, lot: str) -> Found:
    del lot
    return _by_notices(evidence, [notice.fed_back for notice in evidence.notices])


@requirement("2.5", "each notice is closed with result and completion time", per_lot=False)
def _closed(evidence: Evidence, lot: str) -> Found:
    del lot
    return _by_notices(evidence, [_is_closed(notice) for notice in evidence.notices])


def _is_closed(notice: NoticeSeen) -> bool:
    return notice.registered and notice.over


@requirement("3", "the owner of the bid is the handler's own department", per_lot=False)
def _owner(evidence: Evidence, lot: str) -> Found:
    del lot
    opened = evidence.events[0]
    if opened.by in evidence.handlers():
        return satisfied([opened.seq])
    return broken("opened by another than the handler", [opened.seq])


@requirement("3.1", "the bid notice was signed by handler and leader before any work", per_lot=False)
def _notice(evidence: Evidence, lot: str) -> Found:
    del lot
    passed = evidence.passings(GATES["notice"], WHOLE_TENDER)
    work = evidence.find("step.done")
    if not passed:
        if work:
            return broken("work without a signed bid notice", [work[0].seq])
        return still_open("the bid notice is not signed by both")
    if work and work[0].seq < passed[0].seq:
        return broken("work before the bid notice was signed", [*passed[0].words, work[0].seq])
    return satisfied(passed[0].words)


@requirement("3.1", "every document tells who made it", per_lot=False)
def _authors(evidence: Evidence, lot: str) -> Found:
    del lot
    sealed = evidence.find("object.sealed")
    return satisfied([e.seq for e in sealed]) if sealed else still_open("no document yet")


@requirement("3.1", "the handler is the liaison: every contact and question is logged by the handler", per_lot=False)
def _liaison(evidence: Evidence, lot: str) -> Found:
    del lot
    contacts = evidence.find("contact.logged", "question.asked", "question.answered")
    foreign = [contact.seq for contact in contacts if contact.by not in evidence.handlers()]
    if foreign:
        return broken("a contact of another than the handler", foreign)
    return satisfied([c.seq for c in contacts]) if contacts else not_applicable("no contact is on record")


@requirement("3.2", "the right people gave their opinions before the decision to bid")
def _opinions(evidence: Evidence, lot: str) -> Found:
    passed = evidence.passings(GATES["screening"], lot)
    forms = [passing.subjects for passing in passed] or [frozenset(evidence.newest(f"screening/{lot}"))]
    if not any(evidence.opinions_needed(lot, form) for form in forms):
        return not_applicable("the short form needs no opinions")
    if not passed:
        return still_open("no decision whether to bid", [word.seq for word in _given(evidence, lot, forms[0])])
    events: list[int] = []
    for passing in passed:
        before = [w for w in _given(evidence, lot, passing.subjects) if w.seq < passing.words[-1]]
        events += [*(word.seq for word in before), *passing.words]
        if len({word.signed.named for word in before}) < evidence.opinions_needed(lot, passing.subjects):
            return broken("the decision to bid came before the opinions", events)
    return satisfied(events)


def _given(evidence: Evidence, lot: str, form: frozenset[str]) -> list[Word]:
    return [word for word in evidence.decisions("screening-opinion", lot) if word.signed.subjects == form]


@requirement("3.2", "the decision to bid was signed before the first draft")
def _go(evidence: Evidence, lot: str) -> Found:
    passed = evidence.passings(GATES["screening"], lot)
    drafts = evidence.objects(f"draft/{lot}/*")
    if drafts and not any(p.seq < drafts[0] for p in passed):
        return broken("drafts before the decision to bid", [drafts[0]])
    if passed:
        return satisfied(passed[0].words)
    refused = [w for w in evidence.words if (w.signed.decision, w.signed.lot) == ("screening", lot)]
    refused = [w for w in refused if w.signed.verdict == "no-bid"]
    end = evidence.ended(lot)
    if refused and end is not None:
        return satisfied([refused[-1].seq, end.seq], "no bid, with its reason")
    return still_open("no decision whether to bid")
