"""Marks of notes written out: in the text, and in the note in place of its automatic number."""

import copy

from lxml import etree

from templates.compose.styles import sort_properties
from templates.tree import W, set_text


def fix_mark(reference: etree._Element, mark: str) -> None:
    """Let `mark` follow a reference in a run of its own that looks as the number did.

    Each character is an element of its own: LibreOffice 7.4 prints longer ones twice.
    """
    reference.set(W + "customMarkFollows", "1")
    run = _isolate(reference)
    for character in mark:
        set_text(etree.SubElement(run, W + "t"), character)


def show_mark(note: etree._Element, kind: str, mark: str) -> None:
    """Write `mark` where a note shows its number.

    LibreOffice prints the mark of the reference before each note by itself. Word does not: for it the text stands
    here, as `webHidden`, which Word hides in its web view only and LibreOffice everywhere.
    """
    for number in list(note.iter(f"{W}{kind}Ref")):
        run = _isolate(number)
        properties = run.find(W + "rPr")
        if properties is None:
            properties = etree.Element(W + "rPr")
            run.insert(0, properties)
        if properties.find(W + "webHidden") is None:
            etree.SubElement(properties, W + "webHidden")
            sort_properties(properties)
        text = etree.Element(W + "t")
        set_text(text, mark)
        run.replace(number, text)


def bookmarks_around(references: list[etree._Element], body: etree._Element) -> set[str]:
    """The names of the bookmarks that hold one of `references`."""
    wanted, found, begun = set(references), set(), {}
    for node in body.iter(references[0].tag, W + "bookmarkStart", W + "bookmarkEnd") if references else ():
        if node.tag == W + "bookmarkStart":
            begun[node.get(W + "id", "")] = node.get(W + "name", "")
        elif node.tag == W + "bookmarkEnd":
            begun.pop(node.get(W + "id", ""), None)
        elif node in wanted:
            found |= set(begun.values())
    return found


def _isolate(node: etree._Element) -> etree._Element:
    """Leave a node alone in its run; what stood before and after it goes into runs of the same look."""
    run = node.getparent()
    if run is None or run.tag != W + "r":
        raise ValueError("the mark stands in no run")
    before = [other for other in node.itersiblings(preceding=True) if other.tag != W + "rPr"][::-1]
    for others, put in ((before, run.addprevious), (list(node.itersiblings()), run.addnext)):
        if others:
            twin = etree.Element(W + "r")
            twin.extend([copy.deepcopy(properties) for properties in run.findall(W + "rPr")])
            twin.extend(others)
            put(twin)
    return run
