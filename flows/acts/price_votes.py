"""What is asked of a signature over a price before it is given: an open vote, an honest offer, somebody from above.

SJE/ZY/GK-02 art. 3.3.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.acts import offering
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.authority.need import AUTHORITY, EXCEPTION
from flows.steps.procedure import GATES, Gate, State
from flows.steps.rounds import RANGE_GATE, Range, require_covered
from flows.steps.signatures import closed, last_words

ABOVE: Mapping[str, Gate] = {
    decision: Gate(decision, decision, "3.3", (), ("approve",), ("offer/{lot}",), ("reject",), not_also=("pricing",))
    for decision in (AUTHORITY, EXCEPTION)
}
"""Decisions over an offer that somebody above takes; who, the offer's tier says."""


class VoteClosed(TenderError):
    """The group has decided, so that no further vote counts."""


class NothingAbove(TenderError):
    """An offer that the pricing group decides on by itself."""


class OutOfOrder(TenderError):
    """A decision before what the procedure asks for first."""


def signers_above(case: Case, gate: Gate, lot: str) -> Gate:
    """Return the gate of a decision from above with those who may take it over the newest offer.

    Raises:
        NothingAbove: the newest offer needs no such signature, or there is none.
    """
    offers = procedure.matching(f"offer/{lot}", lot, case.facts().manifests)
    claim = offering.claims(case).get(offers[0].digest) if offers else None
    signers = tuple(s for need in claim.needs if need.decision == gate.decision for s in need.signers) if claim else ()
    if not signers:
        raise NothingAbove(
            "Decision {decision} of {tender}, lot {lot}: the newest offer needs none, expected it from its tier up "
            "or under the floor (SJE/ZY/GK-02 art. 3.3); next: tender show {tender} price",
            decision=gate.decision,
            tender=case.tender,
            lot=lot,
        )
    return replace(gate, signers=signers)


def require_signable(case: Case, gate: Gate, lot: str) -> None:
    """Refuse a signature over a price that cannot count, before it is given.

    Raises:
        OutOfOrder: the clauses are not settled.
        PriceClosed, VoteClosed: the deadline is over, or the group has decided.
        ClaimDiffers: the offer is not what was declared of it.
    """
    check: Callable[[Case, str], None] | None = _CHECKS.get(gate.decision)
    if check is not None:
        check(case, lot)


def require_before(case: Case, lot: str, *stages: str) -> None:
    """Refuse a decision while a gate before it is not passed.

    Raises:
        OutOfOrder: with the first gate that is not, and who is missing there.
    """
    facts = case.facts()
    for stage in stages:
        verdict = procedure.judge(GATES[stage], lot, facts)
        if verdict.state is not State.PASSED:
            raise OutOfOrder(
                "Tender {tender}, lot {lot}: {before} is not passed, expected it first (SJE/ZY/GK-02 art. {article}); "
                "missing: {missing}; next: tender show {tender} {before} --lot {lot}",
                tender=case.tender,
                lot=lot,
                before=stage,
                article=GATES[stage].article,
                missing=verdict.lacking,
            )


def _vote(case: Case, lot: str) -> None:
    offering.require_open(case, lot)
    _require_undecided(case, GATES["price"], lot)
    require_before(case, lot, "clauses")
    offering.checked_offer(case, lot)


def _above(case: Case, lot: str) -> None:
    offering.require_open(case, lot)
    offering.checked_offer(case, lot)


def _range(case: Case, lot: str) -> None:
    _require_undecided(case, RANGE_GATE, lot)
    require_within_rights(case, lot, Range.from_json(case.read(f"range/{lot}", purpose="price range")))


def require_within_rights(case: Case, lot: str, made: Range) -> None:
    """Refuse a range before the price is decided, or one that holds a price for which somebody above has not signed.

    Raises:
        OutOfOrder: the price is not decided.
        RoundRefused: with the signature that is missing.
    """
    require_before(case, lot, "price")
    offer = offering.checked_offer(case, lot)
    require_covered(made, offer, offering.cost_of(case, lot), offering.rules_of(case))


_CHECKS: Mapping[str, Callable[[Case, str], None]] = {
    "price": _vote,
    AUTHORITY: _above,
    EXCEPTION: _above,
    RANGE_GATE.decision: _range,
    "final-review": lambda case, lot: require_before(case, lot, "clauses", "price"),
    "submission": lambda case, lot: require_before(case, lot, "clauses", "price", "final-review"),
}


def _require_undecided(case: Case, gate: Gate, lot: str) -> None:
    facts = case.facts()
    digests = frozenset(manifested.digest for manifested in procedure.subjects(gate, lot, facts.manifests))
    votes = last_words(gate, lot, facts, digests)
    if digests and closed(gate, facts, votes):
        raise VoteClosed(
            "Vote on {decision} of {tender}, lot {lot}: closed, {voters} have decided (SJE/ZY/GK-02 art. 3.3); "
            "next: a new offer opens a new vote",
            decision=gate.decision,
            tender=case.tender,
            lot=lot,
            voters=", ".join(signed.named for signed in votes),
        )
