"""What archived tenders are called, a sealed and signed file for each, so that later bids are searched for it."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from storage import age, signed
from storage.canonical import canonical
from storage.errors import StorageError
from storage.identity import Holder
from storage.objects import AlreadyExists, ObjectInfo, ObjectStore
from storage.people import BUCKET, People
from storage.sequence import DIGITS
from storage.sshsig import SignatureRefused

FOLDER = "residue"
NAMESPACE = "tender-names@v1"
WRITER = "worker:archive"
READERS = ("worker:archive", "worker:pricing")
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ArchivedNames:
    """What archived tenders are called: names by kind, tender by tender; `unread` files do not open or are forged."""

    tenders: Mapping[str, Names]
    unread: int


class NameIndex:
    """The index as one holder sees it: the archive worker writes, it and the pricing worker read.

    Args:
        store: the object store; files lie in `registers` under `residue/<tender>/<number>-<digest>`.
        holder: who writes or reads.
        people: the register that writer and readers are held against.
    """

    def __init__(self, store: ObjectStore, holder: Holder, people: People) -> None:
        self._store = store
        self._holder = holder
        self._people = people

    def put(self, tender: str, names: Names) -> None:
        """Add a tender's names, by kind; nothing is written if the newest file has them for the same readers' keys.

        Files are numbered, because the store's clock does not tell apart two writes within one of its ticks.
        """
        readers = self._people.recipients(*READERS).values()
        value = {"v": 1, "tender": tender, "names": {kind: list(texts) for kind, texts in names.items()}}
        told = canonical({**value, "readers": sorted(map(str, readers))})
        digest = hashlib.sha256(told).hexdigest()
        newest = max(self._store.list(BUCKET, f"{FOLDER}/{tender}/"), key=_order_of, default=None)
        if newest and newest.key.endswith(digest):
            return
        number = 1 + (_number_of(newest) if newest else 0)
        key = f"{FOLDER}/{tender}/{number:0{DIGITS}d}-{digest}"
        record = signed.write(value, self._holder.signing, NAMESPACE)
        with suppress(AlreadyExists):
            self._store.put(BUCKET, key, age.encrypt_bytes(record, list(readers)), if_absent=True)

    def read(self, *, besides: str) -> ArchivedNames:
        """Return the names of every archived tender but one; of several files of a tender the newest counts."""
        listed = self._store.list(BUCKET, f"{FOLDER}/")
        found = sorted((i for i in listed if _tender_of(i) != besides), key=_order_of)
        contents = self._store.get_many(BUCKET, [info.key for info in found])
        tenders: dict[str, Names] = {}
        unread = 0
        for info in found:
            try:
                tenders[_tender_of(info)] = self._open(info, contents[info.key])
            except StorageError:
                unread += 1
        return ArchivedNames(tenders, unread)

    def _open(self, info: ObjectInfo, sealed: bytes) -> Names:
        value, signer = signed.read(age.decrypt_bytes(sealed, [self._holder.age]), NAMESPACE)
        writer = self._people.holder_for_key(signer, info.last_modified).holder
        if writer != WRITER or value["tender"] != _tender_of(info):
            raise SignatureRefused("names of {key}: signed by {writer} for another place", key=info.key, writer=writer)
        names: Names = value["names"]
        return names


def _order_of(info: ObjectInfo) -> tuple[int, datetime]:
    return _number_of(info), info.last_modified


def _number_of(info: ObjectInfo) -> int:
    """Return the number of a tender's file; 0 for files of earlier builds, which have none, and strange ones."""
    number, dash, _ = info.key.rpartition("/")[2].partition("-")
    return int(number) if dash and number.isdecimal() and len(number) == DIGITS else 0


def _tender_of(info: ObjectInfo) -> str:
    return info.key.split("/")[1]
