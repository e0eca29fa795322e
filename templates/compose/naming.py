"""Points the content of a document at the names that its styles, lists and objects have in the volume."""

from collections.abc import Iterator

from lxml import etree

from templates.compose.styles import USERS
from templates.tree import W

_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def repoint(story: etree._Element, styles: dict[str, str], numbers: dict[str, str]) -> None:
    """Rename style and list references; a reference to nothing is dropped, as Word ignores it."""
    for node in list(story.iter(*USERS)):
        _point(node, styles)
    for node in list(story.iter(W + "numId")):
        if node.get(W + "val") != "0":
            _point(node, numbers)


def _point(node: etree._Element, names: dict[str, str]) -> None:
    new = names.get(node.get(W + "val", ""))
    if new is not None:
        node.set(W + "val", new)
    elif (parent := node.getparent()) is not None:
        parent.remove(node)


def name_defaults(story: etree._Element, defaults: dict[str, str]) -> None:
    """Name the document's default style where its content names none and the volume's default is another."""
    for kind, tag, holder, name in (("paragraph", "p", "pPr", "pStyle"), ("table", "tbl", "tblPr", "tblStyle")):
        if kind not in defaults:
            continue
        for node in story.iter(W + tag):
            properties = node.find(W + holder)
            if properties is None:
                properties = etree.Element(W + holder)
                node.insert(0, properties)
            if properties.find(W + name) is None:
                style = etree.Element(W + name)
                style.set(W + "val", defaults[kind])
                properties.insert(0, style)


def number_objects(story: etree._Element, ids: Iterator[int]) -> None:
    """Give drawings and content controls ids of their own, and cut controls loose from data that stays behind."""
    for drawing in story.iter(_DOC_PR):
        drawing.set("id", str(next(ids)))
    for control in story.iter(W + "sdtPr"):
        for node in control.findall(W + "dataBinding"):
            control.remove(node)
        for node in control.findall(W + "id"):
            node.set(W + "val", str(next(ids)))
