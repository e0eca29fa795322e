"""How far a keeper has verified a register: on their disk, signed by them, so that an entry reads only what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import signed
from storage.canonical import read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.whole_file import write_whole

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


def read(path: Path, place: Mapping[str, Any]) -> tuple[Head, str] | None:
    """Return what is kept of a register, and the key that signed it; None without a file, or with a spoilt one.

    Args:
        place: of the register: department, year, direction.
    """
    try:
        value, signer = signed.read(path.read_bytes(), NAMESPACE)
        if value["place"] != dict(place):
            return None
        return Head(value["number"], value["digest"], read_time(value["at"]), frozenset(value["keys"])), signer
    except (FileNotFoundError, StorageError):
        return None


def write(path: Path, holder: Holder, place: Mapping[str, Any], head: Head) -> None:
    """Keep how far the holder has verified a register; the file appears whole or not at all.

    Raises:
        OSError: the disk takes no more; nothing is lost but the short way.
    """
    value = {
        "v": signed.VERSION,
        "place": dict(place),
        "number": head.number,
        "digest": head.digest,
        "at": stamp(head.at),
        "keys": sorted(head.keys),
    }
    write_whole(path, signed.write(value, holder.signing, NAMESPACE))
