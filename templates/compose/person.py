"""Finds what only a person may decide on before a document goes into a bid: comments, changes, foreign content."""

from lxml import etree

from templates.compose.package import remove
from templates.errors import TemplateError
from templates.tree import W

_COMMENTS = [W + n for n in ("commentRangeStart", "commentRangeEnd", "commentReference")]
_CHANGES = [
    W + n
    for n in (
        *(
            "ins",
            "del",
            "moveFrom",
            "moveTo",
            "moveFromRangeStart",
            "moveToRangeStart",
            "cellIns",
            "cellDel",
            "cellMerge",
        ),
        *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "tblGridChange"),
        *("tblPrExChange", "numberingChange"),
    )
]
_FOREIGN = [W + "altChunk", W + "subDoc"]


class NeedsPerson(TemplateError):
    """A document holds comments, tracked changes or foreign content; a person decides what becomes of them."""


def require_settled(story: etree._Element, document: str, part: str) -> None:
    """Raise `NeedsPerson` at the first comment, tracked change or foreign piece of a story."""
    for tags, what, step in (
        (_COMMENTS, "a comment", "answer and delete the comments"),
        (_CHANGES, "a tracked change", "accept or reject the changes"),
        (_FOREIGN, "an inserted foreign document", "copy its content into the document"),
    ):
        if (found := next(story.iter(*tags), None)) is not None:
            raise NeedsPerson(
                "{document}: {part}, {place}: found {what}, expected none in a bid; next: {step} in Word",
                document=document,
                part=part,
                place=place_of(found, story),
                what=what,
                step=step,
            )


def discard_comments(story: etree._Element) -> None:
    """Remove the marks of comments, when a person has said so."""
    for mark in list(story.iter(*_COMMENTS)):
        parent = mark.getparent()
        if parent is None:
            continue
        parent.remove(mark)
        if parent.tag == W + "r" and all(child.tag == W + "rPr" for child in parent):
            remove(parent)


def place_of(node: etree._Element, story: etree._Element) -> str:
    """Where a node stands, without its text: "paragraph 12"."""
    number = 0
    for number, paragraph in enumerate(story.iter(W + "p"), 1):
        if any(child is node for child in paragraph.iter(node.tag)):
            return f"paragraph {number}"
    return f"after paragraph {number}"
