"""A negotiation: its plan, whether it is major, each meeting, and its Word form (SJE/ZY/GK-02 art. 4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from flows.errors import TenderError
from flows.steps.value import PersonId, Positive, Text, Value


class NegotiationRefused(TenderError):
    """A meeting out of order, without the leader's approval, or without those who must take part."""


class Plan(Value):
    """What is to be negotiated, and why it is major or not; `amount` is what is at stake, in CNY, None if unknown."""

    project: Text
    customer: Text
    amount: Positive | None = None
    major: bool = False
    goals: Annotated[tuple[Text, ...], Field(min_length=1)]


class Participant(Value):
    """Someone at the table; `person` is the id of one of ours, `technical` says who gave technical support."""

    name: Text
    person: PersonId | None = None
    party: Text
    title: str = ""
    technical: bool = False


class Point(Value):
    """One point: what the customer asked, what we said, how it ended, and what we gave way on."""

    topic: Text
    demand: str = ""
    position: str = ""
    result: str = ""
    concession: str = ""


class Action(Value):
    """What is to be done after the meeting, by whom and until when."""

    what: Text
    who: Text
    due: date


class Meeting(Value):
    """One round of a negotiation as it was held; `absence` is why someone who must take part did not."""

    round: Annotated[int, Field(ge=1)]
    at: datetime
    place: Text
    people: Annotated[tuple[Participant, ...], Field(min_length=2)]
    support: str = ""
    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    actions: tuple[Action, ...] = ()
    absence: str = ""

    def ours(self, ids: Sequence[str]) -> list[str]:
        """Return which of some people of ours sat at the table."""
        return [each.person for each in self.people if each.person is not None and each.person in ids]


class Move(Value):
    """One move of the price: what moved, before and after; kept in the price compartment only."""

    what: Text
    before: Positive
    after: Positive
    unit: Literal["CNY", "USD", "EUR"] = "CNY"


class Moves(Value):
    """The moves of the price in one round."""

    round: Annotated[int, Field(ge=1)]
    moves: Annotated[tuple[Move, ...], Field(min_length=1)]


def is_major(plan: Plan, threshold: Decimal) -> bool:
    """Tell whether a negotiation is major: it says so, its amount reaches the threshold, or nobody knows the amount."""
    return plan.major or plan.amount is None or plan.amount >= threshold


def require_meeting(
    meeting: Meeting,
    *,
    held: Sequence[int],
    major: bool,
    approved: datetime | None,
    leaders: Sequence[str],
    technical: Sequence[str],
    now: datetime,
) -> None:
    """Refuse a meeting that cannot be recorded.

    Args:
        held: the rounds on record.
        approved: when the leader approved the plan; None if nobody has.
        leaders, technical: ids of those who must take part in a major negotiation.

    Raises:
        NegotiationRefused: with the article, what is missing and who can do it.
    """
    expected = len(held) + 1
    if meeting.round != expected:
        raise NegotiationRefused(
            "negotiation: round {found}, expected {expected}; next: correct round",
            found=meeting.round,
            expected=expected,
        )
    if meeting.at > now:
        raise NegotiationRefused(
            "negotiation: round {round} at {at}, a time to come; next: record it when it was held",
            round=meeting.round,
            at=meeting.at.isoformat(timespec="minutes"),
        )
    if not major:
        return
    if approved is None or approved > meeting.at:
        raise NegotiationRefused(
            "negotiation: it is major, and {leaders} had not approved it at {at}, expected that before the first "
            "meeting (SJE/ZY/GK-02 art. 4); next: tender negotiation approve, by the leader",
            leaders=", ".join(leaders),
            at=meeting.at.isoformat(timespec="minutes"),
        )
    missing = [role for role, ids in (("leader", leaders), ("technical", technical)) if not meeting.ours(ids)]
    if missing and not meeting.absence.strip():
        raise NegotiationRefused(
            "negotiation: it is major, and {missing} did not take part, expected both leader and technical department "
            "(SJE/ZY/GK-02 art. 4); next: name them under people, or say why under absence",
            missing=" / ".join(missing),
        )


def fields(
    plan: Plan,
    meeting: Meeting,
    moves: Sequence[Move] | None,
    *,
    number: str,
    major: bool,
    approval: str,
    signatures: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """Return what the form 谈判记录 is filled with.

    Args:
        moves: None for a reader who may not open the price compartment.
        approval: the leader's approval in words, empty if none.
    """
    hidden = [{"what": "见报价分区（仅限报价小组）", "before": "", "after": ""}]
    return {
        "form": {"number": number, "signatures": list(signatures)},
        "negotiation": {
            "round": str(meeting.round),
            "project": plan.project,
            "customer": plan.customer,
            "major": "是" if major else "否",
            "at": f"{meeting.at:%Y年%m月%d日 %H:%M}",
            "place": meeting.place,
            "approval": approval or "不需要",
            "people": [
                {"name": p.name, "party": p.party, "title": p.title, "technical": "是" if p.technical else "否"}
                for p in meeting.people
            ],
            "points": [
                {
                    **point.model_dump(exclude={"concession"}),
                    "result": "；让步：".join(filter(None, (point.result, point.concession))),
                }
                for point in meeting.points
            ],
            "moves": hidden
            if moves is None
            else [{"what": m.what, "before": f"{m.before:,.2f}", "after": f"{m.after:,.2f}"} for m in moves],
            "actions": [
                {"what": action.what, "who": action.who, "due": f"{action.due:%Y年%m月%d日}"}
                for action in meeting.actions
            ],
        },
    }
