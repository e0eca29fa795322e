"""What would tell a buyer who asks: the bidder's names, numbers, people and models, however they are written."""

import re
import unicodedata
from collections.abc import Iterable

from flows.steps.tender import Tender

_SHORTEST_LATIN, _SHORTEST_CHINESE = 4, 2
"""Shorter than this, a word stands in too many texts that name nobody."""


def identifying(tender: Tender, people: Iterable[str]) -> tuple[str, ...]:
    """Return every text that identifies the bidder, longest first.

    Args:
        tender: the record.
        people: ids and names of our people.
    """
    bidder, signer = tender.bidder, tender.signer
    named = (
        bidder.name, _core(bidder.name), bidder.credit_code, bidder.legal_representative,
        bidder.legal_representative_id, bidder.phone, bidder.fax, bidder.email, bidder.website, bidder.account,
        bidder.address,
        signer.name, signer.id_number, signer.phone,
        *(item.model for lot in tender.lots for item in lot.items),
        *(member.name for member in tender.consortium), *tender.affiliates, *people,
    )  # fmt: skip
    words = dict.fromkeys(word.strip() for word in named if _long_enough(plain(word)))
    return tuple(sorted(words, key=len, reverse=True))


def found_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that a text contains; spaces, widths, case and punctuation make no difference."""
    squeezed = plain(text)
    return tuple(word for word in words if plain(word) in squeezed)


def plain(text: str) -> str:
    """Return the letters and digits of a text, narrow and in small letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _core(name: str) -> str:
    """A company's name without what every company's name ends in."""
    core = re.sub(r"(?:集团)?(?:股份)?有限(?:责任)?公司$|(?:co\.?,? ?)?(?:ltd|inc|gmbh)\.?$", "", name, flags=re.I)
    return core.strip()


def _long_enough(word: str) -> bool:
    return len(word) >= (_SHORTEST_LATIN if word.isascii() else _SHORTEST_CHINESE)
