"""How far a keeper has verified a register: on their disk, signed by them, so that an entry reads only what is new."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import signed
from storage.canonical import read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder

NAMESPACE = "tender-register-head@v1"


@dataclass(frozen=True)
class Head:
    """The last entry that was verified, with all before it.

    Attributes:
        number: of that entry.
        digest: SHA-256 of its record.
        at: its time.
        keys: the business key of every entry up to it.
    """

    number: int
    digest: str
    at: datetime
    keys: frozenset[str]


def read(path: Path, holder: Holder, place: Mapping[str, Any]) -> Head | None:
    """Return what the holder kept of a register; None without a file, or with one that they did not sign so.

    Args:
        place: of the register: department, year, direction.
    """
    try:
        value, signer = signed.read(path.read_bytes(), NAMESPACE)
        if signer != holder.ssh_key or value["place"] != dict(place):
            return None
        return Head(value["number"], value["digest"], read_time(value["at"]), frozenset(value["keys"]))
    except (FileNotFoundError, StorageError):
        return None


def write(path: Path, holder: Holder, place: Mapping[str, Any], head: Head) -> None:
    """Keep how far the holder has verified a register; the file appears whole or not at all."""
    value = {
        "v": signed.VERSION,
        "place": dict(place),
        "number": head.number,
        "digest": head.digest,
        "at": stamp(head.at),
        "keys": sorted(head.keys),
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(signed.write(value, holder.signing, NAMESPACE))
    os.replace(name, path)
