"""The handler as liaison (SJE/ZY/GK-02 art. 3.1): questions, contacts, who made what; one tender, one bidder."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acts import contacts, deciding, intake, questions
from flows.acts.deciding import Wish
from flows.case import Case
from flows.steps.identity_words import found_in, identifying
from flows.steps.read_tender import read
from flows.steps.tender import Tender
from storage.bidders import AnotherBidder
from storage.policy import PolicyRefused
from tests.flows.conftest import EXAMPLE, Installation

WORDS = identifying(read(EXAMPLE), ["zhao.min", "赵敏示", "li.na"])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("示例智能物流装备有限公司请问1.6条", "示例智能物流装备有限公司"),
        ("我公司（示例智能 物流装备）请问", "示例智能物流装备"),
        ("code 91430100maexamplec", "91430100MAEXAMPLEC"),
        ("联系人：赵 敏 示", "赵敏示"),
        ("mail to ｂｉｄ＠example.com", "bid@example.com"),
        ("call 0731 0000 0002", "0731-00000002"),
        ("ask Zhao-Min", "zhao.min"),
        ("our SL-AGV-L40（示例） fits", "SL-AGV-L40（示例）"),
    ],
)
def test_a_text_that_names_us_is_found_out_however_it_is_written(text: str, word: str) -> None:
    assert word in found_in(text, WORDS)


@pytest.mark.parametrize("text", ["额定载荷是否指满载？", "Is 1.6 the rated load?", "系统是否需支持5G？", ""])
def test_a_plain_question_names_nobody(text: str) -> None:
    assert found_in(text, WORDS) == ()


@given(st.sampled_from(WORDS), st.text(max_size=20), st.text(max_size=20))
def test_no_text_around_it_hides_a_name(word: str, before: str, after: str) -> None:
    assert word in found_in(f"{before} {word} {after}", WORDS)


@pytest.fixture
def handler(installation: Installation, example: tuple[Tender, Path]) -> Case:
    """The example, opened by its handler."""
    case = installation.case(example[0].tender, person="zhao.min", new=True)
    intake.open_tender(case, *example)
    return case


@pytest.mark.server
def test_questions_are_numbered_asked_once_and_keep_the_last_answer(handler: Case) -> None:
    first = questions.ask(handler, "Is 1.6 the rated load?", "1", "1.6")
    second = questions.ask(handler, "May delivery be in two parts?")
    again = questions.ask(handler, "Is 1.6 the rated load?", "1", "1.6")
    questions.answer(handler, 1, "No.", "platform")
    questions.answer(handler, 1, "Yes, corrected.", "letter")

    assert (first.no, second.no, again.no) == (1, 2, 1)
    assert [(q.no, q.answer, q.source) for q in questions.questions(handler)] == [
        (1, "Yes, corrected.", "letter"), (2, "", ""),
    ]  # fmt: skip
    with pytest.raises(questions.NoSuchQuestion, match=r"Question 3 of .*never asked, expected one of 1 to 2"):
        questions.answer(handler, 3, "x")


@pytest.mark.server
def test_a_question_that_names_us_is_refused_and_leaves_no_trace(handler: Case) -> None:
    with pytest.raises(questions.NamesUs, match="names us by 示例智能物流装备有限公司"):
        questions.ask(handler, "示例智能物流装备有限公司：交货期能否延长？")
    assert handler.ledger.find(type="question.asked") == ()


@pytest.mark.server
def test_the_workbook_for_the_buyer_holds_open_questions_and_nothing_about_us(handler: Case) -> None:
    questions.ask(handler, "Is 1.6 the rated load?", "1", "1.6")
    questions.ask(handler, "May delivery be in two parts?")
    questions.answer(handler, 1, "Yes.")
    book = openpyxl.load_workbook(BytesIO(questions.for_buyer(handler)))
    cells = [str(cell.value) for row in book["questions"].iter_rows() for cell in row if cell.value]
    told = " ".join(
        [*cells, str(book.properties.creator), str(book.properties.title), str(book.properties.lastModifiedBy)]
    )

    assert "May delivery be in two parts?" in cells
    assert "Is 1.6 the rated load?" not in cells
    assert found_in(told, WORDS) == ()


@pytest.mark.server
def test_art_3_1_only_the_handler_speaks_with_the_buyer(installation: Installation, handler: Case) -> None:
    technical = installation.case(handler.tender, person="li.na")
    with pytest.raises(intake.NotNamed, match=r"li\.na is not named as handler, expected zhao\.min"):
        questions.ask(technical, "Is 1.6 the rated load?")
    with pytest.raises(intake.NotNamed, match=r"expected zhao\.min"):
        contacts.log(technical, "buyer", "phone", "site visit")
    with pytest.raises(PolicyRefused):
        technical.ledger.append("contact.logged", {"at": "", "with": "", "channel": "", "about": ""})


@pytest.mark.server
def test_art_3_1_contacts_are_logged_in_the_order_of_their_time(handler: Case) -> None:
    now = datetime.now(UTC)
    contacts.log(handler, "technical department, li.na", "meeting", "inputs", now - timedelta(hours=1))
    contacts.log(handler, "buyer, Ms Zhang", "phone", "site visit", now - timedelta(hours=3))

    assert [(c.about, c.by) for c in contacts.contacts(handler)] == [("site visit", "zhao.min"), ("inputs", "zhao.min")]
    for wrong in ({"at": now + timedelta(hours=1)}, {"channel": "pigeon"}, {"about": " "}):
        with pytest.raises(contacts.ContactWrong, match="expected one of phone, mail"):
            contacts.log(handler, **{"with_whom": "buyer", "channel": "phone", "about": "x", **wrong})  # type: ignore[arg-type]


@pytest.mark.server
def test_art_3_1_the_record_says_who_made_and_signed_what(installation: Installation, handler: Case) -> None:
    deciding.sign(handler, Wish("notice", "-"))
    intake.deliver(installation.case(handler.tender, person="li.na"), read(EXAMPLE), EXAMPLE)
    handler.ledger.refresh()
    rows = {row.name: row for row in contacts.made(handler)}

    assert rows["notice/-/bid"].signed_by == ("notice: zhao.min",)
    assert (rows["record"].by, rows["clauses/1"].by) == ("zhao.min", "li.na")
    assert set(handler.manifests()) == set(rows)


@pytest.mark.server
def test_a_second_bidders_documents_for_the_same_tender_are_refused_before_anything_is_made(
    installation: Installation, handler: Case, example: tuple[Tender, Path]
) -> None:
    other = example[0].bidder.model_copy(update={"name": "另一公司", "credit_code": "91310000132216061X"})
    second = example[0].model_copy(
        update={"tender": f"{example[0].tender}-b", "bidder": other, "number": f"  {example[0].number.lower()}"}
    )
    case = installation.case(second.tender, person="zhao.min", new=True)
    with pytest.raises(AnotherBidder, match=r"another bidder's documents for the same buyer and number"):
        intake.open_tender(case, second, EXAMPLE)
    assert list(installation.case(second.tender, person="zhao.min", new=True).ledger.events()) == []
