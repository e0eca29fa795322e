"""The bid bond (投标保证金): amount, form, date, payee, basic account, validity (R20)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.amounts import figures_in
from flows.steps.checks.reading.dates import dates_in
from flows.steps.checks.reading.text import narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.tender import Bond, Tender

_LAW = "招标投标法实施条例 art. 26"
_LABEL = re.compile(r"投标保证金|投标担保|bid (?:security|bond)", re.IGNORECASE)
_FORMS = {
    "transfer": r"转账|电汇|汇款|transfer|wire", "cheque": r"支票|cheque|check", "guarantee": r"保函|guarantee",
    "insurance": r"保险|insurance",
}  # fmt: skip
_FORM_LABEL = re.compile(
    r"(?:投标保证金)?(?:提交|缴纳|递交)?(?:形式|方式)|form(?: of (?:the )?(?:bid )?(?:security|bond))?", re.IGNORECASE
)


_PAYEE = re.compile(r"收款人(?:名称)?|受益人(?:名称)?|payee|beneficiary", re.IGNORECASE)
_ACCOUNT = re.compile(r"账号|account (?:no|number)", re.IGNORECASE)


@rule("R20", "bid bond", _LAW, "pay or prolong the bond as the tender asks")
def bid_bond(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Amount, form, date and payee as asked; transfer or cheque from the basic account; a guarantee runs long enough."""  # noqa: E501
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: bond"))
        return
    lot = bid.this_lot
    bond = record.bond_of(lot.id) if lot else record.bond
    if bond is None:
        yield rule.not_applicable(Words("the tender asks no bond"))
        return
    yield from _record(record, bond, rule)
    stated = 0
    for document, place, part, text in _texts(bid):
        stated += 1
        for amount in _amounts(text):
            if amount != bond.amount:
                yield rule.fail(Words("bond {amount}", amount=amount), bond.amount, document, place)
        if part == "bond":
            yield from _stated_dates(bond, text, document, place, rule)
    yield from _forms(bid, bond, rule)
    if stated:
        yield rule.passed(
            Words("{count} mentions", count=stated),
            Words(
                "{amount}, {form}, by {day}",
                amount=bond.amount,
                form=Words(bond.form),
                day=bond.due,
            ),
        )
    else:
        yield rule.human(Words("no bond in the documents"), Words("the bond with its proof of payment"))


def _record(record: Tender, bond: Bond, rule: Rule) -> Iterator[Finding]:
    deadline = record.deadline.date()
    if bond.due > deadline:
        yield rule.fail(Words("due {day}", day=bond.due), Words("by {day}", day=deadline), "tender.yaml", "bond.due")
    if bond.form in ("transfer", "cheque") and not (record.bidder.bank and record.bidder.account):
        yield rule.fail(Words("no basic account"), Words("bidder.bank and bidder.account"), "tender.yaml", "bidder")
    end = deadline + timedelta(days=record.validity_days)
    if bond.form in ("guarantee", "insurance") and (bond.valid_to is None or bond.valid_to < end):
        yield rule.fail(
            Words("valid to {day}", day=bond.valid_to),
            Words("valid to {day} at least", day=end),
            "tender.yaml",
            "bond.valid_to",
        )
    estimate = record.limits.estimate
    if estimate is not None and record.bond_total > estimate * Decimal("0.02"):
        yield rule.human(
            Words("bond over 2 percent of {amount}", amount=estimate),
            Words("a note: {law} binds the buyer", law=_LAW),
            "tender.yaml",
            "bond.amount",
        )


def _texts(bid: BidUnderCheck) -> Iterator[tuple[str, str, str, str]]:
    for document in bid.read:
        for part, place, text in document.texts():
            if (part == "bond" or _LABEL.search(narrow(text))) and re.search(r"\d", text):
                yield document.name, place, part, text


def _amounts(text: str) -> Iterator[Decimal]:
    """Amounts after the bond's name in the same sentence, or on a row of the bond's own section."""
    plain = narrow(text)
    label = _LABEL.search(plain)
    found = plain[label.start() :].split("。")[0] if label else plain
    if re.search(r"履约|合同", found[:12]):
        return
    for figure in figures_in(found):
        before = found[: figure.start]
        amount = figure.marked or re.search(r"\.\d{2}$", figure.raw)
        if amount and not re.search(r"总报价|总价|bid price", before):
            yield figure.value


def _stated_dates(bond: Bond, text: str, document: str, place: str, rule: Rule) -> Iterator[Finding]:
    if re.search(r"截止|提交时间|到账|due|paid (?:on|by)|付款日期", narrow(text), re.IGNORECASE):
        for dated in dates_in(text):
            if dated.day is not None and dated.day > bond.due:
                yield rule.fail(dated.raw, Words("by {day}", day=bond.due), document, place)


def _forms(bid: BidUnderCheck, bond: Bond, rule: Rule) -> Iterator[Finding]:
    account = bid.record.bidder.account if bid.record is not None else ""
    for entry in bid.values:
        if entry.part != "bond":
            continue
        label, value = narrow(entry.label), squeeze(entry.value)
        wrong = ""
        if _FORM_LABEL.fullmatch(label) and not re.search(_FORMS[bond.form], value, re.IGNORECASE):
            wrong = bond.form
        if _PAYEE.fullmatch(label) and bond.payee and squeeze(bond.payee) not in value:
            wrong = bond.payee
        if _ACCOUNT.search(label) and account and re.search(r"\d{6,}", value) and value != squeeze(account):
            wrong = Words("{account}, the basic account", account=account)
        if wrong:
            yield rule.fail(entry.value, wrong, entry.document, entry.place)
