"""Screening, clauses and addenda of a tender on a real store (SJE/ZY/GK-02 art. 3.1 to 3.3)."""

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from docx import Document

from flows import gates
from flows.acts import addenda, agreement, checkout, clause_matrix, deciding, intake, screening
from flows.acts.calibrating import screened
from flows.acts.deciding import StaleDocuments, Wish
from flows.acts.order import OutOfOrder
from flows.case import Case
from flows.price_volume import make_price_keys
from flows.steps.mistake import InvalidSheet
from flows.steps.procedure import GATES, State
from flows.steps.screening import PanelTooSmall
from flows.steps.screening.sheet import blank
from flows.steps.tender import Tender
from storage.policy import PolicyRefused
from templates import catalogue
from tests.flows.conftest import EXAMPLE, Installation

pytestmark = pytest.mark.server
PANEL = {"technical": "tang.hao", "finance": "he.xin", "legal": "lu.ning"}


def large(tender: Tender) -> Tender:
    """The example as a lot that needs three opinions."""
    lots = tuple(lot.model_copy(update={"ceiling": Decimal("8000000")}) for lot in tender.lots)
    return tender.model_copy(update={"lots": lots, "people": tender.people.model_copy(update={"panel": PANEL})})


def opened(installation: Installation, tender: Tender) -> str:
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, EXAMPLE)
    for person in ("zhao.min", "qian.wei"):
        deciding.sign(installation.case(tender.tender, person=person), Wish("notice", "-"))
    return tender.tender


def form(tender: Tender, scores: tuple[int, ...]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(blank(tender, "1", datetime.now(UTC))))
    book["screening"]["B2"], book["screening"]["B3"] = "B", "medium"
    for row, score in enumerate(scores, 2):
        book["criteria"][f"C{row}"] = score
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_art_3_2_a_large_lot_is_screened_by_form_opinions_and_a_reasoned_decision(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    tender = large(example[0])
    name = opened(installation, tender)
    handler, leader = (installation.case(name, person=person) for person in ("zhao.min", "qian.wei"))
    with pytest.raises(deciding.DecisionNotOpen, match=r"screening/1 not there yet.*next: tender screening form"):
        deciding.sign(leader, Wish("screening", "1", "bid"))

    _, filled = screening.take_in(handler, "1", form(tender, (50, 50, 60, 60)), "screening.xlsx")
    leader.ledger.refresh()
    with pytest.raises(screening.NotScreened, match=r"0 signed opinions, expected 3 .*by he\.xin, lu\.ning, tang\.hao"):
        deciding.sign(leader, Wish("screening", "1", "bid", "strategic"))
    with pytest.raises(deciding.signing.NotYours, match=r"zhao\.min may not take it .*art\. 3\.2"):
        deciding.sign(handler, Wish("screening-opinion", "1", "bid"))
    for person, verdict in (("tang.hao", "bid"), ("he.xin", "no-bid"), ("lu.ning", "bid")):
        reason = "payment terms" if verdict == "no-bid" else ""
        deciding.sign(installation.case(name, person=person), Wish("screening-opinion", "1", verdict, reason))
    leader.ledger.refresh()
    with pytest.raises(screening.NotScreened, match=r"the form says no-bid \(score 53\.5 of 60"):
        deciding.sign(leader, Wish("screening", "1", "bid"))
    deciding.sign(leader, Wish("screening", "1", "bid", "strategic customer"))
    handler.ledger.refresh()

    view = screening.view(handler, "1")
    assert handler.judge("screening", "1").state is State.PASSED
    assert [(o["person"], o["for"], o["verdict"]) for o in view["opinions"]] == [
        ("tang.hao", "technical", "bid"), ("he.xin", "finance", "no-bid"), ("lu.ning", "legal", "bid"),
    ]  # fmt: skip
    (held,) = screened(handler)
    assert (held.score, held.advice, held.decision, held.overridden) == (filled.total, "no-bid", "bid", True)
    shown = Document(BytesIO(screening.as_word(handler, "1")))
    assert any("strategic customer" in cell.text for t in shown.tables for row in t.rows for cell in row.cells)

    screening.take_in(handler, "1", form(tender, (80, 80, 80, 80)), "screening.xlsx")
    assert handler.judge("screening", "1").state is State.WAITING  # a new form voids opinions and decision


def test_art_3_1_nothing_is_screened_or_settled_before_the_notice_is_signed_by_two(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    tender = large(example[0])
    intake.open_tender(installation.case(tender.tender, person="zhao.min", new=True), tender, EXAMPLE)
    handler = installation.case(tender.tender, person="zhao.min")
    deciding.sign(handler, Wish("notice", "-"))
    intake.deliver(installation.case(tender.tender, person="li.na"), tender, EXAMPLE)
    expected = r"notice is not passed, missing leader: qian\.wei, expected it before \(SJE/ZY/GK-02 art\. 3\.1\)"
    with pytest.raises(OutOfOrder, match=expected):
        screening.take_in(handler, "1", form(tender, (50, 50, 60, 60)), "screening.xlsx")
    with pytest.raises(OutOfOrder, match=expected):
        deciding.sign(installation.case(tender.tender, person="tang.hao"), Wish("screening-opinion", "1"))
    with pytest.raises(OutOfOrder, match=expected):
        clause_matrix.take_in(handler, "1", b"", "clauses.xlsx")


def test_art_3_2_a_no_bid_ends_the_lot_and_is_archived_with_its_reason(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    name = opened(installation, example[0])
    deciding.sign(installation.case(name, person="qian.wei"), Wish("screening", "1", "no-bid", "customer credit"))
    worker = installation.case(name, worker="assembly")
    gates._settle(worker, GATES["screening"])
    gates._settle(worker, GATES["screening"])

    handler = installation.case(name, person="zhao.min")
    archived = handler.manifests("no-bid/1")["no-bid/1"]
    assert (archived.compartment, archived.bucket, archived.version) == ("archive", "archive", 1)
    assert b'"reason":"customer credit"' in handler.read("no-bid/1", purpose="test")
    assert handler.lots() == []
    with pytest.raises(screening.ScreeningClosed, match=r"it has ended.*art\. 3\.2"):
        screening.take_in(handler, "1", b"{}", "screening.yaml")


def delivered(installation: Installation, example: tuple[Tender, Path]) -> str:
    name = opened(installation, example[0])
    intake.deliver(installation.case(name, person="li.na"), *example)
    return name


def edit(content: bytes, **cells: str) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content))
    for cell, value in cells.items():
        book["clauses"][cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_art_3_3_the_matrix_is_worked_in_by_two_people_and_the_second_is_told_of_the_first(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    name = delivered(installation, example)
    technical, handler = (installation.case(name, person=person) for person in ("li.na", "zhao.min"))
    content = clause_matrix.out(technical, "1")
    theirs, mine = edit(content, I2="3.9"), edit(content, K3="zhao.min")

    brought, changed = clause_matrix.take_in(technical, "1", theirs, "clauses.xlsx")
    handler.ledger.refresh()
    with pytest.raises(clause_matrix.MatrixMoved, match=r"expected version 2 of li\.na"):
        clause_matrix.take_in(handler, "1", mine, "clauses.xlsx")
    with pytest.raises(clause_matrix.MatrixMoved, match="no version"):
        clause_matrix.take_in(handler, "1", (EXAMPLE / "clauses.xlsx").read_bytes(), "clauses.xlsx")
    again = edit(clause_matrix.out(handler, "1"), K3="zhao.min")
    clause_matrix.take_in(handler, "1", again, "clauses.xlsx")

    assert (brought.version, [(c.clause, c.field, c.after) for c in changed]) == (2, [("1.1", "offered", "3.9")])
    row = clause_matrix.matrix(handler, "1")[0:2]
    assert (row[0].offered, row[1].owner) == ("3.9", "zhao.min")


def test_art_3_3_the_technical_department_cannot_rewrite_what_the_buyer_asks(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    name = delivered(installation, example)
    technical = installation.case(name, person="li.na")
    with pytest.raises(InvalidSheet) as refused:
        clause_matrix.take_in(technical, "1", edit(clause_matrix.out(technical, "1"), F7="150"), "clauses.xlsx")
    assert [(m.place, m.found) for m in refused.value.mistakes] == [("clauses!F7", "150")]
    edited = edit(clause_matrix.out(technical, "1"), A3="1.1", A4="9.99")
    with pytest.raises(
        InvalidSheet, match=r"clauses\.xlsx: found 4 mistakes, first at clauses!A3; nothing was taken in"
    ) as doubled:
        clause_matrix.take_in(technical, "1", edited, "clauses.xlsx")
    assert {(m.place, m.found) for m in doubled.value.mistakes} == {
        ("clauses!A3", "1.1 again"), ("clauses!A4", "9.99"), ("sheet", "no row 1.2"), ("sheet", "no row 1.3"),
    }  # fmt: skip
    with pytest.raises(intake.NotNamed, match=r"sun\.li is not named as handler/technical"):
        clause_matrix.take_in(installation.case(name, person="sun.li"), "1", b"", "clauses.xlsx")


@pytest.mark.office
def test_art_3_3_the_technical_agreement_is_written_from_the_matrix_as_the_departments_deliverable(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    name = delivered(installation, example)
    technical = installation.case(name, person="li.na")
    with pytest.raises(agreement.NotPromised, match=r"remedy_days not given.*--fields FILE"):
        agreement.write_agreement(technical, "1", {"trial_days": "7"})
    brought, content = agreement.write_agreement(technical, "1", {"trial_days": "7", "remedy_days": "15"})
    text = "\n".join(cell.text for t in Document(BytesIO(content)).tables for row in t.rows for cell in row.cells)
    owed = _owed(technical)

    assert brought.name == "input/1/technical-agreement/agreement.docx"
    assert "额定载荷" in text
    assert owed["technical-agreement"] == "in time"
    assert owed["technical-material"] == "in time"
    assert owed["project-quotation"] == "open"


def test_art_3_3_an_addendum_makes_the_technical_agreement_stale_until_it_is_written_again(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = delivered(installation, example)
    handler, technical = (installation.case(name, person=person) for person in ("zhao.min", "li.na"))
    promises = {"trial_days": "7", "remedy_days": "15"}
    agreement.write_agreement(technical, "1", promises)
    handler.ledger.refresh()
    deciding.sign(handler, Wish("clauses", "1"))
    written = "input/1/technical-agreement/agreement.docx"

    unmoved = addenda.take_in(handler, addendum(tmp_path, 'no: "1"\nissued: 2027-02-20\ndeadline: 2027-04-02T09:30\n'))
    moved = addenda.take_in(
        handler, addendum(tmp_path, CHANGED.replace('"1"\nissued', '"2"\nissued').replace("file: paper.pdf\n", ""))
    )

    assert written not in {each.name for each in unmoved.stale}
    assert written in {each.name for each in moved.stale if each.kind == "document"}
    assert f"{written}: stale by an addendum" in handler.judge("clauses", "1").missing
    with pytest.raises(StaleDocuments, match=r"technical-agreement/agreement\.docx stale by an addendum"):
        deciding.sign(handler, Wish("clauses", "1"))
    assert _owed(handler)["technical-agreement"] == "open"
    agreement.write_agreement(installation.case(name, person="li.na"), "1", promises)
    handler.ledger.refresh()
    deciding.sign(handler, Wish("clauses", "1"))
    assert handler.judge("clauses", "1").state is State.PASSED
    assert _owed(handler)["technical-agreement"] == "in time"


def _owed(case: Case) -> dict[str, str]:
    return {row.deliverable: row.state for row in clause_matrix.deliverables(case, datetime.now(UTC))}


def test_art_3_3_a_matrix_whose_owner_nobody_knows_is_refused_when_it_is_delivered(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    tender, lot = example[0], example[0].lots[0]
    clauses = (lot.clauses[0].model_copy(update={"owner": "nobody.x"}), *lot.clauses[1:])
    foreign = tender.model_copy(update={"lots": (lot.model_copy(update={"clauses": clauses}),)})
    name = opened(installation, tender)
    with pytest.raises(clause_matrix.UnknownOwner, match=r"owner not in the register \(1\.1: nobody\.x\)"):
        intake.deliver(installation.case(name, person="li.na"), foreign, EXAMPLE)


def addendum(tmp_path: Path, text: str, name: str = "addendum.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


CHANGED = """
no: "1"
issued: 2027-02-20
deadline: 2027-04-02T09:30
file: paper.pdf
lots:
  "1":
    ceiling: "2300000.00"
    clauses:
      - {clause: "1.6", value: "190", requirement: 额定载荷≥190 kg}
"""


def test_art_3_3_an_addendum_is_acknowledged_changes_the_record_and_voids_exactly_what_it_touches(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = delivered(installation, example)
    handler, leader = (installation.case(name, person=person) for person in ("zhao.min", "qian.wei"))
    deciding.sign(leader, Wish("screening", "1", "bid"))
    handler.ledger.refresh()
    deciding.sign(handler, Wish("clauses", "1"))
    make_price_keys(installation.case(name, worker="pricing"), "-")
    intake.deliver_cost(installation.case(name, person="li.na"), "1", EXAMPLE / "cost.xlsx")
    pricing = installation.case(name, person="sun.li")
    intake.propose(pricing, "1", EXAMPLE / "cost.xlsx")
    handler.ledger.refresh()
    requested = handler.request_key(GATES["price"], "1")
    shutil.copy(EXAMPLE / "inputs" / "proof-1.12.pdf", tmp_path / "paper.pdf")

    taken = addenda.take_in(handler, addendum(tmp_path, CHANGED))
    facts = handler.facts()

    names = {(each.kind, each.name) for each in taken.stale}
    assert names == {
        ("clause", "1.6"), ("screening", "screening/1"), ("price", "cost/1"), ("price", "offer/1"),
        ("decision", "screening"), ("decision", "clauses"),
    }  # fmt: skip
    assert handler.record.deadline.isoformat() == "2027-04-02T09:30:00+08:00"
    assert handler.record.lot("1").ceiling == Decimal("2300000.00")
    assert taken.version == 2
    assert {m.name: m.version for m in facts.manifests}["clauses/1"] == 2
    assert handler.judge("screening", "1").state is State.WAITING
    assert handler.judge("clauses", "1").state is State.WAITING
    assert "offer/1: stale by an addendum" in handler.judge("price", "1").missing
    assert handler.request_key(GATES["price"], "1") != requested
    (acknowledged,) = [s for s in facts.decisions if s.decision == "addendum"]
    assert (acknowledged.verdict, acknowledged.person) == ("acknowledge", "zhao.min")
    entry = handler.with_clauses("1").addenda[0]
    assert (entry.clauses, entry.reviewed) == (("1.6",), None)

    deciding.sign(handler, Wish("clauses", "1"))
    assert handler.with_clauses("1").addenda[0].reviewed == datetime.now(ZoneInfo(handler.record.timezone)).date()
    pricing = installation.case(name, person="sun.li")
    intake.propose(pricing, "1", EXAMPLE / "cost.xlsx")
    assert not any("stale" in each for each in pricing.judge("price", "1").missing)


def test_an_addendum_given_again_changes_nothing_and_other_content_under_its_number_is_refused(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = delivered(installation, example)
    handler = installation.case(name, person="zhao.min")
    path = addendum(tmp_path, CHANGED.replace("file: paper.pdf\n", ""))
    first = addenda.take_in(handler, path)
    written = [e.seq for e in handler.ledger.events() if e.type != "object.read"]
    again = addenda.take_in(installation.case(name, person="zhao.min"), path)
    handler.ledger.refresh()

    assert (again.stale, again.version) == (first.stale, first.version)
    assert [e.seq for e in handler.ledger.events() if e.type != "object.read"] == written
    with pytest.raises(addenda.AddendumExists, match=r"Addendum 1 of .*other content"):
        addenda.take_in(handler, addendum(tmp_path, CHANGED + "\nvalidity_days: 100\n", "other.yaml"))
    with pytest.raises(clause_matrix.BuyersColumns, match=r"1\.6 not as addendum 1 says"):
        intake.deliver(installation.case(name, person="li.na"), *example)


def test_art_3_2_a_ceiling_raised_by_an_addendum_needs_a_panel_which_the_same_file_may_name(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = opened(installation, example[0])
    handler, leader = (installation.case(name, person=person) for person in ("zhao.min", "qian.wei"))
    deciding.sign(leader, Wish("screening", "1", "bid"))
    handler.ledger.refresh()
    raised = 'no: "1"\nissued: 2027-02-20\nlots: {"1": {ceiling: "8000000.00"}}\n'
    with pytest.raises(PanelTooSmall, match=r"0 people named in people\.panel, expected at least 3"):
        addenda.take_in(handler, addendum(tmp_path, raised))
    assert handler.ledger.find(type="addendum.taken") == ()

    panel = "panel: {technical: tang.hao, finance: he.xin, legal: lu.ning}\n"
    addenda.take_in(handler, addendum(tmp_path, raised + panel))
    assert "screening/1: stale by an addendum" in handler.judge("screening", "1").missing
    leader.ledger.refresh()
    with pytest.raises(StaleDocuments, match=r"screening/1 stale by an addendum, .* art\. 3\.2"):
        deciding.sign(leader, Wish("screening", "1", "bid"))
    screening.take_in(handler, "1", form(handler.record, (80, 80, 80, 80)), "screening.xlsx")
    for person in PANEL.values():
        deciding.sign(installation.case(name, person=person), Wish("screening-opinion", "1"))
    leader.ledger.refresh()
    deciding.sign(leader, Wish("screening", "1", "bid"))
    assert leader.judge("screening", "1").state is State.PASSED

    again = [
        addenda.take_in(
            installation.case(name, person="zhao.min"),
            addendum(tmp_path, raised.replace('"1"', f'"{no}"', 1).replace("8000000", f"{no}000000")),
        )
        for no in (6, 7)
    ]
    decisions = [{each.name for each in taken.stale if each.kind == "decision"} for taken in again]
    assert decisions == [{"screening-opinion", "screening"}, set()]
    with pytest.raises(OutOfOrder, match=r"screening/1: stale by an addendum.*next: tender addendum"):
        checkout.check_out(installation.case(name, person="zhao.min"), "1", "technical/service-plan")


def test_the_buyers_new_forms_come_with_an_addendum_as_a_set_beside_it(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = delivered(installation, example)
    handler = installation.case(name, person="zhao.min")
    folder = shutil.copytree(catalogue.load(handler.record.set).folder, tmp_path / "new-forms")
    form = Document(str(folder / "service-plan.docx"))
    form.add_paragraph("招标人补遗后的格式")
    form.save(str(folder / "service-plan.docx"))
    with pytest.raises(InvalidSheet) as refused:
        addenda.take_in(handler, addendum(tmp_path, 'no: "1"\nissued: 2027-02-20\nset: ./nothing\n'))
    assert [(m.place, m.found) for m in refused.value.mistakes] == [("line 3, column 6", "./nothing")]
    addenda.take_in(handler, addendum(tmp_path, 'no: "1"\nissued: 2027-02-20\nset: ./new-forms\n'))

    worker = installation.case(name, worker="assembly")
    section = {s.id: s for _, s in catalogue.load(worker.record.set).sections()}["service-plan"]
    assert worker.record.set.startswith("own-")
    assert section.template is not None
    assert "招标人补遗后的格式" in [p.text for p in Document(str(section.template)).paragraphs]


def test_only_the_handler_takes_an_addendum_in(
    installation: Installation, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    name = opened(installation, example[0])
    technical: Case = installation.case(name, person="li.na")
    with pytest.raises(intake.NotNamed, match=r"li\.na is not named as handler, expected zhao\.min"):
        addenda.take_in(technical, addendum(tmp_path, 'no: "1"\nissued: 2027-02-20\n'))
    with pytest.raises(PolicyRefused):
        technical.ledger.append("addendum.taken", {"no": "1", "file": "", "clauses": {}, "listed": [], "stale": []})
