"""Values found by their label: in form tables, in tables under a header, and in `label：value` text."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.steps.checks.reading.document import Cell, Document, Paragraph, Table
from flows.steps.checks.reading.text import narrow

_INLINE = re.compile(r"(?:^|[\s　;；，,(])([^\s:：;；，,。]{1,30}(?: [A-Za-z()]+){0,5})\s*[:：]\s*")
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class Labelled:
    """One labelled value as written; `label` is narrow text without spaces at its ends."""

    label: str
    value: str
    document: str
    place: str
    part: str


def labelled(document: Document) -> Iterator[Labelled]:
    """Yield every labelled value of a document; the same text may be read under more than one label."""
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _of_table(block, document.name)
        elif not block.toc:
            yield from _of_paragraph(block, document.name)


def _of_paragraph(paragraph: Paragraph, name: str) -> Iterator[Labelled]:
    text = narrow(paragraph.text)
    found = list(_INLINE.finditer(text))
    for position, match in enumerate(found):
        end = found[position + 1].start() if position + 1 < len(found) else len(text)
        value = text[match.end() : end].strip(" \t\n;；")
        yield Labelled(_bare(match[1]), value, name, paragraph.place, paragraph.part)


def _bare(label: str) -> str:
    """Return a label without the bracket that opens before it: (身份证号码：…)."""
    return label.strip() if ")" in label else label.strip().lstrip("(")


def _of_table(table: Table, name: str) -> Iterator[Labelled]:
    header: tuple[Cell, ...] = ()
    for number, row in enumerate(table.rows):
        place = table.row_place(number)
        cells = [cell for cell in row if cell.text]
        if is_header(row):
            header = row
            continue
        if len(cells) >= 2:
            for left, right in itertools.pairwise(cells):
                if len(left.text) <= _LONGEST_LABEL:
                    yield Labelled(narrow(left.text).strip(" :：\n"), right.text, name, place, table.part)
        for above in header:
            cell = at(row, above.column)
            if cell is not None and cell.text and above.text:
                yield Labelled(narrow(above.text).strip(), cell.text, name, place, table.part)
        for cell in cells:
            for match in _inline_in_cell(cell.text):
                yield Labelled(match[0], match[1], name, place, table.part)


def _inline_in_cell(text: str) -> Iterator[tuple[str, str]]:
    plain = narrow(text)
    found = list(_INLINE.finditer(plain))
    for position, match in enumerate(found):
        end = found[position + 1].start() if position + 1 < len(found) else len(plain)
        yield match[1].strip(), plain[match.end() : end].strip()


def is_header(row: tuple[Cell, ...]) -> bool:
    """Tell whether a row of at least three cells holds short words and no numbers: a header."""
    texts = [cell.text.strip() for cell in row]
    filled = [text for text in texts if text]
    if len(filled) < 3 or len(filled) < len(texts) - 1:
        return False
    return all(len(text) <= 30 and not re.search(r"\d{2,}", text) for text in filled) and _knows(filled)


def _knows(texts: list[str]) -> bool:
    return sum(bool(_HEADER_WORDS.search(re.sub(r"\s", "", text))) for text in texts) * 2 >= len(texts)


_HEADER_WORDS = re.compile(
    r"序号|编号|名称|型号|规格|单位|数量|单价|合价|总价|金额|备注|条款|要求|响应|偏差|偏离|姓名|证号|证书|日期|时间|有效期|投标人|"
    r"报价|交货|年度|资产|负债|收入|利润|案由|结果|买方|联系人|签订|项目|材料|页码|类别|职责|占比|成员|说明|职务|标段|"
    r"^(?:no\.?|item|name|model|unit|qty|quantity|price|amount|total|remarks?|clause|requirement|response|deviation|"
    r"evidence|date|number|bidder|country|description|unitprice|totalprice|lineitem.*|id.*|certificate.*|valid.*|currency|"
    r"member.*|share|role|mark|place|.*price.*|.*quantity.*|.*number.*)",
    re.IGNORECASE,
)


def at(row: tuple[Cell, ...], column: int) -> Cell | None:
    """Return the cell of a row that covers a grid column."""
    return next((cell for cell in row if cell.column <= column < cell.column + cell.span), None)
