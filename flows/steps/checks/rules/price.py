"""Price: ceiling and floor, one total everywhere, items priced and priced once (R09, R10, R11, R14, R15, R16, R18)."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.text import squeeze
from flows.steps.checks.reading.totals import TotalMention
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.price import over_ceiling
from flows.steps.tender import Item

_REGULATION = "招标投标法实施条例 art. 51"
_THREE = {"opening-sheet": "the opening sheet", "bid-letter": "the bid letter", "price-schedule": "the price schedule"}


def _figures(bid: BidUnderCheck) -> list[TotalMention]:
    return [mention for mention in bid.totals if not mention.in_words and mention.value is not None]


@rule("R09", "price above the ceiling", f"{_REGULATION} (5)", "lower the price or ask the buyer to clarify the ceiling")
def above_ceiling(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The total and every unit price, in the offer and as printed, against the tender's ceilings on the same basis."""
    lot = bid.this_lot
    if lot is None:
        yield rule.human(Words("no record"), Words("tender.yaml: lots.ceiling"))
        return
    if lot.ceiling is None and all(item.ceiling is None for item in lot.items):
        yield rule.not_applicable(Words("the tender sets no ceiling"))
        return
    judged = False
    if bid.offer is not None:
        judged = True
        for what in over_ceiling(lot, bid.offer):
            yield rule.fail(
                Words("{item} above its ceiling", item=what),
                Words("at most the ceiling"),
                Words("offer"),
                Words("item {item}", item=what),
            )
    for mention in _figures(bid) if lot.ceiling is not None else ():
        judged = True
        if mention.value is not None and lot.ceiling is not None and mention.value > lot.ceiling:
            yield rule.fail(mention.value, Words("at most {limit}", limit=lot.ceiling), mention.document, mention.place)
    items = {item.no: item for item in lot.items}
    for schedule in bid.schedules:
        for line in schedule.lines:
            ceiling = items[line.no].ceiling if line.no in items else None
            judged = judged or line.unit_price is not None
            if ceiling is not None and line.unit_price is not None and line.unit_price > ceiling:
                yield rule.fail(line.unit_price, Words("at most {limit}", limit=ceiling), schedule.document, line.place)
    if judged:
        yield rule.passed(Words("total and unit prices"), Words("at most their ceilings"))
    else:
        yield rule.human(Words("no price found"), Words("an offer or a document with the total"))


@rule(
    "R10", "below cost", f"{_REGULATION} (5); 财政部令第87号 art. 60", "attach an explanation of the price, or raise it"
)
def below_cost(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The offer against our own floor; below it a person prepares the explanation that the committee may ask for."""
    if bid.offer is None:
        yield rule.human(Words("no offer"), Words("the price offer with its floor"))
    elif bid.offer.gross < bid.offer.floor:
        yield rule.human(
            Words("total below the floor"), Words("total at or above the floor, or an explanation pack"), Words("offer")
        )
    else:
        yield rule.passed(Words("total at or above the floor"), "", Words("offer"))


@rule("R11", "two prices", f"{_REGULATION} (4)", "print one total everywhere; leave one price file")
def two_prices(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every mention of the total, words too, has one value."""
    mentions = [mention for mention in bid.totals if mention.value is not None]
    if not mentions:
        yield rule.human(Words("no total found"), Words("a document that names the total"))
        return
    by_value: dict[Decimal, list[TotalMention]] = defaultdict(list)
    for mention in mentions:
        by_value[mention.value or Decimal(0)].append(mention)
    expected = bid.offer.total if bid.offer is not None else max(by_value, key=lambda value: len(by_value[value]))
    for value, places in by_value.items():
        if value != expected and not _is_other_basis(bid, value):
            yield rule.fail(value, expected, places[0].document, places[0].place)
    yield rule.passed(Words("{count} mentions of the total", count=len(mentions)), Words("one value"))


def _is_other_basis(bid: BidUnderCheck, value: Decimal) -> bool:
    """A net tender prints the gross total beside the net one."""
    return bid.offer is not None and bid.offer.basis == "net" and value == bid.offer.gross


@rule(
    "R14", "opening sheet, bid letter and price schedule differ", "财政部令第87号 art. 59",
    "make the three agree; which one prevails is the tender's own rule",
)  # fmt: skip
def three_way(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The totals of the three forms that a committee compares, and the decided offer."""
    totals = {part: [m for m in _figures(bid) if m.part == part] for part in _THREE}
    present = {part: mentions[-1] for part, mentions in totals.items() if mentions}
    if not present:
        yield rule.human(Words("no total in any of the three"), Words("opening sheet, bid letter, price schedule"))
        return
    first = next(iter(present.values()))
    expected = bid.offer.total if bid.offer is not None else first.value
    for part, mentions in totals.items():
        for mention in mentions:
            if mention.value != expected and not (mention.value is not None and _is_other_basis(bid, mention.value)):
                yield rule.fail(
                    Words("{name}: {amount}", name=Words(_THREE[part]), amount=mention.value),
                    expected,
                    mention.document,
                    mention.place,
                )
    for part, name in _THREE.items():
        if part not in present and (bid.has_part(part) or part != "opening-sheet"):
            yield rule.human(
                Words("no total found in {name}", name=Words(name)),
                Words("{name} with the total {total}", name=Words(name), total=expected),
            )
    if len(present) > 1:
        yield rule.passed(Words("{count} totals", count=len(present)), Words("the same total"))
    elif len(present) == 1 and bid.offer is None:
        yield rule.human(
            Words("only {name}", name=Words(_THREE[next(iter(present))])), Words("a second form to compare with")
        )


@rule(
    "R15", "same model, two prices", "财政部令第87号 art. 59", "give one model one unit price, or name the difference"
)
def one_model_one_price(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Lines of one name and model have one unit price."""
    prices: dict[tuple[str, str], dict[Decimal, tuple[str, str]]] = defaultdict(dict)
    for schedule in bid.schedules:
        for line in schedule.lines:
            has_model = squeeze(line.model) not in _NO_MODEL or "model" not in schedule.columns
            if has_model and line.unit_price is not None:
                prices[squeeze(line.name), squeeze(line.model)].setdefault(
                    line.unit_price, (schedule.document, line.place)
                )
    if not bid.schedules:
        yield rule.human(Words("no price schedule found"), Words("a table with unit prices"))
        return
    for (_name, model), found in prices.items():
        if len(found) > 1:
            expected, (other, (document, place)) = next(iter(found)), list(found.items())[1]
            yield rule.fail(f"{model}: {other}", Words("{price} as in the other line", price=expected), document, place)
    yield rule.passed(Words("{count} models", count=len(prices)), Words("one unit price each"))


_NO_MODEL = ("", "/", "-", "—", "无", "定制", "非标", "n/a", "none")


@rule("R16", "missing or zero line", "标准设备采购招标文件 (2017) ch. 3", "price every item that the tender lists")
def every_line_priced(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every item of the tender stands in the schedule with its quantity and a price above zero."""
    if not bid.schedules:
        yield rule.human(Words("no price schedule found"), Words("a table with unit prices"))
        return
    for schedule in bid.schedules:
        for line in schedule.lines:
            if line.unit_price == 0 or line.total == 0:
                yield rule.fail(f"{line.no} {line.name}: 0", Words("a price above zero"), schedule.document, line.place)
            elif "unit_price" in line.blank or "total" in line.blank:
                yield rule.fail(
                    Words("{no} {name}: no price", no=line.no, name=line.name),
                    Words("a price above zero"),
                    schedule.document,
                    line.place,
                )
    if bid.this_lot is None:
        yield rule.human(Words("no record"), Words("tender.yaml: lots.items, to find items left out"))
        return
    for item in bid.this_lot.items:
        yield from _item_found(bid, item, rule)
    yield rule.passed(Words("{count} items", count=len(bid.this_lot.items)), Words("each priced"))


def _item_found(bid: BidUnderCheck, item: Item, rule: Rule) -> Iterator[Finding]:
    lines = [(schedule, line) for schedule in bid.schedules for line in schedule.lines]
    fitting = [(s, line) for s, line in lines if line.no == item.no and squeeze(item.name) in squeeze(line.name)]
    fitting = fitting or [(s, line) for s, line in lines if squeeze(line.name) == squeeze(item.name)]
    if not fitting:
        yield rule.fail(
            Words("no line for item {no} {name}", no=item.no, name=item.name),
            Words("a priced line"),
            bid.schedules[0].document,
            bid.schedules[0].place,
        )
        return
    quantities = [line.quantity for _s, line in fitting if line.quantity is not None]
    if quantities and sum(quantities) != item.quantity and item.quantity not in quantities:
        schedule, line = fitting[0]
        yield rule.fail(
            Words("{name}: quantity {quantity}", name=item.name, quantity=sum(quantities)),
            item.quantity,
            schedule.document,
            line.place,
        )


@rule(
    "R18",
    "元/万元 or currency mistaken",
    "财政部令第87号 art. 59",
    "write the unit that the header names, or mend the header",
)
def magnitude(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Totals that differ by a power of ten of the unit, and currencies other than the tender's."""
    mentions = _figures(bid)
    if not mentions:
        yield rule.human(Words("no total found"), Words("a document that names the total"))
        return
    values = [mention.value for mention in mentions if mention.value]
    if not values:
        yield rule.human(Words("zero totals only"), Words("a total above zero"))
        return
    base = bid.offer.total if bid.offer is not None else max(set(values), key=values.count)
    for mention in mentions:
        ratio = mention.value / base if mention.value is not None and base else Decimal(1)
        if any(abs(ratio / power - 1) < Decimal("0.01") for power in _UNITS):
            yield rule.fail(
                Words("{raw} read as {value}", raw=mention.raw, value=mention.value),
                base,
                mention.document,
                mention.place,
            )
    currency = bid.record.money.currency if bid.record is not None else ""
    for mention in mentions:
        if currency and mention.currency and mention.currency != currency:
            yield rule.fail(f"{mention.currency}: {mention.raw}", currency, mention.document, mention.place)
    yield rule.passed(Words("{count} totals", count=len(mentions)), Words("one magnitude and currency"))


_UNITS = tuple(Decimal(10) ** power for power in (-8, -6, -4, -3, 3, 4, 6, 8))
