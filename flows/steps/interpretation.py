"""The register of interpretations of the rule: numbered, dated, by the department that interprets it.

SJE/ZY/GK-02 art. 5: the customer-service department interprets the rule.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.errors import TenderError

ARTICLES = (
    "aim", "1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "5",
)  # fmt: skip
"""The articles of the rule, in its order."""


class InterpretationRefused(TenderError):
    """An interpretation of an article that does not exist, without words, or by another department."""


@dataclass(frozen=True)
class Interpretation:
    """One entry of the register; `by` is the holder who signed it."""

    number: int
    article: str
    question: str
    text: str
    procedure: str
    by: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON value."""
        return {**vars(self), "at": self.at.isoformat()}


def body(number: int, article: str, question: str, text: str, procedure: str) -> dict[str, Any]:
    """Return the body of an event `interpretation.recorded`.

    Raises:
        InterpretationRefused: no such article, or no words.
    """
    if article not in ARTICLES:
        raise InterpretationRefused(
            "interpretation: article {found} not known, expected one of {expected}; next: tender procedure interpret",
            found=article,
            expected=", ".join(ARTICLES),
        )
    if not text.strip() or not question.strip():
        raise InterpretationRefused(
            "interpretation of art. {article}: found no question or no answer, expected both; next: write them",
            article=article,
        )
    return {
        "number": number,
        "article": article,
        "question": question.strip(),
        "text": text.strip(),
        "procedure": procedure,
    }


def of(event_body: Mapping[str, Any], by: str, at: datetime) -> Interpretation:
    """Return the entry of an event."""
    return Interpretation(
        event_body["number"],
        event_body["article"],
        event_body["question"],
        event_body["text"],
        event_body["procedure"],
        by,
        at,
    )


def valid(entries: Iterable[Interpretation], may: Callable[[str, datetime], bool]) -> list[Interpretation]:
    """Return the entries of those who may interpret the rule; `may` gets a holder and a time."""
    return [entry for entry in entries if may(entry.by, entry.at)]
