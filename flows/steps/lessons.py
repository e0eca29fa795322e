"""The lessons form of a lot (投标结果表): what came out, why, and what is to be done better (SJE/ZY/GK-02 art. 3.5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from flows.steps.tender import Tender
from flows.steps.value import Text, Value
from templates import catalogue, fill
from templates.wording import figures

RESULTS = {"won": "中标", "lost": "未中标", "rejected": "否决", "failed": "流标", "terminated": "终止"}


class Improvement(Value):
    """What is to be done better, by whom, until when."""

    what: Text
    who: Text
    due: date


class Lessons(Value):
    """What people learnt from a bid: what went well, what did not, why it ended as it did, what changes."""

    went_well: tuple[Text, ...] = ()
    went_wrong: tuple[Text, ...] = ()
    causes: Annotated[tuple[Text, ...], Field(min_length=1)]
    improvements: tuple[Improvement, ...] = ()


def word(
    tender: Tender,
    lot_id: str,
    recorded: Mapping[str, Any],
    lessons: Lessons | None,
    signatures: Sequence[Mapping[str, str]],
) -> bytes:
    """Return the form as a Word file.

    Args:
        recorded: opening record and outcomes as they are sealed.
        lessons: None where nobody wrote them yet; the outcome's own words stand in.
    """
    lot = tender.lot(lot_id)
    outcome: Mapping[str, Any] = next((each for each in recorded["outcomes"] if each["lot"] == lot_id), {})
    bids = [bid for bid in recorded["bids"] if bid["lot"] == lot_id]
    fields = {
        "project": {"name": tender.title, "number": tender.number},
        "lot": {"id": lot.id, "name": lot.name},
        "form": {"number": tender.number, "signatures": list(signatures)},
        "outcome": {
            "opened": bids[0]["opened_on"] if bids else "",
            "result": RESULTS.get(outcome.get("result", ""), ""),
            "winner": outcome.get("winner", ""),
            "winning_price": _amount(outcome.get("winning_price")),
            "candidates": "；".join(f"{n}. {name}" for n, name in enumerate(outcome.get("candidates", ()), 1)),
            "source": outcome.get("source", ""),
            "reasons": "；".join(lessons.causes) if lessons else outcome.get("reasons", ""),
            "lessons": _learnt(lessons) if lessons else outcome.get("lessons", ""),
            "bids": [_bid(bid) for bid in sorted(bids, key=lambda bid: bid.get("rank", len(bids) + 1))],
        },
    }
    return fill.fill_bytes(catalogue.form("result"), fields)


def _learnt(lessons: Lessons) -> str:
    parts = [("做得好", lessons.went_well), ("不足", lessons.went_wrong)]
    said = [f"{name}：{'；'.join(texts)}" for name, texts in parts if texts]
    changes = [f"{each.what}（{each.who}，{each.due:%Y-%m-%d}）" for each in lessons.improvements]
    return "。".join([*said, *([f"改进：{'；'.join(changes)}"] if changes else [])])


def _bid(bid: Mapping[str, Any]) -> dict[str, str]:
    names = ("price_score", "technical_score", "commercial_score", "total_score")
    return {
        "rank": str(bid.get("rank", "")),
        "bidder": bid["bidder"],
        "price": _amount(bid.get("price")),
        **{name: str(bid.get(name, "")) for name in names},
        "status": "有效" if bid["status"] == "valid" else "否决",
    }


def _amount(text: str | None) -> str:
    return figures(Decimal(text), 2) if text else ""
