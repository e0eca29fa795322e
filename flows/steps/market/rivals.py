"""The lab's model of the lowest rival price: quantiles, calibrated on what earlier models said of later days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from flows.steps.market.measures import Floats
from flows.steps.market.models import LEAST_ROWS, SHAPE

QUANTILES = (0.1, 0.5, 0.9)
_BLINDED = ("ratio", "own_step", "market_step", "rivals_below")
_BLOCK = pd.DateOffset(months=6)
_BLOCKS = 8


@dataclass(frozen=True)
class LowestRivalModel:
    """Gradient boosting for quantiles of the lowest rival price, as share of the ceiling.

    `shift` moves each quantile by what earlier models were off on days after them: conformalized quantile regression
    (Romano, Patterson and Candès 2019), each side by itself.
    """

    features: tuple[str, ...]
    fitted: tuple[Any, ...]
    shift: tuple[float, ...] = (0.0,) * len(QUANTILES)

    def quantiles(self, rows: pd.DataFrame) -> Floats:
        """Return one row per row of features, one column per quantile of `QUANTILES`, never falling."""
        with threadpool_limits(1):
            columns = [model.predict(rows[list(self.features)]) for model in self.fitted]
        return np.maximum.accumulate(np.column_stack(columns) + np.array(self.shift), axis=1)


@dataclass
class Rivals:
    """Past rows, from which a model for any day is fitted; what depends on our own price is left out.

    `rows` are features, `lowest` the lowest rival of each row as share of the ceiling (NaN: none), `days` its day.
    """

    rows: pd.DataFrame
    lowest: Floats
    days: pd.Series
    features: Sequence[str]
    _off: dict[pd.Timestamp, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = ~np.isnan(self.lowest)
        self.features = tuple(name for name in self.features if name not in _BLINDED)
        self.rows, self.lowest, self.days = self.rows[known], self.lowest[known], self.days[known]

    def fit(self, day: pd.Timestamp) -> LowestRivalModel | None:
        """Return the model for a day, fitted and calibrated on what lay before it; None when that is too little."""
        model = self._plain(day)
        if model is None:
            return None
        half_years = pd.date_range(end=day, periods=_BLOCKS + 2, freq="6MS").normalize()
        off = [self._missed(start) for start in half_years if start + _BLOCK <= day]
        missed = np.concatenate(off) if off else np.zeros((0, len(QUANTILES)))
        return LowestRivalModel(model.features, model.fitted, _shift(missed))

    def _plain(self, day: pd.Timestamp) -> LowestRivalModel | None:
        before = (self.days < day).to_numpy()
        if before.sum() < LEAST_ROWS:
            return None
        data, target = self.rows.loc[before, list(self.features)], self.lowest[before]
        with threadpool_limits(1):
            fitted = tuple(
                HistGradientBoostingRegressor(
                    loss="quantile", quantile=quantile, max_iter=80, min_samples_leaf=min(40, len(data) // 10), **SHAPE
                ).fit(data, target)
                for quantile in QUANTILES
            )
        return LowestRivalModel(tuple(self.features), fitted)

    def _missed(self, start: pd.Timestamp) -> Floats:
        """Return by how much the model of a half-year's first day missed the rows of that half-year, per quantile."""
        if start not in self._off:
            block = ((self.days >= start) & (self.days < start + _BLOCK)).to_numpy()
            model = self._plain(start) if block.any() else None
            told = model.quantiles(self.rows[block]) if model else np.zeros((0, len(QUANTILES)))
            self._off[start] = self.lowest[block][: len(told), None] - told
        return self._off[start]


def _shift(missed: Floats) -> tuple[float, ...]:
    """Return by how much each outer quantile moves; the median stays, and with few cases all do."""
    if len(missed) < LEAST_ROWS:
        return (0.0,) * len(QUANTILES)
    low, high = (float(np.quantile(missed[:, side], QUANTILES[side])) for side in (0, -1))
    return (low, *(0.0 for _ in QUANTILES[1:-1]), high)
