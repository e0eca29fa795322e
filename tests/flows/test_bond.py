"""The ledger of bid bonds: forms, lead times, amendments, doubts, returns."""

import re
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from flows.steps import bond, calendar
from flows.steps.bond import BondAct, BondRefused
from flows.steps.fields import fields_of
from flows.steps.mistake import InvalidTender
from flows.steps.read_tender import read
from flows.steps.staleness.papers import guarantee
from flows.steps.tender import Bond
from tests.flows.conftest import EXAMPLE

CALENDAR = calendar.load()
DEADLINE = datetime(2026, 3, 18, 1, 30, tzinfo=UTC)
ASKED = Bond(amount=Decimal("30000"), form="guarantee", due=date(2026, 3, 16), payee="x")
TODAY = date(2026, 3, 17)


def act(name, on=date(2026, 3, 10), form="bank-guarantee", **more):
    given = {"amount": Decimal("30000"), "valid_to": date(2026, 6, 16)} if name in ("given", "amended") else {}
    return BondAct(act=name, form=form, on=on, **{**given, **more})


def stands(*acts, asked=ASKED, today=TODAY, estimate=None):
    return bond.standing(
        "1", asked, acts, deadline=DEADLINE, validity_days=90, estimate=estimate, today=today, calendar=CALENDAR
    )


def test_a_bank_guarantee_has_to_be_applied_for_ten_working_days_ahead():
    assert stands().start_by == CALENDAR.add(date(2026, 3, 16), -10)
    assert stands(today=date(2026, 3, 2)).doubts == ()
    assert stands(today=date(2026, 3, 3)).doubts == ("not applied for, and the lead time is gone",)


def test_a_bond_that_was_not_given_in_time_is_named():
    assert stands(act("applied")).doubts == ("not given, and its day is over",)
    assert stands(act("given", on=TODAY)).doubts == ("given after its day",)


def test_a_bond_in_order_raises_no_doubt():
    assert stands(act("applied"), act("given")).doubts == ()
    assert stands(act("given")).state == "given"


def test_a_guarantee_must_last_as_long_as_the_bid_and_can_be_amended_to():
    short = act("given", valid_to=date(2026, 6, 15))

    assert stands(short).doubts == ("it ends before the bid validity; an amendment is needed",)
    assert stands(short, act("amended", valid_to=date(2026, 6, 16))).doubts == ()


def test_a_smaller_amount_and_an_ask_of_more_than_two_percent_are_named():
    assert stands(act("given", amount=Decimal("29999.99"))).doubts == ("less than what is asked for",)
    asked = stands(act("given"), estimate=Decimal("1499999"))
    assert asked.doubts == ("more than two percent of the estimate is asked for (《招标投标法实施条例》 art. 26)",)
    assert stands(act("given"), estimate=Decimal("1500000")).doubts == ()


def test_a_tender_that_asks_for_no_bond_has_no_doubt():
    assert (stands(asked=None).state, stands(asked=None).doubts) == ("none", ())


@pytest.mark.parametrize(
    ("acts", "new", "why"),
    [
        ([], act("returned"), "returned after nothing, expected applied / given / exempted"),
        ([act("given"), act("returned")], act("given"), "expected nothing more"),
        ([], act("given", form="promise"), "form promise not known"),
        ([], act("given", valid_to=None), "without its last day"),
        ([], act("exempted", form="exemption"), "exempted without a reason"),
        ([act("given")], act("kept"), "kept without a reason"),
        ([], act("applied", on=date(2026, 3, 18)), "a day to come"),
    ],
)
def test_an_act_out_of_order_or_incomplete_is_refused(acts, new, why):
    with pytest.raises(BondRefused, match=why):
        bond.require_act(acts, new, TODAY)


def test_a_transfer_needs_no_last_day_and_an_exemption_its_reason():
    bond.require_act([], act("given", form="transfer", valid_to=None), TODAY)
    bond.require_act([], act("exempted", form="exemption", reason="small enterprise, buyer's notice 3"), TODAY)


@pytest.mark.parametrize("text", ["much", "-1", "0", "NaN"])
def test_an_amount_that_is_none_is_refused(text):
    with pytest.raises(BondRefused, match="expected a number above 0"):
        bond.amount_of(text)


def test_an_act_comes_back_from_the_ledger_as_it_went_in():
    given = act("given", number="BG-7")

    assert bond.of(given.to_json()) == given


def test_a_lot_may_ask_for_an_amount_of_its_own_and_the_sum_is_held_against_the_estimate():
    own = two_lots(**{"2": "12000"})

    assert [own.bond_of(lot).amount for lot in ("1", "2")] == [Decimal("30000.00"), Decimal("12000")]
    assert own.bond_total == Decimal("42000.00")
    stood = bond.standing(
        "2", own.bond_of("2"), [act("given", amount=Decimal("11999"))], deadline=DEADLINE, validity_days=90,
        estimate=Decimal("2099999"), total=own.bond_total, today=TODAY, calendar=CALENDAR,
    )  # fmt: skip
    assert "less than what is asked for" in stood.doubts
    assert "more than two percent of the estimate is asked for (《招标投标法实施条例》 art. 26)" in stood.doubts


def test_the_sum_over_the_lots_tells_what_is_still_with_the_buyer():
    back = [act("given"), act("returned", amount=Decimal("30000"), on=TODAY)]

    assert bond.total([stands(*back), stands(act("given"))]) == {
        "asked": Decimal("60000"), "given": Decimal("60000"), "returned": Decimal("30000"),
    }  # fmt: skip


def two_lots(**own: str):
    """Return the example with a second lot; some lots with a bond of their own."""
    example = read(EXAMPLE)
    lots = (example.lots[0], example.lots[0].model_copy(update={"id": "2"}))
    lots = tuple(lot.model_copy(update={"bond_amount": Decimal(own[lot.id])}) if lot.id in own else lot for lot in lots)
    return example.model_copy(update={"lots": lots})


def test_each_lot_prints_its_own_amount():
    own = two_lots(**{"2": "12000"})
    printed = [fields_of(own, lot, language="zh-CN")["bond"]["amount"] for lot in ("1", "2")]

    assert printed == ["30,000.00", "12,000.00"]


def test_an_addendum_to_one_lot_makes_the_bond_of_that_lot_stale():
    found = list(guarantee(two_lots(), two_lots(**{"2": "12000"})))

    assert [(each.lot, each.reason) for each in found] == [("2", "another amount is asked for")]


def test_a_new_general_amount_makes_no_bond_stale_of_a_lot_with_an_amount_of_its_own():
    before, after = (two_lots(**own) for own in ({"1": "12000", "2": "13000"}, {"1": "12000", "2": "14000"}))
    after = after.model_copy(update={"bond": after.bond.model_copy(update={"amount": Decimal("45000")})})

    assert [each.lot for each in guarantee(before, after)] == ["2"]


def test_a_bond_that_came_back_in_part_is_named_with_its_lot():
    back = act("returned", amount=Decimal("29000"), on=TODAY)

    assert stands(act("given"), back).doubts == ("less came back than was given",)
    assert stands(act("given"), act("returned", amount=Decimal("30000"), on=TODAY)).doubts == ()
    assert stands(act("given"), act("returned", on=TODAY)).returned == Decimal("30000")


def test_a_lot_with_an_amount_needs_the_bond_itself_in_the_record(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "t")
    file = tmp_path / "t" / "tender.yaml"
    text = re.sub(r"(?m)^bond:.*\n", "", file.read_text("utf-8")).replace(
        '  - id: "1"\n', '  - id: "1"\n    bond_amount: "12000.00"\n'
    )
    file.write_text(text, "utf-8")

    with pytest.raises(InvalidTender) as caught:
        read(tmp_path / "t")
    assert [(m.found, m.expected) for m in caught.value.mistakes] == [
        ("12000.00", "an amount only beside bond: with form and due")
    ]
