"""Published price scores held against the tender's own formula (SJE/ZY/GK-02 art. 3.5)."""

from datetime import date
from decimal import Decimal

import pytest

from flows.steps.opening.record import OpenedBid
from flows.steps.read_tender import read
from flows.steps.score_check import check_scores
from flows.steps.tender import Score
from tests.flows.conftest import EXAMPLE


@pytest.fixture(scope="module")
def tender():
    return read(EXAMPLE)


def bid(bidder, price, published=None, **more):
    given = {"sheet": "s", "row": 1, "lot": "1", "opened_on": date(2027, 3, 18), "currency": "CNY", "source": "x"}
    score = None if published is None else Decimal(published)
    return OpenedBid(**{**given, **more}, bidder=bidder, price=Decimal(price), price_score=score)


def differing(tender, *bids, drawn=""):
    checked, unscored = check_scores(tender, bids, {"1": drawn})
    assert unscored == {}
    return {row.bidder: (row.published, row.recomputed) for row in checked if row.differs}


def test_art_3_5_published_scores_that_follow_the_formula_do_not_differ(tender):
    assert differing(tender, bid("甲", "200", "40.00"), bid("乙", "250", "32.00")) == {}


def test_art_3_5_a_published_score_that_does_not_follow_the_formula_is_named_with_both_figures(tender):
    assert differing(tender, bid("甲", "200", "40.00"), bid("乙", "250", "33.00")) == {
        "乙": (Decimal("33.00"), Decimal("32.00"))
    }


def test_art_3_5_a_difference_within_the_rounding_step_is_none(tender):
    assert differing(tender, bid("甲", "200", "40"), bid("乙", "300", "26.66")) == {}
    assert differing(tender, bid("甲", "200", "40"), bid("乙", "300", "26.65")) != {}


def test_art_3_5_rejected_bids_and_earlier_rounds_are_left_out(tender):
    bids = [
        bid("甲", "200", "40"),
        bid("乙", "100", status="rejected", reason="late"),
        bid("甲", "190", "40", round=2),
    ]
    checked, _ = check_scores(tender, bids, {})

    assert [(row.bidder, row.evaluated_price) for row in checked] == [("甲", Decimal(190))]


def test_art_3_5_the_evaluated_price_counts_before_the_corrected_and_the_opened_one(tender):
    checked, _ = check_scores(
        tender,
        [bid("甲", "210", evaluated_price=Decimal(200)), bid("乙", "260", corrected_price=Decimal(250))],
        {},
    )

    assert {row.bidder: row.recomputed for row in checked} == {"甲": Decimal("40.00"), "乙": Decimal("32.00")}


def test_art_3_5_parameters_drawn_at_the_opening_are_used(tender):
    rule = Score.model_validate({"formula": "mean-benchmark", "weight": "0.4", "e1": "1", "e2": "0.5"})
    drawing = tender.model_copy(update={"score": rule})
    bids = [bid("甲", "90", "40.00"), bid("乙", "110", "17.78")]

    assert differing(drawing, *bids, drawn="drop=0.1") == {}
    assert set(differing(drawing, *bids)) == {"甲", "乙"}


def test_art_3_5_a_lot_that_cannot_be_scored_says_why_and_is_archived_all_the_same(tender):
    rule = Score.model_validate({"formula": "mean-benchmark", "weight": "0.4", "ceiling_share": "0.4"})
    lot = tender.lots[0].model_copy(update={"ceiling": None})
    checked, unscored = check_scores(tender.model_copy(update={"score": rule, "lots": (lot,)}), [bid("甲", "90")], {})

    assert checked == []
    assert "the rule counts the ceiling in" in unscored["1"]
