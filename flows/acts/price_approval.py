"""What the pricing worker writes down of a decided price: approval form, and a commitment before the deadline.

SJE/ZY/GK-02 art. 3.3. Both stay in the price compartment; the ledger learns a salted digest.
"""

from collections.abc import Sequence

from flows.acts.offering import claims, cost_of, rules_of
from flows.acts.sealing import JSON
from flows.case import Case
from flows.errors import TenderError
from flows.steps import commitment, procedure
from flows.steps.approval import Approval, form
from flows.steps.authority.need import AUTHORITY, EXCEPTION
from flows.steps.notice import DOCX
from flows.steps.price import PriceOffer
from flows.steps.procedure import GATES, Manifested
from storage.manifest import Manifest


class NotCommitted(TenderError):
    """A price without a commitment in the ledger, or one that the commitment does not fit."""


def seal_approval(case: Case, lot: str, offer: PriceOffer, into: Sequence[Manifested]) -> Manifest:
    """Fill the price approval form (报价审批表) and seal it as `approval/<lot>`."""
    facts, digest = case.facts(), offer_digest(lot, into)
    above = [
        signed
        for signed in facts.decisions
        if signed.decision in (AUTHORITY, EXCEPTION) and signed.subjects == {digest} and signed.verdict == "approve"
    ]
    votes = procedure.judge(GATES["price"], lot, facts).signed
    needs, rules = claims(case)[digest].needs, rules_of(case)
    approval = Approval(offer, cost_of(case, lot), facts.quorum, votes, above, needs, rules.version)
    filled = form(case.record, lot, approval, {person.id: person.name for person in case.people.persons})
    key = procedure.step_key("approval", lot, into)
    return case.vault.seal("price", f"approval/{lot}", filled, media_type=DOCX, step_key=key)


def commit(case: Case, lot: str, offer: PriceOffer, into: Sequence[Manifested]) -> Manifest:
    """Commit to the decided offer: the salt is sealed as `commitment/<lot>`, the digest stands in the ledger."""
    made = commitment.commit(case.tender, offer.to_json())
    key = procedure.step_key("commitment", lot, into)
    sealed = case.vault.seal("price", f"commitment/{lot}", made.opening, media_type=JSON, step_key=key)
    # Begun before and cut off, the salt is the one that was sealed then.
    opening = case.vault.open(sealed, purpose="commitment")
    body = {"offer": offer_digest(lot, into), "round": offer.round, "commitment": commitment.digest_of(opening)}
    case.ledger.append("price.committed", body, key=f"price.committed/{lot}/{sealed.digest}", lot=lot)
    return sealed


def verify_commitment(case: Case, lot: str) -> str:
    """Hold the newest offer against the last commitment of the ledger; return when it was made, in RFC 3339.

    Raises:
        NotCommitted: there is none, it came after the deadline, or it is to another price.
    """
    events = case.ledger.find(type="price.committed", lot=lot)
    if not events:
        raise _refused(
            case,
            lot,
            "Price of {tender}, lot {lot}: no commitment found, expected one before the deadline "
            "(SJE/ZY/GK-02 art. 3.3); next: tender stages {tender}",
        )
    event = events[-1]
    if event.at > case.record.deadline:
        raise _refused(
            case,
            lot,
            "Price of {tender}, lot {lot}: the commitment came after the deadline (SJE/ZY/GK-02 art. 3.3), expected it "
            "before; next: tender log {tender}",
        )
    opening, offer = case.read(f"commitment/{lot}", purpose="verify"), case.read(f"offer/{lot}", purpose="verify")
    if not commitment.opens(opening, event.body["commitment"], case.tender, offer.decode()):
        raise _refused(
            case,
            lot,
            "Price of {tender}, lot {lot}: the commitment is to another price than the newest offer "
            "(SJE/ZY/GK-02 art. 3.3), expected the same; next: tender log {tender}",
        )
    return event.at.isoformat(timespec="seconds")


def offer_digest(lot: str, into: Sequence[Manifested]) -> str:
    """Return the manifest digest of the offer among what goes into a step."""
    return next(manifested.digest for manifested in into if manifested.name == f"offer/{lot}")


def _refused(case: Case, lot: str, message: str) -> NotCommitted:
    return NotCommitted(message, tender=case.tender, lot=lot)
