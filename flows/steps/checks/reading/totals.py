"""Every place where the bid's total price is said, in figures or in words, with label, unit and currency."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flows.steps.checks.reading.amounts import Figure, figures_in, header_factor, words_in
from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.labels import Labelled
from flows.steps.checks.reading.schedules import Schedule
from flows.steps.checks.reading.text import narrow, squeeze

_LABEL = re.compile(
    r"(?:本标段|本包|本次)?(?:投标|响应|磋商|最终|含税)*(?:总报价|总价|报价|总金额|报价总额|合计总价|报价金额)(?:\(.*\)|合计|总计|金额|为|小写|大写)*"
    r"|(?:the)?(?:total)?(?:bid|tender|contract|offered)(?:total)?price.*|total(?:price|amount)(?:ofthe|ofour)?(?:bid|tender).*|grandtotal.*",
    re.IGNORECASE,
)
_SENTENCE_LABEL = re.compile(
    r"总报价|投标报价|投标总价|报价总额|bid price|price of (?:our|the) bid|total price", re.IGNORECASE
)
_OTHER = re.compile(
    r"保证金|限价|预算|控制价|单价|不含税|税额|估算|费率|业绩|合同金额|注册|评标|得分|security|bond|ceiling|budget|unit price|excluding (?:vat|tax)",  # noqa: E501
    re.IGNORECASE,
)
_PRICE_PARTS = ("bid-letter", "opening-sheet", "price-schedule")


@dataclass(frozen=True)
class TotalMention:
    """One mention of the total; `value` is None for words that are no proper amount."""

    value: Decimal | None
    raw: str
    document: str
    part: str
    place: str
    in_words: bool = False
    currency: str = ""
    factor: int = 1


def is_total_label(label: str) -> bool:
    """Tell whether a label names the bid's total price."""
    plain = squeeze(label).strip(":：*¥")
    return bool(_LABEL.fullmatch(plain)) and not _OTHER.search(narrow(label))


def totals_in(document: Document, values: Sequence[Labelled], schedules: Sequence[Schedule]) -> list[TotalMention]:
    """Return every mention of the total in one document, each place once."""
    found = [*_from_labels(values), *_from_sums(schedules), *_from_sentences(document)]
    return list({(m.place, m.value, m.in_words): m for m in reversed(found)}.values())[::-1]


def _from_labels(values: Sequence[Labelled]) -> Iterator[TotalMention]:
    for entry in values:
        if not is_total_label(entry.label):
            continue
        for figure in _amounts(entry.value, header_factor(entry.label))[:1]:
            yield _mention(figure, entry.document, entry.part, entry.place)
        for words in words_in(entry.value)[:1]:
            yield TotalMention(words.value, words.raw, entry.document, entry.part, entry.place, in_words=True)


def _amounts(value: str, factor: int) -> list[Figure]:
    """Amounts in a value: marked ones, or the number that stands alone."""
    figures = figures_in(value, factor)
    marked = [figure for figure in figures if figure.marked]
    alone = re.fullmatch(r"[\s\d,.]+(?:\(.*\))?[\s;；]*", narrow(value))
    return marked or (figures if alone else [])


def _from_sums(schedules: Sequence[Schedule]) -> Iterator[TotalMention]:
    for schedule in schedules:
        for row in schedule.sums:
            if row.kind == "total" and not re.search("小计|subtotal", row.label, re.IGNORECASE):
                yield TotalMention(
                    row.amount, row.label, schedule.document, schedule.part or "price-schedule", row.place,
                    factor=schedule.factor,
                )  # fmt: skip


def _from_sentences(document: Document) -> Iterator[TotalMention]:
    for paragraph in document.paragraphs():
        if paragraph.toc or (paragraph.part and paragraph.part not in _PRICE_PARTS):
            continue
        for sentence in re.split(r"[。；;]", narrow(paragraph.text)):
            if not _SENTENCE_LABEL.search(sentence) or _OTHER.search(sentence):
                continue
            for figure in [f for f in figures_in(sentence) if f.marked][:1]:
                yield _mention(figure, document.name, paragraph.part, paragraph.place)
            for words in words_in(sentence)[:1]:
                yield TotalMention(
                    words.value, words.raw, document.name, paragraph.part, paragraph.place, in_words=True
                )


def _mention(figure: Figure, document: str, part: str, place: str) -> TotalMention:
    return TotalMention(figure.value, figure.raw, document, part, place, currency=figure.currency, factor=figure.factor)
