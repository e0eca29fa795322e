"""Our price score under the tender's own formula, over drawn parameters and rival prices; needs no history."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flows.errors import TenderError
from flows.steps.score import ScoreRule, benchmark, best, score

OURS = "ours"


class WhatIfError(TenderError):
    """The ranges of a what-if make no sense."""


@dataclass(frozen=True)
class Outcome:
    """Our price against one set of rival prices and one drawn coefficient; `points` is None under `lowest-wins`."""

    price: Decimal
    drop: Decimal
    points: Decimal | None
    first: bool


@dataclass(frozen=True)
class Replayed:
    """One of our prices over many likely rival price sets: mean points and the share in which the price comes first."""

    price: Decimal
    mean_points: Decimal | None
    first: int
    draws: int


def steps(low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    """Return low, low + step, … up to high.

    Raises:
        WhatIfError: a range that is empty or has over 1,000 steps.
    """
    count = (high - low) / step if step > 0 else Decimal(-1)
    if not 0 <= count <= 1000:
        raise WhatIfError(
            "range: found {low} to {high} by {step}, expected 1 to 1000 steps", low=low, high=high, step=step
        )
    return [low + step * position for position in range(int(count) + 1)]


def score_table(
    rule: ScoreRule,
    ours: Sequence[Decimal],
    rivals: Sequence[Decimal],
    drops: Sequence[Decimal],
    ceiling: Decimal | None,
) -> list[Outcome]:
    """Return our points for every one of our prices and every drop coefficient, rivals as given."""
    return [_one(rule, price, rivals, drop, ceiling) for price in ours for drop in drops]


def _one(rule: ScoreRule, price: Decimal, rivals: Sequence[Decimal], drop: Decimal, ceiling: Decimal | None) -> Outcome:
    drawn = rule.drawn(drop=drop)
    prices = {OURS: price, **{f"rival {position}": rival for position, rival in enumerate(rivals)}}
    scored = rule.formula != "lowest-wins"
    points = score(drawn, price, benchmark(drawn, list(prices.values()), ceiling)) if scored else None
    return Outcome(price, drop, points, OURS in best(drawn, prices, ceiling))


def replay(
    rule: ScoreRule,
    ours: Sequence[Decimal],
    rival_sets: Sequence[Sequence[Decimal]],
    drops: Sequence[Decimal],
    ceiling: Decimal | None,
) -> list[Replayed]:
    """Replay the formula for each of our prices over likely rival price sets, drops in turn."""
    found = []
    for price in ours:
        outcomes = [_one(rule, price, set_, drops[i % len(drops)], ceiling) for i, set_ in enumerate(rival_sets)]
        points = [outcome.points for outcome in outcomes if outcome.points is not None]
        mean = (sum(points, Decimal(0)) / len(points)).quantize(Decimal("0.01")) if points else None
        found.append(Replayed(price, mean, sum(outcome.first for outcome in outcomes), len(outcomes)))
    return found
