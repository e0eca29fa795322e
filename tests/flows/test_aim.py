"""The aim of SJE/ZY/GK-02: figures on how often bids are won, with technical support and without."""

from flows.steps.aim import Bid, to_json, win_rates
from storage.prices.figures import FEW


def test_aim_the_win_rate_is_told_apart_by_technical_support():
    bids = [Bid("won", True), Bid("lost", True), Bid("won", True), Bid("lost", False), Bid("rejected", False)]

    assert [(share.label, share.wins, share.cases) for share in win_rates(bids)] == [
        ("with technical support", 2, 3),
        ("without support", 0, 2),
    ]


def test_aim_failed_terminated_and_unknown_results_decide_nothing():
    shown = to_json(win_rates([Bid("failed", True), Bid("terminated", True), Bid("", True)])[0])

    assert (shown["won"], shown["decided"], shown["rate"], shown["interval"], shown["few"]) == (0, 0, None, None, True)


def test_aim_a_rate_is_shown_with_its_interval_and_few_cases_are_named():
    few = to_json(win_rates([Bid("won", True)] * (FEW - 1))[0])
    enough = to_json(win_rates([Bid("won", True)] * FEW)[0])

    assert (few["few"], enough["few"]) == (True, False)
    assert enough["interval"][0] < enough["rate"] == enough["interval"][1] == 1.0
