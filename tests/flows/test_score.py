"""Price scores by the three formulas, worked by hand."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.steps.score import ScoreError, benchmark, best, parse, score, scores


def test_low_price_gives_lowest_over_price_times_weight() -> None:
    rule = parse({"formula": "low-price", "weight": "0.40"})
    found = scores(rule, {"a": D(2140000), "b": D(2198000), "c": D(2236000)})
    assert found == {"a": D("40.00"), "b": D("38.94"), "c": D("38.28")}


def test_mean_benchmark_drops_one_highest_and_one_lowest_from_five_bids_on() -> None:
    rule = parse({"formula": "mean-benchmark", "weight": "0.4", "drop": "0.05"})
    assert benchmark(rule, [D(80), D(100), D(110), D(120), D(500)]) == D("104.5")  # mean of 100, 110, 120 is 110
    assert benchmark(rule, [D(80), D(100), D(120), D(140)]) == D("104.5")  # four bids: all count


def test_mean_benchmark_costs_e1_above_and_e2_below() -> None:
    rule = parse({"formula": "mean-benchmark", "weight": "0.4", "e1": "1", "e2": "0.5"})
    assert score(rule, D(105), D(100)) == D("35.00")
    assert score(rule, D(95), D(100)) == D("37.50")
    assert score(rule, D(100), D(100)) == D("40.00")
    assert score(rule, D(200), D(100)) == D("0.00")


def test_the_ceiling_variant_mixes_ceiling_and_mean() -> None:
    rule = parse({"formula": "mean-benchmark", "weight": "0.4", "ceiling_share": "0.3", "drop": "0.02"})
    assert benchmark(rule, [D(90), D(110)], D(120)) == D("103.88")  # (0.3·120 + 0.7·100)·0.98
    with pytest.raises(ScoreError, match="ceiling"):
        benchmark(rule, [D(90), D(110)])


def test_lowest_wins_has_no_points_but_a_first() -> None:
    rule = parse({"formula": "lowest-wins"})
    assert best(rule, {"a": D(2), "b": D(1), "c": D(1)}) == ["b", "c"]
    with pytest.raises(ScoreError, match="no points"):
        score(rule, D(1), D(1))


@pytest.mark.parametrize(
    "values",
    [
        {"formula": "x"},
        {"formula": "low-price", "weight": "2"},
        {"formula": "low-price", "k": 1},
        {"formula": "low-price", "weight": "NaN"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ScoreError):
        parse(values)


@given(
    st.lists(st.decimals("0.01", "1e9", places=2), min_size=1, max_size=8),
    st.sampled_from(["low-price", "mean-benchmark"]),
)
def test_points_stay_between_0_and_the_full_points(prices: list[D], formula: str) -> None:
    rule = parse({"formula": formula, "weight": "0.4"})
    found = scores(rule, {str(position): price for position, price in enumerate(prices)})
    assert all(0 <= points <= 40 for points in found.values())
