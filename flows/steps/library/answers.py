"""Answers to similar clauses of earlier tenders: the clause, what we answered, the deviation, how the lot ended.

Two clauses are as similar as the words that they share, rare words counting more (Dice's coefficient over pairs of
Chinese characters and Latin words, weighted by inverse document frequency). The measure needs no training, treats every
clause alike, and its 1 means: the same words.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.steps.library.tokens import grams
from flows.steps.tender import Clause

LEAST = 0.15
"""Below it two clauses share little but the phrases that all clauses share."""


OUTCOMES: Mapping[str, str] = {
    "won": "won",
    "lost": "lost",
    "rejected": "bid rejected",
    "failed": "tender failed",
    "terminated": "terminated by the buyer",
    "submitted": "submitted",
    "no-bid": "no-bid",
    "withdrawn": "withdrawn",
    "revoked": "revoked",
    "open": "still open",
    "unknown": "not known to you",
}
"""How the outcome of a lot is called on the screen: English message ids."""


@dataclass(frozen=True)
class Answered:
    """One clause that was answered: tender and lot, the row of the clause matrix, the outcome of the lot."""

    tender: str
    title: str
    lot: str
    clause: Clause
    outcome: str


@dataclass(frozen=True)
class Offer:
    """An earlier answer and how similar its clause is: 1 the same words, 0 none of them."""

    answered: Answered
    similarity: float

    def to_json(self) -> dict[str, Any]:
        """Return the offer as a JSON value."""
        return {
            "similarity": round(self.similarity, 3),
            "tender": self.answered.tender,
            "title": self.answered.title,
            "lot": self.answered.lot,
            "outcome": self.answered.outcome,
            **{name: value for name, value in self.answered.clause.model_dump().items() if name != "place"},
        }


class Answers:
    """The answered clauses that can be offered.

    Args:
        answered: of every tender that may be read.
    """

    def __init__(self, answered: Iterable[Answered]) -> None:
        self._answered = [(each, frozenset(grams(each.clause.requirement))) for each in answered if _says(each.clause)]
        counts = Counter(gram for _, found in self._answered for gram in found)
        total = len(self._answered)
        self._weights = {gram: math.log(1 + total / count) for gram, count in counts.items()}
        self._rarest = math.log(1 + total) if total else 0.0

    def __len__(self) -> int:
        return len(self._answered)

    def similar(self, text: str, most: int = 5) -> list[Offer]:
        """Return the answers to the clauses most similar to a text, the most similar first, won before lost."""
        wanted = frozenset(grams(text))
        mass = self._mass(wanted)
        if not mass:
            return []
        offers = [
            Offer(each, 2 * self._mass(wanted & found) / (mass + self._mass(found))) for each, found in self._answered
        ]
        fit = [offer for offer in offers if offer.similarity >= LEAST]
        return sorted(fit, key=lambda offer: (-offer.similarity, offer.answered.outcome != "won"))[:most]

    def _mass(self, found: Iterable[str]) -> float:
        return sum(self._weights.get(gram, self._rarest) for gram in found)


def _says(clause: Clause) -> bool:
    return bool(clause.response or clause.offered)
