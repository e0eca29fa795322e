"""Backtest of the price lab on Tsuchiura, walk-forward: quality of each method, side by side."""

import os
import tempfile
from pathlib import Path

import pandas as pd

from flows.steps.market.backtest import run
from flows.steps.market.cases import cases
from storage.prices import PriceArchive
from storage.prices.imports import import_csv, read_csv, read_map

ROOT = Path(__file__).parents[1]


def main() -> None:
    folder = Path(os.environ.get("TENDER_CASES", ROOT / "../shared/cases"))
    imported = read_csv(
        folder / "tsuchiura/tsuchiura_data.csv", read_map(ROOT / "examples/price-import/tsuchiura.toml")
    )
    with tempfile.TemporaryDirectory() as place:
        archive = PriceArchive.local(Path(place))
        import_csv(archive, imported, leave_out=False)
        result = run(cases(archive.bids()), pd.Timestamp("2011-10-01"))
    if result is None:
        raise SystemExit("too few cases")
    print(
        f"{'method':14}{'Brier':>8}{'log loss':>10}{'ECE':>7}{'AUC':>7}"
        f"{'offers':>8}{'lots':>6}{'vs 1/n':>9}{'vs const':>9}"
    )
    methods = result.methods
    for name, q in methods.items():
        over_n, over_constant = 1 - q.brier / methods["1/n"].brier, 1 - q.brier / methods["constant"].brier
        print(
            f"{name:14}{q.brier:8.4f}{q.log_loss:10.4f}{q.ece:7.3f}{q.auc:7.3f}{q.cases:8}{q.tenders:6}"
            f"{over_n:9.1%}{over_constant:9.1%}"
        )
    print(
        f"lowest rival: {result.coverage:.1%} within the 10–90 % quantiles, "
        f"mean miss {result.miss:.4f} of the ceiling (plain median {result.plain_miss:.4f})"
    )


if __name__ == "__main__":
    main()
