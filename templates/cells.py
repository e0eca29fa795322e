"""The tags that shape table cells: `{% colspan %}`, `{% cellbg %}`, `{% vm %}` and `{% hm %}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from lxml import etree

from templates.tags import Tag, TagError
from templates.tree import W, replace_by_text

# The order that the schema of w:tcPr wants.
_ORDER = ["cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd"]


class Source(Protocol):
    """What keeps tags and makes placeholders for them."""

    def add(self, tag: Tag) -> str: ...

    def refuse(self, tag: Tag, message: str, **values: object) -> TagError: ...


def shape_cell(source: Source, tag: Tag, atom: etree._Element) -> None:
    """Apply a tag whose first word is in CELL_TAGS to the cell around `atom`."""
    word, _, expression = tag.code.strip().partition(" ")
    cell = next(atom.iterancestors(W + "tc"), None)
    if cell is None:
        raise source.refuse(tag, "stands in no table cell; next: move it into one")
    CELL_TAGS[word](source, replace(tag, kind="{", level="plain", code=expression), cell)


def _span(source: Source, tag: Tag, cell: etree._Element) -> None:
    _set_property(cell, "gridSpan", val=source.add(tag))


def _background(source: Source, tag: Tag, cell: etree._Element) -> None:
    _set_property(cell, "shd", val="clear", color="auto", fill=source.add(tag))


def _merge_down(source: Source, tag: Tag, cell: etree._Element) -> None:
    code = "'restart' if loop.first else 'continue'"
    _set_property(cell, "vMerge", val=source.add(replace(tag, code=code)))
    for text in cell.iter(W + "t"):
        if text.text:
            text.text = _only_first(source, tag, text.text)


def _merge_across(source: Source, tag: Tag, cell: etree._Element) -> None:
    old = cell.find(f"{W}tcPr/{W}gridSpan")
    width = 1 if old is None else int(old.get(W + "val", "1"))
    _set_property(cell, "gridSpan", val=source.add(replace(tag, code=f"{width} * loop.length")))
    copy = etree.Element(W + "tc")
    cell.addprevious(copy)
    replace_by_text(copy, source.add(_block(tag, "if loop.first")))
    cell.tail = source.add(_block(tag, "endif")) + (cell.tail or "")


def _only_first(source: Source, tag: Tag, text: str) -> str:
    return source.add(_block(tag, "if loop.first")) + text + source.add(_block(tag, "endif"))


def _block(tag: Tag, code: str) -> Tag:
    return replace(tag, kind="%", level="", code=f" {code} ")


def _set_property(cell: etree._Element, name: str, **attributes: str) -> None:
    properties = cell.find(W + "tcPr")
    if properties is None:
        properties = etree.Element(W + "tcPr")
        cell.insert(0, properties)
    for old in properties.findall(W + name):
        properties.remove(old)
    earlier = {W + before for before in _ORDER[: _ORDER.index(name)]}
    place = sum(1 for child in properties if child.tag in earlier)
    properties.insert(place, etree.Element(W + name, {W + key: value for key, value in attributes.items()}))


CELL_TAGS: dict[str, Callable[[Source, Tag, etree._Element], None]] = {
    "colspan": _span,
    "cellbg": _background,
    "vm": _merge_down,
    "hm": _merge_across,
}
