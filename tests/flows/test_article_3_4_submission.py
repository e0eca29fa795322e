"""SJE/ZY/GK-02 art. 3.3 and 3.4: sent back and redone, packed, the right that ends, sealed forms, handed over."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from flows import case as case_module
from flows import drafts
from flows.acts import deciding, price_desk, submission, submission_right
from flows.acts.deciding import Wish
from flows.price_volume import GateClosed, check_lot, make_package, write_price_volume
from flows.steps import procedure
from flows.steps.platform import PlatformRefused, read_platform
from flows.steps.procedure import State
from flows.steps.rendition import PagesDiffer
from storage.keyring import NotForYou
from tests.flows.price_desk_fixtures import Desk, cheaper, opened_desk

pytestmark = [pytest.mark.server, pytest.mark.office]

PLATFORM = """
name: 示例电子招标平台
tool: 投标文件制作工具
tool_version: "7.2.1"
file_type: .SZTF
ca: {{holder: wang.lei, number: CA-0017, valid_to: {valid_to}}}
{rest}
"""


@pytest.fixture(scope="module")
def bid(installed: dict[str, str]) -> Iterator[Desk]:
    """One bid of the example, carried through its real steps by the tests below, in their order."""
    with opened_desk(installed, f"t-{secrets.token_hex(6)}", copies=2) as desk:
        for person in ("zhao.min", "qian.wei"):
            deciding.sign(desk.as_(person), Wish("notice", "-"))
        deciding.sign(desk.as_("qian.wei"), Wish("screening", "1", "bid"))
        desk.settle()
        desk.cost()
        drafts._write_lot(desk.as_(worker="assembly"), "1")
        yield desk


def decide_price(bid: Desk, sheet: Path | None = None) -> None:
    bid.propose(sheet)
    for person in ("sun.li", "wu.fang"):
        bid.vote(person)


def produce(bid: Desk) -> None:
    write_price_volume(bid.as_(worker="pricing"), "1")
    check_lot(bid.as_(worker="pricing"), "1")


def steps(bid: Desk) -> dict[str, int]:
    done = [event.body["step"] for event in bid.as_("zhao.min").ledger.find(type="step.done")]
    return {step: done.count(step) for step in done}


def state(bid: Desk, stage: str) -> State:
    case = bid.as_("zheng.yun")
    rows = procedure.board(["1"], case.facts(), case.record.deadline)
    return next(row.state for row in rows if row.stage == stage)


def test_article_3_3_a_price_volume_before_the_price_decision_is_refused(bid):
    with pytest.raises(GateClosed, match="price-volume needs price passed"):
        write_price_volume(bid.as_(worker="pricing"), "1")


def test_article_3_3_a_review_before_the_price_is_refused(bid):
    bid.propose()
    with pytest.raises(deciding.DecisionNotOpen):
        deciding.sign(bid.as_("zheng.yun"), Wish("final-review", "1"))


def test_article_3_3_a_rejected_review_says_where_it_goes_back_to_and_why(bid):
    decide_price(bid)
    produce(bid)
    reviewer = bid.as_("zheng.yun")
    with pytest.raises(deciding.DecisionNotOpen, match="without a reason"):
        deciding.sign(reviewer, Wish("final-review", "1", "reject", back_to="price"))
    with pytest.raises(deciding.DecisionNotOpen, match=r"goes back to one of clauses, drafts, price.*art\. 3\.3"):
        deciding.sign(reviewer, Wish("final-review", "1", "reject", "margin"))
    with pytest.raises(deciding.DecisionNotOpen, match="--back-to price"):
        deciding.sign(reviewer, Wish("final-review", "1", "approve", back_to="price"))


def test_article_3_3_a_decision_over_documents_that_changed_since_they_were_shown_is_refused(bid):
    with pytest.raises(deciding.StaleDocuments, match=r"changed since 000000000000 was shown.*art\. 3\.3"):
        deciding.sign(bid.as_("zheng.yun"), Wish("final-review", "1", seen="000000000000"))


def test_article_3_3_only_what_changed_after_a_rejected_review_is_done_again(bid, tmp_path):
    code = deciding.look(bid.as_("zheng.yun"), "final-review", "1")["seen"]
    deciding.sign(bid.as_("zheng.yun"), Wish("final-review", "1", "reject", "margin", back_to="price", seen=code))
    assert state(bid, "price") is State.REJECTED
    assert deciding.look(bid.as_("sun.li"), "price", "1")["returned"] == "price: margin"
    assert (state(bid, "clauses"), state(bid, "drafts")) == (State.PASSED, State.PASSED)
    before = steps(bid)

    decide_price(bid, cheaper(bid, tmp_path, "0.99"))
    drafts._write_lot(bid.as_(worker="assembly"), "1")
    produce(bid)

    assert steps(bid) == before | {"price-volume": 2, "checks": 2}
    versions = {name: m.version for name, m in bid.as_("zheng.yun").manifests("draft/1/*").items()}
    assert versions["draft/1/price.pdf"] == 2
    assert versions["draft/1/technical.pdf"] == 1
    assert state(bid, "final-review") is State.WAITING


def waive(bid: Desk) -> None:
    """Waive what fails over the report, tick what is left to a person."""
    case = bid.as_("zheng.yun")
    ticks = tuple(sorted(case.facts().human_rules["1"]))
    deciding.sign(case, Wish("checklist", "1", checked=ticks))
    for rule in sorted(case.facts().failed_rules.get("1", ())):
        deciding.sign(bid.as_("zheng.yun"), Wish("waiver", "1", reason="the example is made up", rule=rule))


def test_article_3_4_a_package_before_the_final_review_is_refused(bid):
    with pytest.raises(GateClosed, match="package needs final-review passed"):
        make_package(bid.as_(worker="pricing"), "1")


def test_article_3_4_the_package_holds_the_reviewed_documents_copies_and_labels(bid):
    waive(bid)
    deciding.sign(bid.as_("zheng.yun"), Wish("final-review", "1"))
    make_package(bid.as_(worker="pricing"), "1")

    files = {file.name: file for file in submission.final_files(bid.as_("wang.lei"), "1")}
    reviewed = {m.digest for m in bid.as_("wang.lei").manifests("draft/1/*").values()}
    assert {file.manifest for file in files.values()} - {""} == reviewed
    assert {"packing-list.docx", "packing-list.pdf"} == {name for name, file in files.items() if not file.manifest}
    with zipfile.ZipFile(io.BytesIO(bid.as_("wang.lei").read("package/1", purpose="test"))) as archive:
        assert json.loads(archive.read("manifest.json"))["copies"] == {"originals": 1, "duplicates": 2, "usb": 1}
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(files["packing-list.pdf"].data)
    )
    assert "正本" in text
    assert "2/2" in text
    assert "前不得启封" in text


def test_article_3_4_only_the_submitter_opens_the_package(bid):
    assert bid.as_("wang.lei").read("package/1", purpose="test")
    for person in ("sun.li", "zheng.yun", "zhao.min"):
        with pytest.raises(NotForYou):
            bid.as_(person).read("package/1", purpose="curiosity")


def test_article_3_4_the_tree_has_one_pdf_per_document_and_loses_no_page(bid):
    leaves = submission.tree_of(bid.as_("wang.lei"), "1")
    files = submission.final_files(bid.as_("wang.lei"), "1")
    assert sum(leaf.pages for leaf in leaves) == sum(f.pages for f in files if f.manifest and f.pages)
    assert [len(pikepdf.open(io.BytesIO(leaf.data)).pages) for leaf in leaves] == [leaf.pages for leaf in leaves]
    assert len({leaf.path for leaf in leaves}) == len(leaves)
    assert any("投标函" in leaf.path for leaf in leaves)


def platform(bid: Desk, days: int, rest: str = ""):
    deadline = bid.as_("wang.lei").record.deadline
    valid_to = (deadline + timedelta(days=days)).date().isoformat()
    return read_platform(PLATFORM.format(valid_to=valid_to, rest=rest), "platform.yaml")


def test_article_3_4_a_certificate_that_ends_before_the_deadline_is_refused(bid):
    with pytest.raises(PlatformRefused, match=r"CA-0017 of wang\.lei: valid to .* or later"):
        submission.record_platform(bid.as_("wang.lei"), "1", platform(bid, -1))


def test_article_3_4_a_submission_through_a_platform_needs_it_on_record_with_a_rehearsal(bid):
    how = submission.Submission("platform", datetime.now(UTC))
    with pytest.raises(PlatformRefused, match=r"no platform on record.*art\. 3\.4"):
        submission.submit(bid.as_("wang.lei"), "1", how)
    submission.record_platform(bid.as_("wang.lei"), "1", platform(bid, 400))
    with pytest.raises(PlatformRefused, match=r"no rehearsal on record"):
        submission.submit(bid.as_("wang.lei"), "1", how)


def test_article_3_4_the_tree_follows_the_nodes_of_the_platform(bid):
    rehearsal = "rehearsal: {at: 2026-01-05T10:00:00+08:00, result: ok}\n"
    nodes = f"{rehearsal}nodes:\n  - {{node: 商务标/全部, document: commercial}}\n"
    submission.record_platform(bid.as_("wang.lei"), "1", platform(bid, 400, nodes))
    assert [leaf.path for leaf in submission.tree_of(bid.as_("wang.lei"), "1")] == ["商务标/全部.pdf"]


def scan(bid: Desk, folder: Path, pages: int | None = None) -> Path:
    """Return another PDF of as many pages as the technical volume, as a scanner would make it."""
    files = {file.name: file for file in submission.final_files(bid.as_("wang.lei"), "1")}
    with pikepdf.new() as made:
        for _ in range(pages or files["technical.pdf"].pages):
            made.add_blank_page()
        made.save(folder / "sealed.pdf")
    return folder / "sealed.pdf"


def test_article_3_3_a_rendition_of_another_number_of_pages_is_refused(bid, tmp_path):
    with pytest.raises(PagesDiffer, match=r"1 pages, expected \d+ as reviewed.*art\. 3\.3"):
        submission.bind(bid.as_("wang.lei"), "1", "technical", scan(bid, tmp_path, 1))
    with pytest.raises(PagesDiffer, match="no such volume"):
        submission.bind(bid.as_("wang.lei"), "1", "nothing", scan(bid, tmp_path))


def test_article_3_3_a_sealed_rendition_is_bound_to_the_reviewed_package_page_for_page(bid, tmp_path):
    submission.bind(bid.as_("wang.lei"), "1", "technical", scan(bid, tmp_path))
    bound = [s for s in bid.as_("zhao.min").signed() if s.decision == "rendition"]
    assert [(s.verdict, s.person, s.reason) for s in bound] == [("same", "wang.lei", "technical: same page for page")]
    subjects = {m.digest for m in bid.as_("wang.lei").manifests("*").values() if m.compartment == "submission"}
    assert bound[0].subjects == subjects


def test_article_3_4_handed_over_after_the_deadline_is_refused(bid, monkeypatch):
    late = bid.as_("wang.lei").record.deadline + timedelta(seconds=1)
    clock = type("Late", (datetime,), {"now": classmethod(lambda _class, _zone: late)})
    monkeypatch.setattr(submission, "datetime", clock)
    with pytest.raises(deciding.TooLate, match=r"after the deadline .*art\. 3\.4"):
        submission.submit(bid.as_("wang.lei"), "1", submission.Submission("paper", late))


def test_article_3_4_the_submission_is_recorded_with_channel_time_and_receipt(bid, tmp_path):
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"received")
    at = datetime.now(UTC)
    submission.submit(bid.as_("wang.lei"), "1", submission.Submission("platform", at, receipt))
    (event,) = bid.as_("zhao.min").ledger.find(type="submission.recorded")
    assert event.body["channel"] == "platform"
    assert event.body["at"] == at.isoformat(timespec="seconds")
    assert event.body["receipt"] == sha256(b"received").hexdigest()
    assert state(bid, "submission") is State.PASSED


def test_article_3_4_the_right_ends_by_itself_with_a_new_key(bid, monkeypatch):
    worker = bid.as_(worker="pricing")
    ends = datetime.fromisoformat(submission_right.last(worker)["ends"])
    assert ends == worker.record.deadline
    assert not submission_right.is_due(worker, datetime.now(UTC))
    with pytest.raises(submission_right.RightNotOver):
        submission_right.end(worker, "-")

    after = ends + timedelta(minutes=1)
    clock = type("Late", (datetime,), {"now": classmethod(lambda _class, _zone: after)})
    with monkeypatch.context() as patch:
        patch.setattr(case_module, "datetime", clock)
        with pytest.raises(case_module.RightEnded, match=r"ended .*art\. 3\.4"):
            bid.as_("wang.lei").read("package/1", purpose="too late")
    assert submission_right.is_due(worker, after)
    submission_right.end(worker, "-", now=after)

    with pytest.raises(NotForYou):
        bid.as_("wang.lei").read("package/1", purpose="too late")
    assert submission_right.last(bid.as_("zhao.min"))["state"] == "ended"
    assert not submission_right.is_due(bid.as_("zhao.min"), after)
    assert state(bid, "submission") is State.PASSED


def test_article_3_4_how_the_price_stood_is_still_told_without_amounts(bid):
    assert price_desk.standing(bid.as_("sun.li"), "1")["committed"]
