"""Footnotes and endnotes of the documents in one part each, under new ids and with the numbers they had."""

import itertools

from lxml import etree

from templates.compose.package import WML
from templates.compose.relations import Story
from templates.compose.sections import number_notes_from
from templates.tree import W

_SEPARATORS = {"separator": "-1", "continuationSeparator": "0"}


class NoteBook:
    """Collects the notes of one kind: "footnote" or "endnote"."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.part = f"word/{kind}s.xml"
        self.content_type = f"{WML}.{kind}s+xml"
        self.story = Story()
        self._separators: list[etree._Element] = []
        self._notes: list[etree._Element] = []
        self._ids = itertools.count(1)

    def adopt(self, notes: etree._Element, body: etree._Element, found: list[etree._Element]) -> None:
        """Take over the notes that `body` refers to and keep their numbers through the sections `found`."""
        by_id = {node.get(W + "id", ""): node for node in notes.iter(W + self.kind)}
        if not self._separators:
            self._separators = _separators(notes, self.kind)
        ids: dict[str, str] = {}
        for reference in body.iter(f"{W}{self.kind}Reference"):
            old = reference.get(W + "id", "")
            if old in by_id and old not in ids:
                ids[old] = str(next(self._ids))
                by_id[old].set(W + "id", ids[old])
                self._notes.append(by_id[old])
            if old in ids:
                reference.set(W + "id", ids[old])
        if ids:
            self._keep_numbers(body, found)

    def root(self) -> etree._Element | None:
        """The part's root element, or None when no document has notes."""
        if not self._notes:
            return None
        root = etree.Element(f"{W}{self.kind}s", nsmap={"w": W[1:-1]})
        root.extend([*self._separators, *self._notes])
        return root

    def _keep_numbers(self, body: etree._Element, found: list[etree._Element]) -> None:
        """Each section counts on from where the one before it in the same document stopped."""
        sections, count = iter(found), 0
        current = next(sections)
        number_notes_from(current, f"{self.kind}Pr", 1)
        for node in body.iter(f"{W}{self.kind}Reference", W + "sectPr"):
            if node.tag == W + "sectPr":
                if node is current and (following := next(sections, None)) is not None:
                    current = following
                    number_notes_from(current, f"{self.kind}Pr", count + 1)
            elif node.get(W + "customMarkFollows") not in ("1", "true", "on"):
                count += 1


def _separators(notes: etree._Element, kind: str) -> list[etree._Element]:
    found = [node for node in notes.iter(W + kind) if node.get(W + "type") in _SEPARATORS]
    for node in found:
        node.set(W + "id", _SEPARATORS[node.get(W + "type", "")])
    return found
