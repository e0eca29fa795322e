"""Deputies and signatures on paper, over a real store: who may sign for whom, and what a gate makes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from flows.acts import addenda, admitting, deciding, intake, on_paper, signing
from flows.acts.deciding import Wish
from flows.case import Case
from flows.cli.main import build
from flows.steps.procedure import State
from flows.steps.read_technical_inputs import RefusedFile
from storage.people import Deputy
from tests.flows.conftest import Installation

pytestmark = pytest.mark.server

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
CEILING = Decimal(2_250_000)


def appoint(installation: Installation, *deputies: Deputy, of: str = "qian.wei") -> None:
    """Give a person these deputies and no others."""
    installation.republish(lambda row: replace(row, deputies=deputies) if row.id == of else row)


def deputy(person: str = "li.na", role: str = "leader", start: int = -1, end: int = 1, limit: Decimal | None = None):
    return Deputy(person, (role,), NOW + start * DAY, NOW + end * DAY, limit)


@pytest.fixture
def opened(installation, example):
    """A tender whose notice the handler has signed."""
    appoint(installation)
    tender, folder = example
    lots = tuple(lot.model_copy(update={"ceiling": CEILING}) for lot in tender.lots[:1])
    case = installation.case(tender.tender, person="zhao.min", new=True)
    intake.open_tender(case, tender.model_copy(update={"lots": lots}), folder)
    deciding.sign(case, Wish("notice", "-"))
    return case


def notice_of(case: Case) -> State:
    case.ledger.refresh()
    return case.judge("notice", "-").state


def test_article_3_1_a_deputy_in_force_signs_for_the_leader_and_the_gate_names_both(installation, opened):
    appoint(installation, deputy(limit=CEILING))
    case = installation.case(opened.tender, person="li.na")
    deciding.sign(case, Wish("notice", "-", on_behalf_of="qian.wei"))

    assert notice_of(case) is State.PASSED
    assert "leader: li.na (sign), for qian.wei" in deciding.look(case, "notice", "-")["signed"]


@pytest.mark.parametrize(
    ("appointed", "found"),
    [
        (deputy("he.ping", end=-1, start=-2), "only in leader"),
        (deputy("he.ping", role="reviewer"), "not as handler"),
        (None, "is no deputy of qian.wei"),
    ],
)
def test_a_deputy_who_was_never_let_in_hears_why_and_not_that_a_key_does_not_open(
    installation, opened, appointed: Deputy | None, found: str
):
    appoint(installation, *([appointed] if appointed else []))
    done = CliRunner().invoke(build(), ["sign", opened.tender, "notice", "--for", "qian.wei", "--as", "he.ping"])

    assert isinstance(done.exception, signing.NotYours)
    assert found in str(done.exception)
    assert "art. 3.1), expected" in str(done.exception)


def test_article_3_1_an_addendum_that_raises_the_ceiling_leaves_a_limited_deputys_earlier_signature_standing(
    installation, opened, tmp_path: Path
):
    appoint(installation, deputy(limit=CEILING))
    deputys = installation.case(opened.tender, person="li.na")
    deciding.sign(deputys, Wish("notice", "-", on_behalf_of="qian.wei"))
    (tmp_path / "1.yaml").write_text(
        f"no: '1'\nissued: {opened.record.issued}\nlots: {{'1': {{ceiling: '{CEILING + 1}'}}}}\n"
    )
    addenda.take_in(installation.case(opened.tender, person="zhao.min"), tmp_path / "1.yaml")

    after = installation.case(opened.tender, person="li.na")
    assert notice_of(after) is State.PASSED
    assert after.record.amount("1") == CEILING + 1
    assert [word for word in deciding.look(after, "notice", "-")["signed"] if "li.na" in word]
    with pytest.raises(signing.NotYours, match=f"up to {CEILING}, found {CEILING + 1}"):
        deciding.sign(after, Wish("screening", "1", "bid", on_behalf_of="qian.wei"))


@pytest.mark.parametrize(
    ("appointed", "found"),
    [
        (None, "is no deputy of qian.wei"),
        (deputy(role="handler"), "not as leader"),
        (deputy(end=0, start=-2), "only in leader"),
        (deputy(limit=CEILING - 1), "up to 2249999, found 2250000"),
    ],
)
def test_a_deputy_without_the_right_is_refused_with_the_article_and_who_can(
    installation, opened, appointed: Deputy | None, found: str
):
    appoint(installation, *([appointed] if appointed else []))
    case = installation.case(opened.tender, person="li.na")

    with pytest.raises(signing.NotYours, match=found) as refused:
        deciding.sign(case, Wish("notice", "-", on_behalf_of="qian.wei"))
    assert "art. 3.1), expected handler: zhao.min; leader: qian.wei" in str(refused.value)
    assert notice_of(case) is State.WAITING


def test_an_expired_appointment_is_refused_but_what_was_signed_under_it_stands(installation, opened):
    appoint(installation, deputy())
    case = installation.case(opened.tender, person="li.na")
    deciding.sign(case, Wish("notice", "-", on_behalf_of="qian.wei"))
    appoint(installation, Deputy("li.na", ("leader",), NOW - DAY, datetime.now(UTC)))

    later = installation.case(opened.tender, person="li.na")
    assert notice_of(later) is State.PASSED
    with pytest.raises(signing.NotYours, match="not now"):
        deciding.sign(later, Wish("screening", "1", "no-bid", "credit", on_behalf_of="qian.wei"))


def test_four_eyes_hold_over_a_person_and_those_they_stand_in_for(installation, opened):
    appoint(installation, deputy("zhao.min"))
    case = installation.case(opened.tender, person="zhao.min")

    with pytest.raises(signing.NotYours, match=r"zhao.min already behind the signature of handler: zhao.min \(sign\)"):
        deciding.sign(case, Wish("notice", "-", on_behalf_of="qian.wei"))


def test_a_deputy_who_stands_in_no_keyring_is_let_in_by_the_handler(installation, opened):
    appoint(installation, deputy("wang.lei", limit=Decimal(1)))
    handler = installation.case(opened.tender, person="zhao.min")
    before = set(handler.keyrings.current("commercial").holders)

    admitting.admit(handler, "wang.lei", reason="deputy")
    after = installation.case(opened.tender, person="zhao.min").keyrings.current("commercial").holders
    assert set(after) - before == {"person:wang.lei"}


def test_a_deputy_appointed_before_the_tender_is_let_in_when_it_is_opened(installation, example):
    appoint(installation, deputy("wang.lei"))
    case = installation.case(example[0].tender, person="zhao.min", new=True)
    intake.open_tender(case, *example)

    assert "person:wang.lei" in case.keyrings.current("technical").holders
    assert "person:wang.lei" not in case.keyrings.current("archive").holders


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A PDF as a scanner makes it, of one page."""
    file = tmp_path / "notice-signed.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(file)
    return file


def test_a_signature_on_paper_counts_once_two_witnesses_saw_it_and_stays_visible(installation, opened, scan):
    first = installation.case(opened.tender, person="li.na")
    deciding.sign(first, Wish("notice", "-", signer="qian.wei", scan=scan))
    assert notice_of(first) is State.WAITING

    second = installation.case(opened.tender, person="feng.xue")
    deciding.sign(second, Wish("notice", "-", signer="qian.wei"))

    assert notice_of(second) is State.PASSED
    assert second.read("wet/-/notice-qian.wei", purpose="test") == scan.read_bytes()
    shown = "leader: qian.wei (sign), on paper, witnessed by li.na and feng.xue"
    assert shown in deciding.look(second, "notice", "-")["signed"]


def test_paper_without_a_scan_a_right_or_independent_witnesses_is_refused(installation, opened, scan, tmp_path):
    case = installation.case(opened.tender, person="li.na")
    with pytest.raises(on_paper.NotOnPaper, match="no scan"):
        deciding.sign(case, Wish("notice", "-", signer="qian.wei"))
    with pytest.raises(signing.NotYours, match=r"expected two others as witnesses .*art\. 3\.1"):
        deciding.sign(case, Wish("notice", "-", signer="sun.li", scan=scan))
    handler = installation.case(opened.tender, person="zhao.min")
    with pytest.raises(signing.NotYours, match=r"zhao\.min already behind"):
        deciding.sign(handler, Wish("notice", "-", signer="qian.wei", scan=scan))
    (tmp_path / "scan.pdf").write_bytes(b"no pdf")
    with pytest.raises(RefusedFile):
        deciding.sign(case, Wish("notice", "-", signer="qian.wei", scan=tmp_path / "scan.pdf"))
    assert notice_of(case) is State.WAITING
