"""Seals what a person brings in as the next version of a name; the same content again is no new version."""

import json
from dataclasses import dataclass
from hashlib import sha256

from flows.case import Case
from storage.manifest import Manifest

JSON = "application/json"


@dataclass(frozen=True)
class Brought:
    """What came in: object name, version, size of the clear text in bytes."""

    name: str
    version: int
    size: int


def seal(case: Case, compartment: str, name: str, data: bytes, media_type: str) -> Brought:
    """Seal content under a name, unless it is what the newest version of that name holds.

    Raises:
        PolicyRefused: the holder may not write an object of this name.
    """
    key = f"in/{name}/{sha256(data).hexdigest()}"
    newest = case.manifests(name).get(name)
    # Sealed again to a new key it is still the version that was brought in.
    if newest is not None and _last_key(case, name) == f"{key}/{case.manifested(newest).version - 1}":
        return Brought(name, newest.version, len(data))
    # After the version before, so that going back to an earlier text is a new version, not the old one.
    before = newest.version if newest else 0
    manifest: Manifest = case.vault.seal(
        compartment, name, data, media_type=media_type, step_key=None if _guessable(name) else f"{key}/{before}"
    )
    return Brought(name, manifest.version, len(data))


def _last_key(case: Case, name: str) -> str:
    events = [e for e in case.ledger.find(type="object.sealed") if e.body["manifest"]["name"] == name]
    return events[-1].key or ""


def _guessable(name: str) -> bool:
    """Tell whether the digest of the clear text would give a price away to whoever tries prices."""
    return name.startswith(("cost/", "offer/", "proposal/", "workbook/", "range/", "round/", "moves/", "opening/"))


def as_json(value: object) -> bytes:
    """Return plain values as compact JSON, keys sorted, so that the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
