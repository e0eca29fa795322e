"""The price approval form (报价审批表): cost, scenarios, margin, floor, ceiling, votes, final price, as a Word file.

SJE/ZY/GK-02 art. 3.3. It holds prices, so it is filled in the price compartment alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from flows.steps.authority.need import AUTHORITY, EXCEPTION, Need
from flows.steps.cost import COST_LINES, CostSheet
from flows.steps.fields import fields_of
from flows.steps.price import PriceOffer
from flows.steps.procedure import Signed
from flows.steps.tender import Tender
from templates import catalogue, fill
from templates.wording import figures, percent, time_cn

LANGUAGE = "zh-CN"
_VERDICTS = {"approve": "同意", "reject": "不同意"}
_ROLES = {"pricing": "报价小组", "leader": "负责领导", "executive": "公司领导"}
_TENTH = Decimal("0.001")


@dataclass(frozen=True)
class Approval:
    """What a decided price rests on: the offer, its costs, the group's votes, what above it needs and who signed it."""

    offer: PriceOffer
    cost: CostSheet
    quorum: int
    votes: Sequence[Signed]
    above: Sequence[Signed]
    needs: Sequence[Need]
    rules: str


def form(tender: Tender, lot_id: str, approval: Approval, names: Mapping[str, str]) -> bytes:
    """Return the filled form.

    Args:
        names: person id → the name to print; an id that is missing is printed as it is.
    """
    tender = tender.model_copy(update={"lots": (tender.lot(lot_id),)})
    fields = fields_of(tender, lot_id, LANGUAGE, offer=approval.offer)
    signatures = [_signature(signed, tender, names) for signed in (*approval.votes, *approval.above)]
    shown = {"form": {"number": tender.number, "signatures": signatures}, "approval": _fields(approval, tender, names)}
    return fill.fill_bytes(catalogue.form("price-approval"), {**fields, **shown})


def _fields(approval: Approval, tender: Tender, names: Mapping[str, str]) -> dict[str, object]:
    offer = approval.offer
    ceiling = tender.lot(offer.lot).ceiling
    exceptions = [signed for signed in approval.above if signed.decision == EXCEPTION]
    return {
        "round": str(offer.round),
        "floor": figures(offer.floor),
        "cost_total": figures(approval.cost.floor),
        **{name: figures(amount) for name, amount in offer.scenarios.items()},
        "margin": _share(offer.margin),
        "discount": _share(1 - offer.total / ceiling) if ceiling else "",
        "quorum": str(approval.quorum),
        "tier": _tier(approval),
        "exception": "；".join(f"{names.get(s.person) or s.person}：{s.reason}" for s in exceptions) or "无",
        "cost": _cost(approval.cost),
        "votes": [_vote(signed, tender, names) for signed in approval.votes],
    }


def _tier(approval: Approval) -> str:
    signers = [signer for need in approval.needs if need.decision == AUTHORITY for signer in need.signers]
    above = "、".join(_ROLES.get(signer, signer) for signer in signers)
    return f"报价小组{f'和{above}' if above else ''}（权限表{approval.rules}）"


def _cost(cost: CostSheet) -> list[dict[str, str]]:
    total, rows = cost.floor, []
    for line, name in COST_LINES.items():
        amount = sum((each.amount for each in cost.lines if each.line == line), Decimal(0))
        if amount and line != "profit":
            rows.append({"name": name, "amount": figures(amount), "share": _share(amount / total)})
    return rows


def _vote(signed: Signed, tender: Tender, names: Mapping[str, str]) -> dict[str, str]:
    verdict = _VERDICTS.get(signed.verdict, signed.verdict)
    return {"person": names.get(signed.person) or signed.person, "verdict": verdict, "reason": signed.reason,
            "at": _at(signed, tender)}  # fmt: skip


def _signature(signed: Signed, tender: Tender, names: Mapping[str, str]) -> dict[str, str]:
    return {"role": _ROLES.get(signed.role, signed.role), "name": names.get(signed.person) or signed.person,
            "mark": "电子签名（SSHSIG）", "at": _at(signed, tender)}  # fmt: skip


def _at(signed: Signed, tender: Tender) -> str:
    return time_cn(signed.at.astimezone(tender.deadline.tzinfo))


def _share(share: Decimal) -> str:
    return percent(share.quantize(_TENTH, rounding=ROUND_HALF_UP))
