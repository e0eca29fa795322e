"""Addenda (补遗): each acknowledged, and the clauses that it touches reviewed again (R37)."""

from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
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
            yield rule.fail(found, expected, "tender.yaml", f"addendum {entry.no}")
        if entry.acknowledged is not None and entry.acknowledged > record.deadline.date():
            yield rule.fail(f"acknowledged {entry.acknowledged}", f"by {record.deadline.date()}", "tender.yaml",
                            f"addendum {entry.no}")  # fmt: skip
        for number in unknown_numbers(lot.clauses, entry.clauses):
            yield rule.fail(f"clause {number} not in the matrix", "every clause it touches", "clause matrix",
                            f"addendum {entry.no}")  # fmt: skip
    yield rule.passed(f"{len(record.addenda)} addenda", "acknowledged, clauses reviewed")


def _open(entry: Addendum) -> Iterator[tuple[str, str]]:
    if entry.acknowledged is None:
        yield "not acknowledged", "a date of acknowledgement"
    elif entry.acknowledged < entry.issued:
        yield f"acknowledged {entry.acknowledged}", f"not before {entry.issued}"
    if entry.clauses and (entry.reviewed is None or entry.reviewed < entry.issued):
        yield "clauses not reviewed since", f"a review after {entry.issued}"
