"""A final review that was refused goes back, with its comment, to one step; what was decided there before is void.

SJE/ZY/GK-02 art. 3.3: only what changes after that is done again, the rest stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.steps.procedure import Facts, Signed

BACK_TO = ("clauses", "drafts", "price")
"""The steps that a review may go back to."""
REVIEW = "final-review"


def reason(step: str, comment: str) -> str:
    """Return the reason of a refusal that goes back to a step."""
    return f"{step}: {comment}"


def step_of(signed: Signed) -> str:
    """Return the step that a refusal goes back to; empty when it names none."""
    step = signed.reason.partition(": ")[0]
    return step if step in BACK_TO else ""


def returned(stage: str, lot: str, facts: Facts) -> Signed | None:
    """Return the refusal that sent a lot back to a stage and that no later review has taken back."""
    reviewers = set(facts.people.get("reviewer", ())) - set(facts.people.get("handler", ()))
    words = {
        signed.named: signed
        for signed in facts.decisions
        if (signed.decision, signed.lot, signed.role) == (REVIEW, lot, "reviewer") and signed.named in reviewers
    }
    back = [signed for signed in words.values() if signed.verdict == "reject" and step_of(signed) == stage]
    return max(back, key=lambda signed: signed.at, default=None)
