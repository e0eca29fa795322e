"""Where a form is left blank: underlines, underscores, dates, space after a colon, empty cells, empty list rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from templates.adopt.form import Letter, cells, letters, list_rows, rows, tables, text_of
from templates.adopt.labels import known
from templates.tree import W

LINE = "\x00"  # stands for a character of a blank line while a paragraph is searched
PATTERN = re.compile(
    rf"(?P<date>[{LINE} 　\t]+年[{LINE} 　\t]+月[{LINE} 　\t]+日)|(?P<line>{LINE}+)|(?<=[：:])(?P<space>[ 　\t]{{2,}})"
)
# "（项目名称）" that neither follows nor leads to a blank line stands for the name itself.
HINT = re.compile(rf"(?<![{LINE} 　\t])[（(]([^（()）{LINE}]*(?:名称|编号|日期|地址|标段))[）)](?![：: 　\t]*{LINE})")
ENDING = re.compile(r"(?P<label>[^：:，。；、\s]{2,20})[：:]$")
AMOUNT = re.compile(r"合价|总价|小计|金额|合计")
TO_SIGN = re.compile(r"^[）)\s]*[（(]?\s*(签字|签名|签章|盖章|手签)")


@dataclass(frozen=True)
class Blank:
    """One blank: `paragraph` counts the paragraphs of its part, `start` and `end` the characters of its text.

    `label` says what belongs there, `context` the words around it; `header` marks a column of an empty list:
    then `table` counts the tables and `column` its columns.
    """

    part: str
    paragraph: int
    start: int
    end: int
    label: str
    context: str
    to_sign: bool = False
    table: int = -1
    column: int = -1


def find(part: str, root: etree._Element) -> list[Blank]:
    """Return the blanks of a part, lists last."""
    paragraphs = list(root.iter(W + "p"))
    in_lists = {p for table in tables(root) for i in list_rows(table) for p in rows(table)[i].iter(W + "p")}
    found = []
    for number, paragraph in enumerate(paragraphs):
        if paragraph not in in_lists:
            found += list(_in_paragraph(part, number, paragraph))
    return found + list(_columns(part, root))


def spans(paragraph: etree._Element) -> list[tuple[int, int]]:
    """Return the stretches of a paragraph's text that are blank; an empty cell is one blank of no length."""
    masked = _masked(letters(paragraph))
    return [match.span() for match in PATTERN.finditer(masked)] + _hints(paragraph, masked) + _ends(paragraph)


def _in_paragraph(part: str, number: int, paragraph: etree._Element) -> Iterator[Blank]:
    text = "".join(letter.text for letter in letters(paragraph))
    for start, end in spans(paragraph):
        date = "年" in text[start:end]
        hint = HINT.fullmatch(text[start:end])
        label = hint[1] if hint else "日期" if date else _label(text, start, end) or _cell_label(paragraph)
        context = f"{text[max(start - 24, 0) : start]}▁{text[end : end + 16]}".strip()
        yield Blank(part, number, start, end, label, context, TO_SIGN.match(text[end:]) is not None)


def _masked(chars: list[Letter]) -> str:
    """The text with every character of a blank line as LINE: underscores, and underlined space of two or more."""
    out = []
    for letter in chars:
        line = letter.text in "_＿" or (letter.underlined and letter.text in " 　\t\u00a0")
        out.append(LINE if line else letter.text)
    masked = "".join(out)
    single = re.compile(rf"(?<!{LINE}){LINE}(?!{LINE})")
    return single.sub(lambda m: LINE if chars[m.start()].text == "\t" else chars[m.start()].text, masked)


def _hints(paragraph: etree._Element, masked: str) -> list[tuple[int, int]]:
    """Names in brackets that ask for a known field; in a table's cells they belong to a label."""
    if next(paragraph.iterancestors(W + "tc"), None) is not None:
        return []
    return [match.span() for match in HINT.finditer(masked) if known(match[1])]


def _ends(paragraph: etree._Element) -> list[tuple[int, int]]:
    """A known label with a colon and nothing behind it, or an empty cell."""
    text = text_of(paragraph)
    match = ENDING.search(text)
    if match and known(match["label"]):
        return [(len(text), len(text))]
    return [(0, 0)] if _is_empty_cell(paragraph) else []


def _is_empty_cell(paragraph: etree._Element) -> bool:
    cell = paragraph.getparent()
    return cell is not None and cell.tag == W + "tc" and not text_of(cell).strip() and paragraph is cell.find(W + "p")


def _label(text: str, start: int, end: int) -> str:
    hint = re.match(r"\s*[（(]([^）)¥￥_＿]{2,20})[）)]", text[end:])
    if hint and not TO_SIGN.match(hint[1]) and "章" not in hint[1]:
        return hint[1]
    named = re.search(r"[（(]([^（()）]{2,20})[）)][：:\s]*$", text[:start])
    before = re.search(r"([^，。；、（）()：:▁_＿\s]{1,20})[：:（(\s]*[¥￥]?$", text[:start])
    found = named or before
    return found[1] if found else ""


def _cell_label(paragraph: etree._Element) -> str:
    """The text of the neighbour to the left; in a sum under a list, for the cell in the column of the amounts."""
    cell = next(paragraph.iterancestors(W + "tc"), None)
    row = None if cell is None else cell.getparent()
    if cell is None or row is None:
        return ""
    texts = [text_of(c).strip() for c in cells(row)]
    column = cells(row).index(cell)
    table = row.getparent()
    entries = list_rows(table) if table is not None else range(0)
    if entries and table is not None and rows(table).index(row) >= entries.stop:
        head = text_of(cells(rows(table)[entries.start - 1])[column]) if column < _width(table, entries) else ""
        return next(filter(None, texts), "") if AMOUNT.search(head) else ""
    return texts[column - 1] if column else ""


def _width(table: etree._Element, entries: range) -> int:
    return len(cells(rows(table)[entries.start - 1]))


def _columns(part: str, root: etree._Element) -> Iterator[Blank]:
    for number, table in enumerate(tables(root)):
        empty = list_rows(table)
        if empty:
            head = cells(rows(table)[empty.start - 1])
            for column, cell in enumerate(head):
                yield Blank(part, -1, 0, 0, text_of(cell).strip(), "", table=number, column=column)
