"""Consortium (联合体): none where it is forbidden, a whole agreement where it is allowed and used (R29)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.text import squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.tender import Tender


@rule(
    "R29",
    "consortium",
    "招标投标法 art. 31; 招标投标法实施条例 art. 37, 51 (2)",
    "take the agreement out, or make it whole",
)
def consortium(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Forbidden: no agreement in the bid. Used: agreement, one leader, shares that add up, every member named."""
    record, lot = bid.record, bid.this_lot
    text = squeeze(bid.text_of_part("consortium"))
    has_agreement = bool(re.search(r"牵头|成员|leader|leadpartner|member", text, re.IGNORECASE))
    if record is None or lot is None:
        found = Words("a consortium agreement") if has_agreement else Words("no consortium agreement")
        yield rule.human(found, Words("tender.yaml: lots.consortium"))
        return
    if not lot.consortium:
        document = next((d.name for d in bid.read if any(b.part == "consortium" for b in d.blocks)), "")
        if has_agreement or record.consortium:
            yield rule.fail(Words("a consortium agreement"), Words("none: no consortium in this lot"), document)
        elif bid.read:
            yield rule.passed(Words("{count} documents", count=len(bid.read)), Words("no consortium agreement"))
        else:
            yield rule.human(Words("no document"), Words("the bid documents"))
        return
    yield from _members(record, rule)
    if not has_agreement:
        yield rule.fail(Words("no agreement"), Words("a consortium agreement"), place="consortium")
    for member in record.consortium:
        if has_agreement and squeeze(member.name) not in text:
            yield rule.fail(
                Words("{name} not in the agreement", name=member.name), Words("every member"), place="consortium"
            )
    yield rule.passed(Words("{count} members", count=len(record.consortium)), Words("agreement, leader, shares"))


def _members(record: Tender, rule: Rule) -> Iterator[Finding]:
    members = record.consortium
    if len(members) < 2:
        yield rule.fail(
            Words("{count} members", count=len(members)), Words("at least two"), "tender.yaml", "consortium"
        )
        return
    if sum(member.leader for member in members) != 1:
        yield rule.fail(
            Words("{count} leaders", count=sum(member.leader for member in members)),
            Words("one"),
            "tender.yaml",
            "consortium",
        )
    if sum((member.share for member in members), Decimal(0)) != 1:
        total = sum((member.share for member in members), Decimal(0))
        yield rule.fail(Words("shares of {total}", total=total), Words("shares of 1"), "tender.yaml", "consortium")
    if squeeze(record.bidder.name) not in {squeeze(member.name) for member in members}:
        yield rule.fail(Words("the bidder is no member"), record.bidder.name, "tender.yaml", "consortium")
