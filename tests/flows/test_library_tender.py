"""Article 2: a tender takes entries and files from the company library by reference; answers of earlier tenders."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.acts import intake, library_answers, library_keep
from flows.acts.library import open_library
from flows.acts.library_folder import read_to_deliver, read_to_open, shelf_of
from flows.steps.checks.folder import load_bid
from flows.steps.checks.run import run
from flows.steps.checks.verdict import Verdict
from flows.steps.library.draft import Draft
from flows.steps.mistake import InvalidTender
from flows.steps.read_technical_inputs import read_input

pytestmark = pytest.mark.server
EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
ENTRIES = {
    "kind: iso9001": "  - {{library: {certificate}}}",
    "buyer: 示例医药物流有限公司": "  - {{library: {project}}}",
    "inputs/proof-2.3.pdf": (
        "  - {{lot: '1', deliverable: proof, library: technical/{material}, volume: technical, section: proof}}"
    ),
}
"""What stands in a line of the example's tender.yaml → the line that takes the entry from the library."""


@pytest.fixture
def ids(installation) -> dict[str, str]:
    """A certificate and a project in the library of marketing-1, material in that of the technical department."""
    mark = secrets.token_hex(4)
    ids = {"certificate": f"QMS-{mark}", "project": f"PRJ-{mark}", "material": f"MAT-{mark}"}
    marketing, technical = open_library("zhao.min", new=True), open_library("li.na", new=True)
    certificate = {"kind": "certificate", "name": "质量管理体系认证证书", "number": "EX-7", "code": "iso9001",
                   "owner": "zhao.min", "valid_to": "2029-06-30"}  # fmt: skip
    project = {"kind": "track-record", "name": "自动化立体库AGV系统", "buyer": "示例医药物流有限公司",
               "amount": "1860000.00", "signed": "2023-05-04", "owner": "zhao.min"}  # fmt: skip
    library_keep.keep(
        marketing,
        [
            Draft(ids["certificate"], certificate, read_input(EXAMPLE, "commercial/iso9001.pdf")),
            Draft(ids["project"], project, read_input(EXAMPLE, "commercial/contract-2023.pdf")),
        ],
    )
    material = {"kind": "material", "name": "调度系统检测报告", "owner": "li.na"}
    library_keep.keep(technical, [Draft(ids["material"], material, read_input(EXAMPLE, "inputs/proof-2.3.pdf"))])
    library_keep.share(technical, ["zhao.min"], "bids of marketing-1")
    return ids


@pytest.fixture
def folder(tmp_path, ids, tender_id) -> Path:
    """The example's folder under an id of its own, with three entries by reference."""
    copy = tmp_path / "tender"
    shutil.copytree(EXAMPLE, copy)
    lines = (
        (copy / "tender.yaml").read_text("utf-8").replace("tender: warehouse-agv", f"tender: {tender_id}").splitlines()
    )
    for old, new in ENTRIES.items():
        (line,) = (number for number, line in enumerate(lines) if old in line)
        lines[line] = new.format(**ids)
    lines.remove("     contact: 王示例 0731-00000010, file: commercial/contract-2023.pdf}")
    (copy / "tender.yaml").write_text("\n".join(lines), "utf-8")
    for name in ("commercial/iso9001.pdf", "commercial/contract-2023.pdf", "inputs/proof-2.3.pdf"):
        (copy / name).unlink()
    return copy


def opened(installation, folder: Path, tender_id: str):
    tender, taken = read_to_open(folder, "zhao.min")
    case = installation.case(tender_id, person="zhao.min", new=True)
    intake.open_tender(case, tender, folder, taken)
    return case


def test_article_2_a_record_filled_from_the_library_stands_by_itself(installation, folder, ids, tender_id):
    case = opened(installation, folder, tender_id)

    record = installation.case(tender_id, person="qian.wei").record
    certificate, project = record.qualifications[1], record.track_record[0]
    assert (certificate.kind, certificate.number, str(certificate.valid_to)) == ("iso9001", "EX-7", "2029-06-30")
    assert certificate.library == f"marketing-1/{ids['certificate']}@1"
    assert (project.project, str(project.amount)) == ("自动化立体库AGV系统", "1860000.00")
    sealed = case.read(f"commercial/1/qualification/质量管理体系认证证书 {ids['certificate']}.pdf", purpose="test")
    assert sealed == (EXAMPLE / "commercial" / "iso9001.pdf").read_bytes()


def test_article_2_who_delivers_needs_no_right_to_the_library_of_who_opened(installation, folder, ids, tender_id):
    opened(installation, folder, tender_id)
    case = installation.case(tender_id, person="li.na")

    tender, taken = read_to_deliver(folder, "li.na", case)
    brought = {b.name for b in intake.deliver(case, tender, folder, taken=taken)}

    assert f"input/1/proof/调度系统检测报告 {ids['material']}.pdf" in brought
    assert set(case.expected_inputs("1")) <= brought


def test_article_2_material_that_was_renamed_meanwhile_comes_under_the_name_expected(
    installation, folder, ids, tender_id
):
    opened(installation, folder, tender_id)
    library_keep.review(open_library("li.na"), Draft(ids["material"], {"name": "another name"}))
    case = installation.case(tender_id, person="li.na")

    tender, taken = read_to_deliver(folder, "li.na", case)
    brought = {b.name for b in intake.deliver(case, tender, folder, taken=taken)}

    assert set(case.expected_inputs("1")) <= brought


def test_article_2_a_retired_item_blocks_the_opening_with_its_place(folder, ids):
    library = open_library("zhao.min")
    library_keep.retire(library, ids["project"], "disputed by the buyer")

    with pytest.raises(InvalidTender) as refused:
        read_to_open(folder, "zhao.min")

    (mistake,) = refused.value.mistakes
    lines = (folder / "tender.yaml").read_text("utf-8").splitlines()
    assert mistake.found == f"{ids['project']}, retired: disputed by the buyer"
    assert ids["project"] in lines[int(mistake.place.split()[1].strip(",")) - 1]


def test_article_2_an_item_that_expires_the_day_before_the_deadline_blocks_the_opening(folder, ids):
    library_keep.review(open_library("zhao.min"), Draft(ids["certificate"], {"valid_to": "2027-03-17"}))

    with pytest.raises(InvalidTender) as refused:
        read_to_open(folder, "zhao.min")

    (mistake,) = refused.value.mistakes
    assert mistake.found == f"{ids['certificate']} 质量管理体系认证证书: 2027-03-17 < 2027-03-18"
    assert mistake.expected == "an item valid on the day of the deadline"


def test_article_2_answers_come_with_source_deviation_and_outcome(installation, folder, ids, tender_id):
    opened(installation, folder, tender_id)
    case = installation.case(tender_id, person="li.na")
    tender, taken = read_to_deliver(folder, "li.na", case)
    intake.deliver(case, tender, folder, taken=taken)
    asked = tender.lots[0].clauses[0]
    installation.case(tender_id, person="zhao.min").end("1", "no-bid", "test")

    found = library_answers.offer("li.na", [("", asked.requirement)], [tender_id], but="", most=1)

    (_number, _words, (best,)) = found.offers[0]
    assert (best.answered.tender, best.answered.lot, best.answered.clause) == (tender_id, "1", asked)
    assert (best.similarity, best.answered.outcome) == (pytest.approx(1), "no-bid")


def test_article_2_answers_for_a_lot_come_from_other_tenders_only(installation, folder, ids, tender_id):
    opened(installation, folder, tender_id)
    case = installation.case(tender_id, person="li.na")
    tender, taken = read_to_deliver(folder, "li.na", case)
    intake.deliver(case, tender, folder, taken=taken)

    asked = library_answers.asked("li.na", tender_id, "")
    found = library_answers.offer("li.na", asked, [tender_id], but=tender_id, most=1)

    assert len(asked) == len(tender.lots[0].clauses)
    assert (found.clauses, found.tenders) == (0, 0)


def test_article_3_4_a_tender_closed_to_a_person_gives_no_answer_and_is_counted(installation, folder, ids, tender_id):
    opened(installation, folder, tender_id)
    case = installation.case(tender_id, person="li.na")
    tender, taken = read_to_deliver(folder, "li.na", case)
    intake.deliver(case, tender, folder, taken=taken)

    found = library_answers.offer(
        "wang.lei", [("", tender.lots[0].clauses[0].requirement)], [tender_id], but="", most=1
    )

    case.ledger.refresh()
    assert (found.offers[0][2], found.closed) == ([], (tender_id,))
    assert case.ledger.find(type="object.refused") == ()


def test_article_2_a_check_of_a_folder_takes_its_entries_from_the_library_of_who_checks(folder, ids):
    now = datetime.now(UTC)
    (folder / "letter.docx").write_bytes((EXAMPLE / "inputs" / "technical-response.docx").read_bytes())
    bid = load_bid(folder, now, shelf=shelf_of(folder, "zhao.min"))
    without = load_bid(folder, now)

    assert [entry.number for entry in bid.record.qualifications if entry.kind == "iso9001"] == ["EX-7"]
    assert bid.unresolved == {}
    assert without.unresolved == {
        "qualifications": [f"marketing-1/{ids['certificate']}"],
        "track_record": [f"marketing-1/{ids['project']}"],
        "inputs": [f"technical/{ids['material']}"],
    }
    assert {f.verdict for f in run(without, ["R26"]).findings} == {Verdict.HUMAN}
    assert Verdict.PASS in {f.verdict for f in run(bid, ["R26"]).findings}
