"""Promised terms with a number: bid validity, delivery, warranty; found in text and under labels."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.labels import Labelled
from flows.steps.checks.reading.text import chinese_number, narrow

_N = r"(?P<n>\d{1,4}|[一二两三四五六七八九十百零]{1,6})"
_DAYS = rf"{_N}\s*(?:个)?\s*(?P<u>日历天|日历日|工作日|天|日|周|个月|月|年|(?:calendar\s+)?days?|weeks?|months?|years?)"
_NEAR = r"[^\d。；;一二两三四五六七八九十百]{0,24}?"
_TERMS = {
    "validity": (rf"(?:投标|响应|报价)?有效期{_NEAR}{_DAYS}", rf"valid(?:ity)?\b[^\d.;]{{0,60}}?{_DAYS}"),
    "delivery": (rf"(?:交货期|交付期|供货期|交货时间){_NEAR}{_DAYS}", rf"{_DAYS}\s*的?(?:交货期|供货期)",
                 rf"deliver(?:y|ed)\b[^\d.;]{{0,40}}?{_DAYS}"),
    "warranty": (rf"(?:质保期|质量保证期|保修期|质保){_NEAR}{_DAYS}", rf"warranty\b[^\d.;]{{0,40}}?{_DAYS}"),
}  # fmt: skip
_COMPILED = {term: [re.compile(p, re.IGNORECASE) for p in patterns] for term, patterns in _TERMS.items()}
_LABELS = {
    "validity": re.compile(r"(?:投标|响应)?有效期(?:\(.*\))?|(?:bid )?validity.*", re.IGNORECASE),
    "delivery": re.compile(
        r"(?:交货|交付|供货)(?:期|时间|期限)(?:\(.*\))?|delivery(?: time| period)?.*", re.IGNORECASE
    ),
    "warranty": re.compile(r"(?:质保|质量保证|保修)期(?:\(.*\))?|warranty(?: period)?.*", re.IGNORECASE),
}
_FACTORS = {"周": 7, "week": 7, "年": 12, "year": 12}
# Of other things than this bid: certificates, guarantees, what the tender asks.
_OTHER = re.compile(
    r"证书|执照|许可|认证|保函|授权|委托|质保期满|质保期内|要求|after the (?:expiry|warranty)|within \d", re.IGNORECASE
)
_SKIPPED = ("response", "deviations", "track-record", "qualification", "support", "contents", "description")


@dataclass(frozen=True)
class Term:
    """A promised number: days for validity and delivery (weeks counted in), months for warranty; -1 in another unit."""

    number: int
    raw: str
    document: str
    place: str


def terms_in(documents: Sequence[Document], values: Sequence[Labelled], term: str) -> list[Term]:
    """Return every place where a term (validity, delivery, warranty) is promised."""
    found = [*_from_texts(documents, term), *_from_labels(values, term)]
    return list({(t.document, t.place, t.number): t for t in found}.values())


def _from_texts(documents: Sequence[Document], term: str) -> Iterator[Term]:
    for document in documents:
        for part, place, text in document.texts():
            plain = narrow(text)
            if part in _SKIPPED:
                continue
            for pattern in _COMPILED[term]:
                for match in pattern.finditer(plain):
                    if not _OTHER.search(plain[max(0, match.start() - 4) : match.end()]):
                        yield Term(_number(match, term), match[0], document.name, place)


def _from_labels(values: Sequence[Labelled], term: str) -> Iterator[Term]:
    for entry in values:
        if entry.part in _SKIPPED or not _LABELS[term].fullmatch(entry.label):
            continue
        label_unit = re.search(r"\((?:单位[:：])?(天|日历天|日|个月|月|days|months)\)", entry.label)
        text = narrow(entry.value) + (label_unit[1] if label_unit and narrow(entry.value).strip().isdigit() else "")
        match = re.search(_DAYS, text, re.IGNORECASE)
        if match and not _OTHER.search(text):
            yield Term(_number(match, term), match[0], entry.document, entry.place)


def _number(match: re.Match[str], term: str) -> int:
    number, unit = chinese_number(match["n"]), match["u"].lower().rstrip("s")
    in_months = "月" in unit or "month" in unit or unit in ("年", "year")
    if number is None or in_months != (term == "warranty"):
        return -1
    return number * _FACTORS.get(unit, 1)
