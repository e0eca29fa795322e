"""Rounds of price: the range that the group signs beforehand, and what the representative said, held against it.

SJE/ZY/GK-02 art. 3.3 and 4. Range and rounds lie in a compartment of their own, so that the representative sees neither
cost nor floor.
"""

from datetime import UTC, datetime
from decimal import Decimal

from flows.acts.named import require_lot, require_named
from flows.acts.price_votes import require_within_rights
from flows.acts.sealing import JSON, Brought, as_json, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure
from flows.steps.procedure import State
from flows.steps.rounds import FIRST, RANGE_GATE, Range, make_range, make_round


class NoRounds(TenderError):
    """A lot that has one round of price only."""


class RangeUnsigned(TenderError):
    """A price of a round before the group has signed the range for it."""


class RoundTaken(TenderError):
    """A price for a round that has one, or before the round before it."""


def seal_range(case: Case, lot: str, low: Decimal, high: Decimal) -> Brought:
    """Seal the range of a lot; its group then signs it: `tender sign ID price-range`.

    Raises:
        NotNamed: the person is not in the pricing group.
        NoRounds: the record says one round.
        OutOfOrder: the price is not decided.
        RoundRefused: an empty range, one over the ceiling, or one that holds a price which nobody above signed for.
    """
    require_named(case, "pricing")
    _require_rounds(case, lot)
    made = make_range(lot, case.record.money.currency, low, high, case.record.lot(lot).ceiling)
    require_within_rights(case, lot, made)
    return seal(case, "rounds", f"range/{lot}", made.to_json(), JSON)


def record_round(case: Case, lot: str, number: int, price: Decimal) -> Brought:
    """Seal what the representative said in a round; the price must lie in the signed range.

    Raises:
        NotNamed: the person is not the representative of this tender.
        RangeUnsigned: the group's quorum has not signed the newest range.
        RoundRefused: no such round, or a price outside the range.
        RoundTaken: the round has its price, or the one before has none.
    """
    require_named(case, "representative")
    _require_rounds(case, lot)
    verdict = procedure.judge(RANGE_GATE, lot, case.facts())
    if verdict.state is not State.PASSED:
        raise RangeUnsigned(
            "Round {number} of {tender}, lot {lot}: the range is not signed, missing {missing} "
            "(SJE/ZY/GK-02 art. 3.3); next: tender sign {tender} price-range, by the pricing group",
            number=number,
            tender=case.tender,
            lot=lot,
            missing=verdict.lacking,
        )
    _require_next(case, lot, number)
    allowed = Range.from_json(case.read(f"range/{lot}", purpose="price round"))
    made = make_round(lot, number, case.record.lot(lot).rounds, price, allowed, datetime.now(UTC))
    brought = seal(case, "rounds", f"round/{lot}/{number}", as_json(made), JSON)
    digest = case.manifests(brought.name)[brought.name].digest
    body = {"round": number, "object": digest, "range": verdict.subjects[0].digest}
    case.ledger.append("price.round", body, key=f"price.round/{lot}/{number}", lot=lot)
    return brought


def _require_rounds(case: Case, lot: str) -> None:
    require_lot(case, lot)
    rounds = case.record.lot(lot).rounds
    if rounds < FIRST or not case.record.people.representative:
        raise NoRounds(
            "Lot {lot} of {tender}: found {rounds} round and representative {who}, expected 2 rounds or more and a "
            "person; next: rounds and people.representative in tender.yaml",
            lot=lot,
            tender=case.tender,
            rounds=rounds,
            who=case.record.people.representative or "-",
        )


def _require_next(case: Case, lot: str, number: int) -> None:
    said = {event.body["round"] for event in case.ledger.find(type="price.round", lot=lot)}
    if number in said or (number > FIRST and number - 1 not in said):
        raise RoundTaken(
            "Round {number} of {tender}, lot {lot}: rounds with a price: {said}, expected the next one; "
            "next: tender log {tender}",
            number=number,
            tender=case.tender,
            lot=lot,
            said=", ".join(map(str, sorted(said))) or "-",
        )
