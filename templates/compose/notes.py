"""Footnotes and endnotes of the documents in one part each, under new ids and with the numbers they had.

Where more than one document has notes, their marks are written out: a reader that knows one run of numbers per file
(LibreOffice) would count through all of them.
"""

import copy
import itertools

from lxml import etree

from templates.compose.note_marks import bookmarks_around, fix_mark, show_mark
from templates.compose.note_rules import Rule, given, numbered, rules
from templates.compose.package import WML
from templates.compose.relations import Story
from templates.compose.sections import hold_endnotes, number_notes
from templates.tree import W

_SEPARATORS = {"separator": "-1", "continuationSeparator": "0"}


class NoteBook:
    """Collects the notes of one kind, "footnote" or "endnote"; `several` documents have some, or one."""

    def __init__(self, kind: str, *, several: bool) -> None:
        self.kind = kind
        self.part = f"word/{kind}s.xml"
        self.content_type = f"{WML}.{kind}s+xml"
        self.story = Story()
        self._several = several
        self._settings: etree._Element | None = None
        self._separators: list[etree._Element] = []
        self._notes: list[etree._Element] = []
        self._ids = itertools.count(1)

    def adopt(
        self,
        notes: etree._Element,
        body: etree._Element,
        found: list[etree._Element],
        settings: etree._Element | None,
    ) -> set[str]:
        """Take over the notes that `body` refers to; the result names the bookmarks around marks that were written out.

        Args:
            notes: The notes of a document.
            body: Its body.
            found: The sections of the body.
            settings: Its settings.
        """
        if not self._separators:
            self._separators = _separators(notes, self.kind)
        taken = self._take(notes, body)
        if not taken:
            return set()
        ruled = rules(found, settings, self.kind)
        if self.kind == "endnote" and _position(settings) != "sectEnd":
            hold_endnotes(found)
        if self._several:
            return self._keep_numbers(body, found, ruled, taken)
        self._settings = given(settings, self.kind)
        return set()

    def root(self) -> etree._Element | None:
        """The part's root element, or None when no document has notes."""
        if not self._notes:
            return None
        root = etree.Element(f"{W}{self.kind}s", nsmap={"w": W[1:-1]})
        root.extend([*self._separators, *self._notes])
        return root

    def settings(self) -> etree._Element | None:
        """What the volume's settings say of the notes: how the only document that has some counts, and separators.

        Endnotes stand at the end of their own document, not at the end of the volume.
        """
        if not self._notes:
            return None
        node = etree.Element(f"{W}{self.kind}Pr")
        if self.kind == "endnote":
            etree.SubElement(node, W + "pos").set(W + "val", "sectEnd")
        for name in ("pos", "numFmt", "numStart", "numRestart"):
            said = self._settings.find(W + name) if self._settings is not None else None
            if said is not None and node.find(W + name) is None:
                node.append(copy.deepcopy(said))
        for key in _SEPARATORS.values():
            etree.SubElement(node, W + self.kind).set(W + "id", key)
        return node

    def _take(self, notes: etree._Element, body: etree._Element) -> dict[str, etree._Element]:
        """The notes that are referred to, by their new ids, which the references get as well."""
        by_id = {node.get(W + "id", ""): node for node in notes.iter(W + self.kind)}
        ids: dict[str, str] = {}
        for reference in body.iter(f"{W}{self.kind}Reference"):
            old = reference.get(W + "id", "")
            if old in by_id and old not in ids:
                ids[old] = str(next(self._ids))
                by_id[old].set(W + "id", ids[old])
                self._notes.append(by_id[old])
            if old in ids:
                reference.set(W + "id", ids[old])
        return {new: by_id[old] for old, new in ids.items()}

    def _keep_numbers(
        self, body: etree._Element, found: list[etree._Element], ruled: list[Rule], taken: dict[str, etree._Element]
    ) -> set[str]:
        """Write the marks out; where one is not known (each page counts anew) the numbers stay automatic."""
        counted = list(numbered(body, found, ruled, self.kind))
        marks = [ruled[index].mark(number) for _, index, number in counted]
        for index, (section, rule) in enumerate(zip(found, ruled, strict=True)):
            first = next((number for _, at, number in counted if at == index), rule.start)
            number_notes(section, self.kind, rule, first if None in marks else None)
        if None in marks:
            return set()
        for (reference, _, _), mark in zip(counted, marks, strict=True):
            fix_mark(reference, mark or "")
            if (note := taken.get(reference.get(W + "id", ""))) is not None:
                show_mark(note, self.kind, mark or "")
        return bookmarks_around([reference for reference, _, _ in counted], body)


def _position(settings: etree._Element | None) -> str:
    """Where a document puts its endnotes: "sectEnd" or, as Word does by itself, "docEnd"."""
    properties = given(settings, "endnote")
    node = properties.find(W + "pos") if properties is not None else None
    return node.get(W + "val", "docEnd") if node is not None else "docEnd"


def _separators(notes: etree._Element, kind: str) -> list[etree._Element]:
    found = [node for node in notes.iter(W + kind) if node.get(W + "type") in _SEPARATORS]
    for node in found:
        node.set(W + "id", _SEPARATORS[node.get(W + "type", "")])
    return found
