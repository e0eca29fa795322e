"""What is wrong with a Word template, and which fields it uses, found without filling it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from templates import guard
from templates.field_names import fields_used
from templates.fill import FILLED, part_sources
from templates.parse import PartSource, parse_part, problems_in
from templates.program import nearest, parse_source
from templates.tags import TagError, find_tags

_ELEMENT = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Finding:
    """One fault: the part ("word/document.xml"), the text of its paragraph, the tag as written, what is wrong."""

    part: str
    paragraph: str
    tag: str
    message: str


def check(template: Path | bytes, known_fields: Iterable[str]) -> list[Finding]:
    """All faults of a template: unknown fields, unclosed tags, full-width braces, syntax, tags that nothing fills.

    `known_fields` are dotted names, "project.name", "items[].unit_price". Raises guard.RefusedFile for a file that
    no parser should see.
    """
    known = set(known_fields)
    with _package(template) as package:
        return [finding for part in package.namelist() for finding in _check_part(package, part, known)]


def fields(template: Path | bytes) -> set[str]:
    """The dotted names of the fields that a template uses. Raises TagError for a tag that cannot work."""
    with _package(template) as package:
        return {name for source in part_sources("template", package) for _, name in fields_used(parse_source(source))}


def _package(template: Path | bytes) -> zipfile.ZipFile:
    name = template.name if isinstance(template, Path) else "template.docx"
    guard.check(name, template)
    return zipfile.ZipFile(template if isinstance(template, Path) else io.BytesIO(template))


def _check_part(package: zipfile.ZipFile, part: str, known: set[str]) -> Iterator[Finding]:
    if not part.endswith((".xml", ".rels")):
        return
    xml = package.read(part)
    if not FILLED.fullmatch(part):
        yield from _tags_nobody_fills(part, xml.decode("utf-8", "replace"))
        return
    broken = [Finding(part, text.strip()[:80], problem.text, problem.message) for text, problem in problems_in(xml)]
    yield from broken
    if not broken:
        try:
            yield from _check_fields(parse_part("template", part, xml), known)
        except TagError as error:
            yield Finding(part, error.tag.paragraph, error.tag.text, error.reason)


def _tags_nobody_fills(part: str, xml: str) -> Iterator[Finding]:
    """Tags may be split over elements, or stand whole in an attribute."""
    found = [tag.text for text in (_ELEMENT.sub("", xml), xml) for _, _, tag in find_tags(text)]
    for tag in dict.fromkeys(found):
        yield Finding(part, "", tag, "nothing is filled in this part; next: move the tag into the text")


def _check_fields(source: PartSource, known: set[str]) -> Iterator[Finding]:
    for line, name in dict.fromkeys(fields_used(parse_source(source))):
        if not _is_known(name, known):
            tag = source.tag_at(line)
            message = f"unknown field {name}; nearest: {nearest(name, known)}"
            yield Finding(source.part, tag.paragraph, tag.text, message)


def _is_known(name: str, known: set[str]) -> bool:
    """A field itself, or the group or list that known fields lie in."""
    return name in known or any(other.startswith((f"{name}.", f"{name}[]")) for other in known)
