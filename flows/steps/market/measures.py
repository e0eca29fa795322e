"""How good probabilities are: Brier score, log loss, calibration error, AUC."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_BINS = 10


@dataclass(frozen=True)
class Quality:
    """Of `cases` offers in `tenders` lots: mean squared error, mean log loss, expected calibration error, ranking."""

    brier: float
    log_loss: float
    ece: float
    auc: float
    cases: int
    tenders: int


def quality(probability: Floats, won: Floats, tenders: int) -> Quality:
    """Measure probabilities of winning against what happened (1 or 0)."""
    said_of_truth = np.where(won == 1, probability, 1 - probability)
    return Quality(
        brier=float(np.mean((probability - won) ** 2)),
        log_loss=float(-np.mean(np.log(np.clip(said_of_truth, 1e-9, 1)))),
        ece=sum(abs(said - seen) * count for said, seen, count in calibration(probability, won)) / len(won),
        auc=_auc(probability, won),
        cases=len(won),
        tenders=tenders,
    )


def calibration(probability: Floats, won: Floats) -> list[tuple[float, float, int]]:
    """Return, for tenths of the probability scale that hold any case: mean said, share seen, cases."""
    tenth = np.clip((probability * _BINS).astype(int), 0, _BINS - 1)
    filled = [tenth == position for position in range(_BINS) if (tenth == position).any()]
    return [(float(probability[bin_].mean()), float(won[bin_].mean()), int(bin_.sum())) for bin_ in filled]


def _auc(probability: Floats, won: Floats) -> float:
    """The chance that a won offer was given more than a lost one; equal ones count half (Mann-Whitney)."""
    wins, losses = int((won == 1).sum()), int((won == 0).sum())
    if not wins or not losses:
        return math.nan
    _values, inverse, counts = np.unique(probability, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[won == 1].sum() - wins * (wins + 1) / 2) / (wins * losses))
