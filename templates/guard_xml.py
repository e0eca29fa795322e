"""One XML part through expat: no document type, not too many elements or levels, no commands in fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from templates.guard_errors import Limits, RefusedFile

_CHUNK = 1 << 16
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types "
# Fields that run a program or fetch another file when the document is opened or updated.
_COMMANDS = re.compile(
    r"^\s*(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|MACROBUTTON|DATABASE|RD)\b", re.I
)


@dataclass
class Facts:
    """What the parts of a package said, and how many elements may still come."""

    elements_left: int
    relations: list[tuple[str, str, str, bool]] = field(default_factory=list)
    content_types: list[str] = field(default_factory=list)


def check_xml(name: str, part: str, stream: IO[bytes], limits: Limits, facts: Facts) -> None:
    """Parse a part without building anything; relations and content types are added to `facts`."""
    reader = _Reader(name, part, limits, facts)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.doctype
    reader.parser = parser
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
    parser: expat.XMLParserType

    def __init__(self, name: str, part: str, limits: Limits, facts: Facts) -> None:
        self._name = name
        self._part = part
        self._limits = limits
        self._facts = facts
        self._depth = 0
        self._command = ""

    def release(self) -> None:
        """Break the circle of parser and handlers, so that memory goes at once."""
        self.parser.StartElementHandler = self.parser.EndElementHandler = None
        self.parser.StartDoctypeDeclHandler = self.parser.CharacterDataHandler = None

    def doctype(self, *_: object) -> None:
        message = "{file}, {part}: found a document type declaration, allowed none; next: do not use this file"
        raise RefusedFile(message, file=self._name, part=self._part)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._facts.elements_left -= 1
        if self._depth > self._limits.depth:
            raise RefusedFile.over(self._name, f"levels of elements in {self._part}", self._depth, self._limits.depth)
        if self._facts.elements_left < 0:
            raise RefusedFile.over(
                self._name, "XML elements, at least", self._limits.elements + 1, self._limits.elements
            )
        if tag.startswith(_WORD):
            self._start_word(tag[len(_WORD) :], attributes)
        elif tag == _RELATION:
            external = attributes.get("TargetMode", "").lower() == "external"
            self._facts.relations.append(
                (self._part, attributes.get("Type", ""), attributes.get("Target", ""), external)
            )
        elif tag.startswith(_TYPES):
            self._facts.content_types.append(attributes.get("ContentType", ""))
        elif tag.startswith(_SHEET) and tag.endswith((" ddeLink", " oleLink")):
            self._refuse("a link to another program")

    def _start_word(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "instrText":
            self.parser.CharacterDataHandler = self._collect
        elif tag == "fldSimple":
            self._check_command(attributes.get(_WORD + "instr", ""))
        elif tag == "fldChar":
            self._check_command(self._command)
            self._command = ""
        elif tag in ("altChunk", "subDoc", "control", "object"):
            self._refuse(tag)

    def _collect(self, text: str) -> None:
        if len(self._command) < 10_000:
            self._command += text

    def _check_command(self, command: str) -> None:
        if _COMMANDS.match(command):
            self._refuse("the field " + command.split()[0].upper())

    def _refuse(self, found: str) -> None:
        message = "{file}, {part}: found {found}, which runs or loads something; next: remove it and save again"
        raise RefusedFile(message, file=self._name, part=self._part, found=found)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == _WORD + "instrText":
            self.parser.CharacterDataHandler = None
