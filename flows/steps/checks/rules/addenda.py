"""Addenda (补遗): each acknowledged, and the clauses that it touches reviewed again (R37)."""

from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
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
    """Every addendum is acknowledged between its issue and the deadline, and its clauses were reviewed after it."""
    record, lot = bid.record, bid.this_lot
    if record is None or lot is None:
        yield rule.human("no record", "tender.yaml: addenda")
        return
    if not record.addenda:
        yield rule.not_applicable("no addendum recorded")
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
                "every clause it touches",
                Words("clause matrix"),
                Words("addendum {no}", no=entry.no),
            )
    yield rule.passed(Words("{count} addenda", count=len(record.addenda)), "acknowledged, clauses reviewed")


def _open(entry: Addendum) -> Iterator[tuple[str, str]]:
    if entry.acknowledged is None:
        yield "not acknowledged", "a date of acknowledgement"
    elif entry.acknowledged < entry.issued:
        yield (
            Words("acknowledged {day}", day=entry.acknowledged),
            Words("not before {day}", day=entry.issued),
        )
    if entry.clauses and (entry.reviewed is None or entry.reviewed < entry.issued):
        yield "clauses not reviewed since", Words("a review after {day}", day=entry.issued)
