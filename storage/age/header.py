"""The header of an age file: version line, recipient stanzas, MAC (c2sp.org/age, "Header")."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.age import base64
from storage.age.errors import HeaderError, HeaderMacError
from storage.age.keywrap import derive_key
from storage.age.source import Source

VERSION_LINE = b"age-encryption.org/v1\n"
COLUMNS = 64
MAC_SIZE = 32
MAX_HEADER = 48 * 1024
"""Bytes: room for 30 post-quantum stanzas, so for as many costly key agreements; a longer header is not parsed."""
MAX_STANZAS = 48
"""Each may cost the reader a key agreement, so this bounds the time that a hostile header takes."""
READ_AHEAD = 4096

_ARGUMENTS = re.compile(rb"-> [!-~]+(?: [!-~]+)*")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient stanza: its arguments, the first being its type, and its body."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def type(self) -> str:
        return self.arguments[0]

    def encode(self) -> bytes:
        """The stanza as it stands in the header; the body always ends with a line shorter than 64 columns."""
        text = base64.encode(self.body)
        lines = [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
        return "\n".join(["-> " + " ".join(self.arguments), *lines, ""]).encode("ascii")


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header.

    Attributes:
        stanzas: in the order of the file.
        mac: 32 bytes, not yet checked: see `verify`.
    """

    stanzas: tuple[Stanza, ...]
    mac: bytes

    @classmethod
    def make(cls, stanzas: Sequence[Stanza], file_key: bytes) -> "Header":
        """The header of a new file, with its MAC."""
        return cls(tuple(stanzas), _mac(stanzas, file_key))

    def encode(self) -> bytes:
        """The header as it stands in the file."""
        return _text(self.stanzas) + f" {base64.encode(self.mac)}\n".encode("ascii")

    def verify(self, file_key: bytes) -> None:
        """Checks that the header is the one that was sealed.

        Raises:
            HeaderMacError: it is not.
        """
        if not hmac.compare_digest(self.mac, _mac(self.stanzas, file_key)):
            raise HeaderMacError("age header: altered since it was sealed; next: fetch the file again")


def take_header(source: Source) -> Header:
    """Reads a header and leaves the source at the payload.

    Raises:
        HeaderError: no age file, another version, malformed, or beyond a limit.
    """
    text = b""
    while (end := _end_of(text)) is None:
        if len(text) > MAX_HEADER:
            raise HeaderError("age header: longer than {limit} bytes", limit=MAX_HEADER)
        block = source.read(READ_AHEAD)
        if not block:
            raise HeaderError("age header: the file ends inside it, after {size} bytes", size=len(text))
        text += block
        _check_version(text)
    source.hand_back(text[end:])
    return _parse(text[:end])


def _parse(text: bytes) -> Header:
    *lines, mac_line = text[len(VERSION_LINE) : -1].split(b"\n")
    if not mac_line.startswith(b"--- "):
        raise HeaderError("age header: no MAC line at its end")
    mac = base64.decode(mac_line[4:])
    if mac is None or len(mac) != MAC_SIZE:
        raise HeaderError("age header: the MAC is not {size} bytes in canonical base64", size=MAC_SIZE)
    header = Header(_parse_stanzas(lines), mac)
    if len(header.stanzas) > 1 and any(stanza.type == "scrypt" for stanza in header.stanzas):
        raise HeaderError(
            "age header: a passphrase stanza must stand alone, found {count} stanzas", count=len(header.stanzas)
        )
    return header


def _check_version(text: bytes) -> None:
    start = text[: len(VERSION_LINE)]
    if not VERSION_LINE.startswith(start):
        raise HeaderError("age header: this is no age file of version 1")


def _end_of(text: bytes) -> int | None:
    mark = text.find(b"\n---")
    end = text.find(b"\n", mark + 1) if mark >= 0 else -1
    return end + 1 if end >= 0 else None


def _parse_stanzas(lines: list[bytes]) -> tuple[Stanza, ...]:
    stanzas: list[Stanza] = []
    position = 0
    while position < len(lines):
        if len(stanzas) == MAX_STANZAS:
            raise HeaderError("age header: more than {limit} stanzas", limit=MAX_STANZAS)
        if not _ARGUMENTS.fullmatch(lines[position]):
            raise HeaderError("age header: line {line} is no stanza", line=position + 2)
        end = _end_of_body(lines, position + 1)
        body = base64.decode(b"".join(lines[position + 1 : end]))
        if body is None:
            raise HeaderError("age header: the stanza at line {line} is not canonical base64", line=position + 2)
        stanzas.append(Stanza(tuple(lines[position][3:].decode("ascii").split(" ")), body))
        position = end
    if not stanzas:
        raise HeaderError("age header: it has no stanza")
    return tuple(stanzas)


def _end_of_body(lines: list[bytes], start: int) -> int:
    """The index after the first line shorter than 64 columns, which ends a body."""
    for index in range(start, len(lines)):
        if len(lines[index]) > COLUMNS:
            raise HeaderError(
                "age header: line {line} is longer than {columns} columns", line=index + 2, columns=COLUMNS
            )
        if len(lines[index]) < COLUMNS:
            return index + 1
    raise HeaderError("age header: the last stanza has no end")


def _text(stanzas: Sequence[Stanza]) -> bytes:
    return VERSION_LINE + b"".join(stanza.encode() for stanza in stanzas) + b"---"


def _mac(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    return hmac.digest(derive_key(file_key, b"", b"header"), _text(stanzas), "sha256")
