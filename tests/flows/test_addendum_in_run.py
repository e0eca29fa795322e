"""A whole bid in which an addendum arrives after the drafts (SJE/ZY/GK-02 art. 3.3): what it touches is done again."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document

from flows.acts import addenda, checkout
from flows.case import Case
from flows.steps import calendar
from flows.steps.procedure import GATES, STAGES, State, board, due
from tests.flows.conftest import Installation
from tests.flows.plain_runner import advance, without_prefect
from tests.flows.test_crash_matrix import decide_price, decide_screening, open_signed, review, sign, submit
from tests.flows.test_main_job import as_, folder_of

pytestmark = [pytest.mark.server, pytest.mark.office]

PART = "technical/service-plan"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
OURS = "本公司派两名工程师常驻现场"
ADDENDUM = """
no: "1"
issued: {today}
deadline: 2027-03-25T09:30
sign_date: 2027-03-15
lots: {{"1": {{clauses: [{{clause: "1.11", requirement: 数字触摸屏，中文界面}}]}}}}
"""


def waits_at(case: Case) -> str:
    """Return the first stage that is not passed; empty when all are."""
    case.ledger.refresh()
    rows = board(case.lot_ids, case.facts(), case.record.deadline)
    return next((row.stage for row in rows if row.state is not State.PASSED), "")


def edit(case: Case, which: str = "") -> None:
    """Check a part out, add a paragraph to one side of it (`.generated`: what is made now), bring it back."""
    files, out = checkout.check_out(case, "1", PART), BytesIO()
    document = Document(BytesIO(files[f"technical_service-plan{which}.docx"]))
    document.add_paragraph(OURS)
    document.save(out)
    checkout.check_in(case, "1", PART, out.getvalue(), "plan.docx")


def issued_before_now(folder: Path) -> Path:
    """Let the buyer have issued the tender last week, so that an addendum can be acknowledged now."""
    text, week = (folder / "tender.yaml").read_text("utf-8"), TODAY - timedelta(days=7)
    (folder / "tender.yaml").write_text(re.sub(r"^issued: .*", f"issued: {week}", text, flags=re.MULTILINE), "utf-8")
    return folder


def test_art_3_3_after_an_addendum_everything_it_touches_is_done_again_and_the_bid_ends_with_it(
    installation: Installation, tender_id: str, tmp_path: Path
) -> None:
    folder = issued_before_now(folder_of(tender_id, tmp_path))
    handler = as_("zhao.min", tender_id)
    with without_prefect():
        open_signed(tender_id, folder)
        advance(tender_id)
        decide_screening(tender_id, folder)
        advance(tender_id)
        handler.ledger.refresh()
        edit(handler)
        advance(tender_id)
        decide_price(tender_id, folder)
        advance(tender_id)
        assert waits_at(handler) == "final-review"
        (tmp_path / "addendum.yaml").write_text(ADDENDUM.format(today=TODAY), "utf-8")
        taken = addenda.take_in(handler, tmp_path / "addendum.yaml")

        advance(tender_id)
        assert waits_at(handler) == "clauses"
        sign("zhao.min", tender_id, "clauses")
        advance(tender_id)
        assert waits_at(handler) == "drafts"
        assert [event.body["part"] for event in handler.ledger.find(type="part.conflict")] == [PART]
        edit(handler, ".generated")
        advance(tender_id)
        assert waits_at(handler) == "price"
        decide_price(tender_id, folder)
        advance(tender_id)
        handler.ledger.refresh()
        assert handler.facts().failed_rules["1"] == frozenset()
        review(tender_id, folder)
        advance(tender_id)
        submit(tender_id, folder)
        assert advance(tender_id)

    handler.ledger.refresh()
    stages = {row.stage for row in board(["1"], handler.facts(), handler.record.deadline) if row.state is State.PASSED}
    text = "\n".join(
        p.text for p in Document(BytesIO(handler.read("draft/1/technical.docx", purpose="test"))).paragraphs
    )
    asked = {event.body["decision"]: event.body["due"] for event in handler.ledger.find(type="decision.requested")}
    assert {each.kind for each in taken.stale} == {"clause", "document", "price", "decision"}
    assert stages == set(STAGES)
    assert OURS in text
    assert [e.body["how"] for e in handler.ledger.find(type="tender.ended")] == ["submitted"]
    assert (
        asked["clauses"]
        == due(GATES["clauses"], datetime.fromisoformat("2027-03-25T09:30+08:00"), calendar.load()).isoformat()
    )
