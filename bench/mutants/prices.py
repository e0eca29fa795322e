"""Mutants of price and arithmetic: R09 to R18, R08's blanks."""

import random
import re
from dataclasses import replace
from decimal import Decimal

from mutants.edit import (
    W,
    insert,
    other_digit,
    packed,
    record,
    rows,
    substitute,
    text_of,
    with_document,
    write_text,
)
from mutants.registry import breaks, spares

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.price import PriceOffer

TOTAL = r"2,?140,?002\.50"
CN = r"贰佰壹拾肆万零贰元伍角整?|贰佰壹拾肆万零贰元伍角"
EN = r"Two Million One Hundred Forty Thousand Two and Fifty Fen"
Bid, Rng = BidUnderCheck, random.Random


def _offer(bid: Bid) -> PriceOffer:
    assert bid.offer is not None
    return bid.offer


def _lot(bid: Bid, **values: object) -> Bid:
    return record(bid, lambda data: data["lots"][0].update(values))


def _cell(bid: Bid, rng: Rng, row: str, column: int, change: object) -> Bid | None:
    found = list(rows(bid, "price", row))
    if not found:
        return None
    name, root, line = rng.choice(found)
    paragraph = next(list(line.iter(f"{W}tc"))[column].iter(f"{W}p"))
    write_text(paragraph, change(text_of(paragraph)) if callable(change) else str(change))
    return with_document(bid, name, packed(bid.documents[name], root))


LINE = r"AGV.*358,000\.25|AGV.*236,000\.50"


def _line_cell(bid: Bid, rng: Rng, field: str, change: object) -> Bid | None:
    """Columns differ by maker: find the cell by its value."""
    values = {
        "price": r"358,000\.25|236,000\.50",
        "total": r"1,432,001\.00|708,001\.50",
        "quantity": r"^[43](?:台| pcs)?$",
    }
    found = [(n, root, c) for n, root, line in rows(bid, "price", LINE) for c in line.iter(f"{W}tc")
             if re.fullmatch(values[field], text_of(c).strip())]  # fmt: skip
    if not found:
        return None
    name, root, cell = rng.choice(found)
    paragraph = next(cell.iter(f"{W}p"))
    write_text(paragraph, change(text_of(paragraph)) if callable(change) else str(change))
    return with_document(bid, name, packed(bid.documents[name], root))


def _digit(rng: Rng) -> object:
    return lambda text: other_digit(rng, text)


def _no_line(bid: Bid, rng: Rng) -> Bid | None:
    found = list(rows(bid, "price", LINE))
    name, root, line = rng.choice(found)
    line.getparent().remove(line)
    return with_document(bid, name, packed(bid.documents[name], root))


def _less(total: Decimal, rng: Rng) -> str:
    return str(total - Decimal(rng.randint(1, 10_000)) / 100)


breaks(
    "R09",
    lambda b, r: _lot(b, ceiling=_less(_offer(b).total, r)),
    lambda b, r: record(b, lambda d: d["lots"][0]["items"][0].update(ceiling=_less(Decimal("358000.25"), r))),
)
spares(
    "R09",
    lambda b, r: _lot(b, ceiling=str(_offer(b).total)),
    lambda b, r: record(b, lambda d: d["lots"][0]["items"][0].update(ceiling="358000.25")),
    lambda b, r: insert(b, r, f"参考：历史最高限价{r.randint(3, 9)},000,000.00元。", "price"),
)
breaks(
    "R10", lambda b, r: replace(b, offer=replace(_offer(b), floor=_offer(b).gross + Decimal(r.randint(1, 999)) / 100))
)
spares(
    "R10", lambda b, r: replace(b, offer=replace(_offer(b), floor=_offer(b).gross - Decimal(r.randint(0, 999)) / 100))
)

_change_total = lambda b, r: substitute(b, r, TOTAL, lambda m: other_digit(r, m[0]), "price|technical/bid-letter")  # noqa: E731
breaks("R11", _change_total)
breaks("R14", _change_total)
for rule in ("R11", "R14", "R18"):
    spares(
        rule,
        lambda b, r: substitute(b, r, TOTAL, "2140002.50", "price"),
        lambda b, r: substitute(b, r, TOTAL, "2,140,002.5", "price"),
        lambda b, r: substitute(b, r, TOTAL, "２,１４０,００２.５０", "price"),
        lambda b, r: insert(b, r, f"类似业绩合同金额{r.randint(1, 9)},860,000.00元。", "price"),
    )


def _wrong_word(match: re.Match[str], rng: Rng) -> str:
    text = match[0]
    letters = [n for n, c in enumerate(text) if c in "壹贰叁肆伍陆柒捌玖"]
    at = rng.choice(letters)
    return text[:at] + rng.choice([c for c in "壹贰叁肆伍陆柒捌玖" if c != text[at]]) + text[at + 1 :]


breaks(
    "R12",
    lambda b, r: substitute(b, r, CN, lambda m: _wrong_word(m, r), "price"),
    lambda b, r: substitute(b, r, "叁万元整", lambda m: _wrong_word(m, r), "commercial"),
    lambda b, r: substitute(
        b, r, r"Forty Thousand", r.choice(["Fifty Thousand", "Fourteen Thousand", "Forty-One Thousand"])
    ),
    lambda b, r: substitute(b, r, "佰壹拾", r.choice(["仟壹拾", "佰壹佰", "佰"]), "price"),
)
spares(
    "R12",
    lambda b, r: substitute(b, r, "万零贰元", "万零贰圆", "price"),
    lambda b, r: substitute(b, r, "贰佰", "贰 佰", "nowhere"),
    lambda b, r: substitute(b, r, r"Two Million", r.choice(["two million", "TWO MILLION"])),
    lambda b, r: substitute(b, r, TOTAL, "2140002.50", "price"),
    lambda b, r: insert(b, r, r.choice(["共计元器件二百件。", "一元二次方程", "万元以上设备", "拾元店"]), "price"),
)
breaks(
    "R13",
    lambda b, r: _line_cell(b, r, "total", _digit(r)),
    lambda b, r: _line_cell(b, r, "price", _digit(r)),
    lambda b, r: _line_cell(b, r, "total", lambda t: f"{Decimal(t.replace(',', '')) + Decimal('0.01'):,}"),
)
spares(
    "R13",
    lambda b, r: _line_cell(b, r, "total", lambda t: t.replace(",", "")),
    lambda b, r: _line_cell(b, r, "price", lambda t: f"¥{t}"),
    lambda b, r: _line_cell(b, r, "total", lambda t: f" {t}元 "),
)
breaks(
    "R16",
    _no_line,
    lambda b, r: _line_cell(b, r, "price", r.choice(["0.00", "0", ""])),
    lambda b, r: _line_cell(b, r, "quantity", lambda t: t.replace(t[0], r.choice("1256789"))),
)
spares(
    "R16",
    lambda b, r: _line_cell(b, r, "price", lambda t: t.replace(",", "")),
    lambda b, r: _line_cell(b, r, "quantity", lambda t: f" {t} "),
    lambda b, r: insert(b, r, "备件0元，已含在设备单价中。", "price"),
)


def _models(same_model: bool) -> object:
    """Give the second line the first one's name, and its model too or not."""

    def change(bid: Bid, rng: Rng) -> Bid | None:
        pairs = (("背负型AGV", "智能升降AGV"), ("carrying AGV", "lifting AGV"))
        done: Bid | None = None
        for before, after in pairs:
            done = substitute(bid, rng, f"^{before}", after, "price/(?!bid-letter|投标函|opening)") or done
        if done is None or not same_model:
            return done
        return substitute(done, rng, "SL-AGV-B06", "SL-AGV-L40", "price/(?!bid-letter|投标函|opening)")

    return change


breaks("R15", _models(True))  # type: ignore[arg-type]
spares("R15", _models(False), lambda b, r: insert(b, r, "型号SL-AGV-L40与SL-AGV-B06单价不同。", "price"))  # type: ignore[arg-type]
breaks(
    "R17",
    lambda b, r: substitute(
        b, r, r"(税率.{0,3})13(\s*%)", rf"\g<1>{r.choice(['9', '6', '3', '12', '16'])}\2", "price|bid-letter"
    ),
    lambda b, r: substitute(b, r, r"1,893,807\.52", lambda m: other_digit(r, m[0]), "price"),
    lambda b, r: substitute(b, r, r"246,194\.98", lambda m: other_digit(r, m[0]), "price"),
)
spares(
    "R17",
    lambda b, r: substitute(b, r, r"(税率.{0,3})13(\s*%)", r"\g<1>13.0\2", "price|bid-letter"),
    lambda b, r: substitute(b, r, r"(税率.{0,3})13%", r"\g<1>13 %", "price|bid-letter"),
    lambda b, r: insert(b, r, f"首付款{r.choice([30, 20, 10])}%，增值税专用发票。", "price"),
)
breaks(
    "R18",
    lambda b, r: substitute(b, r, TOTAL, r.choice(["214.00025", "2140.0025", "21,400,025,000.00"]), "price"),
    lambda b, r: substitute(b, r, rf"(?:¥|CNY)\s*({TOTAL})", r.choice([r"$\1", r"USD \1", r"€\1"]), "price"),
    lambda b, r: substitute(b, r, r"投标总价（元）", "投标总价（万元）", "price"),
)
