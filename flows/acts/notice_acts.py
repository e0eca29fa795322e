"""What is done with a notice: each act by who may, in order, with its paper, number and event (art. 2.2 to 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.acts import notice_papers, signing
from flows.acts.notices import Matter, number
from flows.acts.on_paper import put_on_paper
from flows.acts.sealing import seal
from flows.acts.signing import Right, SignedEvent
from flows.steps.notices.forms import DOCX
from flows.steps.notices.notice import NoticeRefused
from flows.steps.notices.standing import CANCEL, FEEDBACK, KEPT, OUTGOING, Act, gate_of, named_for, require
from flows.steps.procedure import WHOLE_TENDER
from flows.steps.read_technical_inputs import read_input


@dataclass(frozen=True)
class Hand:
    """In whose right an act is done, and by what kind of signature.

    Attributes:
        principal: the person deputised for; empty for the own right.
        signer: who signed on paper, with the holder as a witness; empty for the own key.
        scan: PDF of that paper, from the first witness.
    """

    principal: str = ""
    signer: str = ""
    scan: Path | None = None


OWN = Hand()


def sign(matter: Matter, hand: Hand = OWN) -> SignedEvent:
    """Sign the notice as the person who took the customer's information, or as the responsible leader (art. 2.2)."""
    require(matter.standing(), Act.SIGN)
    return _sign(matter, Act.SIGN, hand)


def dispatch(matter: Matter, hand: Hand = OWN) -> str:
    """Number the outgoing notice, sign it as its handler and send it to the undertaking department (art. 2.3).

    Returns:
        The number of the outgoing notice.
    """
    require(matter.standing(), Act.DISPATCH)
    _right(matter, Act.DISPATCH, hand)
    entry = number(matter, matter.notice.department, "out", "out", datetime.now(UTC))
    if OUTGOING not in matter.case.manifests(OUTGOING):
        seal(matter.case, "procedure", OUTGOING, notice_papers.outgoing(matter, entry.name), DOCX)
    _sign(matter, Act.DISPATCH, hand)
    _note(matter, "notice.dispatched", to=matter.notice.undertaker, number=entry.name)
    return entry.name


def receive(matter: Matter, hand: Hand = OWN) -> str:
    """Number the notice in the register of the department that answers it (art. 2.5); return the number."""
    require(matter.standing(), Act.RECEIVE)
    _right(matter, Act.RECEIVE, hand)
    entry = number(matter, matter.notice.undertaker, "in", "receipt", datetime.now(UTC))
    _note(matter, "notice.received", number=entry.name)
    return entry.name


def answer(
    matter: Matter, result: str, answers: Sequence[str] = (), files: Sequence[Path] = (), hand: Hand = OWN
) -> None:
    """Put the result on record, which also is when the notice was completed (art. 2.3, 2.5).

    Args:
        result: what came of the notice.
        answers: one per requirement, or none.
        files: what goes with it.
    """
    standing = matter.standing()
    require(standing, Act.ANSWER)
    _right(matter, Act.ANSWER, hand)
    lines = matter.notice.lines
    if not result.strip() or len(answers) not in (0, len(lines)):
        raise NoticeRefused(
            "Notice {id}: found a result of {length} characters and {answers} answers, expected a result, and an "
            "answer to each of the {lines} requirements or to none (SJE/ZY/GK-02 art. 2.5); next: "
            "add --result and --answer",
            id=matter.id,
            length=len(result.strip()),
            answers=len(answers),
            lines=len(lines),
        )
    read = [read_input(file.parent, file.name) for file in files]  # all are read before one is sealed
    if standing.next is Act.RECEIVE:
        receive(matter, hand)
    for file in read:
        seal(matter.case, "procedure", f"notice/-/answer/{file.name}", file.data, file.media_type)
    named = {file.name: file.sha256 for file in read}
    _note(matter, "notice.answered", result=result.strip(), answers=list(answers), files=named)


def feed_back(matter: Matter, hand: Hand = OWN) -> str:
    """Send result and answers in writing to the author of the notice (art. 2.4); return the feedback's number."""
    require(matter.standing(), Act.FEEDBACK)
    _right(matter, Act.FEEDBACK, hand)
    now = datetime.now(UTC)
    entry = number(matter, matter.notice.undertaker, "out", "feedback", now)
    if FEEDBACK not in matter.case.manifests(FEEDBACK):
        seal(matter.case, "procedure", FEEDBACK, notice_papers.feedback(matter, entry.name, now), DOCX)
    _note(matter, "notice.fed-back", to=matter.notice.author, number=entry.name)
    return entry.name


def acknowledge(matter: Matter, hand: Hand = OWN) -> SignedEvent:
    """Sign as the author that the feedback has come (art. 2.4)."""
    require(matter.standing(), Act.ACKNOWLEDGE)
    return _sign(matter, Act.ACKNOWLEDGE, hand)


def close(matter: Matter, hand: Hand = OWN) -> None:
    """Close a notice whose result, completion time and acknowledgement stand, and keep its form (art. 2.5)."""
    standing = matter.standing()
    require(standing, Act.CLOSE)
    _right(matter, Act.CLOSE, hand)
    completed = standing.done[Act.ANSWER]
    seal(matter.case, "procedure", KEPT, notice_papers.printed(matter), DOCX)
    _note(matter, "notice.closed", result=standing.result, completed_at=completed.isoformat())


def cancel(matter: Matter, reason: str, hand: Hand = OWN) -> None:
    """Cancel an open notice with a reason; its numbers and papers stay (art. 2.5)."""
    standing = matter.standing()
    _right(matter, CANCEL, hand)
    if standing.over:
        raise NoticeRefused(
            "Notice {id}: {stage}, expected an open notice (SJE/ZY/GK-02 art. 2.5); next: tender notice show {id}",
            id=matter.id,
            stage=standing.stage.value,
        )
    if not reason.strip():
        raise NoticeRefused(
            "Notice {id}: no reason found, expected why it is cancelled (SJE/ZY/GK-02 art. 2.5); next: add --reason",
            id=matter.id,
        )
    _note(matter, "notice.cancelled", reason=reason.strip())


def _right(matter: Matter, act: str, hand: Hand) -> Right:
    """Refuse whoever may not do an act, in their own right or as a deputy; the message says who may."""
    gate = gate_of(act, matter.notice)
    named = named_for(act, matter.notice, matter.undertakers)
    return signing.right(matter.case, gate, WHOLE_TENDER, named, hand.principal)


def _sign(matter: Matter, act: Act, hand: Hand) -> SignedEvent:
    gate = gate_of(act, matter.notice)
    papers = matter.judge(act).subjects
    if not papers:
        raise NoticeRefused(
            "Notice {id}: its paper {paper} is not there, expected it sealed when it was made (SJE/ZY/GK-02 art. "
            "{article}); next: tender notice new again, with the same file",
            id=matter.id,
            paper=gate.subjects[0],
            article=gate.article,
        )
    named = named_for(act, matter.notice, matter.undertakers)
    if hand.signer:
        return put_on_paper(matter.case, gate, WHOLE_TENDER, "sign", hand.signer, papers, named, hand.scan)
    return signing.put(matter.case, gate, WHOLE_TENDER, "sign", _right(matter, act, hand), papers)


def _note(matter: Matter, event: str, **body: object) -> None:
    """Append the event of an act; an act that is repeated by intention (an answer that is corrected) has no key."""
    key = None if event == "notice.answered" else event
    matter.case.ledger.append(event, body, key=key)
