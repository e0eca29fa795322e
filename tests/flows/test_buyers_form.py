"""R07 where a section's form came from the buyer: held against the document alone, or against the volume."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from flows.steps.checks import run
from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.verdict import Verdict
from flows.steps.read_tender import read
from templates import adopt, own_set, preview
from templates.catalogue import load
from templates.fill import fill_bytes
from tests.flows.conftest import EXAMPLE


def letter() -> bytes:
    """A buyer's bid letter with its blanks."""
    word = Document()
    for line in (
        "投标函",
        "致：________",
        "我方承诺在投标有效期内不修改、撤销投标文件，并按招标文件提交履约保证金。",
        "投标人：________",
    ):
        word.add_paragraph(line)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


@pytest.fixture
def bid(tmp_path: Path) -> tuple[BidUnderCheck, bytes]:
    """The example with a set of one adopted form, and that form filled."""
    form = tmp_path / "letter.docx"
    form.write_bytes(letter())
    table = adopt.propose_to(form, tmp_path / "set").file
    book = load_workbook(table)
    book.worksheets[0]["I1"] = "赵敏示"
    book.save(table)
    folder = adopt.confirm(form, table, tmp_path / "set")
    template_set = load(folder)
    record = read(EXAMPLE).model_copy(update={"set": own_set.take_in(folder)})
    (section,) = template_set.volumes[0].sections
    assert section.template is not None
    filled = fill_bytes(section.template, preview.set_fields(template_set))
    return BidUnderCheck(record, {f"{template_set.volumes[0].id}/{section.id}": filled}), filled


def altered(docx: bytes) -> bytes:
    word = Document(io.BytesIO(docx))
    word.paragraphs[2].text = "我方承诺在投标有效期内可以修改投标文件。"
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["commercial/letter", "commercial"])
def test_the_buyers_form_is_passed_when_only_blanks_were_filled_and_failed_when_words_were_changed(
    bid: tuple[BidUnderCheck, bytes], name: str
) -> None:
    under_check, filled = bid
    assert run(replace(under_check, documents={name: filled}), ["R07"]).verdict("R07") is Verdict.PASS
    report = run(replace(under_check, documents={name: altered(filled)}), ["R07"])
    (failed,) = [finding for finding in report.findings if finding.verdict is Verdict.FAIL]
    assert (failed.rule, failed.place, failed.expected[:9]) in {
        ("R07", "paragraph 3", "paragraph"), ("R07", "paragraph 3", "我方承诺在投标有效"),
    }  # fmt: skip


def test_without_a_word_file_a_person_must_compare(bid: tuple[BidUnderCheck, bytes]) -> None:
    assert run(replace(bid[0], documents={}), ["R07"]).verdict("R07") is Verdict.HUMAN
