"""The lab's model of the probability of winning, and the plain rules beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from flows.steps.market.measures import Floats

SHAPE = {"learning_rate": 0.05, "max_leaf_nodes": 8, "l2_regularization": 5.0, "random_state": 0}
LEAST_ROWS = 60


@dataclass(frozen=True)
class WinModel:
    """Gradient boosting for the probability that an offer wins."""

    features: tuple[str, ...]
    fitted: Any

    def probability(self, rows: pd.DataFrame) -> Floats:
        """Return the probability of winning of every row of features."""
        with threadpool_limits(1):
            return np.asarray(self.fitted.predict_proba(rows[list(self.features)])[:, 1])


def fit_win(rows: pd.DataFrame, won: Floats, features: Sequence[str]) -> WinModel | None:
    """Fit on past rows; None when there are too few, or only wins or only losses."""
    if len(rows) < LEAST_ROWS or len(np.unique(won)) < 2:
        return None
    model = HistGradientBoostingClassifier(max_iter=150, min_samples_leaf=min(40, len(rows) // 10), **SHAPE)
    # Threads of their own only wait for each other where cores are shared.
    with threadpool_limits(1):
        return WinModel(tuple(features), model.fit(rows[list(features)], won))


@dataclass(frozen=True)
class PlainRule:
    """The plain learned rule: a price of x % of the ceiling beat all rivals in this share of past cases."""

    lowest: Floats

    def probability(self, ratios: Floats) -> Floats:
        """Return the share of past cases whose lowest rival stood above each ratio; equal ones count half."""
        below = np.searchsorted(self.lowest, ratios, side="left")
        upto = np.searchsorted(self.lowest, ratios, side="right")
        return 1 - (below + upto) / 2 / len(self.lowest)


def fit_plain(lowest: Floats) -> PlainRule | None:
    """Return the rule learned from the lowest rival ratios of past cases; None without any."""
    known = np.sort(lowest[~np.isnan(lowest)])
    return PlainRule(known) if len(known) else None


def friedman(ratio: float, rivals: Sequence[Sequence[float]], everyone: Sequence[float]) -> float:
    """Return Friedman's product rule (1956): rivals independent, each by its past ratios, or everyone's."""
    chance = 1.0
    for past in rivals:
        known = past or everyone
        above = sum(value > ratio for value in known) + 0.5 * sum(value == ratio for value in known)
        chance *= above / len(known) if known else 0.5
    return chance
