"""What was known about an offer before its day: the company's own past, the market's, and its rivals'.

Everything is told day by day, so that no feature of a row can see its own day or a later one.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

WITHOUT_RIVALS = (
    "ratio",
    "log_ceiling",
    "own_bids",
    "own_win_rate",
    "own_mean",
    "own_lowest",
    "own_spread",
    "own_days",
    "own_step",
    "category_n",
    "market_n",
    "market_lowest",
    "market_step",
)
WITH_RIVALS = (
    *WITHOUT_RIVALS,
    "n",
    "rivals_win_rate",
    "rivals_best_win_rate",
    "rivals_mean",
    "rivals_lowest",
    "rivals_lowest_mean",
    "rivals_bids",
    "rivals_below",
    "duels_lower",
    "duels",
)
_LAST_OFFERS, _LAST_OF_CATEGORY, _LAST_CASES = 20, 30, 50
# Two imagined bids with the usual win rate keep newcomers from 0 and 1.
_PRIOR_BIDS, _PRIOR_RATE = 2, 0.25
_UNKNOWN = float("nan")


@dataclass
class _Past:
    """A company's past: bids, wins, its last ratios, its last day."""

    bids: int = 0
    wins: int = 0
    ratios: deque[float] = field(default_factory=lambda: deque(maxlen=_LAST_OFFERS))
    last: pd.Timestamp | None = None

    @property
    def win_rate(self) -> float:
        return (self.wins + _PRIOR_BIDS * _PRIOR_RATE) / (self.bids + _PRIOR_BIDS)

    @property
    def mean(self) -> float:
        return sum(self.ratios) / len(self.ratios) if self.ratios else _UNKNOWN

    @property
    def lowest(self) -> float:
        return min(self.ratios, default=_UNKNOWN)

    @property
    def spread(self) -> float:
        return float(np.std(self.ratios)) if len(self.ratios) > 2 else _UNKNOWN


class History:
    """What is known so far; `add` one day after the other, `describe` an offer at any time between."""

    def __init__(self) -> None:
        self.companies: defaultdict[str, _Past] = defaultdict(_Past)
        self._duels: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._bidders: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=_LAST_OF_CATEGORY))
        self._sizes: deque[int] = deque(maxlen=_LAST_CASES)
        self._lowest: deque[float] = deque(maxlen=_LAST_CASES)

    def add(self, case: Sequence[Any]) -> None:
        """Take in one case: rows with company, ratio, won, category, day."""
        for row in case:
            past = self.companies[row.company]
            past.bids += 1
            past.wins += row.won
            past.ratios.append(row.ratio)
            past.last = row.day
            for other in case:
                if other.company != row.company:
                    duel = self._duels[row.company, other.company]
                    duel[0] += 1
                    duel[1] += row.ratio < other.ratio
        self._bidders[case[0].category].append(len(case))
        self._sizes.append(len(case))
        self._lowest.append(min(row.ratio for row in case))

    def describe(
        self,
        company: str,
        ratio: float,
        log_ceiling: float,
        category: str,
        day: pd.Timestamp,
        rivals: Sequence[str] | None,
    ) -> dict[str, float]:
        """Return the features of an offer; those about rivals are unknown (NaN) when `rivals` is None."""
        past = self.companies[company]
        market = _mean(self._lowest)
        known = {
            "ratio": ratio,
            "log_ceiling": log_ceiling,
            "own_bids": float(past.bids),
            "own_win_rate": past.win_rate,
            "own_mean": past.mean,
            "own_lowest": past.lowest,
            "own_spread": past.spread,
            "own_days": float((day - past.last).days) if past.last is not None else _UNKNOWN,
            "own_step": ratio - past.mean,
            "category_n": _mean(self._bidders[category]),
            "market_n": _mean(self._sizes),
            "market_lowest": market,
            "market_step": ratio - market,
        }
        return {**known, **self._about_rivals(company, ratio, rivals)}

    def _about_rivals(self, company: str, ratio: float, rivals: Sequence[str] | None) -> dict[str, float]:
        names = WITH_RIVALS[len(WITHOUT_RIVALS) :]
        if rivals is None:
            return dict.fromkeys(names, _UNKNOWN)
        pasts = [self.companies[rival] for rival in rivals]
        duels = [self._duels[company, rival] for rival in rivals]
        met = sum(duel[0] for duel in duels)
        means = [past.mean for past in pasts if past.ratios]
        values = (
            len(rivals) + 1.0,
            _mean([past.win_rate for past in pasts]),
            max((past.win_rate for past in pasts), default=_UNKNOWN),
            _mean(means),
            min((past.lowest for past in pasts if past.ratios), default=_UNKNOWN),
            min(means, default=_UNKNOWN),
            _mean([float(past.bids) for past in pasts]),
            _mean([0.5 if not past.ratios else float(past.mean < ratio) for past in pasts]),
            (sum(duel[1] for duel in duels) + 1) / (met + 2),
            float(met),
        )
        return dict(zip(names, values, strict=True))


def _mean(values: Sequence[float] | deque[float] | deque[int]) -> float:
    return float(sum(values)) / len(values) if values else _UNKNOWN


def walk(rows: pd.DataFrame) -> tuple[pd.DataFrame, History]:
    """Return the features of every row, told from what lay before its day, and the history after the last day."""
    history, found = History(), []
    for day, of_day in rows.groupby("day", sort=True):
        today = pd.Timestamp(day)  # type: ignore[arg-type]
        told: list[list[Any]] = [list(case.itertuples()) for _name, case in of_day.groupby("case", sort=False)]
        for case in told:
            companies = [row.company for row in case]
            for row in case:
                rivals = [name for name in companies if name != row.company]
                found.append(history.describe(row.company, row.ratio, row.log_ceiling, row.category, today, rivals))
        for case in told:
            history.add(case)
    return pd.DataFrame(found, index=rows.index, columns=list(WITH_RIVALS)), history
