"""Addenda (补遗): each acknowledged, and the clauses that it touches reviewed again (R37)."""

import re
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.text import chinese_number, narrow
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.clauses import unknown_numbers
from flows.steps.tender import Addendum


@rule(
    "R37",
    "addendum not absorbed",
    "招标投标法 art. 23; 招标投标法实施条例 art. 21",
    "acknowledge it and review its clauses",
)
def addenda(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every addendum is acknowledged between issue and deadline, its clauses reviewed after it, the bid names it."""
    record, lot = bid.record, bid.this_lot
    named = _named(bid)
    known = {_number(entry.no) for entry in record.addenda} if record is not None else set()
    for number in sorted(named.keys() - known):
        yield rule.human(Words("addendum {no}", no=number), Words("tender.yaml: addenda"), *named[number])
    if record is None or lot is None:
        yield rule.human(Words("no record"), Words("tender.yaml: addenda"))
        return
    if not record.addenda:
        if not named:
            yield rule.not_applicable(Words("no addendum recorded"))
        return
    for entry in record.addenda:
        for found, expected in _open(entry):
            yield rule.fail(found, expected, "tender.yaml", Words("addendum {no}", no=entry.no))
        if entry.acknowledged is not None and entry.acknowledged > record.deadline.date():
            yield rule.fail(
                Words("acknowledged {day}", day=entry.acknowledged),
                Words("by {day}", day=record.deadline.date()),
                "tender.yaml",
                Words("addendum {no}", no=entry.no),
            )
        for number in unknown_numbers(lot.clauses, entry.clauses):
            yield rule.fail(
                Words("clause {number} not in the matrix", number=number),
                Words("every clause it touches"),
                Words("clause matrix"),
                Words("addendum {no}", no=entry.no),
            )
        if bid.read and _number(entry.no) not in named:
            wanted = Words("addendum {no}", no=entry.no)
            yield rule.human(Words("not named in the bid"), wanted, place="bid-letter")
    yield rule.passed(Words("{count} addenda", count=len(record.addenda)), Words("acknowledged, clauses reviewed"))


_NAME = re.compile(
    r"(?:补遗|澄清|答疑|修改)(?:文件|公告|通知|函|书)?\s*[(（]?\s*第?\s*([0-9一二三四五六七八九十]{1,3})\s*[号次份)）]|"
    r"\b(?:addendum|amendment)\s*(?:no\.?|number)?\s*(\d{1,3})\b",
    re.IGNORECASE,
)


def _named(bid: BidUnderCheck) -> dict[str, tuple[str, str]]:
    """Return the addenda that the documents name: number → the first document and place."""
    found: dict[str, tuple[str, str]] = {}
    for document in bid.read:
        for _part, place, text in document.texts():
            for match in _NAME.finditer(narrow(text)):
                found.setdefault(_number(match[1] or match[2]), (document.name, place))
    return found


def _number(text: str) -> str:
    number = chinese_number(text)
    return text.strip() if number is None else str(number)


def _open(entry: Addendum) -> Iterator[tuple[str, str]]:
    if entry.acknowledged is None:
        yield Words("not acknowledged"), Words("a date of acknowledgement")
    elif entry.acknowledged < entry.issued:
        yield (
            Words("acknowledged {day}", day=entry.acknowledged),
            Words("not before {day}", day=entry.issued),
        )
    if entry.clauses and (entry.reviewed is None or entry.reviewed < entry.issued):
        yield Words("clauses not reviewed since"), Words("a review after {day}", day=entry.issued)
