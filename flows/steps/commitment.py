"""The commitment to a final price: a salted digest that stands in the ledger before the deadline and is opened later.

Without the salt a price could be found from its digest by trying (1.2 million prices take two seconds).
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import rfc8785

SALT_BYTES = 32


@dataclass(frozen=True)
class Commitment:
    """The text that opens a commitment, and the digest that stood in the ledger."""

    opening: bytes
    digest: str


def commit(tender: str, offer: str, *, salt: Callable[[int], bytes] = secrets.token_bytes) -> Commitment:
    """Return the commitment to an offer.

    Args:
        tender: its id.
        offer: the canonical JSON of the final price offer.
        salt: gives that many random bytes.
    """
    value = {"v": 1, "tender": tender, "offer": json.loads(offer), "salt": salt(SALT_BYTES).hex()}
    opening = rfc8785.dumps(value)
    return Commitment(opening, digest_of(opening))


def digest_of(opening: bytes) -> str:
    """Return the digest that stands for a commitment."""
    return sha256(opening).hexdigest()


def opens(opening: bytes, digest: str, tender: str, offer: str) -> bool:
    """Tell whether a text opens a commitment to exactly this offer of this tender."""
    value = json.loads(opening)
    whole = rfc8785.dumps(value) == opening and len(bytes.fromhex(value["salt"])) == SALT_BYTES
    same = (value["tender"], value["offer"]) == (tender, json.loads(offer))
    return whole and same and digest_of(opening) == digest
