"""SJE/ZY/GK-02 art. 3.3: sealed proposals opened for all at once, the workbook, rounds within a signed range."""

import stat
import subprocess
import sys
from decimal import Decimal

import openpyxl
import pytest

from flows import deciding, intake, offering, price_desk, price_rounds
from flows.deciding import Wish
from flows.named import NotNamed
from flows.price_keys import open_proposals, proposals_to_open
from flows.private_file import write_new
from flows.steps.proposals import from_json
from flows.steps.rounds import RoundRefused
from storage.keyring import NotForYou
from tests.flows.price_desk_fixtures import cheaper, rules_in_force  # noqa: F401
from tests.flows.price_desk_fixtures import price_desk as _desk  # noqa: F401

pytestmark = pytest.mark.server

GROUP = ("sun.li", "zhou.jie", "wu.fang")


def propose(made, person, folder, factor):
    price_desk.take_in(made.as_(person), "1", cheaper(made, folder, factor))


def test_article_3_3_proposals_stay_sealed_until_all_are_in_and_then_open_at_once(desk, rules, tmp_path):
    rules(proposals="all")
    made = desk()
    for person, factor in zip(GROUP[:2], ("0.99", "0.97"), strict=True):
        propose(made, person, tmp_path, factor)
    for reader in GROUP:
        with pytest.raises(NotForYou):
            made.as_(reader).read("proposal/1/1/sun.li", purpose="curiosity")
    assert proposals_to_open(made.as_(worker="pricing"), "1") == ()
    with pytest.raises(offering.NotYetThere, match=r"2 of 3 sealed proposals in, none opened; missing: wu\.fang"):
        made.propose()

    propose(made, "wu.fang", tmp_path, "0.98")
    worker = made.as_(worker="pricing")
    assert len(proposals_to_open(worker, "1")) == 3
    open_proposals(worker, "1")

    opened = from_json(made.as_("zhou.jie").read("proposals/1/1", purpose="test"))
    assert [row.person for row in opened] == ["zhou.jie", "wu.fang", "sun.li"]
    assert opened[0].total < opened[1].total < opened[2].total
    with pytest.raises(price_desk.ProposalsClosed, match=r"opened already.*art\. 3\.3"):
        price_desk.propose(made.as_("sun.li"), "1", made.sheet)
    made.propose()
    assert made.as_("sun.li").manifests("offer/1")


def test_article_3_3_with_a_quorum_of_proposals_nobody_waits_for_the_third(desk, rules, tmp_path):
    rules(proposals="quorum")
    made = desk()
    for person in GROUP[:2]:
        propose(made, person, tmp_path, "0.99")
    assert len(proposals_to_open(made.as_(worker="pricing"), "1")) == 2


def test_article_3_3_nobody_outside_the_group_proposes(desk, rules, tmp_path):
    rules(proposals="all")
    made = desk()
    with pytest.raises(NotNamed, match=r"qian\.wei is not named as pricing"):
        propose(made, "qian.wei", tmp_path, "0.99")


def test_article_3_3_a_proposal_over_the_ceiling_is_refused_without_its_amount(desk, rules, tmp_path):
    rules(proposals="all")
    made = desk()
    with pytest.raises(offering.TenderError, match="over the ceiling") as refused:
        propose(made, "sun.li", tmp_path, "1.5")
    assert "537000" not in str(refused.value)


def test_article_3_3_the_workbook_goes_out_private_and_comes_back_as_the_offer(desk, tmp_path):
    made = desk()
    file = tmp_path / "price.xlsx"
    write_new(file, price_desk.out(made.as_("sun.li"), "1"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(file)
    assert {"cost", "offer", "scenarios", "proposals", "about"} == set(book.sheetnames)
    book["offer"]["B2"] = 357000
    book.save(file)
    price_desk.take_in(made.as_("sun.li"), "1", file)

    offer = offering.checked_offer(made.as_("sun.li"), "1")
    assert offer.lines[0].unit_price == Decimal(357000)
    sealed = made.as_("sun.li").vault.versions("workbook/1")
    assert [m.version for m in sealed] == [1, 2]


def test_article_3_3_a_workbook_of_older_costs_is_refused(desk, tmp_path):
    made = desk()
    (tmp_path / "price.xlsx").write_bytes(price_desk.out(made.as_("sun.li"), "1"))
    book = openpyxl.load_workbook(made.sheet)
    book["cost"]["C2"] = 1
    book.save(tmp_path / "lower.xlsx")
    intake.deliver_cost(made.as_("li.na"), "1", tmp_path / "lower.xlsx")
    with pytest.raises(price_desk.WorkbookMoved, match="cost is 1, expected 2"):
        price_desk.take_in(made.as_("sun.li"), "1", tmp_path / "price.xlsx")


def test_article_3_3_how_a_price_stands_is_told_without_any_amount(desk, rules):
    rules(up_to="1000000")
    made = desk()
    made.propose()
    made.vote("sun.li")
    view = price_desk.standing(made.as_("wu.fang"), "1")
    assert view["above"] == [{"decision": "price-authority", "signers": ["leader"]}]
    assert view["signed"] == ["pricing: sun.li (approve)"]
    assert "2140000" not in str(view)


def test_article_3_3_a_round_needs_a_range_that_the_group_signed_and_stays_within_it(desk):
    made = desk(rounds=3)
    low, high = Decimal("2000000"), Decimal("2100000")
    with pytest.raises(NotNamed):
        price_rounds.seal_range(made.as_("zhao.min"), "1", low, high)
    price_rounds.seal_range(made.as_("sun.li"), "1", low, high)
    with pytest.raises(price_rounds.RangeUnsigned, match=r"not signed, missing pricing: sun\.li.*art\. 3\.3"):
        price_rounds.record_round(made.as_("zhao.min"), "1", 2, high)
    for person in GROUP[:2]:
        deciding.sign(made.as_(person), Wish("price-range", "1"))
    for outside in (low - 1, high + 1):
        with pytest.raises(RoundRefused, match=r"outside the range .*art\. 3\.3") as refused:
            price_rounds.record_round(made.as_("zhao.min"), "1", 2, outside)
        assert str(outside) not in str(refused.value)
    with pytest.raises(NotNamed):
        price_rounds.record_round(made.as_("sun.li"), "1", 2, high)
    with pytest.raises(price_rounds.RoundTaken):
        price_rounds.record_round(made.as_("zhao.min"), "1", 3, high)
    price_rounds.record_round(made.as_("zhao.min"), "1", 2, high)
    price_rounds.record_round(made.as_("zhao.min"), "1", 3, low)
    with pytest.raises(price_rounds.RoundTaken):
        price_rounds.record_round(made.as_("zhao.min"), "1", 3, low)
    assert [e.body["round"] for e in made.as_("zhao.min").ledger.find(type="price.round")] == [2, 3]


def test_article_3_3_a_new_range_voids_the_signatures_over_the_old_one(desk):
    made = desk(rounds=2)
    price_rounds.seal_range(made.as_("sun.li"), "1", Decimal(2000000), Decimal(2100000))
    for person in GROUP[:2]:
        deciding.sign(made.as_(person), Wish("price-range", "1"))
    price_rounds.seal_range(made.as_("sun.li"), "1", Decimal(1), Decimal(2100000))
    with pytest.raises(price_rounds.RangeUnsigned):
        price_rounds.record_round(made.as_("zhao.min"), "1", 2, Decimal(5))


def test_article_3_3_a_range_over_the_ceiling_or_for_a_tender_of_one_round_is_refused(desk):
    made = desk(rounds=2)
    with pytest.raises(RoundRefused, match="over the ceiling"):
        price_rounds.seal_range(made.as_("sun.li"), "1", Decimal(1), Decimal(9000000))
    with pytest.raises(RoundRefused, match="0 < low"):
        price_rounds.seal_range(made.as_("sun.li"), "1", Decimal(2), Decimal(1))


def test_article_3_4_the_representative_sees_the_range_and_neither_cost_nor_offer(desk):
    made = desk(rounds=2)
    price_rounds.seal_range(made.as_("sun.li"), "1", Decimal(2000000), Decimal(2100000))
    made.propose()
    representative = made.as_("zhao.min")
    assert representative.read("range/1", purpose="test")
    for name in ("cost/1", "offer/1"):
        with pytest.raises(NotForYou):
            representative.read(name, purpose="curiosity")


def test_article_3_4_the_commands_print_no_amount(desk):
    made = desk(rounds=2)
    made.propose()
    command = [sys.executable, "-c", "from flows.cli.main import main; main()", "--lang", "en", "price"]
    for words, typed in ((["show", made.tender], ""), (["range", made.tender], "2000001\n2100001\n")):
        done = subprocess.run(
            [*command, *words, "--as", "sun.li"], input=typed, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        said = (done.stdout + done.stderr).replace(made.tender, "")
        assert not [number for number in ("2140000", "2000001", "2100001", "1811000") if number in said]
