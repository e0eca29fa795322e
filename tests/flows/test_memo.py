"""The price memo: sealed for the pricing group, made of the tender's own cost and formula and the archive."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from flows import i18n
from flows.acts import intake, memo
from flows.price_volume import make_price_keys
from flows.steps.market.assess import LabError, Question, assess
from flows.steps.market.cases import cases
from storage.keyring import NotForYou
from storage.prices import BidRow, PriceArchive

CODE = "91350100M000100Y43"


@pytest.fixture
def history(tmp_path: Path) -> PriceArchive:
    """Forty lots in which 强公司, known by its credit code, always wins, at prices like those of 弱公司."""
    archive = PriceArchive.local(tmp_path / "prices")
    bids = []
    for number in range(40):
        common = {"tender": f"t-{number}", "lot": "1", "opened_on": date(2024, 1, 1) + timedelta(number * 7),
                  "currency": "CNY", "tender_currency": "CNY", "source": "test", "ceiling": Decimal(1000)}  # fmt: skip
        bids += [
            BidRow(**common, bidder="强公司", credit_code=CODE, price=Decimal(900 + number * 7 % 11), won=True),
            BidRow(**common, bidder="弱公司", price=Decimal(900 + number * 5 % 11)),
        ]
    archive.replace_tenders({bid.tender for bid in bids}, bids)
    return archive


@pytest.fixture
def costed(installation, example):
    """The example tender with a sealed cost sheet, opened by a member of the pricing group."""
    tender, folder = example
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, folder)
    make_price_keys(installation.case(tender.tender, worker="pricing"), "-")
    intake.deliver_cost(installation.case(tender.tender, person="li.na"), "1", folder / "cost.xlsx")
    return installation.case(tender.tender, person="sun.li")


@pytest.mark.server
def test_the_memo_is_sealed_for_the_pricing_group_alone(installation, costed, history):
    i18n.use("en")
    brought = memo.seal_memo(costed, "1", history.bids(), memo.Wanted())
    page = costed.read("memo/1", purpose="price").decode()

    assert (brought.name, brought.version) == ("memo/1", 1)
    assert page.index("Our score under the tender") < page.index("Chance of winning and expected profit")
    assert "80 offers in 40 lots." in page
    with pytest.raises(NotForYou):
        installation.case(costed.tender, person="li.na").read("memo/1", purpose="curiosity")


@pytest.mark.server
def test_only_the_pricing_group_writes_a_memo(installation, costed, history):
    with pytest.raises(intake.NotNamed, match=r"zhao\.min"):
        memo.seal_memo(installation.case(costed.tender, person="zhao.min"), "1", history.bids(), memo.Wanted())


@pytest.mark.server
def test_the_command_says_where_the_memo_lies_and_no_price(costed, history):
    command = [sys.executable, "-c", "from flows.cli.main import main; main()", "prices", "memo", costed.tender]
    done = subprocess.run(
        [*command, "--as", "sun.li", "--local", history.place.location],
        capture_output=True, text=True, timeout=120, env={**os.environ, "TENDERFLOW_LANG": "en"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Sealed memo/1, version 1" in done.stdout
    assert not re.search(r"\d{4,}", (done.stdout + done.stderr).replace(costed.tender, ""))


def test_a_memo_without_history_still_has_the_score(example, tmp_path):
    i18n.use("en")
    page = memo.memo(example[0], "1", Decimal(1_800_000), PriceArchive.local(tmp_path).bids(), memo.Wanted())
    assert "Our score under the tender" in page
    assert "too few cases: 0 offers in 0 lots." in page


def test_a_memo_needs_a_ceiling_above_the_cost(example, tmp_path):
    with pytest.raises(LabError, match="give --ceiling"):
        memo.memo(example[0], "1", Decimal(9_000_000), PriceArchive.local(tmp_path).bids(), memo.Wanted())


def test_the_lab_knows_a_company_by_its_name_as_by_its_credit_code(history):
    def chance(company: str) -> float | None:
        asked = Question(company, Decimal(1000), (Decimal(900),), Decimal(800))
        return assess(cases(history.bids()), asked).points[0].model

    assert chance("强公司") == chance(CODE)
    assert chance("强公司") != chance("弱公司")
