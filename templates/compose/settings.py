"""The settings of a volume: those of its first document that lay out text, and nothing about people or revisions."""

import copy

from lxml import etree

from templates.tree import W

# In the order of the schema. Left out: revisions, protection, templates, mail merge, document variables, schemas.
_KEPT = (
    *("zoom", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter"),
    *("gutterAtTop", "defaultTabStop", "autoHyphenation", "consecutiveHyphenLimit", "hyphenationZone"),
    *("doNotHyphenateCaps", "evenAndOddHeaders", "bookFoldPrinting", "drawingGridHorizontalSpacing"),
    *("drawingGridVerticalSpacing", "characterSpacingControl", "noLineBreaksAfter", "noLineBreaksBefore"),
    *("footnotePr", "endnotePr", "compat", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator"),
)


def volume_settings(first: etree._Element | None, *, tells_even: bool, notes: dict[str, bool]) -> etree._Element:
    """`w:settings` of the volume; `notes` says by kind ("footnote", "endnote") whether it has any."""
    given = {node.tag.removeprefix(W): node for node in first if isinstance(node.tag, str)} if first is not None else {}
    root = etree.Element(W + "settings", nsmap={"w": W[1:-1]})
    for name in _KEPT:
        if name == "evenAndOddHeaders":
            if tells_even:
                etree.SubElement(root, W + name)
        elif name in ("footnotePr", "endnotePr"):
            if notes[name.removesuffix("Pr")]:
                root.append(_note_properties(name))
        elif name in given:
            root.append(copy.deepcopy(given[name]))
    return root


def _note_properties(name: str) -> etree._Element:
    """The separators; endnotes stand at the end of their own document, not at the end of the volume."""
    node = etree.Element(W + name)
    if name == "endnotePr":
        etree.SubElement(node, W + "pos").set(W + "val", "sectEnd")
    for key in ("-1", "0"):
        etree.SubElement(node, W + name.removesuffix("Pr")).set(W + "id", key)
    return node
