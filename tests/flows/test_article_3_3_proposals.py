"""SJE/ZY/GK-02 art. 3.3: sealed proposals opened for all at once, the workbook, rounds within a signed range.

The tests of a tender follow it in their order.
"""

import secrets
import stat
from decimal import Decimal

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.acts import deciding, offering, price_desk, price_rounds
from flows.acts.deciding import Wish
from flows.acts.named import NotNamed
from flows.acts.price_keys import open_proposals, proposals_to_open
from flows.acts.price_votes import OutOfOrder
from flows.acts.private_file import write_new
from flows.cli.main import build
from flows.steps.price import PriceRefused
from flows.steps.proposals import from_json
from flows.steps.rounds import RoundRefused
from storage.keyring import NotForYou
from tests.flows.price_desk_fixtures import cheaper, opened_desk, other_costs, rules_folder

pytestmark = pytest.mark.server

GROUP = ("sun.li", "zhou.jie", "wu.fang")
LOW, HIGH = Decimal("2000001"), Decimal("2100001")


@pytest.fixture(scope="module")
def sealed(installed, tmp_path_factory):
    """A tender whose members propose under seal."""
    rules = rules_folder(tmp_path_factory.mktemp("sealed") / "rules", up_to="1000000", proposals="all")
    with opened_desk(installed, f"t-{secrets.token_hex(6)}", rules=rules) as made:
        made.settle()
        made.cost()
        yield made


@pytest.fixture(scope="module")
def rounds(installed):
    """A tender with three rounds of price."""
    with opened_desk(installed, f"t-{secrets.token_hex(6)}", rounds=3) as made:
        made.settle()
        made.cost()
        yield made


def propose(made, person, folder, factor):
    price_desk.take_in(made.as_(person), "1", cheaper(made, folder, factor))


def test_article_3_3_nobody_outside_the_group_proposes(sealed, tmp_path):
    with pytest.raises(NotNamed, match=r"qian\.wei is not named as pricing"):
        propose(sealed, "qian.wei", tmp_path, "0.99")


def test_article_3_3_a_proposal_over_the_ceiling_is_refused_without_its_amount(sealed, tmp_path):
    with pytest.raises(PriceRefused, match="over the ceiling") as refused:
        propose(sealed, "sun.li", tmp_path, "1.5")
    assert "537000" not in str(refused.value)


def test_article_3_3_proposals_stay_sealed_until_all_are_in_and_then_open_at_once(sealed, tmp_path):
    for person, factor in zip(GROUP[:2], ("0.99", "0.97"), strict=True):
        propose(sealed, person, tmp_path, factor)
    for reader in GROUP:
        with pytest.raises(NotForYou):
            sealed.as_(reader).read("proposal/1/1/sun.li", purpose="curiosity")
    assert proposals_to_open(sealed.as_(worker="pricing"), "1") == ()
    with pytest.raises(offering.NotYetThere, match=r"2 of 3 sealed proposals in, none opened; missing: wu\.fang"):
        sealed.propose()

    propose(sealed, "wu.fang", tmp_path, "0.98")
    worker = sealed.as_(worker="pricing")
    assert len(proposals_to_open(worker, "1")) == 3
    open_proposals(worker, "1")

    opened = from_json(sealed.as_("zhou.jie").read("proposals/1/1", purpose="test"))
    assert [row.person for row in opened] == ["zhou.jie", "wu.fang", "sun.li"]
    assert opened[0].total < opened[1].total < opened[2].total


def test_article_3_3_after_the_opening_there_is_one_final_price_and_no_further_proposal(sealed):
    with pytest.raises(price_desk.ProposalsClosed, match=r"opened already.*art\. 3\.3"):
        price_desk.propose(sealed.as_("sun.li"), "1", sealed.sheet)
    sealed.propose()
    sealed.vote("sun.li")


def test_article_3_4_how_a_price_stands_is_told_without_any_amount(sealed):
    view = price_desk.standing(sealed.as_("wu.fang"), "1")
    assert view["above"] == [{"decision": "price-authority", "signers": ["leader"]}]
    assert view["signed"] == ["pricing: sun.li (approve)"]
    assert "2140000" not in str(view)


def test_article_3_3_the_workbook_goes_out_private_and_comes_back_as_the_offer(rounds, tmp_path):
    file = tmp_path / "price.xlsx"
    write_new(file, price_desk.out(rounds.as_("sun.li"), "1"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(file)
    assert {"cost", "offer", "scenarios", "proposals", "about"} == set(book.sheetnames)
    book["offer"]["B2"] = 357000
    book.save(file)
    price_desk.take_in(rounds.as_("sun.li"), "1", file)

    assert offering.checked_offer(rounds.as_("sun.li"), "1").lines[0].unit_price == Decimal(357000)
    assert [m.version for m in rounds.as_("sun.li").vault.versions("workbook/1")] == [1, 2]


def test_article_3_3_a_workbook_of_older_costs_is_refused(rounds, tmp_path):
    (tmp_path / "price.xlsx").write_bytes(price_desk.out(rounds.as_("sun.li"), "1"))
    rounds.cost(other_costs(rounds, tmp_path))
    with pytest.raises(price_desk.WorkbookMoved, match="cost is 1, expected 2"):
        price_desk.take_in(rounds.as_("sun.li"), "1", tmp_path / "price.xlsx")


def test_article_3_3_a_range_before_the_price_is_decided_is_refused(rounds, tmp_path):
    with pytest.raises(OutOfOrder, match=r"price is not passed.*art\. 3\.3"):
        price_rounds.seal_range(rounds.as_("sun.li"), "1", LOW, HIGH)
    rounds.propose(other_costs(rounds, tmp_path))
    for person in GROUP[:2]:
        rounds.vote(person)


def test_article_3_3_a_range_may_hold_no_price_that_nobody_above_signed_for(rounds):
    for low, decision in ((Decimal("1900000"), "price-authority"), (Decimal("1811000"), "price-authority")):
        with pytest.raises(RoundRefused, match=rf"may need {decision} by .*art\. 3\.3") as refused:
            price_rounds.seal_range(rounds.as_("sun.li"), "1", low, HIGH)
        assert str(low) not in str(refused.value)


def test_article_3_3_a_range_over_the_ceiling_or_without_room_is_refused(rounds):
    with pytest.raises(RoundRefused, match="over the ceiling"):
        price_rounds.seal_range(rounds.as_("sun.li"), "1", Decimal(1), Decimal(9000000))
    with pytest.raises(RoundRefused, match="0 < low"):
        price_rounds.seal_range(rounds.as_("sun.li"), "1", Decimal(2), Decimal(1))
    with pytest.raises(NotNamed):
        price_rounds.seal_range(rounds.as_("zhao.min"), "1", LOW, HIGH)


def test_article_3_4_the_commands_take_amounts_unseen_and_print_none(rounds):
    for words, typed in ((["range"], f"{LOW}\n{HIGH}\n"), (["show"], "")):
        done = CliRunner().invoke(build(), ["price", *words, rounds.tender, "--as", "sun.li"], input=typed)
        assert done.exit_code == 0, done.output
        said = done.output.replace(rounds.tender, "")
        assert not [number for number in ("2140000", str(LOW), str(HIGH), "1811000") if number in said]


def test_article_3_4_the_representative_sees_the_range_and_neither_cost_nor_offer(rounds):
    representative = rounds.as_("zhao.min")
    assert representative.read("range/1", purpose="test")
    for name in ("cost/1", "offer/1"):
        with pytest.raises(NotForYou):
            representative.read(name, purpose="curiosity")


def test_article_3_3_a_round_needs_a_range_that_the_group_signed_and_stays_within_it(rounds):
    with pytest.raises(price_rounds.RangeUnsigned, match=r"not signed, missing pricing: sun\.li.*art\. 3\.3"):
        price_rounds.record_round(rounds.as_("zhao.min"), "1", 2, HIGH)
    for person in GROUP[:2]:
        deciding.sign(rounds.as_(person), Wish("price-range", "1"))
    for outside in (LOW - 1, HIGH + 1):
        with pytest.raises(RoundRefused, match=r"outside the range .*art\. 3\.3") as refused:
            price_rounds.record_round(rounds.as_("zhao.min"), "1", 2, outside)
        assert str(outside) not in str(refused.value)
    with pytest.raises(NotNamed):
        price_rounds.record_round(rounds.as_("sun.li"), "1", 2, HIGH)
    with pytest.raises(price_rounds.RoundTaken):
        price_rounds.record_round(rounds.as_("zhao.min"), "1", 3, HIGH)
    price_rounds.record_round(rounds.as_("zhao.min"), "1", 2, HIGH)
    with pytest.raises(price_rounds.RoundTaken):
        price_rounds.record_round(rounds.as_("zhao.min"), "1", 2, LOW)
    assert [e.body["round"] for e in rounds.as_("zhao.min").ledger.find(type="price.round")] == [2]


def test_article_3_3_a_new_range_voids_the_signatures_over_the_old_one(rounds):
    price_rounds.seal_range(rounds.as_("sun.li"), "1", LOW + 1, HIGH)
    with pytest.raises(price_rounds.RangeUnsigned):
        price_rounds.record_round(rounds.as_("zhao.min"), "1", 3, Decimal(5))
