"""How the notes of a document are numbered: number format, start and restarts of its sections, and their position."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from templates.compose.marks import written
from templates.tree import W

_OWN = ("1", "true", "on")
# What Word uses where neither the section nor the settings say anything.
_FORMAT = {"footnote": "decimal", "endnote": "lowerRoman"}


@dataclass(frozen=True)
class Rule:
    """The numbering of one section; `restart` is "continuous", "eachSect" or "eachPage"."""

    format: str
    start: int
    restart: str
    position: str

    def mark(self, number: int) -> str | None:
        """The mark of note `number`; None where only a reader knows it, who knows the pages and all formats."""
        return None if self.restart == "eachPage" else written(number, self.format)


def rules(found: list[etree._Element], settings: etree._Element | None, kind: str) -> list[Rule]:
    """The rules of sections: what a section does not say its document's settings say (ECMA-376 part 1, 17.11)."""
    return [_rule([section.find(f"{W}{kind}Pr"), given(settings, kind)], kind) for section in found]


def given(settings: etree._Element | None, kind: str) -> etree._Element | None:
    """The `footnotePr` or `endnotePr` of a document's settings."""
    return settings.find(f"{W}{kind}Pr") if settings is not None else None


def _rule(places: list[etree._Element | None], kind: str) -> Rule:
    def value(name: str, otherwise: str) -> str:
        nodes = (place.find(W + name) for place in places if place is not None)
        return next((node.get(W + "val", otherwise) for node in nodes if node is not None), otherwise)

    start = value("numStart", "1")
    return Rule(
        format=value("numFmt", _FORMAT[kind]),
        start=int(start) if start.isdecimal() else 1,
        restart=value("numRestart", "continuous"),
        position=value("pos", ""),
    )


def numbered(
    body: etree._Element, found: list[etree._Element], ruled: list[Rule], kind: str
) -> Iterator[tuple[etree._Element, int, int]]:
    """Each automatic reference with the index of its section and its number, as if no page began anew.

    A section that counts on does so whatever start it names: a start holds where numbers restart (17.11.19).
    """
    index, number = 0, ruled[0].start
    for node in body.iter(f"{W}{kind}Reference", W + "sectPr"):
        if node.tag == W + "sectPr":
            if node is found[index] and index + 1 < len(found):
                index += 1
                number = number if ruled[index].restart == "continuous" else ruled[index].start
        elif automatic(node):
            yield node, index, number
            number += 1


def automatic(reference: etree._Element) -> bool:
    """Whether a reference has a number; else a mark of the author's own follows it."""
    return reference.get(W + "customMarkFollows") not in _OWN
