"""The price archive as an OCDS 1.1 release package with the bids extension (Open Contracting Data Standard).

One release per tender; names as they were read; a Chinese credit code is an identifier of the scheme CN-USCC.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from storage.prices.place import ArchiveError
from storage.prices.tables import PriceArchive

BIDS_EXTENSION = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json"
)
LOTS_EXTENSION = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json"
)
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Publisher:
    """Who publishes: name, and the OCDS prefix registered for it (`ocds-xxxxxx`)."""

    name: str
    prefix: str = "ocds-000000"


def write_ocds(archive: PriceArchive, publisher: Publisher, *, published: datetime | None = None) -> bytes:
    """Return the release package as UTF-8 JSON.

    Args:
        published: time of the package, aware; now by default.

    Raises:
        ArchiveError: an amount that JSON numbers cannot hold exactly.
    """
    at = published or datetime.now(UTC)
    bids = _by_tender(archive.dataset("bids").to_table().to_pylist())
    outcomes = _by_tender(archive.dataset("outcomes").to_table().to_pylist())
    tenders = sorted({*bids, *outcomes})
    package = {
        "uri": f"tag:tenderflow,{at.year}:{publisher.prefix}:{at.strftime('%Y%m%dT%H%M%SZ')}",
        "version": "1.1",
        "extensions": [BIDS_EXTENSION, LOTS_EXTENSION],
        "publishedDate": at.isoformat(timespec="seconds"),
        "publisher": {"name": publisher.name},
        "releases": [_release(t, bids.get(t, []), outcomes.get(t, []), publisher) for t in tenders],
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def _by_tender(rows: Rows) -> dict[str, Rows]:
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["tender"]].append(row)
    return dict(grouped)


def _release(tender: str, bids: Rows, outcomes: Rows, publisher: Publisher) -> dict[str, Any]:
    rows = [*bids, *outcomes]
    first = rows[0]
    archived = max(row["archived_at"] for row in rows)
    awards = [_award(row, bids) for row in outcomes if row["winner"] or row["result"] in ("failed", "terminated")]
    return {
        "ocid": f"{publisher.prefix}-{tender}",
        "id": f"{tender}-{max(row['revision'] for row in rows)}",
        "date": archived.isoformat(timespec="seconds"),
        "language": "zh",
        "tag": ["tender", "award"] if awards else ["tender"],
        "initiationType": "tender",
        "parties": _parties(first, bids, outcomes),
        "buyer": {"id": _buyer_id(first), "name": first["buyer"] or "-"},
        "tender": _tender(tender, bids, outcomes),
        "bids": {"statistics": _statistics(bids), "details": [_bid(row) for row in bids]},
        **({"awards": awards} if awards else {}),
    }


def _buyer_id(row: Mapping[str, Any]) -> str:
    return f"buyer-{row['buyer'] or 'unknown'}"


def _parties(first: Mapping[str, Any], bids: Rows, outcomes: Rows) -> list[dict[str, Any]]:
    winners = {row["company"] for row in outcomes if row["winner"]} | {row["company"] for row in bids if row["won"]}
    buyer = {"id": _buyer_id(first), "name": first["buyer"] or "-", "roles": ["buyer", "procuringEntity"]}
    parties = {}
    for row in bids:
        roles = ["tenderer", "supplier"] if row["company"] in winners else ["tenderer"]
        parties[row["company"]] = {"id": row["company"], "name": row["bidder"], "roles": roles, **_identifier(row)}
    for row in outcomes:
        if row["winner"] and row["company"] not in parties:
            parties[row["company"]] = {"id": row["company"], "name": row["winner"], "roles": ["supplier"]}
    return [buyer, *parties.values()]


def _identifier(row: Mapping[str, Any]) -> dict[str, Any]:
    code = row["credit_code"]
    return {"identifier": {"scheme": "CN-USCC", "id": code, "legalName": row["bidder"]}} if code else {}


def _tender(tender: str, bids: Rows, outcomes: Rows) -> dict[str, Any]:
    first = (outcomes or bids)[0]
    lots = {row["lot"]: row for row in [*bids, *outcomes]}
    results = {row["result"] for row in outcomes}
    status = "unsuccessful" if results == {"failed"} else "cancelled" if results == {"terminated"} else "complete"
    companies = {row["company"]: row["bidder"] for row in bids}
    return {
        "id": tender,
        "title": first["title"] or tender,
        "status": status if outcomes else "active",
        "procuringEntity": {"id": _buyer_id(first), "name": first["buyer"] or "-"},
        "tenderPeriod": {"endDate": _moment(first["opened_on"])},
        "numberOfTenderers": len(companies),
        "tenderers": [{"id": company, "name": name} for company, name in companies.items()],
        "lots": [_lot(row) for row in lots.values()],
    }


def _lot(row: Mapping[str, Any]) -> dict[str, Any]:
    currency = row.get("tender_currency") or row["currency"]
    value = {"value": _value(row["ceiling"], currency)} if row["ceiling"] is not None else {}
    return {"id": row["lot"], "title": row["category"] or row["lot"], **value}


def _bid(row: Mapping[str, Any]) -> dict[str, Any]:
    price = {"value": _value(row["price"], row["currency"])} if row["price"] is not None else {}
    rank = {"hasRank": True, "rank": row["rank"]} if row["rank"] is not None else {}
    return {
        "id": _bid_id(row),
        "date": _moment(row["opened_on"]),
        "status": "valid" if row["status"] == "valid" else "disqualified",
        "tenderers": [{"id": row["company"], "name": row["bidder"]}],
        "relatedLots": [row["lot"]],
        **price,
        **rank,
    }


def _bid_id(row: Mapping[str, Any]) -> str:
    return f"{row['lot']}-{row['round']}-{row['company']}"


def _award(row: Mapping[str, Any], bids: Rows) -> dict[str, Any]:
    related = [_bid_id(b) for b in bids if b["lot"] == row["lot"] and row["winner"] and b["company"] == row["company"]]
    value = {"value": _value(row["winning_price"], row["currency"])} if row["winning_price"] is not None else {}
    supplier = {"suppliers": [{"id": row["company"], "name": row["winner"]}]} if row["winner"] else {}
    return {
        "id": f"award-{row['lot']}",
        "status": {"terminated": "cancelled", "failed": "unsuccessful"}.get(row["result"], "active"),
        "date": _moment(row["opened_on"]),
        "relatedLots": [row["lot"]],
        **({"relatedBids": related} if related else {}),
        **supplier,
        **value,
    }


def _statistics(bids: Rows) -> list[dict[str, Any]]:
    valid = [row for row in bids if row["status"] == "valid"]
    figures: list[dict[str, Any]] = [
        {"measure": "bids", "value": len(bids)},
        {"measure": "validBids", "value": len(valid)},
        {"measure": "disqualifiedBids", "value": len(bids) - len(valid)},
        *_extremes(valid),
    ]
    return [{"id": f"statistic-{position + 1}", **figure} for position, figure in enumerate(figures)]


def _extremes(valid: Rows) -> Iterable[dict[str, Any]]:
    lots = sorted({row["lot"] for row in valid})
    for lot in lots:
        prices = [row["tender_price"] for row in valid if row["lot"] == lot and row["tender_price"] is not None]
        currency = next(row["tender_currency"] or row["currency"] for row in valid if row["lot"] == lot)
        for measure, pick in (("lowestValidBidValue", min), ("highestValidBidValue", max)):
            if prices:
                value = {"value": _number(pick(prices)), "currency": currency}
                yield {"measure": measure, "relatedLot": lot, **value}


def _value(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"amount": _number(amount), "currency": currency}


def _number(amount: Decimal) -> int | float:
    """Return an amount as the JSON number that says exactly the same."""
    if amount == amount.to_integral_value():
        return int(amount)
    number = float(amount)
    if Decimal(repr(number)) != amount:
        raise ArchiveError("ocds: an amount has more digits than a JSON number holds; next: export without it")
    return number


def _moment(day: date) -> str:
    """Return a day as a date-time; the archive knows the day of an opening, not its hour."""
    return datetime.combine(day, time(), UTC).isoformat()
