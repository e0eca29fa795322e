"""Arithmetic: words against figures, quantity × price, sums, tax (R12, R13, R17)."""

import re
from collections.abc import Iterator
from decimal import Decimal

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.amounts import Figure, figures_in, words_in
from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.schedules import Schedule
from flows.steps.checks.reading.text import narrow
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.price import rounded

_ORDER = "财政部令第87号 art. 59"
_RATE = re.compile(r"(?:增值税|税率|VAT|tax rate)[^%\d。；;]{0,12}?(\d{1,2}(?:\.\d+)?)\s*%", re.IGNORECASE)


@rule("R12", "words differ from figures", f"{_ORDER} (2)", "write the words anew from the figures")
def words_and_figures(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every amount in words against the amount in figures that stands with it."""
    compared = 0
    for document in bid.read:
        for words, figure, place in _pairs(bid, document):
            value, raw = words
            if value is None:
                yield rule.fail(raw, Words("an amount in words"), document.name, place)
            elif figure is not None and figure != value:
                yield rule.fail(f"{raw} = {value}", figure, document.name, place)
            compared += figure is not None
    if compared:
        yield rule.passed(Words("{count} amounts in words", count=compared), Words("equal to the figures"))
    else:
        yield rule.human(Words("no amount in words beside figures"), Words("the total in words and figures"))


def _pairs(bid: BidUnderCheck, document: Document) -> Iterator[tuple[tuple[Decimal | None, str], Decimal | None, str]]:
    units = list(document.texts())
    for position, (part, place, text) in enumerate(units):
        for words in words_in(text):
            near = _nearest(text, words.start)
            if near is None and place.startswith("table"):
                near = _beside(units, position)
            if near is None:
                near = _total_of(bid, document.name, part) if _speaks_of_total(text) else None
            yield (words.value, words.raw), near, place


def _nearest(text: str, start: int) -> Decimal | None:
    figures = [figure for figure in figures_in(text) if _is_amount(figure)]
    return min(figures, key=lambda f: abs(f.start - start)).value if figures else None


def _is_amount(figure: Figure) -> bool:
    return figure.marked or bool(re.search(r"[.,]\d{2}", figure.raw))


def _beside(units: list[tuple[str, str, str]], position: int) -> Decimal | None:
    """The figures of the row above or below that has the same label but for 大写 and 小写."""
    table = units[position][1].partition(", row")[0]
    stem = _stem(units[position][2])
    for near in (position - 1, position + 1):
        if 0 <= near < len(units) and units[near][1].partition(", row")[0] == table:
            figures = [f for f in figures_in(units[near][2]) if f.value]
            if figures and (stem == _stem(units[near][2]) or (not stem and near < position)):
                amounts = [figure for figure in figures if _is_amount(figure)] or figures
                return amounts[0].value
    return None


def _stem(row: str) -> str:
    label = narrow(row).strip().split("  ", 1)[0]
    return re.sub(r"[\s()]|大写|小写|in words|in figures", "", label, flags=re.IGNORECASE)


def _speaks_of_total(text: str) -> bool:
    return (
        bool(re.search(r"大写|总报价|总价|合计|in words|total", narrow(text), re.IGNORECASE)) and "保证金" not in text
    )


def _total_of(bid: BidUnderCheck, document: str, part: str) -> Decimal | None:
    own = [m.value for m in bid.totals if m.document == document and m.part == part and not m.in_words]
    return own[-1] if own else None


@rule("R13", "arithmetic", f"{_ORDER} (3), (4)", "let the schedule be computed again from the unit prices")
def arithmetic(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Quantity × unit price = line total, and lines add up to the sum rows, in the declared rounding."""
    step = bid.record.money.rounding if bid.record is not None else Decimal("0.01")
    judged, zero = 0, Decimal(0)
    for schedule in bid.schedules:
        unit = step * schedule.factor if schedule.factor > 1 else step
        for line in schedule.lines:
            if None in (line.quantity, line.unit_price, line.total):
                continue
            judged += 1
            expected = rounded((line.quantity or zero) * (line.unit_price or zero), step)
            if abs(expected - (line.total or 0)) > (unit / 2 if schedule.factor > 1 else 0):
                yield rule.fail(
                    f"{line.quantity} × {line.unit_price} = {line.total}", expected, schedule.document, line.place
                )
        yield from _sums(bid, schedule, rule)
        judged += len(schedule.sums)
    if judged:
        yield rule.passed(Words("{count} lines and sums", count=judged), Words("computed anew"))
    else:
        yield rule.human(Words("no computed line found"), Words("a schedule with quantity, unit price and total"))


def _sums(bid: BidUnderCheck, schedule: Schedule, rule: Rule) -> Iterator[Finding]:
    totals = [line.total for line in schedule.lines if line.total is not None]
    if not totals or len(totals) < len(schedule.lines):
        return
    computed = sum(totals, Decimal(0))
    basis = bid.record.money.basis if bid.record is not None else "gross"
    kind = "net" if basis == "net" and any(row.kind == "net" for row in schedule.sums) else "total"
    subtotals = [row for row in schedule.sums if row.kind == kind and not re.search("小计|subtotal", row.label, re.I)]
    for row in subtotals:
        if row.amount != computed:
            yield rule.fail(f"{row.label}: {row.amount}", computed, schedule.document, row.place)


@rule(
    "R17",
    "tax",
    "增值税暂行条例 art. 5; 标准设备采购招标文件 (2017) ch. 3",
    "compute net, tax and gross from one basis",
)
def tax(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Net × (1 + rate) = gross, net + tax = gross, and one rate everywhere."""
    judged = 0
    rate = bid.record.money.tax_rate if bid.record is not None else None
    for document in bid.read:
        for part, place, text in document.texts():
            for match in _RATE.finditer(narrow(text)) if part in _PRICED else ():
                judged += 1
                stated = Decimal(match[1]) / 100
                rate = stated if rate is None else rate
                if stated != rate:
                    yield rule.fail(f"{match[1]} %", f"{rate * 100:f} %", document.name, place)
    for schedule in bid.schedules:
        found = list(_net_tax_gross(bid, schedule, rate, rule))
        judged += any(row.kind in ("net", "tax") for row in schedule.sums)
        yield from found
    if judged:
        yield rule.passed(Words("{count} statements of tax", count=judged), Words("one rate, sums that fit"))
    else:
        yield rule.human(Words("no tax rate or net amount found"), Words("the tax rate in letter or schedule"))


_PRICED = ("bid-letter", "opening-sheet", "price-schedule", "")


def _net_tax_gross(bid: BidUnderCheck, schedule: Schedule, rate: Decimal | None, rule: Rule) -> Iterator[Finding]:
    amounts = {kind: [row for row in schedule.sums if row.kind == kind] for kind in ("net", "tax", "total")}
    if not amounts["net"] or not amounts["total"]:
        return
    net, gross = amounts["net"][-1], amounts["total"][-1]
    step = bid.record.money.rounding if bid.record is not None else Decimal("0.01")
    if amounts["tax"] and net.amount + amounts["tax"][-1].amount != gross.amount:
        yield rule.fail(
            f"{net.amount} + {amounts['tax'][-1].amount}", gross.amount, schedule.document, amounts["tax"][-1].place
        )
    if rate is None:
        return
    expected = rounded(gross.amount / (1 + rate), step)
    fits = net.amount == expected or rounded(net.amount * (1 + rate), step) == gross.amount
    if not fits and abs(net.amount - expected) > (step * schedule.factor / 2 if schedule.factor > 1 else 0):
        yield rule.fail(Words("net {amount}", amount=net.amount), expected, schedule.document, net.place)
