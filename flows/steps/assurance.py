"""Levels of assurance: a signature with the person's own key, or one on paper whose scan two others saw and signed.

The lower level counts at a gate and stays visible. It is closed to prices, whose paper would carry them, and nobody who
stands behind another signature of the gate may be a witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.steps.procedure import Signed
from storage.decision import WITNESSES

NOT_ON_PAPER = ("price", "waiver")
"""Decisions that only an own key signs."""
SCAN = "wet/"
"""What the object names of scans begin with: `wet/<lot>/<decision>-<person>`."""


@dataclass(frozen=True)
class Seen:
    """What one witness says: the signature on paper as if its signer had given it, and the scan (manifest digest)."""

    signed: Signed
    witness: str
    scan: str


def scan_name(decision: str, lot: str, person: str) -> str:
    """Return the object name of the scan of a signature on paper."""
    return f"{SCAN}{lot}/{decision}-{person}"


def count(given: Sequence[tuple[int, Signed | Seen]]) -> list[tuple[int, Signed]]:
    """Return the signatures that count: own ones, and those on paper from where two different people have seen them.

    Args:
        given: the number of its event and each signature or statement of a witness, in the order of the ledger.
    """
    counted: list[tuple[int, Signed]] = []
    seen: dict[tuple[object, ...], list[str]] = {}
    for seq, each in given:
        if isinstance(each, Signed):
            counted.append((seq, each))
            continue
        said = each.signed
        if said.decision in NOT_ON_PAPER:
            continue
        key = (said.decision, said.lot, said.verdict, said.person, said.role, said.subjects, each.scan)
        witnesses = seen.setdefault(key, [])
        if each.witness not in (said.person, *witnesses):
            witnesses.append(each.witness)
            if len(witnesses) == WITNESSES:
                counted.append((seq, replace(said, witnesses=tuple(witnesses))))
    return counted
