"""Sections of the documents in a volume: paper, orientation, headers and footers stay those of each document."""

from collections.abc import Callable

from lxml import etree

from templates.compose.note_rules import Rule
from templates.compose.package import R
from templates.tree import W

_KINDS = ("default", "first", "even")
_REFERENCES = ("headerReference", "footerReference")
_ID = f"{{{R}}}id"
# The order of the schema for what is put into a section here.
_AFTER_TYPE = [W + n for n in ("headerReference", "footerReference", "footnotePr", "endnotePr", "type")]
_BEFORE_NUMBERS = [*_AFTER_TYPE, *(W + n for n in ("pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType"))]
_BEFORE_NO_ENDNOTE = [*_BEFORE_NUMBERS, *(W + n for n in ("pgNumType", "cols", "formProt", "vAlign"))]


def sections(body: etree._Element) -> list[etree._Element]:
    """The section properties of a document in order; a document without any gets Word's own."""
    inner = list(body.iterfind(f".//{W}pPr/{W}sectPr"))
    found = [*inner, *body.findall(W + "sectPr")]
    if not found or found[-1].getparent() is not body:
        found.append(etree.SubElement(body, W + "sectPr"))
    return found


def settle_headers(
    found: list[etree._Element], inherited: set[tuple[str, str]], blank: Callable[[str], str], *, repeat_even: bool
) -> None:
    """Keep headers and footers as the document has them when it stands among others.

    Args:
        found: The sections of the document, their references already those of the volume.
        inherited: The (tag, kind) pairs that earlier documents set; this document's are added.
        blank: The relationship of an empty header or footer, by tag: what stands where the document has none.
        repeat_even: The volume tells even from odd pages and this document does not: even pages repeat its default.
    """
    current: dict[tuple[str, str], str] = {}
    for index, section in enumerate(found):
        for tag in _REFERENCES:
            own = {node.get(W + "type", "default"): node.get(_ID, "") for node in section.findall(W + tag)}
            for kind in _KINDS:
                if kind not in own and index == 0 and (tag, kind) in inherited:
                    own[kind] = blank(tag)
                    _refer(section, tag, kind, own[kind])
            current.update({(tag, kind): relation for kind, relation in own.items()})
            if repeat_even and (tag, "default") in current:
                _drop(section, tag, "even")
                _refer(section, tag, "even", current[tag, "default"])
                current[tag, "even"] = current[tag, "default"]
    inherited |= set(current)


def _refer(section: etree._Element, tag: str, kind: str, relation: str) -> None:
    node = etree.Element(W + tag)
    node.set(W + "type", kind)
    node.set(_ID, relation)
    section.insert(0, node)


def _drop(section: etree._Element, tag: str, kind: str) -> None:
    for node in [n for n in section.findall(W + tag) if n.get(W + "type") == kind]:
        section.remove(node)


def begin_on_new_page(section: etree._Element) -> None:
    """A document starts on its own page, and its page numbers do where it does not say otherwise."""
    kind = section.find(W + "type")
    if kind is not None and kind.get(W + "val") not in ("oddPage", "evenPage"):
        section.remove(kind)
    number_pages_from(section, None)


def number_pages_from(section: etree._Element, first: int | None) -> None:
    """Start the page numbers of a section at `first`; None keeps its own start and gives 1 where it has none."""
    numbers = section.find(W + "pgNumType")
    if numbers is None:
        numbers = _insert(section, "pgNumType", _BEFORE_NUMBERS)
    if first is not None or numbers.get(W + "start") is None:
        numbers.set(W + "start", str(first or 1))


def number_notes(section: etree._Element, kind: str, rule: Rule, first: int | None) -> None:
    """Write what a section says of its notes ("footnote" or "endnote") when others stand around it.

    `first` is the number of its first note where they are automatic; None where their marks are written out.
    """
    for old in section.findall(f"{W}{kind}Pr"):
        section.remove(old)
    said = {"pos": rule.position} if rule.position and kind == "footnote" else {}
    if first is not None:
        page = rule.restart == "eachPage"
        said |= {"numFmt": rule.format, "numStart": str(rule.start if page else first)}
        said["numRestart"] = "eachPage" if page else "eachSect"
    if said:
        properties = _insert(section, f"{kind}Pr", _AFTER_TYPE[:2] if kind == "footnote" else _AFTER_TYPE[:3])
        for name, value in said.items():
            etree.SubElement(properties, W + name).set(W + "val", value)


def hold_endnotes(found: list[etree._Element]) -> None:
    """Let the endnotes of a document stand after its last section, when those of a volume stand after theirs."""
    for section in found[:-1]:
        if section.find(W + "noEndnote") is None:
            _insert(section, "noEndnote", _BEFORE_NO_ENDNOTE)


def _insert(parent: etree._Element, name: str, before: list[str]) -> etree._Element:
    """A new child after the last of `before`, as the schema orders them."""
    node = etree.Element(W + name)
    place = max((index + 1 for index, child in enumerate(parent) if child.tag in before), default=0)
    parent.insert(place, node)
    return node


def close_with_paragraph(body: etree._Element, section: etree._Element) -> None:
    """Move a document's last section into its last paragraph, or into a new one that takes no room."""
    body.remove(section)
    last = next((node for node in reversed(body) if isinstance(node.tag, str)), None)
    if last is None or last.tag != W + "p" or last.find(f"{W}pPr/{W}sectPr") is not None:
        last = etree.SubElement(body, W + "p")
        spacing = etree.SubElement(etree.SubElement(last, W + "pPr"), W + "spacing")
        for key, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
            spacing.set(W + key, value)
    properties = last.find(W + "pPr")
    if properties is None:
        properties = etree.Element(W + "pPr")
        last.insert(0, properties)
    change = properties.find(W + "pPrChange")
    if change is not None:
        change.addprevious(section)
    else:
        properties.append(section)
