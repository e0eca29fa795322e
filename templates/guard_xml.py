"""One XML part through expat: no document type, not too many levels, no commands in fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from templates.guard_errors import Limits, RefusedFile

_CHUNK = 1 << 16
# Fields that run a program or fetch another file when the document is opened or updated.
_COMMANDS = re.compile(
    r"^\s*(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|MACROBUTTON|DATABASE|RD)\b", re.I
)
# Elements that embed another program's data or file. Judged by local name: a prefix may be anything.
_ACTIVE = frozenset({"altChunk", "subDoc", "control", "object", "ddeLink", "oleLink"})
_WATCHED = _ACTIVE | {"instrText", "fldSimple", "fldChar", "Relationship", "Override", "Default"}
# How XML may begin in encodings of more than one byte, or in EBCDIC (XML 1.0, appendix F).
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"<\0", b"\0<", b"\0\0\0<", b"Lo\xa7\x94")
_SPACE = b" \t\r\n"
_CONTROLS = bytes(code for code in range(32) if code not in _SPACE)


@dataclass
class Facts:
    """What the parts of a package said: (part, type, target, external) of relations, and all content types."""

    relations: list[tuple[str, str, str, bool]] = field(default_factory=list)
    content_types: list[str] = field(default_factory=list)


def is_markup(head: bytes) -> bool:
    """Whether a part may be XML by its first bytes, whatever its name says."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    plain = text[:1] == b"<" or (not text and bool(head))
    return head.startswith(_WIDE) or (plain and head.translate(None, _CONTROLS) == head)


def check_xml(name: str, part: str, stream: IO[bytes], limits: Limits, facts: Facts) -> None:
    """Parse a part without building anything; relations and content types are added to `facts`."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    reader = _Reader(name, part, limits, facts, parser)
    fed = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > limits.token_bytes:
                raise RefusedFile.over(name, f"bytes of one tag or comment in {part}", fed, limits.token_bytes)
        parser.Parse(b"", True)
    except expat.ExpatError as cause:
        message = "{file}, {part}: the XML is broken at line {line}; next: save the file again"
        raise RefusedFile(message, file=name, part=part, line=cause.lineno) from cause
    finally:
        reader.release()


class _Reader:
    def __init__(self, name: str, part: str, limits: Limits, facts: Facts, parser: expat.XMLParserType) -> None:
        self._name = name
        self._part = part
        self._facts = facts
        self._parser = parser
        self._depth = 0
        self._deepest = limits.depth
        self._command = ""
        self._watched: dict[str, str] = {}
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype

    def release(self) -> None:
        """Break the circle of parser and handlers, so that memory goes at once."""
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.StartDoctypeDeclHandler = self._parser.CharacterDataHandler = None

    def _doctype(self, *_: object) -> None:
        message = "{file}, {part}: found a document type declaration, allowed none; next: do not use this file"
        raise RefusedFile(message, file=self._name, part=self._part)

    def _start(self, tag: str, attributes: list[str]) -> None:
        # Called for every element of a large file: one look into a dictionary decides for most.
        self._depth += 1
        local = self._watched.get(tag)
        if local is None:
            local = self._watched[tag] = _watched_name(tag)
        if local:
            self._start_watched(local, dict(zip(attributes[::2], attributes[1::2], strict=True)))
        if self._depth > self._deepest:
            raise RefusedFile.over(self._name, f"levels of elements in {self._part}", self._depth, self._deepest)

    def _start_watched(self, local: str, attributes: dict[str, str]) -> None:
        if local == "Relationship":
            external = attributes.get("TargetMode", "").lower() == "external"
            self._facts.relations.append(
                (self._part, attributes.get("Type", ""), attributes.get("Target", ""), external)
            )
        elif local in ("Override", "Default"):
            self._facts.content_types.append(attributes.get("ContentType", ""))
        elif local == "instrText":
            self._parser.CharacterDataHandler = self._collect
        elif local == "fldSimple":
            for value in attributes.values():
                self._check_command(value)
        elif local == "fldChar":
            self._check_command(self._command)
            self._command = ""
        else:
            self._refuse(local)

    def _collect(self, text: str) -> None:
        if len(self._command) < 10_000:
            self._command += text

    def _check_command(self, command: str) -> None:
        if _COMMANDS.match(command):
            self._refuse("the field " + command.split()[0].upper())

    def _refuse(self, found: str) -> None:
        message = "{file}, {part}: found {found}, which runs or loads something; next: remove it and save again"
        raise RefusedFile(message, file=self._name, part=self._part, found=found)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if self._watched[tag] == "instrText":
            self._parser.CharacterDataHandler = None


def _watched_name(tag: str) -> str:
    local = tag.rpartition(":")[2]
    return local if local in _WATCHED else ""
