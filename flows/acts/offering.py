"""The price offer of a lot: what must stand before it, what it declares, and that a claim is what the offer shows.

SJE/ZY/GK-02 art. 3.3: the pricing group is the only source of a price. An offer's amounts stay in the price
compartment; the ledger learns which signatures it needs, so that gates can judge without opening a price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows import settings
from flows.acts.sealing import JSON, Brought, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps import authority, procedure, proposals
from flows.steps.authority import PriceRules
from flows.steps.authority.need import Need
from flows.steps.cost import CostSheet
from flows.steps.price import PriceOffer, over_ceiling, read_offer


class NotYetThere(TenderError):
    """Something is missing that comes before a price."""


class PriceClosed(TenderError):
    """The deadline is over, so that no price can be offered or voted on."""


class ClaimDiffers(TenderError):
    """What was declared of an offer is not what the offer shows; no amount is named."""


@dataclass(frozen=True)
class Claim:
    """What the ledger says of an offer: round, version of the decision rights, signatures from above that it needs."""

    round: int
    rules: str
    needs: tuple[Need, ...]


def rules_of(case: Case) -> PriceRules:
    """Return the decision rights over prices in force when the tender was issued."""
    return authority.rules_for(case.record.issued, settings.load().price_rules)


def require_open(case: Case, lot: str) -> None:
    """Refuse a price after the deadline.

    Raises:
        PriceClosed: with both times.
    """
    now = datetime.now(UTC)
    if case.record.is_late(now):
        raise PriceClosed(
            "Price of {tender}, lot {lot}: it is {now}, after the deadline {deadline} (SJE/ZY/GK-02 art. 3.3); "
            "next: record the withdrawal, or the new deadline of an addendum",
            tender=case.tender,
            lot=lot,
            now=now.isoformat(timespec="minutes"),
            deadline=case.record.deadline.isoformat(timespec="minutes"),
        )


def offer(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal the price offer of a workbook and declare beside it which signatures from above it needs.

    Raises:
        PriceClosed: after the deadline.
        NotYetThere: the cost sheet, or proposals that the company's rules ask for, are missing.
        ClaimDiffers: the workbook's costs are not those that were delivered.
        InvalidTender, PriceRefused: see `read_offer`.
    """
    require_open(case, lot)
    rules = rules_of(case)
    _require_proposals(case, lot, rules)
    cost = cost_of(case, lot)
    made = read_offer(sheet, case.record, lot, floor_over_cost=rules.floor_over_cost)
    _require_same_cost(case, lot, made, cost, rules)
    brought = seal(case, "price", f"offer/{lot}", made.to_json().encode(), JSON)
    digest = case.manifested(case.manifests(f"offer/{lot}")[f"offer/{lot}"]).digest
    needs = [need.to_json() for need in authority.needs(rules, made)]
    body = {"offer": digest, "round": made.round, "rules": rules.version, "needs": needs}
    case.ledger.append("price.offered", body, key=f"price.offered/{lot}/{digest}", lot=lot)
    return brought


def cost_of(case: Case, lot: str) -> CostSheet:
    """Return the newest cost sheet of a lot.

    Raises:
        NotYetThere: nobody delivered one.
    """
    if not case.manifests(f"cost/{lot}"):
        raise NotYetThere(
            "Price of {tender}, lot {lot}: no cost sheet delivered, expected the cost side before the price "
            "(SJE/ZY/GK-02 art. 3.3); next: tender cost {tender} WORKBOOK, by the technical department",
            tender=case.tender,
            lot=lot,
        )
    return CostSheet.from_json(case.read(f"cost/{lot}", purpose="price"))


def checked_offer(case: Case, lot: str) -> PriceOffer:
    """Open the newest offer of a lot and hold it against ceiling, cost sheet and what was declared of it.

    Every vote and the pricing worker ask this, so that a false claim of who offered it helps nobody.

    Raises:
        ClaimDiffers: what differs, without an amount.
    """
    rules, found = rules_of(case), PriceOffer.from_json(case.read(f"offer/{lot}", purpose="price"))
    digest = case.manifested(case.manifests(f"offer/{lot}")[f"offer/{lot}"]).digest
    over = over_ceiling(case.record.lot(lot), found)
    if over:
        raise _differs(
            case,
            lot,
            "Price of {tender}, lot {lot}: over the ceiling in {items} (SJE/ZY/GK-02 art. 3.3), expected none; "
            "next: tender propose with lower unit prices, by the pricing group",
            items=", ".join(over),
        )
    _require_same_cost(case, lot, found, cost_of(case, lot), rules)
    declared = claims(case).get(digest)
    if declared != Claim(found.round, rules.version, authority.needs(rules, found)):
        raise _differs(
            case,
            lot,
            "Price of {tender}, lot {lot}: what was declared of who above must sign it is not what it shows "
            "(SJE/ZY/GK-02 art. 3.3); next: tender propose, by the pricing group",
        )
    return found


def claims(case: Case) -> Mapping[str, Claim]:
    """Return what the ledger says of every offer, by its manifest digest."""
    return {
        event.body["offer"]: Claim(event.body["round"], event.body["rules"], _needs(event.body["needs"]))
        for event in case.ledger.find(type="price.offered")
    }


def needed_above(case: Case, lot: str) -> tuple[Need, ...]:
    """Return the signatures from above that the newest offer of a lot needs, by what was declared of it."""
    offers = procedure.matching(f"offer/{lot}", lot, case.facts().manifests)
    claim = claims(case).get(offers[0].digest) if offers else None
    return claim.needs if claim else ()


def _needs(entries: Sequence[Mapping[str, object]]) -> tuple[Need, ...]:
    return tuple(Need.from_json(entry) for entry in entries)


def _require_proposals(case: Case, lot: str, rules: PriceRules) -> None:
    people = case.record.people
    wanted = authority.proposals_needed(rules, len(people.pricing), people.quorum)
    if wanted and not case.manifests(proposals.opened_name(lot, 1)):
        manifests = [case.manifested(manifest) for manifest in case.manifests(f"proposal/{lot}/1/*").values()]
        found = proposals.counted(lot, 1, people.pricing, manifests)
        have = {manifest.name.rsplit("/", 1)[1] for manifest in found}
        raise NotYetThere(
            "Price of {tender}, lot {lot}: {found} of {wanted} sealed proposals in, none opened; missing: {missing} "
            "(SJE/ZY/GK-02 art. 3.3); next: tender price in, by each; the pricing pool opens all at once",
            tender=case.tender,
            lot=lot,
            found=len(found),
            wanted=wanted,
            missing=", ".join(person for person in people.pricing if person not in have) or "-",
        )


def _require_same_cost(case: Case, lot: str, made: PriceOffer, cost: CostSheet, rules: PriceRules) -> None:
    if (made.floor, dict(made.scenarios)) != (cost.floor_over(rules.floor_over_cost), cost.scenarios):
        raise _differs(
            case,
            lot,
            "Price of {tender}, lot {lot}: it rests on another cost sheet than the one delivered "
            "(SJE/ZY/GK-02 art. 3.3); next: tender cost with the new costs, then tender propose",
        )


def _differs(case: Case, lot: str, message: str, **values: str) -> ClaimDiffers:
    return ClaimDiffers(message, tender=case.tender, lot=lot, **values)
