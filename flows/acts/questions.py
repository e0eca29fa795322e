"""Questions to the buyer (答疑): numbered, without our identity, with the answers (SJE/ZY/GK-02 art. 3.1, 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.acts.named import require_lot, require_named
from flows.case import Case
from flows.errors import TenderError
from flows.steps.identity_words import found_in, identifying
from flows.steps.workbook import write


class NamesUs(TenderError):
    """A question that would tell the buyer who asks."""


class TooLateToAsk(TenderError):
    """The deadline is over."""


class NoSuchQuestion(TenderError):
    """An answer to a question that was never asked."""


@dataclass(frozen=True)
class Question:
    """One question: number, lot (`-`: the whole tender), clause, text, when asked; the buyer's last answer."""

    no: int
    lot: str
    clause: str
    text: str
    asked: datetime
    answer: str = ""
    source: str = ""
    answered: datetime | None = None


def ask(case: Case, text: str, lot: str = "-", clause: str = "") -> Question:
    """Record a question under the next number; the same text is not asked twice.

    Raises:
        NotNamed: the person is not the handler, who alone speaks with the buyer (art. 3.1).
        TooLateToAsk: the deadline is over.
        NamesUs: the text contains our name, people or numbers; it says which word.
    """
    require_named(case, "handler")
    if lot != "-":
        require_lot(case, lot)
    now = datetime.now(UTC)
    if case.record.is_late(now):
        raise TooLateToAsk(
            "Tender {tender}: deadline {deadline} is over, expected a question before it; next: tender log {tender}",
            tender=case.tender,
            deadline=case.record.deadline.isoformat(timespec="minutes"),
        )
    told = found_in(f"{clause} {text}", identifying(case.record, _people(case)))
    if told:
        raise NamesUs(
            "Question on {tender}: it names us by {words}, expected none of our names, people, numbers or models; "
            "next: leave them out",
            tender=case.tender,
            words=", ".join(told),
        )
    same = next((each for each in questions(case) if (each.text, each.lot, each.clause) == (text, lot, clause)), None)
    return same or _append(case, {"lot": lot, "clause": clause, "text": text})


def _append(case: Case, body: Mapping[str, Any]) -> Question:
    """Take the next number; whoever is slower than another takes the one after."""
    while True:
        no = len(case.ledger.find(type="question.asked")) + 1
        wish = {**body, "no": no}
        event = case.ledger.append("question.asked", wish, key=f"question/-/{no}", lot=body["lot"])
        if event.body == wish and event.by == case.holder.name:
            return next(each for each in questions(case) if each.no == no)


def answer(case: Case, no: int, text: str, source: str = "") -> Question:
    """Record the buyer's answer to a question; a later one stands beside the earlier, and the last counts.

    Args:
        source: where the buyer said it: a letter, an addendum, the platform.

    Raises:
        NotNamed: the person is not the handler.
        NoSuchQuestion: no question has this number.
    """
    require_named(case, "handler")
    known = [each.no for each in questions(case)]
    if no not in known:
        raise NoSuchQuestion(
            "Question {no} of {tender}: never asked, expected one of 1 to {count}; next: tender question list {tender}",
            no=no,
            tender=case.tender,
            count=len(known),
        )
    case.ledger.append("question.answered", {"no": no, "text": text, "source": source})
    return questions(case)[no - 1]


def questions(case: Case) -> list[Question]:
    """Return every question in the order of its number, each with the buyer's last answer."""
    answers = {event.body["no"]: event for event in case.ledger.find(type="question.answered")}
    found = []
    for event in case.ledger.find(type="question.asked"):
        body, said = event.body, answers.get(event.body["no"])
        found.append(
            Question(
                body["no"],
                body["lot"],
                body["clause"],
                body["text"],
                event.at,
                said.body["text"] if said else "",
                said.body["source"] if said else "",
                said.at if said else None,
            )
        )
    return sorted(found, key=lambda each: each.no)


def for_buyer(case: Case) -> bytes:
    """Return the open questions as a workbook for the buyer: number, lot, clause, question, and nothing about us."""
    rows = [[str(q.no), q.lot, q.clause, q.text, ""] for q in questions(case) if q.answered is None]
    return write(
        {"questions": [["序号 No.", "标段 Lot", "条款号 Clause", "问题 Question", "答复 Answer"], *rows]},
        (9, 9, 14, 60, 60),
    )


def _people(case: Case) -> list[str]:
    named = {person for people in case.team.values() for person in people}
    rows = [row for row in case.people.persons if row.id in named]
    return sorted({text for row in rows for text in (row.id, row.name) if text})
