"""Notices over a real store: from the customer's word to the acknowledged feedback, in order, by who may."""

import io
from datetime import UTC, datetime

import docx
import pytest

from flows import wiring
from flows.acts import notice_acts, notice_papers, notices, signing
from flows.acts.notice_acts import Hand
from flows.acts.notices import Matter
from flows.anchors import publish_all
from flows.steps.notices.notice import NoticeRefused
from flows.steps.notices.standing import Act, Stage
from storage import anchor
from storage.policy import PolicyRefused
from storage.register import Register
from tests.flows.conftest import EXAMPLE

pytestmark = pytest.mark.server


@pytest.fixture
def signed(notice, notice_as) -> Matter:
    """A notice signed by author and leader."""
    notice_acts.sign(notice)
    notice_acts.sign(notice_as(notice, "qian.wei"))
    return notice_as(notice, "zhao.min")


@pytest.fixture
def answered(signed, notice_as) -> Matter:
    """A notice dispatched and answered by the technical department."""
    notice_acts.dispatch(signed)
    technical = notice_as(signed, "li.na")
    notice_acts.answer(technical, "全部满足", ["200 kg，正偏差", "满足，见检测报告"])
    return technical


def words(document: bytes) -> str:
    return "\n".join(cell.text for table in docx.Document(io.BytesIO(document)).tables for cell in table._cells)


def test_article_2_1_an_incoming_notice_holds_customer_source_lines_and_its_files_digest(notice):
    printed = words(notice.case.read("notice/-/notice.docx", purpose="test"))
    assert "示例血液中心" in printed
    assert "电话" in printed
    assert "额定载重" in printed
    assert notice.files["drawing.pdf"] in printed
    assert notice.case.read("notice/-/attachment/drawing.pdf", purpose="test").startswith(b"%PDF")


def test_article_2_2_two_different_people_sign_before_dispatch(notice, notice_as):
    notice_acts.sign(notice)
    with pytest.raises(
        NoticeRefused, match=r"dispatch out of order, sign is missing .*art\. 2\.2\).*leader: qian\.wei"
    ):
        notice_acts.dispatch(notice)
    with pytest.raises(signing.NotYours, match=r"li\.na may not take it .*handler: zhao\.min; leader: qian\.wei"):
        notice_acts.sign(notice_as(notice, "li.na"))
    leader = notice_as(notice, "qian.wei")
    notice_acts.sign(leader)
    assert leader.standing().stage is Stage.DISPATCHING


def test_article_2_3_the_outgoing_notice_is_linked_numbered_and_signed_by_its_handler(signed, notice_as):
    with pytest.raises(signing.NotYours, match=r"art\. 2\.3\), expected handler: zhao\.min"):
        notice_acts.dispatch(notice_as(signed, "qian.wei"))
    number = notice_acts.dispatch(signed)

    assert number == signed.numbers["out"] != signed.numbers["in"]
    (verdict,) = signed.judge(Act.DISPATCH).signed
    assert (verdict.person, verdict.role) == ("zhao.min", "handler")
    entries = Register(signed.case.store, "marketing-1", datetime.now(UTC).year, "out", signed.case.people).entries()
    assert [e.body["matter"] for e in entries if e.name == number] == [signed.id]
    assert number in words_of_header(signed.case.read("notice/-/outgoing.docx", purpose="test"))


def words_of_header(document: bytes) -> str:
    found = docx.Document(io.BytesIO(document))
    return words(document) + "".join(p.text for section in found.sections for p in section.header.paragraphs)


def test_article_2_3_the_technical_department_registers_what_it_receives_itself(signed, notice_as):
    notice_acts.dispatch(signed)
    with pytest.raises(signing.NotYours, match=r"art\. 2\.5\), expected technical: li\.na"):
        notice_acts.receive(notice_as(signed, "zhao.min"))
    technical = notice_as(signed, "li.na")
    assert notice_acts.receive(technical).startswith("technical/")
    assert technical.standing().stage is Stage.ANSWERING


def test_article_2_4_the_feedback_goes_to_the_author_who_acknowledges_it(answered, notice_as):
    with pytest.raises(NoticeRefused, match="feedback is missing"):
        notice_acts.acknowledge(notice_as(answered, "zhao.min"))
    number = notice_acts.feed_back(answered)
    told = answered.case.read("notice/-/feedback.docx", purpose="test")
    assert number.startswith("technical/")
    assert "200 kg，正偏差" in words(told)
    with pytest.raises(signing.NotYours, match=r"art\. 2\.4\), expected handler: zhao\.min"):
        notice_acts.acknowledge(answered)
    author = notice_as(answered, "zhao.min")
    notice_acts.acknowledge(author)
    assert Act.ACKNOWLEDGE in author.standing().done


def test_article_2_5_a_notice_closes_only_with_result_and_completion_time(answered, notice_as):
    author = notice_as(answered, "zhao.min")
    with pytest.raises(NoticeRefused, match=r"close out of order, feedback is missing"):
        notice_acts.close(author)
    notice_acts.feed_back(answered)
    author = notice_as(answered, "zhao.min")
    notice_acts.acknowledge(author)
    notice_acts.close(author)

    standing = author.standing()
    (closed,) = author.case.ledger.find(type="notice.closed")
    assert standing.stage is Stage.CLOSED
    kept = words(author.case.read("notice/-/closed.docx", purpose="test"))
    assert kept.count("电子签名") == 4  # author, leader, handler, receiver
    assert "全部满足" in kept
    assert closed.body["result"] == "全部满足"
    assert closed.body["completed_at"] == standing.completed.isoformat()
    assert standing.on_time(datetime.now(UTC)) is True
    with pytest.raises(NoticeRefused, match="closed, expected an open one"):
        notice_acts.close(author)
    with pytest.raises(NoticeRefused, match="expected an open notice"):
        notice_acts.cancel(author, "too late")


def test_article_2_5_an_answer_without_a_result_is_refused(signed, notice_as):
    notice_acts.dispatch(signed)
    technical = notice_as(signed, "li.na")
    with pytest.raises(NoticeRefused, match="result of 0 characters and 0 answers"):
        notice_acts.answer(technical, " ")
    with pytest.raises(NoticeRefused, match="and 1 answers, expected"):
        notice_acts.answer(technical, "done", ["one of two"])
    assert "receipt" not in technical.numbers


def test_article_2_5_a_notice_is_cancelled_with_a_reason_and_keeps_its_number(signed, notice_as):
    with pytest.raises(NoticeRefused, match="no reason found"):
        notice_acts.cancel(signed, "")
    with pytest.raises(signing.NotYours):
        notice_acts.cancel(notice_as(signed, "li.na"), "no")
    notice_acts.cancel(signed, "the customer withdrew")
    assert (signed.standing().stage, signed.standing().cancelled) == (Stage.CANCELLED, "the customer withdrew")
    year = datetime.now(UTC).year
    entries = Register(signed.case.store, "marketing-1", year, "in", signed.case.people).entries()
    assert signed.id in [entry.body["matter"] for entry in entries]


def test_article_2_5_opening_the_same_notice_again_changes_nothing(installation, write_notice):
    content = write_notice()
    first = notices.open_notice(wiring.seat(person="zhao.min"), content)
    before = len(first.case.ledger.events())
    again = notices.open_notice(wiring.seat(person="zhao.min"), content)

    assert (again.id, again.numbers) == (first.id, first.numbers)
    assert len(again.case.ledger.events()) == before


def test_article_2_5_an_opening_cut_off_after_its_number_keeps_that_number(installation, write_notice, monkeypatch):
    content = write_notice()
    with monkeypatch.context() as patch:
        patch.setattr(notices, "seal", lambda *_: (_ for _ in ()).throw(OSError("the power went")))
        with pytest.raises(OSError, match="power"):
            notices.open_notice(wiring.seat(person="zhao.min"), content)
    year = datetime.now(UTC).year
    case = wiring.seat(person="zhao.min")
    count = len(Register(case.store, "marketing-1", year, "in", case.people).entries())

    matter = notices.open_notice(case, content)

    assert len(Register(case.store, "marketing-1", year, "in", case.people).entries()) == count
    notice_acts.sign(matter)


def test_a_notice_for_the_own_department_is_answered_by_its_handler(installation, write_notice, notice_as):
    case = wiring.seat(person="zhao.min")
    matter = notices.open_notice(case, write_notice(undertaker="marketing-1"))
    notice_acts.sign(matter)
    notice_acts.sign(notice_as(matter, "qian.wei"))
    matter = notice_as(matter, "zhao.min")
    with pytest.raises(NoticeRefused, match="dispatch out of order, answer is missing"):
        notice_acts.dispatch(matter)
    notice_acts.answer(matter, "told the customer")
    notice_acts.feed_back(matter)
    notice_acts.acknowledge(matter)
    notice_acts.close(matter)
    assert set(matter.numbers) == {"in", "feedback"}


def test_a_signature_on_paper_of_a_notice_is_printed_with_its_witnesses(notice, notice_as):
    notice_acts.sign(notice)
    hand = Hand(signer="qian.wei", scan=EXAMPLE / "inputs" / "proof-2.3.pdf")
    notice_acts.sign(notice_as(notice, "li.na"), hand)
    witness = notice_as(notice, "chu.bo")
    notice_acts.sign(witness, Hand(signer="qian.wei"))
    assert witness.standing().stage is Stage.DISPATCHING
    assert "纸质签名，见证人：li.na、chu.bo" in words(notice_papers.printed(witness))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"received": "2036-01-01T09:00", "due": "2036-01-02"}, "received 2036"),
        ({"received": "2025-01-01T09:00", "due": "2025-01-09"}, "due 2025"),
        ({"undertaker": "nowhere"}, "nobody in nowhere"),
    ],
)
def test_bad_input_of_a_notice_is_refused_with_its_article(installation, write_notice, change, found):
    case = wiring.seat(person="zhao.min")
    with pytest.raises(NoticeRefused, match=rf"{found}.*art\. 2"):
        notices.open_notice(case, write_notice(**change))


def test_someone_who_is_not_its_author_cannot_open_a_notice(installation, write_notice):
    case = wiring.seat(person="qian.wei")
    with pytest.raises(NoticeRefused, match=r"qian\.wei writes it, expected its author zhao\.min .*art\. 2\.2"):
        notices.open_notice(case, write_notice())


def test_the_nightly_checkpoints_cover_the_ledger_of_a_notice(notice):
    assert notice.case.tender in anchor.behind(notice.case.store)
    assert not [failed for failed in publish_all() if failed.startswith(notice.case.tender)]
    assert notice.case.tender not in anchor.behind(notice.case.store)


def test_someone_outside_of_a_notice_sees_nothing_of_it(installation, notice):
    assert notices.matter_of(wiring.seat(person="sun.li"), notice.id) is None
    with pytest.raises(PolicyRefused, match=r"art\. 2\.5"):
        notices.number(notice, "technical", "in", "receipt", datetime.now(UTC))
