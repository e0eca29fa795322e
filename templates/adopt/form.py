"""A buyer's form as a tree: its paragraphs with the formatting of every character, its tables, its list rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from templates import guard
from templates.parse import read_tree
from templates.tree import W, atom_text, text_atoms

BODY = "word/document.xml"
TRACE = re.compile(r"\}(rsid\w*|paraId|textId)$")
COUNTING = re.compile(r"[\d.、…（）()]*")


def parts(data: bytes, name: str = "form.docx") -> dict[str, etree._Element]:
    """Return body, headers and footers of a .docx from outside, by part name, after the guard let it pass.

    `name` stands for the form in errors.
    """
    guard.check(name, data)
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = [
            n
            for n in package.namelist()
            if n == BODY or re.fullmatch(r"word/(header\d+|footer\d+|footnotes|endnotes)\.xml", n)
        ]
        return {name: read_tree(package.read(name)) for name in sorted(names)}


@dataclass(frozen=True)
class Letter:
    """One character of a paragraph: itself, the canonical form of its run's properties, whether it is underlined."""

    text: str
    look: str
    underlined: bool


def letters(paragraph: etree._Element) -> list[Letter]:
    """Return the characters of a paragraph in order."""
    out = []
    for atom in text_atoms(paragraph):
        properties = _run_properties(atom)
        look, underlined = signature(properties), _underlined(properties)
        out += [Letter(char, look, underlined) for char in atom_text(atom)]
    return out


def text_of(element: etree._Element) -> str:
    """Return the text of a paragraph or cell, paragraphs joined."""
    own = [element] if element.tag == W + "p" else element.iter(W + "p")
    return "".join("".join(atom_text(atom) for atom in text_atoms(p)) for p in own)


def signature(element: etree._Element | None) -> str:
    """Return properties as text without the traces that every editing leaves."""
    if element is None:
        return ""
    inner = "".join(signature(child) for child in element if child.tag != W + "rPrChange")
    attributes = sorted((k, v) for k, v in element.attrib.items() if not TRACE.search(str(k)))
    return f"<{etree.QName(element).localname}{attributes or ''}{inner}>"


def rows(table: etree._Element) -> list[etree._Element]:
    """Return the rows of a table."""
    return table.findall(W + "tr")


def cells(row: etree._Element) -> list[etree._Element]:
    """Return the cells of a row."""
    return row.findall(W + "tc")


def list_rows(table: etree._Element) -> range:
    """Return which rows of a table are left empty for entries under a header row; an empty range when it is no list."""
    all_rows = rows(table)
    start = next((i for i, row in enumerate(all_rows) if _is_entry(row)), 0)
    if not start or not all(text_of(cell).strip() for cell in cells(all_rows[start - 1])):
        return range(0)
    end = start
    while end < len(all_rows) and _is_entry(all_rows[end]):
        end += 1
    return range(start, end)


def tables(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the tables of a part in order."""
    yield from root.iter(W + "tbl")


def _is_entry(row: etree._Element) -> bool:
    texts = [text_of(cell).strip() for cell in cells(row)]
    return len(texts) > 1 and not any(texts[1:]) and COUNTING.fullmatch(texts[0]) is not None


def _run_properties(atom: etree._Element) -> etree._Element | None:
    run = next(atom.iterancestors(W + "r"), None)
    return None if run is None else run.find(W + "rPr")


def _underlined(properties: etree._Element | None) -> bool:
    line = None if properties is None else properties.find(W + "u")
    return line is not None and line.get(W + "val", "single") != "none"
