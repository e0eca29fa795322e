"""How far a notice is: derived from its events and signatures, never typed (SJE/ZY/GK-02 art. 2.2 to 2.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows.steps.notices.notice import Notice, NoticeRefused
from flows.steps.notices.term import is_overdue, was_on_time
from flows.steps.procedure import Gate


class Act(StrEnum):
    """What is done with a notice, in the order of the rule."""

    SIGN = "sign"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    ANSWER = "answer"
    FEEDBACK = "feedback"
    ACKNOWLEDGE = "acknowledge"
    CLOSE = "close"


class Stage(StrEnum):
    """Where a notice is."""

    SIGNING = "to be signed"
    DISPATCHING = "to be dispatched"
    RECEIVING = "to be received"
    ANSWERING = "to be answered"
    FEEDING_BACK = "to be fed back"
    ACKNOWLEDGING = "to be acknowledged"
    CLOSING = "to be closed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


BEFORE: Mapping[Act, Stage] = dict(zip(Act, Stage, strict=False))
"""The stage in which each act is due."""
DONE: Mapping[str, Act] = {
    "notice.dispatched": Act.DISPATCH,
    "notice.received": Act.RECEIVE,
    "notice.answered": Act.ANSWER,
    "notice.fed-back": Act.FEEDBACK,
    "notice.closed": Act.CLOSE,
}
"""The events that say that an act was done; signatures say it for the other acts."""
NOTICE, OUTGOING, FEEDBACK = "notice/-/notice.docx", "notice/-/outgoing.docx", "notice/-/feedback.docx"
"""Object names of the three papers that are signed."""
KEPT = "notice/-/closed.docx"
"""The form as it stood when the notice was closed, with signatures, result and acknowledgement."""
SIGNED = (Act.SIGN, Act.DISPATCH, Act.ACKNOWLEDGE)
"""The acts that are signatures over a paper."""
_GATES = {
    gate.stage: gate
    for gate in (
        Gate("sign", "notice", "2.2", ("handler", "leader"), ("sign",), (NOTICE,), per_lot=False),
        Gate("dispatch", "notice-outgoing", "2.3", ("handler",), ("sign",), (OUTGOING,), per_lot=False),
        Gate("receive", "notice-receipt", "2.5", ("technical",), ("done",), (), per_lot=False),
        Gate("answer", "notice-answer", "2.3", ("technical",), ("done",), (), per_lot=False),
        Gate("feedback", "notice-feedback", "2.4", ("technical",), ("done",), (), per_lot=False),
        Gate("acknowledge", "notice-received", "2.4", ("handler",), ("sign",), (FEEDBACK,), per_lot=False),
        Gate("close", "notice-closing", "2.5", ("handler", "leader"), ("done",), (), per_lot=False),
        Gate("cancel", "notice-cancelling", "2.5", ("handler", "leader"), ("done",), (), per_lot=False),
    )
}
CANCEL = "cancel"


def gate_of(act: str, notice: Notice) -> Gate:
    """Return who does an act by which article, and over which paper; the own department answers as handler."""
    gate = _GATES[act]
    return replace(gate, signers=("handler",)) if gate.signers == ("technical",) and not notice.goes_out else gate


def named_for(act: str, notice: Notice, undertakers: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return role → ids of those who do an act: the author and the leader sign, the handler dispatches, and so on.

    Args:
        undertakers: the people of the undertaking department who may answer.
    """
    handlers = {Act.SIGN: (notice.author,), Act.ACKNOWLEDGE: (notice.author,), CANCEL: (notice.author, notice.handler)}
    named = {
        "handler": handlers.get(act, (notice.handler,)),
        "leader": (notice.leader,),
        "technical": tuple(undertakers),
    }
    return {role: named[role] for role in gate_of(act, notice).signers}


@dataclass(frozen=True)
class Happened:
    """One event of a notice's ledger: its type, time, author's id and body."""

    type: str
    at: datetime
    by: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How far a notice is.

    Attributes:
        undertakers: ids of the people who may answer for the undertaking department.
        done: act → when it was done.
        result: what the last answer says; `completed` is when it was given.
        waits_for: whose turn it is, as `role: person`.
        cancelled: reason of the cancellation, or None.
    """

    id: str
    notice: Notice
    undertakers: tuple[str, ...]
    done: Mapping[Act, datetime]
    result: str = ""
    waits_for: tuple[str, ...] = ()
    cancelled: str | None = None

    @property
    def acts(self) -> tuple[Act, ...]:
        """Return the acts that this notice needs, in order: nothing is dispatched to the own department."""
        skipped = () if self.notice.goes_out else (Act.DISPATCH, Act.RECEIVE)
        return tuple(act for act in Act if act not in skipped)

    @property
    def next(self) -> Act | None:
        """Return the first act that was not done; None when it is over."""
        return None if self.over else next(act for act in self.acts if act not in self.done)

    @property
    def over(self) -> bool:
        """Tell whether it is closed or cancelled."""
        return self.cancelled is not None or Act.CLOSE in self.done

    @property
    def stage(self) -> Stage:
        """Return where the notice is."""
        if self.cancelled is not None:
            return Stage.CANCELLED
        return Stage.CLOSED if self.next is None else BEFORE[self.next]

    @property
    def completed(self) -> datetime | None:
        """Return when it was answered: the time of the answer's event."""
        return self.done.get(Act.ANSWER)

    def overdue(self, now: datetime) -> bool:
        """Tell whether it is due without an answer."""
        return is_overdue(self.notice.due, self.completed, now, over=self.over)

    def on_time(self, now: datetime) -> bool | None:
        """Tell whether it was answered on time; None while that is open, and for a cancelled one."""
        cancelled = self.cancelled is not None
        return was_on_time(self.notice.due, self.completed, now, over=self.over, cancelled=cancelled)


def derive(
    id: str,
    notice: Notice,
    undertakers: tuple[str, ...],
    events: Sequence[Happened],
    signed: Mapping[Act, datetime],
    missing: Sequence[str] = (),
) -> Standing:
    """Return how far a notice is.

    Args:
        undertakers: see `Standing`.
        events: of its ledger, in order.
        signed: act of `SIGNED` whose signatures are complete → time of the last one.
        missing: the signatures that the next gate lacks, as `role: person`.
    """
    done: dict[Act, datetime] = {DONE[event.type]: event.at for event in events if event.type in DONE}
    if Act.DISPATCH not in signed:
        done.pop(Act.DISPATCH, None)  # sent without the handler's signature
    done |= {act: at for act, at in signed.items() if act is not Act.DISPATCH}
    answers = [str(event.body["result"]) for event in events if event.type == "notice.answered"]
    cancelled = next((str(event.body["reason"]) for event in events if event.type == "notice.cancelled"), None)
    standing = Standing(id, notice, undertakers, done, answers[-1] if answers else "", (), cancelled)
    return replace(standing, waits_for=_turn(standing, tuple(missing)))


def _turn(standing: Standing, missing: tuple[str, ...]) -> tuple[str, ...]:
    act = standing.next
    if act is None:
        return ()
    if missing:
        return missing
    named = named_for(act, standing.notice, standing.undertakers)
    role = gate_of(act, standing.notice).signers[0]
    return tuple(f"{role}: {person}" for person in named[role])


def require(standing: Standing, act: Act) -> None:
    """Refuse an act out of order; an answer may be corrected until it was fed back.

    Raises:
        NoticeRefused: with the article, what is missing and who can do it.
    """
    if standing.over:
        raise NoticeRefused(
            "Notice {id}: {stage}, expected an open one (SJE/ZY/GK-02 art. 2.5); next: tender notice new",
            id=standing.id,
            stage=standing.stage.value,
        )
    corrects = act is Act.ANSWER and standing.next is Act.FEEDBACK
    skips = act is Act.ANSWER and standing.next is Act.RECEIVE  # whoever answers has received
    if act is standing.next or corrects or skips:
        return
    if act in standing.done:
        raise NoticeRefused(
            "Notice {id}: {act} was done at {at}, expected it once (SJE/ZY/GK-02 art. {article}); "
            "next: tender notice show {id}",
            id=standing.id,
            act=act.value,
            at=standing.done[act].isoformat(timespec="minutes"),
            article=gate_of(act, standing.notice).article,
        )
    lacking = standing.next or act
    raise NoticeRefused(
        "Notice {id}: {act} out of order, {missing} is missing (SJE/ZY/GK-02 art. {article}), expected first from "
        "{who}; next: tender notice show {id}",
        id=standing.id,
        act=act.value,
        missing=lacking.value,
        article=gate_of(lacking, standing.notice).article,
        who="; ".join(standing.waits_for),
    )
