"""The walk-forward backtest: every quarter is told by models that saw only what lay before it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.steps.market.cases import lowest_rival
from flows.steps.market.features import WITH_RIVALS, WITHOUT_RIVALS, walk
from flows.steps.market.measures import Floats, Quality, calibration, quality
from flows.steps.market.models import fit_plain, fit_win, friedman
from flows.steps.market.rivals import QUANTILES, Rivals

Flags = npt.NDArray[np.bool_]
_LEAST_BIDDERS = 3
_FEATURES = {"n known": WITH_RIVALS, "n unknown": WITHOUT_RIVALS}

_TOLD = (*_FEATURES, "constant", "plain rule", *map(str, QUANTILES), "median")


@dataclass(frozen=True)
class Backtest:
    """What the walk-forward run showed.

    `methods` by name: `constant`, `1/n`, `plain rule`, `product rule`, `n known`, `n unknown`. `coverage` is the share
    of cases whose lowest rival lay between the outer quantiles (80 % meant); `miss` and `plain_miss` are mean absolute
    errors of its median, as share of the ceiling, of the model and of the plain median of the past.
    """

    methods: dict[str, Quality]
    calibration: list[tuple[float, float, int]]
    coverage: float
    miss: float
    plain_miss: float
    since: pd.Timestamp
    probabilities: pd.DataFrame


def run(rows: pd.DataFrame, since: pd.Timestamp) -> Backtest | None:
    """Backtest on the cases of `flows.steps.market.cases.cases` with at least three bidders, from `since` on.

    Returns:
        None when no quarter can be told, for want of earlier or later cases.
    """
    used = rows[rows["n"] >= _LEAST_BIDDERS]
    features, _history = walk(rows)
    features = features.loc[used.index]
    won = used["won"].to_numpy(float)
    lowest = lowest_rival(used).to_numpy(float)
    rivals = Rivals(features, lowest, used["day"], WITH_RIVALS)
    told = pd.DataFrame(np.nan, index=used.index, columns=list(_TOLD))
    quarters = pd.date_range(since, used["day"].max() + pd.offsets.QuarterBegin(), freq=pd.DateOffset(months=3))
    for start in quarters:
        before = (used["day"] < start).to_numpy()
        now = ((used["day"] >= start) & (used["day"] < start + pd.DateOffset(months=3))).to_numpy()
        if now.any() and before.any():
            _tell(told, features, won, lowest, before, now)
            model = rivals.fit(start)
            if model:
                told.loc[told.index[now], list(map(str, QUANTILES))] = model.quantiles(features[now])
    told["1/n"] = 1 / used["n"]
    told["product rule"] = _product_rule(used)
    told = told.dropna(subset=["n known", "n unknown", "plain rule"])
    return _measured(told, used.loc[told.index], lowest[used.index.isin(told.index)], since) if len(told) else None


def _tell(told: pd.DataFrame, features: pd.DataFrame, won: Floats, lowest: Floats, before: Flags, now: Flags) -> None:
    """Fit on the rows before a quarter and write down what that says about its rows."""
    rows = told.index[now]
    told.loc[rows, "constant"] = won[before].mean()
    for name, columns in _FEATURES.items():
        model = fit_win(features[before], won[before], columns)
        if model:
            told.loc[rows, name] = model.probability(features[now])
    plain = fit_plain(lowest[before])
    if plain:
        told.loc[rows, "plain rule"] = plain.probability(features.loc[rows, "ratio"].to_numpy(float))
        told.loc[rows, "median"] = np.median(plain.lowest)


def _product_rule(rows: pd.DataFrame) -> list[float]:
    """Friedman's rule for every row, from the ratios before its day."""
    past: dict[str, list[float]] = {}
    everyone: list[float] = []
    found: list[float] = []
    for _day, of_day in rows.groupby("day", sort=True):
        for _case, case in of_day.groupby("case", sort=False):
            for row in _tuples(case):
                rivals = [past.get(name, []) for name in case["company"] if name != row.company]
                found.append(friedman(row.ratio, rivals, everyone[-500:]))
        for row in _tuples(of_day):
            past.setdefault(row.company, []).append(row.ratio)
            everyone.append(row.ratio)
    return found


def _tuples(rows: pd.DataFrame) -> list[Any]:
    return list(rows.itertuples())


def _measured(told: pd.DataFrame, rows: pd.DataFrame, lowest: Floats, since: pd.Timestamp) -> Backtest:
    won, tenders = rows["won"].to_numpy(float), rows["case"].nunique()
    names = ("constant", "1/n", "plain rule", "product rule", "n known", "n unknown")
    low, middle, high = (told[str(q)].to_numpy(float) for q in QUANTILES)
    return Backtest(
        methods={name: quality(told[name].to_numpy(float), won, tenders) for name in names},
        calibration=calibration(told["n known"].to_numpy(float), won),
        coverage=float(np.mean((lowest >= low) & (lowest <= high))),
        miss=float(np.mean(np.abs(lowest - middle))),
        plain_miss=float(np.mean(np.abs(lowest - told["median"].to_numpy(float)))),
        since=since,
        probabilities=told,
    )
