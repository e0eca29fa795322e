"""The form of waivers: what was waived, why, by whom, over which reports."""

import io
from datetime import UTC, datetime

from docx import Document

from flows.steps.procedure import Manifested, Signed
from flows.steps.read_tender import read
from flows.steps.waiver_form import word
from tests.flows.conftest import EXAMPLE

REPORT = Manifested("checks/1/technical", 2, "ab" * 32)
AT = datetime(2026, 12, 12, 7, 30, tzinfo=UTC)


def lines(docx: bytes) -> str:
    cells = [c.text for t in Document(io.BytesIO(docx)).tables for r in t.rows for c in r.cells]
    return "\n".join(cells)


def test_the_form_shows_rule_reason_person_time_of_the_tenders_zone_and_reports() -> None:
    reason = "R10: 招标人答疑第3条同意 & 附函"
    waiver = Signed("waiver", "1", "approve", "zheng.yun", "reviewer", frozenset({REPORT.digest}), AT, reason)
    text = lines(word(read(EXAMPLE), "1", [waiver], [REPORT]))
    for value in (
        "R10",
        "招标人答疑第3条同意 & 附函",
        "zheng.yun",
        "2026年12月12日 15:30",
        "checks/1/technical 第2版",
        "ab" * 8,
    ):
        assert value in text
    assert "R10:" not in text


def test_without_a_waiver_the_form_says_so() -> None:
    assert "无" in lines(word(read(EXAMPLE), "1", [], []))
