"""Keys of what holds a price: made by the pricing worker, opened to whom the procedure lets in, and when.

SJE/ZY/GK-02 art. 3.3 and 3.4. Whoever makes a key sees it, so it is the pricing worker alone.
"""

from datetime import UTC, datetime

from flows.acts import offering
from flows.acts.above import signing_as
from flows.acts.sealing import JSON, as_json
from flows.case import Case
from flows.steps import authority, procedure, proposals
from flows.steps.price import PriceOffer
from flows.steps.rounds import FIRST
from storage.manifest import Manifest

WORKER = "worker:pricing"


def make_price_keys(case: Case, lot: str) -> None:
    """Make the price compartment, and those for sealed proposals and price rounds where the tender has them."""
    del lot
    group = case.named("pricing")
    _make(case, "price", WORKER, *group)
    if "kind" in case.opened:  # no tender: nobody proposes, and there are no rounds
        return
    if offering.rules_of(case).proposals != "none":
        _make(case, "proposals", WORKER)
    if any(each.rounds >= FIRST for each in case.record.lots):
        _make(case, "rounds", WORKER, *group, *case.named("representative"))


def _make(case: Case, compartment: str, *holders: str) -> None:
    if not case.keyrings.exists(compartment):
        case.keyrings.create(compartment, case.recipients(*holders))


def signers_to_let_in(case: Case, lot: str) -> list[str]:
    """Return the holders who must sign the newest offer from above and cannot open it yet, by what the ledger says."""
    offers = procedure.matching(f"offer/{lot}", lot, case.facts().manifests)
    claim = offering.claims(case).get(offers[0].digest) if offers else None
    events = (*case.ledger.find(type="compartment.created"), *case.ledger.find(type="keyring.changed"))
    known = [event.body["holders"] for event in events if event.body["compartment"] == "price"]
    signers = [signer for need in claim.needs for signer in need.signers] if claim else []
    return [holder for holder in _holders(case, signers) if known and holder not in known[-1]]


def let_signers_in(case: Case, lot: str) -> None:
    """Let those above who must sign the newest offer of a lot open the price compartment; without one do nothing."""
    if not signers_to_let_in(case, lot):
        return
    offer = offering.checked_offer(case, lot)
    signers = [signer for need in authority.needs(offering.rules_of(case), offer) for signer in need.signers]
    holders = case.recipients(*_holders(case, signers))
    case.keyrings.change("price", add=holders, reason="price asks for a signature from above")


def _holders(case: Case, signers: list[str]) -> list[str]:
    return sorted(signing_as(case.people, case.team, signers, datetime.now(UTC)))


def proposals_to_open(case: Case, lot: str, round_: int = 1) -> tuple[procedure.Manifested, ...]:
    """Return the sealed proposals of a lot when enough are in and nobody has opened them; else none."""
    people = case.record.people
    wanted = authority.proposals_needed(offering.rules_of(case), len(people.pricing), people.quorum)
    manifests = [case.manifested(manifest) for manifest in case.manifests(f"proposal/{lot}/{round_}/*").values()]
    found = proposals.counted(lot, round_, people.pricing, manifests)
    is_open = bool(case.manifests(proposals.opened_name(lot, round_)))
    return found if wanted and len(found) >= wanted and not is_open else ()


def open_proposals(case: Case, lot: str) -> None:
    """Open the sealed proposals of a lot for all of the group at once; later ones do not count."""
    found = proposals_to_open(case, lot)
    if not found:
        return

    def work() -> list[Manifest]:
        offers = {}
        for manifest in case.manifests(f"proposal/{lot}/1/*").values():
            person = manifest.name.rsplit("/", 1)[1]
            if manifest.by == f"person:{person}" and person in case.record.people.pricing:
                offers[person] = PriceOffer.from_json(case.vault.open(manifest, purpose="open proposals"))
        data = as_json(proposals.opened(offers))
        key = procedure.step_key("proposals-opened", lot, found)
        return [case.vault.seal("price", proposals.opened_name(lot, 1), data, media_type=JSON, step_key=key)]

    case.once("proposals", lot, found, work)
