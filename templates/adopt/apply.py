"""Writes confirmed tags into a buyer's form and leaves everything else as it is."""

from __future__ import annotations

import copy
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from templates.adopt.blanks import Blank
from templates.adopt.form import cells, list_rows, rows, tables
from templates.parse import read_tree
from templates.tree import W, atom_text, set_text, text_atoms


@dataclass(frozen=True)
class Confirmed:
    """A blank and the field that a person confirmed for it ("project.name"); a column of a list also has its list."""

    blank: Blank
    field: str
    list: str = ""


def write(form: bytes, confirmed: Sequence[Confirmed]) -> bytes:
    """Return the form with its tags; the parts without tags are copied byte for byte."""
    by_part: dict[str, list[Confirmed]] = {}
    for entry in confirmed:
        by_part.setdefault(entry.blank.part, []).append(entry)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(form)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in package.infolist():
            data = package.read(info)
            if info.filename in by_part:
                data = _tagged(data, by_part[info.filename])
            target.writestr(info, data)
    return out.getvalue()


def _tagged(xml: bytes, confirmed: Sequence[Confirmed]) -> bytes:
    root = read_tree(xml)
    paragraphs = list(root.iter(W + "p"))
    lists = [entry for entry in confirmed if entry.blank.table >= 0]
    for entry in sorted((e for e in confirmed if e.blank.table < 0), key=lambda e: -e.blank.start):
        _put(paragraphs[entry.blank.paragraph], entry.blank.start, entry.blank.end, f"{{{{ {entry.field} }}}}")
    for number, table in enumerate(list(tables(root))):
        columns = {e.blank.column: e.field for e in lists if e.blank.table == number}
        if columns:
            _loop(table, next(e.list for e in lists if e.blank.table == number), columns)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _put(paragraph: etree._Element, start: int, end: int, tag: str) -> None:
    """Put `tag` for characters start..end, in the run where they begin; an empty stretch gets a run of its own."""
    if start == end:
        _append(paragraph, tag)
        return
    position, pieces_before = 0, [tag]
    for atom in list(text_atoms(paragraph)):
        text = atom_text(atom)
        low, high = max(start - position, 0), min(end - position, len(text))
        position += len(text)
        if low < high:
            _replace(atom, [text[:low], *pieces_before, text[high:]])
            pieces_before = []


def _replace(atom: etree._Element, texts: Sequence[str]) -> None:
    """Put text elements for an atom (a text or a tab) in its run."""
    for text in texts:
        if text:
            piece = etree.Element(W + "t")
            set_text(piece, text)
            atom.addprevious(piece)
    parent = atom.getparent()
    if parent is not None:
        parent.remove(atom)


def _append(paragraph: etree._Element, tag: str) -> None:
    run = etree.SubElement(paragraph, W + "r")
    last = paragraph.findall(W + "r")[:-1]
    properties = last[-1].find(W + "rPr") if last else None
    if properties is not None:
        run.append(copy.deepcopy(properties))
    set_text(etree.SubElement(run, W + "t"), tag)


def _loop(table: etree._Element, name: str, columns: dict[int, str]) -> None:
    """Keep the first empty row as the row of an entry, between rows that open and close the loop; drop the others."""
    empty = [rows(table)[i] for i in list_rows(table)]
    entry = empty[0]
    for row in empty[1:]:
        table.remove(row)
    opening, closing = copy.deepcopy(entry), copy.deepcopy(entry)
    for row, tag in ((opening, f"{{%tr for line in {name} %}}"), (closing, "{%tr endfor %}")):
        _fill(cells(row)[0], tag)
        for cell in cells(row)[1:]:
            _fill(cell, "")
    for column, field in columns.items():
        _fill(cells(entry)[column], f"{{{{ {field if field == 'loop.index' else f'line.{field}'} }}}}")
    entry.addprevious(opening)
    entry.addnext(closing)


def _fill(cell: etree._Element, text: str) -> None:
    first = cell.find(W + "p")
    if first is None:
        first = etree.SubElement(cell, W + "p")
    for run in first.findall(W + "r"):
        first.remove(run)
    if text:
        _append(first, text)
