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


def volume_settings(
    first: etree._Element | None, *, tells_even: bool, notes: dict[str, etree._Element | None]
) -> etree._Element:
    """`w:settings` of the volume; `notes` are by tag the properties of its footnotes and endnotes, None without any."""
    given = {node.tag.removeprefix(W): node for node in first if isinstance(node.tag, str)} if first is not None else {}
    root = etree.Element(W + "settings", nsmap={"w": W[1:-1]})
    for name in _KEPT:
        if name == "evenAndOddHeaders":
            if tells_even:
                etree.SubElement(root, W + name)
        elif name in notes:
            if (properties := notes[name]) is not None:
                root.append(properties)
        elif name in given:
            root.append(copy.deepcopy(given[name]))
    return root
