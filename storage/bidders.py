"""Which bidder an installation makes documents for in a tender: one only, by hashed names in the registers bucket.

A record lies under an HMAC of buyer and tender number and holds an HMAC of the credit code, signed by whoever made it.
Neither can be read back; whoever knows both and the installation's public key can confirm them.
"""

import hmac
import unicodedata
from dataclasses import dataclass

from storage import signed
from storage.canonical import now, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.objects import AlreadyExists, ObjectStore
from storage.people import BUCKET, People
from storage.sequence import RecordRow

NAMESPACE = "tender-bidder@v1"
PREFIX = "bidders"
_FIELDS = {"v", "key", "bidder", "tender", "by", "at"}


class AnotherBidder(StorageError):
    """Documents of another bidder are made for the same tender in this installation."""


class BidderRefused(StorageError):
    """A record of the index is not what an honest person wrote."""


@dataclass(frozen=True)
class Bidders:
    """The index, as one installation keeps it.

    Args:
        store: the object store.
        salt: what belongs to this installation alone: its pinned custodian key.
        people: the register that authors are held against.
    """

    store: ObjectStore
    salt: str
    people: People

    def claim(self, holder: Holder, tender: str, *, buyer: str, number: str, credit_code: str) -> None:
        """Say that this installation bids in a buyer's tender for one bidder; saying it again is no matter.

        Args:
            tender: the id under which it is said; public.
            buyer, number: as the buyer writes them; widths, spaces, case and punctuation make no difference.

        Raises:
            AnotherBidder: it was said for another bidder, under whatever tender id.
            BidderRefused, TamperAlarm: the index is not honest.
        """
        key = self._hash("tender", buyer, number)
        bidder = self._hash("bidder", key, credit_code)
        row = RecordRow(self.store, BUCKET, f"{PREFIX}/{key}")
        value = {"v": 1, "key": key, "bidder": bidder, "tender": tender, "by": holder.name, "at": stamp(now())}
        try:
            row.append(0, signed.write(value, holder.signing, NAMESPACE))
        except AlreadyExists:
            first = self._read(row, key)
            if first["bidder"] != bidder:
                raise AnotherBidder(
                    "Tender {tender}: another bidder's documents for the same buyer and number are made as {other}, "
                    "expected one bidder in one tender (招标投标法实施条例 art. 40); next: bid for one of them only",
                    tender=tender,
                    other=first["tender"],
                ) from None

    def _read(self, row: RecordRow, key: str) -> dict[str, str]:
        value, signer = signed.read(row.read(row.slots())[0], NAMESPACE)
        honest = set(value) == _FIELDS and value["key"] == key
        if not honest or self.people.holder_for_key(signer, read_time(value["at"])).holder != value["by"]:
            raise BidderRefused("index of bidders: a record belongs to another place; next: treat it as tampered with")
        return value

    def _hash(self, *texts: str) -> str:
        return hmac.new(self.salt.encode(), "\n".join(map(_plain, texts)).encode(), "sha256").hexdigest()


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
