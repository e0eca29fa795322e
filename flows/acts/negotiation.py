"""Negotiations of a tender, or of a ledger of their own: planned, approved by the leader, held round by round."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flows.acts import house, signing
from flows.acts.named import require_named
from flows.acts.sealing import JSON, as_json, seal
from flows.case import Case, UnknownObject
from flows.errors import TenderError
from flows.steps import negotiation, procedure
from flows.steps.calendar import ZONE
from flows.steps.negotiation import Meeting, Move, Moves, NegotiationRefused, Plan
from flows.steps.procedure import Facts, Gate, State
from storage.event import Event
from storage.keyring import NotForYou
from storage.ledger import OPENED
from templates import catalogue, fill

KIND = "negotiation"
PREFIX = "negotiation."
"""Ledgers of negotiations without a tender begin with this; no tender's id holds a dot."""
GATE = Gate(KIND, KIND, "4", ("leader",), ("approve",), ("negotiation/{lot}/plan",), ("reject",))
HELD = "negotiation.recorded"
_WORKERS = ("worker:assembly", "worker:pricing", "worker:archive")


class NoPlan(TenderError):
    """A negotiation that nobody planned."""


@dataclass(frozen=True)
class Stands:
    """How a negotiation stands: plan, whether it is major, when the leader approved it and who, the rounds held."""

    plan: Plan
    major: bool
    approved: datetime | None
    approver: str
    rounds: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "plan": self.plan.model_dump(mode="json"),
            "major": self.major,
            "approved": self.approved.isoformat() if self.approved else None,
            "approver": self.approver,
            "rounds": list(self.rounds),
        }


def open_own(case: Case, people: dict[str, list[str]]) -> Event:
    """Open a ledger for a negotiation without a tender; its handler does it.

    Args:
        people: role (leader, technical, pricing) → ids; the handler is whoever opens it.

    Raises:
        UnknownHolder: someone who is not in the register.
        NegotiationRefused: nobody leads it, or nobody of the technical department is named.
    """
    lacking = [role for role in ("leader", "technical") if not people.get(role)]
    if lacking:
        raise NegotiationRefused(
            "negotiation {id}: nobody named as {roles}, expected one at least (SJE/ZY/GK-02 art. 4); next: name them",
            id=case.tender,
            roles=" / ".join(lacking),
        )
    me = case.holder.name.removeprefix("person:")
    named = {**people, "handler": [me]}
    if not case.keyrings.exists("procedure"):
        persons = sorted({f"person:{person}" for ids in named.values() for person in ids})
        case.keyrings.create("procedure", case.recipients(*persons, *_WORKERS))
    row = case.people.find(case.holder.name, datetime.now(UTC))
    body = {
        "kind": KIND,
        "record": {"sha256": sha256(case.tender.encode()).hexdigest(), "department": row.department if row else ""},
        "people": named,
        "procedure": house.in_force_now(case).id,
    }
    return case.ledger.append(OPENED, body, key=OPENED)


def plan(case: Case, lot: str, planned: Plan) -> Stands:
    """Seal the plan of a negotiation; a later plan voids the approval of the one before.

    Raises:
        NotNamed: the person is not the handler.
    """
    require_named(case, "handler")
    seal(case, "procedure", f"negotiation/{lot}/plan", as_json(planned.model_dump(mode="json")), JSON)
    return stands(case, lot)


def stands(case: Case, lot: str) -> Stands:
    """Return how a negotiation stands.

    Raises:
        NoPlan: nobody planned it.
    """
    try:
        planned = Plan.model_validate(json.loads(case.read(f"negotiation/{lot}/plan", purpose="negotiation")))
    except UnknownObject:
        raise NoPlan(
            "negotiation of {id}, lot {lot}: no plan found, expected one first; next: tender negotiation plan",
            id=case.tender,
            lot=lot,
        ) from None
    verdict = judge(case, lot)
    passed = verdict.state is State.PASSED
    signed = verdict.signed[0] if passed else None
    return Stands(
        planned,
        negotiation.is_major(planned, house.rule_of(case).major_amount),
        signed.at if signed else None,
        signed.person if signed else "",
        tuple(event.body["round"] for event in case.ledger.find(type=HELD, lot=lot)),
    )


def judge(case: Case, lot: str) -> procedure.Verdict:
    """Return how the leader's approval stands over the newest plan."""
    manifests = [case.manifested(manifest) for manifest in case.manifests(f"negotiation/{lot}/plan").values()]
    return procedure.judge(GATE, lot, Facts(manifests, case.signed(), case.team))


def approve(case: Case, lot: str, verdict: str, reason: str, principal: str = "") -> signing.SignedEvent:
    """Sign the plan of a negotiation as its leader (art. 4).

    Raises:
        NotYours: the person is not the leader of this tender, nor the leader's deputy.
        NoPlan: there is nothing to approve.
        NegotiationRefused: a refusal without a reason.
    """
    stands(case, lot)
    if verdict in GATE.refusing and not reason.strip():
        raise NegotiationRefused("negotiation: a refusal without a reason, expected one; next: add --reason")
    right = signing.right(case, GATE, lot, case.team, principal)
    return signing.put(case, GATE, lot, verdict, right, judge(case, lot).subjects, reason)


def record_meeting(case: Case, lot: str, meeting: Meeting) -> Event:
    """Record a round as it was held; the words are sealed, the ledger learns who took part.

    Raises:
        NotNamed: the person is not the handler.
        NegotiationRefused: out of order, to come, or a major one without approval or without those who must take part.
    """
    require_named(case, "handler")
    known, people = stands(case, lot), case.team
    if meeting.at.tzinfo is None:
        meeting = meeting.model_copy(update={"at": meeting.at.replace(tzinfo=ZoneInfo(ZONE))})
    negotiation.require_meeting(
        meeting,
        held=known.rounds,
        major=known.major,
        approved=known.approved,
        leaders=people.get("leader", []),
        technical=people.get("technical", []),
        now=datetime.now(UTC),
    )
    name = f"negotiation/{lot}/{meeting.round}"
    brought = seal(case, "procedure", name, as_json(meeting.model_dump(mode="json")), JSON)
    body = {
        "round": meeting.round,
        "at": meeting.at.isoformat(),
        "major": known.major,
        "leader": meeting.ours(people.get("leader", [])),
        "technical": meeting.ours(people.get("technical", [])),
        "version": brought.version,
        "absence": meeting.absence,
    }
    return case.ledger.append(HELD, body, key=f"negotiation/{lot}/{meeting.round}", lot=lot)


def record_moves(case: Case, lot: str, moves: Moves) -> Event:
    """Seal the moves of the price of a round into the price compartment; the ledger learns that there are some.

    Raises:
        NotNamed: the person is not in the pricing group.
        NegotiationRefused: a round that was not held.
    """
    require_named(case, "pricing")
    held = [event.body["round"] for event in case.ledger.find(type=HELD, lot=lot)]
    if moves.round not in held:
        raise NegotiationRefused(
            "negotiation: moves of round {round}, expected one of the rounds held: {held}; next: correct round",
            round=moves.round,
            held=", ".join(map(str, held)) or "-",
        )
    value = as_json(moves.model_dump(mode="json"))
    brought = seal(case, "price", f"moves/{lot}/{moves.round}", value, JSON)
    body = {"round": moves.round, "version": brought.version}
    return case.ledger.append("negotiation.moved", body, key=f"moves/{lot}/{moves.round}/{brought.version}", lot=lot)


def word(case: Case, lot: str, number: int) -> bytes:
    """Return the record of a round as a Word file; the moves of the price only for whoever may open them.

    Raises:
        UnknownObject: no such round.
    """
    known = stands(case, lot)
    meeting = Meeting.model_validate(json.loads(case.read(f"negotiation/{lot}/{number}", purpose="negotiation form")))
    filled = negotiation.fields(
        known.plan,
        meeting,
        _moves(case, lot, number),
        number=f"{case.tender}-{lot}-{number}",
        major=known.major,
        approval=f"{known.approver} {known.approved:%Y-%m-%d %H:%M}" if known.approved else "",
        signatures=[{"role": role, "name": name, "mark": "", "at": ""} for role, name in _signers(case)],
    )
    return fill.fill_bytes(catalogue.form(KIND), filled)


def _moves(case: Case, lot: str, number: int) -> list[Move] | None:
    name = f"moves/{lot}/{number}"
    if name not in case.manifests(name):
        return []
    if case.holder.name not in case.keyrings.current("price").holders:
        return None
    try:
        return list(Moves.model_validate(json.loads(case.read(name, purpose="negotiation form"))).moves)
    except NotForYou:
        return None


def _signers(case: Case) -> list[tuple[str, str]]:
    names = {row.id: row.name or row.id for row in case.people.persons}
    people = case.team
    titles = (("经办人", "handler"), ("技术支持", "technical"), ("负责领导", "leader"))
    return [(title, names.get(person, person)) for title, role in titles for person in people.get(role, [])[:1]]
