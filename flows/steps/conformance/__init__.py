"""How a bid stands against the rule SJE/ZY/GK-02, article by article, from verified events alone."""

from flows.steps.conformance import after, before, price  # noqa: F401 - each registers its requirements
from flows.steps.conformance.evidence import Evidence, Happened, NoticeSeen, Word
from flows.steps.conformance.requirement import Conformity, Finding
from flows.steps.conformance.statement import Article, judge

__all__ = ["Article", "Conformity", "Evidence", "Finding", "Happened", "NoticeSeen", "Word", "judge"]
