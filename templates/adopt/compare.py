"""The proof that a filled form is the buyer's: same paragraphs, tables, words and formatting; only blanks differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from templates.adopt.blanks import spans
from templates.adopt.form import cells, letters, list_rows, parts, rows, signature, text_of
from templates.tree import W

BLOCKS = {W + "p", W + "tbl"}
AROUND = {W + name for name in ("sdt", "sdtContent", "customXml", "footnote", "endnote", "ins")}
PICTURES = (W + "drawing", W + "pict", W + "object")
TRACKED = (W + "ins", W + "del", W + "moveFrom", W + "moveTo")


@dataclass(frozen=True)
class Difference:
    """One difference: where, what the filled form has, what the buyer's form has."""

    place: str
    found: str
    expected: str


def only_blanks_changed(buyer: bytes, filled: bytes) -> list[Difference]:
    """Return how `filled` differs from the buyer's form other than in its blanks; an empty list is the proof.

    Args:
        buyer: the buyer's .docx as it came.
        filled: the .docx filled from it, before it is joined with others.

    Raises:
        RefusedFile: one of the two is no harmless .docx.
    """
    theirs, ours = parts(buyer), parts(filled)
    differences = [Difference(name, "missing", "the buyer's part") for name in theirs.keys() - ours.keys()]
    differences += [Difference(name, "an added part", "nothing") for name in ours.keys() - theirs.keys()]
    for name in sorted(theirs.keys() & ours.keys()):
        differences += _part(name, theirs[name], ours[name])
    return differences


def _part(name: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    place = "" if name == "word/document.xml" else f"{name}, "
    for tag in TRACKED:
        if next(ours.iter(tag), None) is not None:
            yield Difference(f"{place}document", "a tracked change", "none")
    bodies = [root.find(W + "body") if root.tag == W + "document" else root for root in (theirs, ours)]
    if bodies[0] is None or bodies[1] is None:
        yield Difference(f"{place}document", "no body", "a body")
        return
    yield from _blocks(place, list(bodies[0]), list(bodies[1]))
    pages = [[signature(s) for s in root.iter(W + "sectPr")] for root in (theirs, ours)]
    if [_geometry(s) for s in pages[0]] != [_geometry(s) for s in pages[1]]:
        yield Difference(f"{place}page set-up", "another", "the buyer's")


def _geometry(section: str) -> list[str]:
    return re.findall(r"<(?:pgSz|pgMar|cols)[^>]*>", section)


def _blocks(place: str, theirs: Iterable[etree._Element], ours: Iterable[etree._Element]) -> Iterator[Difference]:
    """Walk both sequences together; a block too many or too few is named once and the walk goes on behind it."""
    theirs, ours = list(_flat(theirs)), list(_flat(ours))
    i = j = 0
    while i < len(theirs) and j < len(ours):
        where = f"{place}{_kind(theirs[i])} {i + 1}"
        found = list(_block(where, theirs[i], ours[j]))
        if found and j + 1 < len(ours) and not list(_block(where, theirs[i], ours[j + 1])):
            yield Difference(where, f"added: {_shown(ours[j])}", "nothing between")
            j += 1
        elif found and i + 1 < len(theirs) and not list(_block(where, theirs[i + 1], ours[j])):
            yield Difference(where, "missing", _shown(theirs[i]))
            i += 1
        else:
            yield from found
            i, j = i + 1, j + 1
    yield from (Difference(f"{place}end", "missing", _shown(block)) for block in theirs[i:])
    yield from (Difference(f"{place}end", f"added: {_shown(block)}", "nothing") for block in ours[j:])


def _flat(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Paragraphs and tables, those inside content controls and notes too."""
    for element in elements:
        if element.tag in BLOCKS:
            yield element
        elif element.tag in AROUND:
            yield from _flat(element)


def _block(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    if theirs.tag != ours.tag:
        yield Difference(where, _shown(ours), _shown(theirs))
    elif theirs.tag == W + "p":
        yield from _paragraph(where, theirs, ours)
    else:
        yield from _table(where, theirs, ours)


def _paragraph(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    if signature(theirs.find(W + "pPr")) != signature(ours.find(W + "pPr")):
        yield Difference(where, "another paragraph format", "the buyer's")
    if [len(list(theirs.iter(p))) for p in PICTURES] != [len(list(ours.iter(p))) for p in PICTURES]:
        yield Difference(where, "other pictures", "the buyer's")
    yield from _inside(where, theirs, ours)
    original, written = letters(theirs), letters(ours)
    match = re.fullmatch(pattern(theirs), "".join(letter.text for letter in written), re.DOTALL)
    if match is None:
        yield Difference(where, _shown(ours), _shown(theirs))
        return
    fixed = [original[a:b] for a, b in _fixed(theirs)]
    kept = [written[slice(*match.span(group))] for group in range(1, len(fixed) + 1)]
    if [[c.look for c in piece] for piece in fixed] != [[c.look for c in piece] for piece in kept]:
        yield Difference(where, "printed words in another format", "the buyer's")


def _inside(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    """Text boxes: paragraphs inside the paragraph."""
    wanted, given = ([p for p in outer.iter(W + "p") if p is not outer] for outer in (theirs, ours))
    if len(wanted) != len(given):
        yield Difference(f"{where}, text box", f"{len(given)} paragraphs", f"{len(wanted)} paragraphs")
        return
    for inner, other in zip(wanted, given, strict=True):
        yield from _paragraph(f"{where}, text box", inner, other)


def _fixed(paragraph: etree._Element) -> list[tuple[int, int]]:
    edges = [0, *(edge for span in spans(paragraph) for edge in span), len(letters(paragraph))]
    return list(zip(edges[::2], edges[1::2], strict=True))


def pattern(paragraph: etree._Element) -> str:
    """Return the regular expression of a paragraph of the form: its printed words as they are, blanks as anything."""
    text = "".join(letter.text for letter in letters(paragraph))
    blanks = [".*?年.*?月.*?日" if "年" in text[a:b] else ".*?" for a, b in spans(paragraph)]
    fixed = [f"({re.escape(text[a:b])})" for a, b in _fixed(paragraph)]
    return fixed[0] + "".join(blank + piece for blank, piece in zip(blanks, fixed[1:], strict=True))


def _table(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    for name in ("tblPr", "tblGrid"):
        if signature(theirs.find(W + name)) != signature(ours.find(W + name)):
            yield Difference(where, "another table format", "the buyer's")
    entries, wanted, given = list_rows(theirs), rows(theirs), rows(ours)
    after = len(wanted) - entries.stop if entries else 0
    before = entries.start if entries else len(wanted)
    if len(given) < before + after or (not entries and len(given) != len(wanted)):
        yield Difference(where, f"{len(given)} rows", f"{len(wanted)} rows")
        return
    fixed = [*range(before), *range(len(given) - after, len(given))]
    for number, row in zip(fixed, wanted[:before] + wanted[len(wanted) - after :], strict=True):
        yield from _row(f"{where}, row {number + 1}", row, given[number])
    for number in range(before, len(given) - after if entries else before):
        yield from _entry(f"{where}, row {number + 1}", wanted[entries.start], given[number])


def _row(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    yield from _entry(where, theirs, ours)
    for number, (wanted, given) in enumerate(zip(cells(theirs), cells(ours), strict=False), 1):
        if text_of(wanted).strip():
            yield from _blocks(f"{where}, column {number}, ", list(wanted), list(given))


def _entry(where: str, theirs: etree._Element, ours: etree._Element) -> Iterator[Difference]:
    """The frame of a row: as many cells, of the same format; what an empty cell holds is free."""
    frames = [[signature(cell.find(W + "tcPr")) for cell in cells(row)] for row in (theirs, ours)]
    if frames[0] != frames[1] or signature(theirs.find(W + "trPr")) != signature(ours.find(W + "trPr")):
        yield Difference(where, f"{len(frames[1])} cells of this format", f"{len(frames[0])} cells of the buyer's")


def _kind(block: etree._Element) -> str:
    return "paragraph" if block.tag == W + "p" else "table"


def _shown(block: etree._Element) -> str:
    return f"{_kind(block)} “{text_of(block).strip()[:60]}”"
