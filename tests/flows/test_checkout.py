"""Work in Word (SJE/ZY/GK-02 art. 3.3): a part goes out and comes back, nothing edited is overwritten."""

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from flows import addenda, checkout, deciding, drafts, intake
from flows.case import Case
from flows.deciding import Wish
from flows.edited_parts import conflicts_of, edited_parts, states
from flows.order import OutOfOrder
from flows.steps.edited import NotEditable
from flows.steps.tender import Tender
from templates import catalogue
from templates.guard_errors import RefusedFile
from tests.flows.conftest import Installation

pytestmark = pytest.mark.server
PART = "technical/service-plan"
OURS = "本公司派两名工程师常驻现场"


@pytest.fixture
def name(installation: Installation, example: tuple[Tender, Path]) -> str:
    """The example, opened, to be bid for, its technical inputs delivered; its id."""
    intake.open_tender(installation.case(example[0].tender, person="zhao.min", new=True), *example)
    for person, decision in (("zhao.min", "notice"), ("qian.wei", "notice"), ("qian.wei", "screening")):
        deciding.sign(installation.case(example[0].tender, person=person), Wish(decision, "1"))
    intake.deliver(installation.case(example[0].tender, person="li.na"), *example)
    return example[0].tender


def edit(content: bytes, text: str = OURS) -> bytes:
    document = Document(BytesIO(content))
    document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)


def change(tmp_path: Path, text: str, no: str = "1") -> Path:
    path = tmp_path / f"addendum-{no}.yaml"
    path.write_text(f'no: "{no}"\nissued: 2027-02-20\n{text}', "utf-8")
    return path


def edited_once(handler: Case) -> bytes:
    sent = checkout.check_out(handler, "1", PART)["technical_service-plan.docx"]
    mine = edit(sent)
    checkout.check_in(handler, "1", PART, mine, "plan.docx")
    return mine


def test_art_3_3_a_part_goes_out_and_comes_back_with_who_when_and_digest(installation: Installation, name: str) -> None:
    handler = installation.case(name, person="zhao.min")
    mine = edited_once(handler)
    out, back = (handler.ledger.find(type=kind)[-1] for kind in ("part.out", "part.in"))

    assert (out.by, back.by) == ("person:zhao.min", "person:zhao.min")
    assert back.body["sha256"] == checkout.digest(mine)
    assert out.body["inputs"] == {"record": 1, "clauses/1": 1}
    volume = catalogue.load(handler.record.set).volumes[1]
    assert edited_parts(handler, "1", volume)["service-plan"].data == mine
    assert [(s.part, s.edited_by, s.out_with) for s in states(handler, "1") if s.edited_by] == [(PART, "zhao.min", "")]


def test_art_3_3_a_part_is_out_with_one_person_at_a_time(installation: Installation, name: str) -> None:
    handler, technical = (installation.case(name, person=person) for person in ("zhao.min", "li.na"))
    sent = checkout.check_out(technical, "1", PART)["technical_service-plan.docx"]
    handler.ledger.refresh()

    with pytest.raises(checkout.PartIsOut, match=r"out with li\.na since"):
        checkout.check_out(handler, "1", PART)
    with pytest.raises(checkout.NotOut, match=r"out with li\.na, expected out with zhao\.min"):
        checkout.check_in(handler, "1", PART, sent, "plan.docx")
    assert checkout.check_in(technical, "1", PART, sent, "plan.docx") is None
    handler.ledger.refresh()
    checkout.check_out(handler, "1", PART)
    checkout.put_back(handler, "1", PART)
    assert handler.manifests("part/*") == {}


@pytest.mark.parametrize(
    ("person", "part", "message"),
    [
        ("zhao.min", "price/bid-letter", r"pricing group's decision alone \(SJE/ZY/GK-02 art\. 3\.3\)"),
        ("zhao.min", "commercial/track-record", "delivered as it is"),
        ("zhao.min", "technical/nothing", "not in cn-equipment-2017, expected one of commercial/cover"),
    ],
)
def test_what_is_not_edited_in_word_is_refused_with_the_reason(
    installation: Installation, name: str, person: str, part: str, message: str
) -> None:
    with pytest.raises(NotEditable, match=message):
        checkout.check_out(installation.case(name, person=person), "1", part)


def test_art_3_2_no_part_goes_out_before_it_is_decided_to_bid(
    installation: Installation, example: tuple[Tender, Path]
) -> None:
    handler = installation.case(example[0].tender, person="zhao.min", new=True)
    intake.open_tender(handler, *example)
    intake.deliver(handler, *example)
    with pytest.raises(OutOfOrder, match=r"missing leader: qian\.wei, expected it before .*art\. 3\.2"):
        checkout.check_out(handler, "1", PART)


def test_the_technical_department_does_not_edit_the_commercial_volume(installation: Installation, name: str) -> None:
    with pytest.raises(intake.NotNamed, match=r"li\.na is not named as handler"):
        checkout.check_out(installation.case(name, person="li.na"), "1", "commercial/identity")


def test_a_file_that_is_no_word_file_does_not_come_in(installation: Installation, name: str) -> None:
    handler = installation.case(name, person="zhao.min")
    checkout.check_out(handler, "1", PART)
    with pytest.raises(RefusedFile):
        checkout.check_in(handler, "1", PART, b"%PDF-1.4", "plan.docx")
    assert handler.ledger.find(type="part.in") == ()


def test_art_3_3_a_conflict_is_named_with_both_sides_and_settled_in_each_way(
    installation: Installation, name: str, tmp_path: Path
) -> None:
    handler = installation.case(name, person="zhao.min")
    mine = edited_once(handler)
    assert conflicts_of(handler) == []
    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {warranty_months: 36}}\n'))

    (conflict,) = conflicts_of(handler)
    assert (conflict.part, conflict.by, conflict.before, conflict.now) == (
        PART, "zhao.min", "clauses/1@1, record@1", "clauses/1@1, record@2",
    )  # fmt: skip
    both = checkout.check_out(handler, "1", PART)
    assert both["technical_service-plan.docx"] == mine
    assert OURS not in text_of(both["technical_service-plan.generated.docx"])
    merged = edit(both["technical_service-plan.generated.docx"])
    brought = checkout.check_in(handler, "1", PART, merged, "plan.docx")
    assert brought is not None
    assert (brought.version, conflicts_of(handler)) == (2, [])
    with pytest.raises(checkout.NothingToChoose):
        checkout.choose(handler, "1", PART, mine=True)

    taken = checkout.choose(handler, "1", PART, mine=False)
    assert taken is not None
    assert [s.edited_by for s in states(handler, "1") if s.part == PART] == [""]


def test_art_3_3_the_edited_part_may_be_kept_as_it_is(installation: Installation, name: str, tmp_path: Path) -> None:
    handler = installation.case(name, person="zhao.min")
    mine = edited_once(handler)
    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {warranty_months: 36}}\n'))
    checkout.choose(handler, "1", PART, mine=True)
    volume = catalogue.load(handler.record.set).volumes[1]
    assert conflicts_of(handler) == []
    assert edited_parts(handler, "1", volume)["service-plan"].data == mine


def test_a_change_that_the_part_does_not_print_is_no_conflict(
    installation: Installation, name: str, tmp_path: Path
) -> None:
    handler = installation.case(name, person="zhao.min")
    edited_once(handler)
    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {ceiling: "2400000.00"}}\n'))
    assert conflicts_of(handler) == []


@pytest.mark.office
def test_art_3_3_regeneration_keeps_the_edit_and_gives_no_new_version_to_what_comes_out_the_same(
    installation: Installation, name: str, tmp_path: Path
) -> None:
    handler, worker = installation.case(name, person="zhao.min"), installation.case(name, worker="assembly")
    edited_once(handler)
    drafts._write_lot(worker, "1")
    first = versions(worker)
    addenda.take_in(handler, change(tmp_path, "deadline: 2027-03-25T09:30\n"))
    worker.ledger.refresh()
    drafts._write_lot(worker, "1")
    later = versions(worker)
    clause = 'lots: {"1": {clauses: [{clause: "1.2", requirement: 柔性夹抱，适应纸箱}]}}\n'
    addenda.take_in(handler, change(tmp_path, clause, no="2"))
    worker.ledger.refresh()
    drafts._write_lot(worker, "1")

    assert OURS in text_of(worker.read("draft/1/technical.docx", purpose="test"))
    assert later == first == dict.fromkeys(first, 1)
    assert {draft for draft, version in versions(worker).items() if version == 2} == {
        "draft/1/technical.docx", "draft/1/technical.pdf",
    }  # fmt: skip


def versions(case: Case) -> dict[str, int]:
    return {name: manifest.version for name, manifest in case.manifests("draft/1/*").items()}
