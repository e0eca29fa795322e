"""Checkpoints: the size and root of the ledger's tree, signed and put under Object Lock (C2SP tlog-checkpoint)."""

import base64
import binascii
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature

from storage import merkle
from storage.canonical import NotCanonical, now, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.ledger import BUCKET as LEDGER
from storage.ledger import Ledger
from storage.objects import AlreadyExists, ObjectStore
from storage.people import People
from storage.sshsig import read_public_line

BUCKET = "anchors"
_ORIGIN = "tenderflow.dev/"
_ED25519 = b"\x01"  # the signature type of C2SP signed-note


class CheckpointRefused(StorageError):
    """A checkpoint is broken, not signed by whom it says, or not of this ledger."""


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint.

    Attributes:
        size: how many records the tree has.
        root: its root, 32 bytes.
        by: the holder who signed.
        note: the whole signed text, to be mailed to the auditor.
    """

    tender: str
    size: int
    root: bytes
    at: datetime
    by: str
    note: str

    def check(self, leaves: Sequence[bytes]) -> None:
        """Check that the ledger with these leaf hashes still begins as it was when this was signed.

        Raises:
            CheckpointRefused: it is shorter, or another one.
        """
        if self.size > len(leaves) or merkle.root(leaves[: self.size]) != self.root:
            raise CheckpointRefused(
                "checkpoint of {size} records: the ledger does not begin like that; next: treat it as rewritten",
                size=self.size,
            )


def publish(store: ObjectStore, ledger: Ledger, holder: Holder, *, retain_until: datetime | None = None) -> Checkpoint:
    """Sign the ledger as it is and put the checkpoint where it cannot be taken back; one of its size may stand.

    Args:
        retain_until: how long it cannot be deleted; None leaves the bucket's default.

    Returns:
        The checkpoint that stands for this size.

    Raises:
        CheckpointRefused: the one that stands is of another ledger.
    """
    ledger.refresh()
    leaves = ledger.leaves()
    note = sign_note(ledger.tender, len(leaves), merkle.root(leaves), holder)
    key = f"{ledger.tender}/{len(leaves):08d}"
    try:
        store.put(BUCKET, key, note.encode(), if_absent=True, retain_until=retain_until, content_type="text/plain")
    except AlreadyExists:
        note = store.get(BUCKET, key).decode(errors="replace")
    checkpoint = read_note(note, ledger.tender, ledger.team.people)
    checkpoint.check(leaves)
    return checkpoint


def behind(store: ObjectStore) -> list[str]:
    """Return the ledgers that have more records than their newest checkpoint counts."""
    records = Counter(info.key.partition("/")[0] for info in store.list(LEDGER))
    anchored = {info.key.partition("/")[0]: info.key for info in store.list(BUCKET)}  # in order: the newest stays
    return sorted(name for name, count in records.items() if anchored.get(name, "") < f"{name}/{count:08d}")


def load(store: ObjectStore, tender: str, people: People) -> tuple[Checkpoint, ...]:
    """Return every checkpoint of a tender, verified, smallest first.

    Raises:
        CheckpointRefused: one of them is not what it should be, or has been covered.
    """
    versions = list(store.versions(BUCKET, f"{tender}/"))
    keys = sorted({version.key for version in versions})
    if len(keys) != len(versions):
        raise CheckpointRefused("checkpoints of {tender}: one has a second version or a delete marker", tender=tender)
    notes = store.get_many(BUCKET, keys)
    found = tuple(read_note(notes[key].decode(errors="replace"), tender, people) for key in keys)
    for key, checkpoint in zip(keys, found, strict=True):
        if key != f"{tender}/{checkpoint.size:08d}":
            raise CheckpointRefused("checkpoint {key}: it is of {size} records", key=key, size=checkpoint.size)
    return found


def sign_note(tender: str, size: int, root: bytes, holder: Holder) -> str:
    """Return the signed note: origin, size, root in base64, the time as an extension line, one signature."""
    text = f"{_ORIGIN}{tender}\n{size}\n{base64.b64encode(root).decode()}\n{stamp(now())}\n"
    public = holder.signing.public_key().public_bytes_raw()
    signature = base64.b64encode(_key_id(holder.name, public) + holder.signing.sign(text.encode())).decode()
    return f"{text}\n— {holder.name} {signature}\n"


def read_note(note: str, tender: str, people: People) -> Checkpoint:
    """Read a signed note and check that the holder it names signed it, with a key that was theirs then.

    Raises:
        CheckpointRefused: they did not, or it is of another tender.
    """
    try:
        text, signature_line = note.split("\n\n")
        origin, size, root, at = text.split("\n")
        dash, by, signature = signature_line.rstrip("\n").split(" ")
        blob = base64.b64decode(signature, validate=True)
        moment, root_bytes = read_time(at), base64.b64decode(root, validate=True)
        row = people.find(by, moment)
        if base64.b64encode(blob).decode() != signature:  # one signature has one text
            raise ValueError
        if (origin, dash) != (_ORIGIN + tender, "—") or row is None or not size.isdecimal():
            raise ValueError
        key = read_public_line(row.signing_key)
        if blob[:4] != _key_id(by, key.public_bytes_raw()):
            raise ValueError
        key.verify(blob[4:], (text + "\n").encode())
    except (ValueError, binascii.Error, InvalidSignature, NotCanonical):
        raise CheckpointRefused(
            "checkpoint of {tender}: it is not what a holder signed; next: treat it as forged", tender=tender
        ) from None
    return Checkpoint(tender, int(size), root_bytes, moment, by, note)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]
