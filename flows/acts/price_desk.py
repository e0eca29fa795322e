"""What a member of the pricing group does with a price: work in Excel, propose under seal, offer, see how it stands.

SJE/ZY/GK-02 art. 3.3. Every workbook that goes out or comes back is sealed as `workbook/<lot>`, so that the ledger
holds the digest of each.
"""

from pathlib import Path
from typing import Any

from flows.acts import offering
from flows.acts.named import require_lot, require_named
from flows.acts.sealing import JSON, Brought, seal
from flows.case import Case
from flows.errors import TenderError
from flows.steps import procedure, proposals
from flows.steps.authority import proposals_needed
from flows.steps.price import PriceOffer, read_offer
from flows.steps.price_sheet import read_about, write_sheet
from flows.steps.procedure import GATES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookMoved(TenderError):
    """The workbook comes from another tender or lot, or from costs that are no longer the newest."""


class ProposalsClosed(TenderError):
    """The proposals of a lot have been opened, so that none is taken any more."""


def out(case: Case, lot: str) -> bytes:
    """Return the workbook of a lot, sealed beside as `workbook/<lot>`.

    Raises:
        NotNamed: the person is not in the pricing group.
        NotYetThere: no cost sheet was delivered.
    """
    require_named(case, "pricing")
    require_lot(case, lot)
    cost = offering.cost_of(case, lot)
    newest = case.manifests(f"offer/{lot}")
    offer = PriceOffer.from_json(case.read(f"offer/{lot}", purpose="workbook")) if newest else None
    about = {"tender": case.tender, "lot": lot, "cost": _cost_version(case, lot)}
    content = write_sheet(case.record.lot(lot), cost, offer, opened(case, lot), about)
    seal(case, "price", f"workbook/{lot}", content, XLSX)
    return content


def take_in(case: Case, lot: str, sheet: Path) -> Brought:
    """Take the workbook back: as a sealed proposal while the rules ask for one, else as the price offer.

    Raises:
        NotNamed: the person is not in the pricing group.
        WorkbookMoved: it is not of this lot, or the costs changed since it went out.
        InvalidTender, PriceRefused, ClaimDiffers, PriceClosed: see `offering.offer`.
    """
    require_named(case, "pricing")
    require_lot(case, lot)
    content = sheet.read_bytes()
    _require_same(case, lot, read_about(content, sheet.name))
    rules, people = offering.rules_of(case), case.record.people
    proposing = proposals_needed(rules, len(people.pricing), people.quorum) and not _are_open(case, lot)
    brought = propose(case, lot, sheet) if proposing else offering.offer(case, lot, sheet)
    seal(case, "price", f"workbook/{lot}", content, XLSX)
    return brought


def propose(case: Case, lot: str, sheet: Path) -> Brought:
    """Seal a member's own proposal to the pricing worker alone: nobody of the group reads it before all are opened.

    Raises:
        PriceClosed: after the deadline.
        ProposalsClosed: they have been opened.
        InvalidTender, PriceRefused: see `read_offer`.
    """
    offering.require_open(case, lot)
    if _are_open(case, lot):
        raise ProposalsClosed(
            "Proposals of {tender}, lot {lot}: opened already, expected before that (SJE/ZY/GK-02 art. 3.3); "
            "next: tender propose, for the one final price",
            tender=case.tender,
            lot=lot,
        )
    floor_over_cost = offering.rules_of(case).floor_over_cost
    offer = read_offer(sheet, case.record, lot, floor_over_cost=floor_over_cost)
    person = case.holder.name.removeprefix("person:")
    return seal(case, "proposals", proposals.name_of(lot, 1, person), offer.to_json().encode(), JSON)


def opened(case: Case, lot: str) -> tuple[proposals.Proposal, ...]:
    """Return the opened proposals of a lot, none before they were opened."""
    if not _are_open(case, lot):
        return ()
    return proposals.from_json(case.read(proposals.opened_name(lot, 1), purpose="proposals"))


def standing(case: Case, lot: str) -> dict[str, Any]:
    """Return how the price of a lot stands, without any amount: proposals, offer, what above must sign, votes."""
    facts, claims = case.facts(), offering.claims(case)
    verdict = procedure.judge(GATES["price"], lot, facts)
    claim = claims.get(verdict.subjects[0].digest) if verdict.subjects else None
    rules, people = offering.rules_of(case), case.record.people
    sealed = [name.rsplit("/", 1)[1] for name in sorted(case.manifests(f"proposal/{lot}/1/*"))]
    committed = case.ledger.find(type="price.committed", lot=lot)
    return {
        "lot": lot,
        "rules": rules.version,
        "cost": _cost_version(case, lot),
        "proposals": sealed,
        "proposals_wanted": proposals_needed(rules, len(people.pricing), people.quorum),
        "proposals_opened": _are_open(case, lot),
        "offer": verdict.subjects[0].version if verdict.subjects else None,
        "above": [need.to_json() for need in claim.needs] if claim else [],
        "state": verdict.state.value,
        "signed": [signed.words for signed in verdict.signed],
        "missing": list(verdict.missing),
        "committed": [event.at.isoformat(timespec="seconds") for event in committed],
    }


def _are_open(case: Case, lot: str) -> bool:
    return bool(case.manifests(proposals.opened_name(lot, 1)))


def _cost_version(case: Case, lot: str) -> str:
    newest = case.manifests(f"cost/{lot}").get(f"cost/{lot}")
    return str(case.manifested(newest).version) if newest else ""


def _require_same(case: Case, lot: str, about: dict[str, str]) -> None:
    expected = {"tender": case.tender, "lot": lot, "cost": _cost_version(case, lot)}
    found = {key: about.get(key, expected[key]) for key in expected}
    if found != expected:
        key = next(key for key in expected if found[key] != expected[key])
        raise WorkbookMoved(
            "Workbook of {tender}, lot {lot}: {key} is {found}, expected {expected}; next: tender price out {tender}",
            tender=case.tender,
            lot=lot,
            key=key,
            found=found[key],
            expected=expected[key],
        )
