"""The rows of one tender for the price archive, from its sealed opening record and our own price offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.steps.opening.sheet import OpeningError
from flows.steps.tender import Lot, Tender
from storage.prices.companies import name_key
from storage.prices.schema import BidRow, LineRow, OutcomeRow

_AMOUNTS = ("price", "corrected_price", "evaluated_price", "rate")
_SCORES = ("price_score", "technical_score", "commercial_score", "total_score")
_AS_READ = ("bidder", "credit_code", "own", "round", "rank", "status", "delivery", "remark", "currency", "source")


@dataclass(frozen=True)
class ArchiveRows:
    """The rows of one tender for the price archive."""

    bids: list[BidRow]
    lines: list[LineRow]
    outcomes: list[OutcomeRow]


def to_archive_rows(
    recorded: Mapping[str, Any], tender: Tender, offers: Mapping[str, Mapping[str, Any]] | None = None
) -> ArchiveRows:
    """Return the archive's rows of a tender.

    Args:
        recorded: what `flows.steps.outcome.sealed` made.
        offers: our own price offers by lot (`PriceOffer.to_json`), whose lines are archived too.

    Raises:
        OpeningError: the record is another tender's.
    """
    if recorded["tender"] != tender.tender:
        found, expected = recorded["tender"], tender.tender
        raise OpeningError("opening record: found tender {found}, expected {expected}", found=found, expected=expected)
    winners = {entry["lot"]: name_key(entry["winner"]) for entry in recorded["outcomes"] if entry["winner"]}
    opened = {bid["lot"]: date.fromisoformat(bid["opened_on"]) for bid in recorded["bids"]}
    bids = [_bid_row(bid, tender, recorded, winners) for bid in recorded["bids"]]
    outcomes = [_outcome_row(entry, tender, recorded, opened) for entry in recorded["outcomes"]]
    lines = []
    for lot, offer in (offers or {}).items():
        lines += _line_rows(offer, tender, recorded, opened.get(lot))
    return ArchiveRows(bids, lines, outcomes)


def _common(tender: Tender, lot: Lot, recorded: Mapping[str, Any], opened_on: date | None) -> dict[str, Any]:
    return {
        "tender": tender.tender,
        "lot": lot.id,
        "opened_on": opened_on or tender.deadline.date(),
        "title": tender.title,
        "buyer": tender.buyer.name,
        "category": lot.name,
        "tax_basis": tender.money.basis,
        "read_by": recorded["read_by"],
        "read_at": datetime.fromisoformat(recorded["read_at"]),
    }


def _rule(tender: Tender) -> dict[str, Any]:
    """The price-score formula and its parameters as text."""
    if tender.score is None:
        return {}
    parameters = tender.score.model_dump(mode="json", exclude={"formula"})
    return {"formula": tender.score.formula, "parameters": "; ".join(f"{k}={v}" for k, v in sorted(parameters.items()))}


def _bid_row(bid: Mapping[str, Any], tender: Tender, recorded: Mapping[str, Any], winners: Mapping[str, str]) -> BidRow:
    lot = tender.lot(bid["lot"])
    return BidRow(
        **_common(tender, lot, recorded, date.fromisoformat(bid["opened_on"])),
        **_rule(tender),
        **{name: bid[name] for name in _AS_READ if name in bid},
        **_decimals(bid, (*_AMOUNTS, *_SCORES)),
        tender_currency=tender.money.currency,
        tax_rate=tender.money.tax_rate,
        ceiling=lot.ceiling,
        reject_reason=bid.get("reason", ""),
        won=bid["status"] == "valid" and winners.get(lot.id) == name_key(bid["bidder"]),
    )


def _outcome_row(
    entry: Mapping[str, Any], tender: Tender, recorded: Mapping[str, Any], opened: Mapping[str, date]
) -> OutcomeRow:
    lot = tender.lot(entry["lot"])
    bidders = {(bid["bidder"], bid.get("credit_code", "")) for bid in recorded["bids"] if bid["lot"] == lot.id}
    return OutcomeRow(
        **_common(tender, lot, recorded, opened.get(lot.id)),
        **_rule(tender),
        **_decimals(entry, ("winning_price",)),
        **{name: entry[name] for name in ("result", "winner", "reasons", "lessons", "source")},
        currency=tender.money.currency,
        ceiling=lot.ceiling,
        candidates="; ".join(entry["candidates"]),
        bidders=len(bidders),
    )


def _line_rows(
    offer: Mapping[str, Any], tender: Tender, recorded: Mapping[str, Any], opened_on: date | None
) -> list[LineRow]:
    lot = tender.lot(offer["lot"])
    ceilings = {item.no: item.ceiling for item in lot.items}
    return [
        LineRow(
            **_common(tender, lot, recorded, opened_on),
            **{name: line[name] for name in ("no", "name", "model", "unit", "remark")},
            **_decimals(line, ("quantity", "unit_price", "total")),
            currency=offer["currency"],
            source=f"offer/{lot.id}",
            bidder=tender.bidder.name,
            credit_code=tender.bidder.credit_code,
            own=True,
            round=offer["round"],
            ceiling=ceilings.get(line["no"]),
        )
        for line in offer["lines"]
    ]


def _decimals(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: Decimal(values[name]) for name in names if values.get(name) is not None}
