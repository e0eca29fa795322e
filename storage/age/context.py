"""Binds an age file to the object it is: a stanza that other readers ignore and that the header's MAC covers."""

import re
from dataclasses import dataclass

from storage.age.errors import ContextMismatch, HeaderError
from storage.age.header import Header, Stanza

TYPE = "tenderflow"
MAX_ARGUMENT = 64
_ARGUMENT = re.compile(rf"[!-~]{{1,{MAX_ARGUMENT}}}")


@dataclass(frozen=True, slots=True)
class ContextStanza:
    """What a file was sealed as. All four are public: they stand in the clear.

    Args:
        tender: id of the tender.
        object_id: random id of the object.
        version: its ordinal, 0 or more.
        compartment: whose key the file is sealed to.

    Raises:
        HeaderError: a field is empty, longer than 64 characters, or not printable ASCII without spaces.
    """

    tender: str
    object_id: str
    version: int
    compartment: str

    def __post_init__(self) -> None:
        for argument in self.to_stanza().arguments:
            if not _ARGUMENT.fullmatch(argument):
                raise HeaderError("age context: {argument!r} cannot stand in a header", argument=argument)
        if self.version < 0:
            raise HeaderError("age context: version {version} is negative", version=self.version)

    def to_stanza(self) -> Stanza:
        """`-> tenderflow <tender> <object> <version> <compartment>` with an empty body."""
        return Stanza((TYPE, self.tender, self.object_id, str(self.version), self.compartment), b"")


def check_context(header: Header, expected: ContextStanza) -> None:
    """Checks that a file, whose header MAC is verified, was sealed as `expected`.

    Raises:
        ContextMismatch: it was sealed as something else, as several things, or without context.
    """
    found = [stanza for stanza in header.stanzas if stanza.type == TYPE]
    if found != [expected.to_stanza()]:
        raise ContextMismatch(
            "age context: found {found}, expected {expected}; next: treat the object as exchanged",
            found="; ".join(" ".join(stanza.arguments[1:]) for stanza in found) or "none",
            expected=" ".join(expected.to_stanza().arguments[1:]),
        )
