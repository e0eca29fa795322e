"""Answers of earlier tenders, gathered from the clause matrices that a person may open; each read is logged."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows import wiring
from flows.acts.named import require_lot
from flows.case import Case, case_of
from flows.steps.library.answers import Answered, Answers, Offer
from flows.steps.tender import Clause
from storage.keyring import NotForYou, not_for_you
from storage.objects import AccessDenied

OPEN, UNKNOWN = "open", "unknown"
"""The outcome of a lot that has none yet, and of one whose archive the person may not open."""
OPENING = "opening/-"
PURPOSE = "answers to similar clauses"


@dataclass(frozen=True)
class Gathered:
    """Every answered clause found, and the tenders whose compartments are closed to the person."""

    answered: tuple[Answered, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True)
class Offers:
    """What can be offered.

    Attributes:
        offers: number, words and earlier answers of each clause asked.
        clauses, tenders: how many answered clauses were read, of how many tenders.
        closed: tenders whose compartments are closed to the person.
    """

    offers: list[tuple[str, str, list[Offer]]]
    clauses: int
    tenders: int
    closed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return them as a JSON value."""
        offers = [
            {"clause": number, "words": words, "answers": [o.to_json() for o in found]}
            for number, words, found in self.offers
        ]
        return {"offers": offers, "clauses": self.clauses, "tenders": self.tenders, "closed": list(self.closed)}


def gather(person: str, tenders: Iterable[str] = (), *, but: str = "") -> Gathered:
    """Return the answered clauses of tenders.

    Args:
        person: who reads; only what they may open is read.
        tenders: their ids; none: every tender in the store.
        but: a tender to leave out, the one whose clauses are to be answered.
    """
    answered: list[Answered] = []
    closed: list[str] = []
    first: Case | None = None
    for tender in tenders or wiring.tenders():
        if tender == but:
            continue
        case = _beside(first, tender) if first else wiring.open_case(tender, person=person)
        first = first or case
        try:
            answered += _answered(case)
        except (NotForYou, AccessDenied):
            closed.append(tender)
    return Gathered(tuple(answered), tuple(closed))


def _beside(first: Case, tender: str) -> Case:
    """Open another tender for the same person without asking for the passphrase again."""
    cache = wiring.settings().home / "cache" / first.holder.name.replace(":", "-")
    return case_of(first.store, tender, first.holder, first.people, cache)


def asked(person: str, tender: str, lot: str) -> list[tuple[str, str]]:
    """Return number and requirement of each clause of a lot; the lot may be left out where there is only one.

    Raises:
        TenderError: no such lot, or several and none named.
    """
    case = wiring.open_case(tender, person=person)
    named = lot or (case.lot_ids[0] if len(case.lot_ids) == 1 else "")
    require_lot(case, named)
    return [(clause.clause, clause.requirement) for clause in case.with_clauses(named).lot(named).clauses]


def offer(person: str, wanted: Sequence[tuple[str, str]], within: Iterable[str], *, but: str, most: int) -> Offers:
    """Return for each clause asked the earlier answers to the most similar clauses.

    Args:
        wanted: number (may be empty) and words of each clause.
        within, but: see `gather`.
        most: how many answers for one clause.
    """
    gathered = gather(person, within, but=but)
    answers = Answers(gathered.answered)
    found = [(number, text, answers.similar(text, most)) for number, text in wanted]
    tenders = len({each.tender for each in gathered.answered})
    return Offers(found, len(answers), tenders, gathered.closed)


def _answered(case: Case) -> Iterator[Answered]:
    manifests = case.manifests("clauses/*")
    if manifests and not _opens(case, "technical"):
        raise not_for_you("technical", case.tender, case.holder)
    outcomes = _outcomes(case)
    for name in sorted(manifests):
        lot = name.partition("/")[2]
        for row in json.loads(case.read(name, purpose=PURPOSE)):
            clause = Clause.model_validate(row)
            yield Answered(case.tender, case.record.title, lot, clause, outcomes[lot])


def _outcomes(case: Case) -> dict[str, str]:
    """Return how each lot ended: by the archive where the person may open it, else by what the ledger says."""
    archived = OPENING in case.manifests(OPENING)
    told = dict.fromkeys(case.lot_ids, UNKNOWN if archived else OPEN) | case.ended()
    if not archived or not _opens(case, "archive"):
        return told
    value = json.loads(case.read(OPENING, purpose=PURPOSE))
    return told | {entry["lot"]: entry["result"] for entry in value["outcomes"]}


def _opens(case: Case, compartment: str) -> bool:
    """Tell from the ledger whether the person stands in a keyring; trying would put a refused read on record."""
    changes = [*case.ledger.find(type="compartment.created"), *case.ledger.find(type="keyring.changed")]
    newest = {event.body["compartment"]: event.body for event in sorted(changes, key=lambda event: event.seq)}
    return case.holder.name in newest.get(compartment, {}).get("holders", ())
