"""Generators of mutants (one defect each) and near-misses (none), by rule."""

import random
from collections import defaultdict
from collections.abc import Callable

from flows.steps.checks.bid import BidUnderCheck

Generator = Callable[[BidUnderCheck, random.Random], BidUnderCheck | None]
MUTANTS: dict[str, list[Generator]] = defaultdict(list)
NEAR_MISSES: dict[str, list[Generator]] = defaultdict(list)


def breaks(rule: str, *generators: Generator) -> None:
    """Register generators whose bids have the defect of `rule`."""
    MUTANTS[rule] += generators


def spares(rule: str, *generators: Generator) -> None:
    """Register generators whose bids look like the defect of `rule` and have it not."""
    NEAR_MISSES[rule] += generators
