"""Sealed proposals of the pricing group: each member's own price, opened for all at once when enough are in.

SJE/ZY/GK-02 art. 3.3: the group decides on one final price; before that nobody knows what the others propose.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.steps.price import PriceOffer
from flows.steps.procedure import Manifested


def name_of(lot: str, round_: int, person: str) -> str:
    """Return the object name of a member's proposal."""
    return f"proposal/{lot}/{round_}/{person}"


def opened_name(lot: str, round_: int) -> str:
    """Return the object name of the opened proposals of a lot and round."""
    return f"proposals/{lot}/{round_}"


def counted(lot: str, round_: int, group: Sequence[str], manifests: Iterable[Manifested]) -> tuple[Manifested, ...]:
    """Return the newest proposal of each member of the group, by name; those of others do not count."""
    names = {name_of(lot, round_, person) for person in group}
    newest: dict[str, Manifested] = {}
    for manifest in manifests:
        if manifest.name in names and manifest.version > (
            newest[manifest.name].version if manifest.name in newest else 0
        ):
            newest[manifest.name] = manifest
    return tuple(newest[name] for name in sorted(newest))


@dataclass(frozen=True)
class Proposal:
    """What one member proposed: total and margin, on the tender's basis."""

    person: str
    total: Decimal
    margin: Decimal


def opened(offers: Mapping[str, PriceOffer]) -> dict[str, Any]:
    """Return the opened proposals as plain values, lowest first.

    Args:
        offers: person → what they proposed.
    """
    rows = sorted((Proposal(p, o.total, o.margin) for p, o in offers.items()), key=lambda row: (row.total, row.person))
    return {"v": 1, "proposals": [{k: str(v) for k, v in vars(row).items()} for row in rows]}


def from_json(data: bytes) -> tuple[Proposal, ...]:
    """Return the proposals of an opened object."""
    rows = json.loads(data)["proposals"]
    return tuple(Proposal(row["person"], Decimal(row["total"]), Decimal(row["margin"])) for row in rows)
