"""The price lab: what it may see, how it is measured, what it says with few cases."""

from decimal import Decimal as D
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flows.steps.market.assess import Question, assess
from flows.steps.market.backtest import run
from flows.steps.market.cases import cases as lab_cases
from flows.steps.market.cases import lowest_rival
from flows.steps.market.features import walk
from flows.steps.market.measures import quality
from flows.steps.market.models import friedman
from flows.steps.market.whatif import WhatIfError, score_table, steps
from flows.steps.score import parse
from storage.prices import PriceArchive
from storage.prices.figures import wilson
from storage.prices.imports import import_csv, read_csv, read_map

MAP = Path(__file__).parents[2] / "examples/price-import/tsuchiura.toml"


@pytest.fixture(scope="module")
def tsuchiura(cases: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    archive = PriceArchive.local(tmp_path_factory.mktemp("prices"))
    import_csv(archive, read_csv(cases / "tsuchiura/tsuchiura_data.csv", read_map(MAP)), leave_out=False)
    return lab_cases(archive.bids())


@pytest.mark.cases
def test_no_feature_sees_its_own_day_or_a_later_one(tsuchiura: pd.DataFrame) -> None:
    early = tsuchiura[tsuchiura["day"] <= tsuchiura["day"].iloc[1500]]
    changed = early.copy()
    last = changed["day"] == changed["day"].max()
    changed.loc[last, "won"] = 1 - changed.loc[last, "won"]
    pd.testing.assert_frame_equal(walk(early)[0], walk(changed)[0])


@pytest.mark.cases
def test_the_backtest_on_tsuchiura_reaches_the_figures(tsuchiura: pd.DataFrame) -> None:
    found = run(tsuchiura, pd.Timestamp("2011-10-01"))
    assert found is not None
    methods = found.methods
    assert methods["n known"].tenders == 502
    assert methods["n known"].brier <= 0.84 * methods["1/n"].brier
    assert methods["n known"].ece <= 0.05
    assert methods["n unknown"].brier <= 0.94 * methods["constant"].brier
    assert 0.77 <= found.coverage <= 0.83


def test_the_lowest_rival_of_the_lowest_is_the_second() -> None:
    rows = pd.DataFrame({"case": ["a", "a", "a", "b"], "ratio": [0.9, 0.8, 0.95, 0.7]})
    assert lowest_rival(rows).tolist()[:3] == [0.8, 0.9, 0.8]
    assert np.isnan(lowest_rival(rows)[3])


def test_measures_on_a_case_worked_by_hand() -> None:
    found = quality(np.array([0.8, 0.4, 0.4]), np.array([1.0, 1.0, 0.0]), 3)
    assert found.brier == pytest.approx((0.04 + 0.36 + 0.16) / 3)
    assert found.auc == pytest.approx(0.75)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert friedman(0.9, [[0.8, 1.0], []], [0.95, 0.85]) == pytest.approx(0.25)


def test_with_no_history_the_lab_says_too_few_cases_and_no_chance() -> None:
    empty = lab_cases(PriceArchive.local(Path("nowhere")).bids())
    answer = assess(empty, Question("us", D(1000), (D(900),), D(800)))
    assert answer.few
    assert (answer.points[0].model, answer.points[0].profit) == (None, None)


@pytest.mark.cases
def test_expected_profit_is_margin_times_chance(tsuchiura: pd.DataFrame) -> None:
    rule = parse({"formula": "low-price", "weight": "0.4"})
    asked = Question("haze industry", D(10_000_000), (D(9_000_000), D(9_900_000)), D(8_000_000), rule=rule)
    answer = assess(tsuchiura, asked)
    for point in answer.points:
        assert point.model is not None
        assert point.profit == pytest.approx((point.price - asked.cost) * D(str(point.model)), abs=1)
    assert answer.replayed[0].first > answer.replayed[1].first


def test_the_score_what_if_needs_no_history() -> None:
    rule = parse({"formula": "mean-benchmark", "weight": "0.4", "e1": "1", "e2": "0.5"})
    found = score_table(rule, [D(950000)], [D(950000), D(980000), D(1010000)], [D("0.02"), D("0.04")], None)
    assert [outcome.points for outcome in found] == [D("39.84"), D("38.24")]
    with pytest.raises(WhatIfError):
        steps(D(2), D(1), D(1))
