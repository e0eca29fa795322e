"""What every kind of recipient and identity can do, and what their stanzas share."""

from typing import Protocol

from storage.age import base64
from storage.age.errors import HeaderError
from storage.age.header import Stanza


class Recipient(Protocol):
    """The public half: wraps file keys."""

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza from which only the identity gets the 16-byte `file_key` back."""

    def blank(self) -> Stanza:
        """A stanza of exactly the length that `wrap` gives, without the work."""


class Identity(Protocol):
    """The private half: unwraps file keys."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The file key, or None if the stanza is of another type or for someone else.

        Raises:
            HeaderError: the stanza is of this type and malformed.
        """


def binary_argument(stanza: Stanza, index: int, size: int) -> bytes:
    """Argument `index` of a stanza, which must be `size` bytes in canonical base64.

    Raises:
        HeaderError: it is not.
    """
    data = base64.decode(stanza.arguments[index].encode("ascii"))
    if data is None or len(data) != size:
        raise HeaderError(
            "age {kind} stanza: argument {index} is not {size} bytes in canonical base64",
            kind=stanza.type, index=index, size=size,
        )  # fmt: skip
    return data


def check_arguments(stanza: Stanza, count: int) -> None:
    """Refuses a stanza with more or fewer than `count` arguments, its type included.

    Raises:
        HeaderError: the count differs.
    """
    if len(stanza.arguments) != count:
        raise HeaderError(
            "age {kind} stanza: {found} arguments, expected {expected}",
            kind=stanza.type, found=len(stanza.arguments), expected=count,
        )  # fmt: skip
