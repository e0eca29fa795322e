"""A part of a Word template as Jinja source: tags are made whole on the tree, and each keeps its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from templates.cells import CELL_TAGS, shape_cell
from templates.errors import TemplateError
from templates.tags import Problem, Tag, TagError, find_problems, find_tags, looks_tagged
from templates.tree import Text, W, all_text, lift_from_run, replace_by_text

# The last private-use character delimits our tags, so that neither text nor data can be mistaken for one.
MARK = "\U0010fffd"
# Between these the output is collected and repaired (tables.py).
OPEN, CLOSE = MARK + "(", MARK + ")"

_UNFILLED = {W + "instrText", W + "delText", W + "delInstrText"}
_LOST = [W + name for name in ("drawing", "pict", "object", "sectPr", "footnoteReference", "endnoteReference")]
_LEVELS = {"p": "paragraph", "tr": "table row", "tc": "table cell", "r": "run"}
_MARKED = re.compile(f"{MARK}(\\d+){MARK}")
_DRAWING_ID = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@dataclass
class PartSource:
    """Jinja source of one part. `lines` maps a line of the source to the tag that stands on it."""

    template: str
    part: str
    source: str = ""
    tags: list[Tag] = field(default_factory=list)
    lines: dict[int, Tag] = field(default_factory=dict)

    def add(self, tag: Tag) -> str:
        """Keep a tag; the result is the placeholder that stands for it in the tree."""
        self.tags.append(tag)
        return f"{MARK}{len(self.tags) - 1}{MARK}"

    def tag_at(self, line: int | None) -> Tag:
        """The tag on a line of the source; an empty one if none stands there."""
        return self.lines.get(line or 0, Tag("", "", "", "", ""))

    def refuse(self, tag: Tag, message: str, **values: object) -> TagError:
        """The error for a tag of this part."""
        return TagError(message, tag=tag, template=self.template, part=self.part, **values)


def parse_part(template: str, part: str, xml: bytes) -> PartSource:
    """Turn the XML of a part into Jinja source.

    `template` is the name for errors, `part` the name inside the package ("word/header1.xml"). Raises TagError for
    full-width or unclosed braces, for a tag that would swallow its neighbours, and for a tag in a place that cannot
    be filled (field code, deleted text).
    """
    root = read_tree(xml)
    result = PartSource(template, part)
    if MARK.encode() in xml:
        raise TemplateError("{template}, {part}: character U+10FFFD; next: delete it", template=template, part=part)
    for paragraph in list(root.iter(W + "p")):
        if paragraph.getroottree().getroot() is root:
            _read_paragraph(result, paragraph)
    _read_rest(result, root)
    _mark_repairs(root)
    _write_source(result, etree.tostring(root, encoding="unicode"))
    return result


def read_tree(xml: bytes) -> etree._Element:
    """Parse a part of a package that passed the guard."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def problems_in(xml: bytes) -> Iterator[tuple[str, Problem]]:
    """Yield (paragraph text, problem) for all broken braces of a part."""
    root = read_tree(xml)
    texts = [Text(paragraph).text for paragraph in root.iter(W + "p")]
    for text in texts or [element.text or "" for element in root.iter()]:
        yield from ((text, problem) for problem in find_problems(text))


def _read_paragraph(result: PartSource, paragraph: etree._Element) -> None:
    whole = Text(paragraph)
    if not looks_tagged(whole.text):
        return
    _stop_at_problems(result, whole.text)
    placed = []
    for start, end, tag in reversed(list(find_tags(whole.text))):
        mark = result.add(tag)
        placed.append((tag, mark, whole.replace(start, end, mark)))
    for tag, mark, atom in reversed(placed):
        _place(result, tag, mark, atom)


def _stop_at_problems(result: PartSource, text: str) -> None:
    for problem in find_problems(text):
        tag = Tag("", "", "", problem.text, text.strip()[:80])
        raise result.refuse(tag, "{problem}", problem=problem.message)


def _place(result: PartSource, tag: Tag, mark: str, atom: etree._Element) -> None:
    word = tag.code.strip().partition(" ")[0]
    if tag.kind == "%" and word in ("raw", "endraw"):
        raise result.refuse(tag, "raw is not allowed in templates; next: give such text as a field")
    if tag.level == "r" and tag.kind != "#":
        lift_from_run(atom, mark)
    elif tag.level in _LEVELS:
        _replace_element(result, tag, mark, atom)
    elif tag.kind == "#":
        atom.text = (atom.text or "").replace(mark, "")
    elif tag.kind == "%" and word in CELL_TAGS:
        atom.text = (atom.text or "").replace(mark, "")
        shape_cell(result, tag, atom)


def _replace_element(result: PartSource, tag: Tag, mark: str, atom: etree._Element) -> None:
    element = next(atom.iterancestors(W + tag.level), None)
    if element is None:
        raise result.refuse(tag, "stands in no {level}; next: move it into one", level=_LEVELS[tag.level])
    if all_text(element).replace(mark, "").strip() or next(element.iter(*_LOST), None) is not None:
        message = "the rest of its {level} would be lost; next: give the tag a {level} of its own"
        raise result.refuse(tag, message, level=_LEVELS[tag.level])
    replace_by_text(element, "" if tag.kind == "#" else mark)


def _read_rest(result: PartSource, root: etree._Element) -> None:
    """Tags in attributes (alternative texts) and in the elements of the document properties."""
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if find_first(str(value)):
                element.set(name, _mark_plain(result, str(value)))
        if element.tag == _DRAWING_ID:
            element.set("id", result.add(Tag("{", "number", "0", "", "")))
        if element.text and not element.tag.startswith(W) and find_first(element.text):
            _stop_at_problems(result, element.text)
            element.text = _mark_plain(result, element.text)
        elif element.tag in _UNFILLED and find_first(element.text or ""):
            tag = find_first(element.text or "")
            raise result.refuse(
                tag or Tag("", "", "", "", ""), "a field code or deleted text is never filled; next: move it"
            )


def find_first(text: str) -> Tag | None:
    """The first tag of a text, or None."""
    return next((tag for _, _, tag in find_tags(text)), None)


def _mark_plain(result: PartSource, text: str) -> str:
    for start, end, tag in reversed(list(find_tags(text))):
        mark = "" if tag.kind == "#" else result.add(replace(tag, level="plain" if tag.kind == "{" else ""))
        text = text[:start] + mark + text[end:]
    return text


def _mark_repairs(root: etree._Element) -> None:
    """Mark tables whose columns may change and cells whose paragraphs may all vanish."""
    for table in root.iter(W + "tbl"):
        if any(MARK in _direct_text(row) for row in table.iter(W + "tr")):
            _surround(table)
    for cell in root.iter(W + "tc"):
        if MARK in _direct_text(cell) and cell.getparent() is not None:
            _surround(cell)


def _direct_text(element: etree._Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _surround(element: etree._Element) -> None:
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    if previous is None:
        parent.text = (parent.text or "") + OPEN
    else:
        previous.tail = (previous.tail or "") + OPEN
    element.tail = CLOSE + (element.tail or "")


def _write_source(result: PartSource, xml: str) -> None:
    for number, tag in enumerate(result.tags):
        xml = _join_neighbours(xml, f"{MARK}{number}{MARK}", tag)
    pieces, line, position = [], 1, 0
    for match in _MARKED.finditer(xml):
        static = xml[position : match.start()]
        tag = result.tags[int(match[1])]
        code = _code(tag)
        line += static.count("\n")
        # The line break inside the delimiters gives every tag a line of its own; Jinja reports errors by line.
        pieces += [static, code]
        result.lines.update(dict.fromkeys(range(line + 1, line + 1 + code.count("\n")), tag))
        line += code.count("\n")
        position = match.end()
    result.source = "".join([*pieces, xml[position:]])


def _join_neighbours(xml: str, mark: str, tag: Tag) -> str:
    """docxtpl's `{%-` joins its text to the previous paragraph's, `-%}` to the next."""
    if "<" in tag.dash and tag.kind == "%":
        xml = re.sub(f"</w:t>(?:(?!</w:t>).)*?{mark}", mark, xml, flags=re.DOTALL)
    if ">" in tag.dash and tag.kind == "%":
        xml = re.sub(f"{mark}(?:(?!<w:t[ >]|{MARK}).)*?<w:t[^>]*?>", mark, xml, flags=re.DOTALL)
    return xml


def _code(tag: Tag) -> str:
    if tag.kind == "%":
        return f"{MARK}{{%\n{tag.code}%}}{MARK}"
    expression = f"({tag.code})|_{tag.level}" if tag.level else tag.code
    return f"{MARK}{{{{\n{expression}}}}}{MARK}"
