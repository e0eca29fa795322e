"""Work in Word (SJE/ZY/GK-02 art. 3.3): a part goes out and comes back, nothing edited is overwritten."""

import secrets
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from flows import drafts, wiring
from flows.acts import addenda, checkout, deciding, intake
from flows.acts.deciding import Wish
from flows.acts.edited_parts import conflicts_of, edited_parts, states
from flows.acts.order import OutOfOrder
from flows.case import Case
from flows.steps.edited import NotEditable, part_of
from flows.steps.read_tender import read
from flows.steps.tender import Tender
from templates import catalogue
from templates.guard_errors import RefusedFile
from tests.flows.conftest import EXAMPLE, Installation

pytestmark = pytest.mark.server
PART, OTHER = "technical/service-plan", "technical/others"
OURS = "本公司派两名工程师常驻现场"


def begin(installation: Installation, example: tuple[Tender, Path]) -> str:
    """Open the example, decide to bid, deliver the technical inputs; return the tender's id."""
    name = example[0].tender
    intake.open_tender(installation.case(name, person="zhao.min", new=True), *example)
    for person, decision in (("zhao.min", "notice"), ("qian.wei", "notice"), ("qian.wei", "screening")):
        deciding.sign(installation.case(name, person=person), Wish(decision, "1"))
    intake.deliver(installation.case(name, person="li.na"), *example)
    return name


@pytest.fixture(scope="module")
def name(installed: dict[str, str]) -> str:
    """A tender that is to be bid for, shared by the tests that leave its record alone."""
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in installed.items():
            patch.setenv(variable, value)
        tender = read(EXAMPLE).model_copy(update={"tender": f"t-{secrets.token_hex(6)}"})
        return begin(Installation(wiring.settings()), (tender, EXAMPLE))


@pytest.fixture
def own(installation: Installation, example: tuple[Tender, Path]) -> str:
    """A tender of the test's own."""
    return begin(installation, example)


def edit(content: bytes, text: str = OURS) -> bytes:
    document = Document(BytesIO(content))
    document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)


def change(tmp_path: Path, text: str, no: str) -> Path:
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
    sent = checkout.check_out(technical, "1", OTHER)["technical_others.docx"]

    for _at_the_same_time_and_later in range(2):  # the first time the handler's ledger does not know it yet
        with pytest.raises(checkout.PartIsOut, match=r"out with li\.na since"):
            checkout.check_out(handler, "1", OTHER)
    with pytest.raises(checkout.NotOut, match=r"out with li\.na, expected out with zhao\.min"):
        checkout.check_in(handler, "1", OTHER, sent, "plan.docx")
    assert checkout.check_in(technical, "1", OTHER, sent, "plan.docx") is None
    handler.ledger.refresh()
    checkout.check_out(handler, "1", OTHER)
    checkout.put_back(handler, "1", OTHER)
    assert f"part/1/{OTHER}.docx" not in handler.manifests("part/*")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("price/bid-letter", r"pricing group's decision alone \(SJE/ZY/GK-02 art\. 3\.3\)"),
        ("commercial/track-record", "delivered as it is"),
        ("technical/nothing", "not in cn-equipment-2017, expected one of commercial/cover"),
    ],
)
def test_what_is_not_edited_in_word_is_refused_with_the_reason(part: str, message: str) -> None:
    with pytest.raises(NotEditable, match=message):
        part_of(catalogue.load("cn-equipment-2017"), part)


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
    checkout.check_out(handler, "1", "commercial/identity")
    with pytest.raises(RefusedFile):
        checkout.check_in(handler, "1", "commercial/identity", b"%PDF-1.4", "identity.docx")
    assert [e for e in handler.ledger.find(type="part.in") if e.body["part"] == "commercial/identity"] == []


def test_art_3_3_a_conflict_is_named_with_both_sides_and_settled_in_each_way(
    installation: Installation, own: str, tmp_path: Path
) -> None:
    handler = installation.case(own, person="zhao.min")
    mine = edited_once(handler)
    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {ceiling: "2400000.00"}}\n', "1"))
    assert conflicts_of(handler) == []  # the part does not print the ceiling

    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {warranty_months: 36}}\n', "2"))
    (conflict,) = conflicts_of(handler)
    assert (conflict.part, conflict.by, conflict.before, conflict.now) == (
        PART, "zhao.min", "clauses/1@1, record@1", "clauses/1@1, record@3",
    )  # fmt: skip
    checkout.choose(handler, "1", PART, mine=True)
    volume = catalogue.load(handler.record.set).volumes[1]
    assert (conflicts_of(handler), edited_parts(handler, "1", volume)["service-plan"].data) == ([], mine)
    with pytest.raises(checkout.NothingToChoose):
        checkout.choose(handler, "1", PART, mine=True)

    addenda.take_in(handler, change(tmp_path, 'lots: {"1": {warranty_months: 48}}\n', "3"))
    deciding.sign(installation.case(own, person="qian.wei"), Wish("screening", "1"))
    handler.ledger.refresh()
    both = checkout.check_out(handler, "1", PART)
    assert both["technical_service-plan.docx"] == mine
    assert OURS not in text_of(both["technical_service-plan.generated.docx"])
    brought = checkout.check_in(handler, "1", PART, edit(both["technical_service-plan.generated.docx"]), "plan.docx")
    assert brought is not None
    assert (brought.version, conflicts_of(handler)) == (2, [])

    checkout.choose(handler, "1", PART, mine=False)
    assert [s.edited_by for s in states(handler, "1") if s.part == PART] == [""]


@pytest.mark.office
def test_art_3_3_regeneration_keeps_the_edit_and_gives_no_new_version_to_what_comes_out_the_same(
    installation: Installation, own: str, tmp_path: Path
) -> None:
    handler, worker = installation.case(own, person="zhao.min"), installation.case(own, worker="assembly")
    edited_once(handler)
    drafts._write_lot(worker, "1")
    first = versions(worker)
    clause = 'lots: {"1": {clauses: [{clause: "1.2", requirement: 柔性夹抱，适应纸箱}]}}\n'
    addenda.take_in(handler, change(tmp_path, f"deadline: 2027-03-25T09:30\n{clause}", "1"))
    worker.ledger.refresh()
    drafts._write_lot(worker, "1")

    assert OURS in text_of(worker.read("draft/1/technical.docx", purpose="test"))
    assert first == dict.fromkeys(first, 1)
    assert {draft for draft, version in versions(worker).items() if version == 2} == {
        "draft/1/technical.docx", "draft/1/technical.pdf",
    }  # fmt: skip


def versions(case: Case) -> dict[str, int]:
    return {name: manifest.version for name, manifest in case.manifests("draft/1/*").items()}
