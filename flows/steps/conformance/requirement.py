"""One requirement of the rule and what the events say of it; requirements register themselves by article."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from flows.steps.conformance.evidence import Evidence


class Conformity(StrEnum):
    """How a requirement stands."""

    SATISFIED = "satisfied"
    OPEN = "open"
    BROKEN = "broken"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True)
class Found:
    """What the events say: the state, the numbers of the events that show it, and what is missing (message id)."""

    state: Conformity
    events: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """A requirement of an article judged for a lot, or for the whole tender (`-`)."""

    article: str
    requirement: str
    lot: str
    state: Conformity
    events: tuple[int, ...] = ()
    note: str = ""


Judge = Callable[[Evidence, str], Found]


@dataclass(frozen=True)
class Requirement:
    """What an article asks for (message id), whether of each lot, and how it is judged."""

    article: str
    text: str
    per_lot: bool
    judge: Judge


REQUIREMENTS: list[Requirement] = []


def requirement(article: str, text: str, *, per_lot: bool = True) -> Callable[[Judge], Judge]:
    """Register a function as the judge of a requirement."""

    def register(judge: Judge) -> Judge:
        REQUIREMENTS.append(Requirement(article, text, per_lot, judge))
        return judge

    return register


def satisfied(events: Iterable[int], note: str = "") -> Found:
    """Return that the requirement is met, by these events."""
    return Found(Conformity.SATISFIED, tuple(events), note)


def still_open(note: str, events: Iterable[int] = ()) -> Found:
    """Return that the requirement is not met yet, and what is missing."""
    return Found(Conformity.OPEN, tuple(events), note)


def broken(note: str, events: Iterable[int] = ()) -> Found:
    """Return that the requirement was broken by these events, and how."""
    return Found(Conformity.BROKEN, tuple(events), note)


def not_applicable(note: str = "") -> Found:
    """Return that the requirement asks nothing of this tender, and why."""
    return Found(Conformity.NOT_APPLICABLE, (), note)
