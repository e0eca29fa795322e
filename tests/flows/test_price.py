"""The price offer."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.cost import CostLine, CostSheet, UnitPrice
from flows.steps.mistake import InvalidTender
from flows.steps.price import PriceOffer, PriceRefused, make_offer, over_ceiling, read_offer, rounded
from flows.steps.read_tender import read
from flows.steps.tender import Item, Lot, Money

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"


def _lot(*quantities: str, ceiling: str | None = None) -> Lot:
    items = [Item(no=str(n), name=f"item {n}", unit="台", quantity=Decimal(q)) for n, q in enumerate(quantities, 1)]
    total = Decimal(ceiling) if ceiling else None
    return Lot(id="1", name="lot", delivery_days=1, warranty_months=0, items=tuple(items), ceiling=total)


def _cost(*prices: str, floor: str = "0") -> CostSheet:
    line = CostLine("-", "materials", Decimal(floor), Decimal(floor), Decimal(floor))
    return CostSheet((line,), tuple(UnitPrice(str(n), Decimal(p)) for n, p in enumerate(prices, 1)))


_cents = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
_quantities = st.decimals(Decimal("0.5"), Decimal(99999), places=3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(_quantities, _cents), min_size=1, max_size=6), st.sampled_from(["gross", "net"]))
def test_lines_sum_to_the_total_and_net_and_tax_to_gross(lines: list[tuple[Decimal, Decimal]], basis: str) -> None:
    lot = _lot(*(str(quantity) for quantity, _price in lines))
    offer = make_offer(lot, Money.model_validate({"basis": basis}), _cost(*(str(price) for _quantity, price in lines)))
    assert sum(line.total for line in offer.lines) == offer.total
    assert offer.net + offer.tax == offer.gross
    assert abs(offer.net * (1 + offer.tax_rate) - offer.gross) <= Decimal("0.01")
    assert PriceOffer.from_json(offer.to_json()) == offer


def test_half_a_cent_is_rounded_up() -> None:
    assert rounded(Decimal("1.005"), Decimal("0.01")) == Decimal("1.01")
    assert rounded(Decimal("15"), Decimal(10)) == Decimal(20)


def test_the_margin_is_of_the_gross_price_over_the_floor() -> None:
    offer = make_offer(_lot("2"), Money(), _cost("100.00", floor="150"))
    assert offer.margin == Decimal("0.2500")


def test_missing_zero_and_unknown_items_are_all_named() -> None:
    with pytest.raises(InvalidTender) as refused:
        make_offer(
            _lot("1", "1", "1"), Money(), CostSheet((), (UnitPrice("1", Decimal(0)), UnitPrice("9", Decimal(1))))
        )
    found = {mistake.found for mistake in refused.value.mistakes}
    assert found == {"zero for item 1", "no price for item 2", "no price for item 3", "item 9"}


def test_a_price_finer_than_the_rounding_is_refused_without_naming_it() -> None:
    with pytest.raises(PriceRefused) as refused:
        make_offer(_lot("1"), Money(), _cost("1.005"))
    assert "1.005" not in str(refused.value)


def test_a_line_that_rounds_to_zero_is_refused() -> None:
    with pytest.raises(PriceRefused, match="item 1 rounds to zero"):
        make_offer(_lot("0.001"), Money(), _cost("0.01"))


def test_total_and_items_over_their_ceilings_are_named() -> None:
    offer = make_offer(_lot("2"), Money(), _cost("100"))
    assert over_ceiling(_lot("2", ceiling="200"), offer) == ()
    assert over_ceiling(_lot("2", ceiling="199.99"), offer) == ("total",)


def test_the_example_is_priced_below_its_ceilings() -> None:
    offer = read_offer(EXAMPLE / "cost.xlsx", read(EXAMPLE), "1")
    assert offer.total == Decimal("2140000.00")
    assert offer.floor < offer.gross
