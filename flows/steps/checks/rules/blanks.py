"""Blanks and placeholders left in the documents (R08)."""

import itertools
import re
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.text import narrow
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words

# What a hand fills after printing is no blank that was forgotten.
_BY_HAND = re.compile(r"签字|签章|签名|盖章|盖单位章|公章|手签|signature|signed|seal|stamp|initials", re.IGNORECASE)
_PLACEHOLDERS = (
    ("blank line", re.compile(r"_{3,}|﹍{2,}|…{4,}")),
    ("template mark", re.compile(r"\{\{|\}\}|\{%|%\}")),
    ("placeholder", re.compile(r"(?<![A-Za-z])(?:[Xx×]{2,})(?![A-Za-z])")),
    ("placeholder", re.compile(r"待定(?![位标向型])|待补充|待填写?|待确认|\bT\.?B\.?[DCA]\b\.?|暂定(?!金额|价)|此处填写|请填写", re.IGNORECASE)),  # noqa: E501
    ("empty date", re.compile(r"(?<!\d)\s*年[\s_]*月[\s_]*日")),
    ("empty bracket", re.compile(r"【\s*】|\[\s*\]|〔\s*〕|\(\s{2,}\)")),
    ("instruction", re.compile(r"[\[【<][^\]】>]{0,10}(?:insert|填写|填入|fill in|complete|enter)[^\]】>]*[\]】>]", re.IGNORECASE)),  # noqa: E501
)  # fmt: skip
_DATE_TEXT = re.compile(r"\d\s*年[\s_]*月|年[\s_]*\d+\s*月[\s_]*日")
_REQUIRED_LABELS = re.compile(
    r"^(?:投标人(?:名称)?|供应商名称|项目名称|项目编号|招标编号|投标总?报价.*|投标总价.*|交货期|投标有效期|统一社会信用代码|"
    r"bidder(?:'s)? name|project name|bid price.*|total bid price.*|validity.*)$",
    re.IGNORECASE,
)


@rule(
    "R08",
    "blanks and placeholders left",
    "招标投标法实施条例 art. 51 (1), (6)",
    "fill the blank or strike the placeholder",
)
def blanks_left(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Underscores, template marks, XX, 待定, empty dates, and required cells without a value."""
    texts = 0
    for document in bid.read:
        for _part, place, text in document.texts():
            texts += 1
            for kind, excerpt in placeholders(text):
                yield rule.fail(
                    Words("{kind}: {text}", kind=Words(kind), text=excerpt), Words("a value"), document.name, place
                )
        for kind, text in document.around:
            if kind in ("header", "footer"):
                for found, excerpt in placeholders(text):
                    yield rule.fail(
                        Words("{kind}: {text}", kind=Words(found), text=excerpt), Words("a value"), document.name, kind
                    )
        yield from _empty_cells(document, rule)
    for schedule in bid.schedules:
        for line in schedule.lines:
            for column in line.blank:
                yield rule.fail(
                    Words("{no} {name}: no {column}", no=line.no, name=line.name, column=Words(column)),
                    Words("a number"),
                    schedule.document,
                    line.place,
                )
    for table in bid.responses:
        for row in table.rows if "response" in table.columns else ():
            if not row.response and not row.deviation:
                yield rule.fail(
                    Words("clause {clause}: no answer", clause=row.clause),
                    Words("an answer"),
                    table.document,
                    row.place,
                )
    if texts:
        yield rule.passed(Words("{count} paragraphs and rows", count=texts), Words("no placeholder"))
    else:
        yield rule.human(Words("no text found"), Words("a bid document"))


def placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, excerpt) of every placeholder in a text."""
    plain = narrow(text)
    for kind, pattern in _PLACEHOLDERS:
        for match in pattern.finditer(plain):
            if kind == "blank line" and _BY_HAND.search(plain):
                continue
            if kind == "empty date" and _DATE_TEXT.search(plain[max(0, match.start() - 6) : match.end()]):
                continue
            yield kind, plain[max(0, match.start() - 12) : match.end() + 12].strip()


def _empty_cells(document: Document, rule: Rule) -> Iterator[Finding]:
    for table in document.tables():
        for number, row in enumerate(table.rows):
            for label, value in itertools.pairwise(row):
                plain = narrow(label.text).strip(" :*")
                if _REQUIRED_LABELS.match(plain) and not value.text.strip() and not _heads_column(table.rows, number):
                    yield rule.fail(
                        Words("{label}: empty", label=plain), Words("a value"), document.name, table.row_place(number)
                    )


def _heads_column(rows: tuple[tuple[object, ...], ...], number: int) -> bool:
    return number == 0 and len(rows) > 1 and len(rows[0]) > 2
