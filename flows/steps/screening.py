"""The screening form (投标评审表) of a lot: what the record answers before the leader decides bid or no-bid.

SJE/ZY/GK-02 art. 3.2.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flows.steps.tender import Tender

# Below this lead time a bid of this size is seldom finished in order; the form warns, the leader decides.
STANDARD_LEAD = timedelta(days=15)


@dataclass(frozen=True)
class KnockOut:
    """One question that can end the screening: what was found, what is expected, whether it holds."""

    name: str
    found: str
    expected: str
    holds: bool


def form(tender: Tender, lot_id: str, now: datetime) -> dict[str, Any]:
    """Return the screening form of a lot as plain values.

    Args:
        tender: the record.
        lot_id: a lot of it.
        now: aware; against it the lead time is measured.
    """
    lot = tender.lot(lot_id)
    return {
        "v": 1,
        "lot": lot.id,
        "name": lot.name,
        "ceiling": f"{lot.ceiling:f}" if lot.ceiling is not None else None,
        "delivery_days": lot.delivery_days,
        "deadline": tender.deadline.isoformat(),
        "knock_outs": [asdict(question) for question in _knock_outs(tender, now)],
    }


def _knock_outs(tender: Tender, now: datetime) -> Iterator[KnockOut]:
    left = tender.deadline - now
    yield KnockOut("lead time", f"{left.days} days", f"{STANDARD_LEAD.days} days", left >= STANDARD_LEAD)
    for paper in tender.qualifications:
        until = paper.valid_to
        holds = until is None or until >= tender.deadline.date()
        yield KnockOut(paper.name, until.isoformat() if until else "", f"valid to {tender.deadline.date()}", holds)
