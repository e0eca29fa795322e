"""Moves on a WordprocessingML tree: text of a paragraph, making a stretch of it whole, replacing elements by text."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_BREAKS = {W + name: char for name, char in (("br", "\n"), ("cr", "\n"), ("tab", "\t"), ("noBreakHyphen", "-"))}


def text_atoms(element: etree._Element, *, nested: bool = False) -> Iterator[etree._Element]:
    """The text, break and tab elements of a paragraph in order; paragraphs inside it (text boxes) only if `nested`."""
    for child in element:
        if child.tag == W + "t" or (child.tag in _BREAKS and element.tag == W + "r"):
            yield child
        elif isinstance(child.tag, str) and (nested or child.tag != W + "p"):
            yield from text_atoms(child, nested=nested)


def atom_text(atom: etree._Element) -> str:
    """The text that an atom stands for."""
    return (atom.text or "") if atom.tag == W + "t" else _BREAKS[atom.tag]


def all_text(element: etree._Element) -> str:
    """The text of an element with everything inside it."""
    return "".join(atom_text(atom) for atom in text_atoms(element, nested=True))


class Text:
    """The text of one paragraph, whose stretches can be replaced from the end towards the beginning."""

    def __init__(self, paragraph: etree._Element) -> None:
        self._atoms = list(text_atoms(paragraph))
        self._texts = [atom_text(atom) for atom in self._atoms]
        self.text = "".join(self._texts)

    def replace(self, start: int, end: int, mark: str) -> etree._Element:
        """Put `mark` in place of characters start..end; the result is the text element that now holds it."""
        first: etree._Element | None = None
        position = 0
        for atom, text in zip(self._atoms, self._texts, strict=True):
            low, high = max(start - position, 0), min(end - position, len(text))
            position += len(text)
            if low >= high:
                continue
            if first is None:
                first = atom
                set_text(atom, (atom.text or "")[:low] + mark + (atom.text or "")[high:])
            elif atom.tag == W + "t" and len(atom.text or "") > high:
                set_text(atom, (atom.text or "")[high:])
            else:
                _remove_with_run(atom)
        if first is None:
            raise ValueError("an empty stretch of text cannot be replaced")
        return first


def set_text(atom: etree._Element, text: str) -> None:
    """Set the text of a `w:t` and keep its spaces."""
    atom.text = text
    atom.set(SPACE, "preserve")


def _remove_with_run(atom: etree._Element) -> None:
    run = atom.getparent()
    if run is None:
        return
    run.remove(atom)
    parent = run.getparent()
    if run.tag == W + "r" and parent is not None and _is_empty(run):
        parent.remove(run)


def _is_empty(run: etree._Element) -> bool:
    return all(child.tag == W + "rPr" for child in run)


def replace_by_text(element: etree._Element, text: str) -> None:
    """Remove an element and leave `text` where it stood, between its neighbours."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        raise ValueError("the root cannot be replaced by text")
    if previous is None:
        parent.text = (parent.text or "") + text
    else:
        previous.tail = (previous.tail or "") + text
    parent.remove(element)


def lift_from_run(atom: etree._Element, mark: str) -> None:
    """Split the run around `mark` in `atom`, so that the mark stands between runs that keep their properties."""
    run = atom.getparent()
    if run is None or run.tag != W + "r":
        raise ValueError("the text stands in no run")
    before, after = (atom.text or "").split(mark, 1)
    tail = _second_half(run, atom, after)
    if before:
        set_text(atom, before)
    else:
        run.remove(atom)
    if not _is_empty(tail):
        run.addnext(tail)
    if _is_empty(run):
        replace_by_text(run, mark)
    else:
        run.tail = mark


def _second_half(run: etree._Element, atom: etree._Element, after: str) -> etree._Element:
    tail = etree.Element(run.tag)
    properties = run.find(W + "rPr")
    if properties is not None:
        tail.append(copy.deepcopy(properties))
    if after:
        set_text(etree.SubElement(tail, W + "t"), after)
    for follower in list(atom.itersiblings()):
        tail.append(follower)
    return tail
