"""A signature from above that one price offer needs beside the pricing group's quorum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

AUTHORITY, EXCEPTION = "price-authority", "price-exception"


@dataclass(frozen=True)
class Need:
    """A signature from above that one offer needs: the decision, and the roles or ids of which any one may sign it."""

    decision: str
    signers: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the need as plain values."""
        return {"decision": self.decision, "signers": list(self.signers)}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        return cls(str(entry["decision"]), tuple(str(signer) for signer in entry["signers"]))
