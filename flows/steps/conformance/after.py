"""Articles 3.5 and 4: result and archive of each submitted bid, negotiations."""

from flows.steps.conformance.evidence import Evidence
from flows.steps.conformance.requirement import Found, broken, not_applicable, requirement, satisfied, still_open
from flows.steps.procedure import GATES


@requirement("3.5", "opening record and result are archived after the opening")
def _archived(evidence: Evidence, lot: str) -> Found:
    if not evidence.passings(GATES["submission"], lot):
        return not_applicable("nothing was submitted")
    recorded = [e for e in evidence.find("opening.recorded") if lot in e.body.get("results", {})]
    archived = evidence.find("outcome.archived")
    if not recorded:
        alarms = [e.seq for e in evidence.find("alarm.raised", lot=lot) if e.body["about"] == "result"]
        if evidence.now > evidence.deadline:
            return broken("the opening has passed and no result is archived", alarms)
        return still_open("the opening is to come", alarms)
    taken = [e.seq for e in archived if e.seq > recorded[-1].seq]
    if not taken:
        return still_open("the result is on its way into the archive", [recorded[-1].seq])
    return satisfied([recorded[-1].seq, taken[-1]])


@requirement("3.5", "lessons were written down")
def _lessons(evidence: Evidence, lot: str) -> Found:
    lessons = [e.seq for e in evidence.find("lessons.recorded") if e.lot == lot]
    if lessons:
        return satisfied(lessons)
    if not evidence.passings(GATES["submission"], lot):
        return not_applicable("nothing was submitted")
    return still_open("no lessons form")


def _meetings(evidence: Evidence, lot: str, *, major: bool = False) -> list[int]:
    held = [e for e in evidence.find("negotiation.recorded") if e.lot == lot]
    return [e.seq for e in held if e.body["major"] or not major]


@requirement("4", "the leader approved a major negotiation before its first meeting")
def _approved(evidence: Evidence, lot: str) -> Found:
    major = _meetings(evidence, lot, major=True)
    if not major:
        return not_applicable("no major negotiation")
    approvals = [w for w in evidence.words if (w.signed.decision, w.signed.lot) == ("negotiation", lot)]
    approvals = [w for w in approvals if w.signed.verdict == "approve" and w.signed.role == "leader"]
    first = next(e for e in evidence.events if e.seq == major[0])
    if not any(word.seq < first.seq for word in approvals):
        return broken("a major negotiation without the leader's approval", [first.seq])
    return satisfied([approvals[0].seq, first.seq])


@requirement("4", "the leader took part in a major negotiation")
def _leader(evidence: Evidence, lot: str) -> Found:
    return _took_part(evidence, _meetings(evidence, lot, major=True), "leader", "no major negotiation")


@requirement("4", "the technical department supported the negotiation")
def _technical(evidence: Evidence, lot: str) -> Found:
    return _took_part(evidence, _meetings(evidence, lot), "technical", "no negotiation")


def _took_part(evidence: Evidence, meetings: list[int], part: str, none: str) -> Found:
    if not meetings:
        return not_applicable(none)
    without = [e.seq for e in evidence.events if e.seq in meetings and not e.body[part]]
    if len(without) == len(meetings):
        return broken("a negotiation without them", without)
    return satisfied([seq for seq in meetings if seq not in without])


@requirement("aim", "how the bid ended is known, with or without technical support", per_lot=False)
def _aim(evidence: Evidence, lot: str) -> Found:
    del lot
    recorded = [e.seq for e in evidence.find("opening.recorded")]
    ended = [e.seq for e in evidence.find("tender.ended") if e.body["how"] != "submitted"]
    if not recorded and not ended:
        return still_open("the bid is under way")
    support = "with technical support" if evidence.objects("input/*") or evidence.notices else "without support"
    return satisfied([*recorded[-1:], *ended], support)


@requirement("5", "the bid carries the version of the rule in force at its opening", per_lot=False)
def _version(evidence: Evidence, lot: str) -> Found:
    del lot
    if evidence.procedure != evidence.in_force:
        return broken("stamped with another version than was in force", [0])
    return satisfied([0])
