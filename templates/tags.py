"""The tags of a Word template: how they are found in running text, and the error that names their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates.errors import TemplateError

_TAG = re.compile(
    r"""\{\{(?:"[^"]*"|'[^']*'|.)*?\}\}|\{%(?:"[^"]*"|'[^']*'|.)*?%\}|\{\#.*?\#\}""",
    re.DOTALL,
)
_INSIDE = re.compile(
    r"\{(?P<kind>[{%#])(?P<lead>-?)(?:(?P<level>tr|tc|p|r)(?=\s))?(?P<code>.*?)(?P<trail>-?)[}%#]\}", re.DOTALL
)
_FULL_WIDTH = re.compile(r"｛｛|｝｝|｛%|｛#|\{｛|｛\{|｝\}|\}｝")
_STRAY = re.compile(r"\{\{|\{%|\{#|\}\}|%\}")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_PLACE = "{template}, {part}, paragraph “{paragraph}”, tag {tag}: "


@dataclass(frozen=True)
class Tag:
    """One tag. `kind` is the second character of its braces, `level` what it stands for as a whole:
    "" text, "r" run, "p" paragraph, "tr" row, "tc" cell, "plain" text outside runs; `dash` holds "-" at "<" and ">"."""

    kind: str
    level: str
    code: str
    text: str
    paragraph: str
    dash: str = ""


class TagError(TemplateError):
    """A tag cannot be used or filled; the message says template, part, paragraph and tag."""

    def __init__(self, message: str, /, *, tag: Tag, template: str, part: str, **values: object) -> None:
        place = {"template": template, "part": part, "paragraph": tag.paragraph, "tag": tag.text}
        super().__init__(_PLACE + message, **place, **values)
        self.tag = tag
        self.part = part
        self.reason = message.format(**values)


@dataclass(frozen=True)
class Problem:
    """Braces that are no tag: `text` is what was found, `message` what is wrong with it."""

    text: str
    message: str


def find_tags(text: str) -> Iterator[tuple[int, int, Tag]]:
    """Yield (start, end, tag) for each tag of a paragraph's text, in order."""
    for match in _TAG.finditer(text):
        yield match.start(), match.end(), _tag(match[0], text)


def find_problems(text: str) -> Iterator[Problem]:
    """Yield full-width braces and braces without their partner in a paragraph's text."""
    for match in _FULL_WIDTH.finditer(text):
        yield Problem(match[0], "full-width braces; next: type {{ }} or {% %} in half-width")
    for match in _STRAY.finditer(_TAG.sub(lambda found: " " * len(found[0]), text)):
        yield Problem(text[match.start() : match.start() + 40], "braces without their partner; next: close the tag")


def looks_tagged(text: str) -> bool:
    """Whether text may hold tags or broken tags at all."""
    return bool(_STRAY.search(text) or _FULL_WIDTH.search(text))


def _tag(text: str, paragraph: str) -> Tag:
    match = _INSIDE.fullmatch(text)
    assert match is not None  # every text that _TAG finds has this inside
    dash = "<" * bool(match["lead"]) + ">" * bool(match["trail"])
    code = match["code"].translate(_QUOTES)
    return Tag(match["kind"], match["level"] or "", code, text, paragraph.strip()[:80], dash)
