"""The price score (价格分) of every bid of a lot by the tender's own formula, exact in Decimal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from flows.errors import TenderError

FORMULAS = ("low-price", "mean-benchmark", "lowest-wins")
_HUNDRED = Decimal(100)


class ScoreError(TenderError):
    """A price-score rule or the prices given to it make no sense."""


_RANGES = {
    "weight": ("0", "1"),
    "drop": ("-1", "0.999"),
    "e1": ("0", "100"),
    "e2": ("0", "100"),
    "ceiling_share": ("0", "1"),
    "trim_from": ("3", "1000"),
    "minimum": ("0", "100"),
    "step": ("0.000001", "1"),
}


@dataclass(frozen=True, kw_only=True)
class ScoreRule:
    """A tender's price-score formula with its parameters.

    `low-price` (低价优先法, 财政部令第87号 art. 55): lowest price ÷ price × weight × 100.
    `mean-benchmark` (综合评估法, 合理低价法): A = mean of the prices (from `trim_from` bids on without one highest and
    one lowest); C = A × (1 − drop), or (ceiling_share·ceiling + (1 − ceiling_share)·A) × (1 − drop); each percent
    above C costs e1 points, each percent below it e2 points.
    `lowest-wins` (经评审的最低投标价法): the lowest evaluated price wins, there is no score.

    `weight` and `drop` are fractions; e1, e2, minimum and the score are points; `step` is what the score is rounded to.
    """

    formula: str
    weight: Decimal = Decimal(0)
    drop: Decimal = Decimal(0)
    e1: Decimal = Decimal(1)
    e2: Decimal = Decimal("0.5")
    ceiling_share: Decimal = Decimal(0)
    trim_from: Decimal = Decimal(5)
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.01")

    @property
    def full(self) -> Decimal:
        """Return the points of a perfect price: weight × 100."""
        return self.weight * _HUNDRED

    def drawn(self, **parameters: Decimal) -> "ScoreRule":
        """Return the rule with the parameters drawn at the opening (下浮系数, K, Δ)."""
        return parse({**vars(self), **parameters})


def drawn_parameters(text: str) -> dict[str, Decimal]:
    """Return the parameters drawn at an opening from text such as `drop=0.03; ceiling_share=0.4`.

    Raises:
        ScoreError: an unknown parameter, or a value out of its range.
    """
    pairs = [pair.partition("=") for pair in text.replace("；", ";").split(";") if pair.strip()]
    return {name.strip(): _in_range(name.strip(), value.strip()) for name, _, value in pairs}


def parse(values: Mapping[str, Any]) -> ScoreRule:
    """Return the rule of a tender record's `score` section; numbers may be text.

    Raises:
        ScoreError: an unknown formula or parameter, or a value out of its range.
    """
    formula = values.get("formula")
    if formula not in FORMULAS:
        expected = ", ".join(FORMULAS)
        raise ScoreError("score formula: found {found}, expected one of {expected}", found=formula, expected=expected)
    numbers: dict[str, Any] = {name: _in_range(name, value) for name, value in values.items() if name != "formula"}
    return ScoreRule(formula=formula, **numbers)


def _in_range(name: str, value: Any) -> Decimal:
    if name not in _RANGES:
        raise ScoreError(
            "score rule: found {found}, expected one of {expected}", found=name, expected=", ".join(_RANGES)
        )
    low, high = _RANGES[name]
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and Decimal(low) <= number <= Decimal(high)):
        raise ScoreError(
            "score rule: {name} is {found}, expected {low} to {high}", name=name, found=value, low=low, high=high
        )
    return number


def benchmark(rule: ScoreRule, prices: Sequence[Decimal], ceiling: Decimal | None = None) -> Decimal:
    """Return the price that the rule measures by (评标基准价), unrounded.

    Args:
        prices: evaluated prices of all compliant bids, in one currency and tax basis.
        ceiling: the lot's ceiling, needed where `ceiling_share` is above 0.

    Raises:
        ScoreError: no price, a price of 0 or less, or no ceiling where the rule needs one.
    """
    if not prices or min(prices) <= 0:
        raise ScoreError("price score: found {count} prices, expected at least one and each above 0", count=len(prices))
    if rule.formula != "mean-benchmark":
        return min(prices)
    counted = sorted(prices)[1:-1] if len(prices) >= rule.trim_from else prices
    mean = sum(counted, Decimal(0)) / len(counted)
    if rule.ceiling_share:
        if ceiling is None:
            raise ScoreError("price score: the rule counts the ceiling in, found none; next: give the lot's ceiling")
        mean = rule.ceiling_share * ceiling + (1 - rule.ceiling_share) * mean
    return mean * (1 - rule.drop)


def score(rule: ScoreRule, price: Decimal, against: Decimal) -> Decimal:
    """Return the points of `price`, rounded half up to the rule's step, within 0 (or `minimum`) and the full points.

    Args:
        against: the benchmark, see `benchmark`.

    Raises:
        ScoreError: the formula `lowest-wins` knows no score.
    """
    if rule.formula == "lowest-wins":
        raise ScoreError("price score: lowest-wins gives no points; next: compare evaluated prices")
    if rule.formula == "low-price":
        points = against / price * rule.full
    else:
        deviation = (price - against) / against * _HUNDRED
        points = rule.full - (deviation * rule.e1 if deviation > 0 else -deviation * rule.e2)
    clamped = min(max(points, rule.minimum), rule.full)
    return (clamped / rule.step).quantize(Decimal(1), ROUND_HALF_UP) * rule.step


def scores(rule: ScoreRule, prices: Mapping[str, Decimal], ceiling: Decimal | None = None) -> dict[str, Decimal]:
    """Return the points of every bid, by bidder.

    Args:
        prices: evaluated price by bidder, compliant bids only.
    """
    against = benchmark(rule, list(prices.values()), ceiling)
    return {bidder: score(rule, price, against) for bidder, price in prices.items()}


def best(rule: ScoreRule, prices: Mapping[str, Decimal], ceiling: Decimal | None = None) -> list[str]:
    """Return the bidders whom the price alone puts first: most points, or the lowest price for `lowest-wins`.

    Equal points go to the lower price, as most tenders say; equal prices stay equal.
    """
    unscored = rule.formula == "lowest-wins"
    points = dict.fromkeys(prices, Decimal(0)) if unscored else scores(rule, prices, ceiling)
    first = min((-points[bidder], prices[bidder]) for bidder in prices)
    return [bidder for bidder in prices if (-points[bidder], prices[bidder]) == first]
