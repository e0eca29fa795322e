"""Screening, clauses, addenda, parts, questions and contacts as people type them."""

import json
import stat
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from typer.testing import CliRunner

from flows import wiring
from flows.acts import intake
from flows.cli import main as command
from flows.steps.tender import Tender
from tests.flows.conftest import EXAMPLE, Installation

pytestmark = pytest.mark.server


def say(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(command.build(), list(words))
    assert done.exit_code == code, f"{done.output}{done.exception!r}"
    return done.stdout


@pytest.fixture
def bid(installation: Installation, example: tuple[Tender, Path]) -> str:
    """The example, opened, its notice signed; its id."""
    name = example[0].tender
    intake.open_tender(installation.case(name, person="zhao.min", new=True), *example)
    for who in ("zhao.min", "qian.wei"):
        say("sign", name, "notice", "--as", who)
    return name


def test_a_lot_is_screened_delivered_settled_and_changed_by_commands(bid: str, tmp_path: Path) -> None:
    form, matrix = tmp_path / "screening.xlsx", tmp_path / "clauses.xlsx"
    say("screening", "form", bid, str(form), "--as", "zhao.min")
    book = openpyxl.load_workbook(form)
    book["screening"]["B2"] = "B"
    book.save(form)
    assert "score - of 60, the form says bid" in say("screening", "in", bid, str(form), "--as", "zhao.min")
    assert "客户信用" in Document(BytesIO(word_form(bid, tmp_path))).tables[0].rows[3].cells[0].text
    say("sign", bid, "screening", "--as", "qian.wei")
    assert json.loads(say("screening", "show", bid, "--as", "qian.wei", "--json"))["state"] == "passed"

    intake.deliver(wiring.open_case(bid, person="li.na"), intake_of(bid), EXAMPLE)
    say("clauses", "out", bid, str(matrix), "--as", "li.na")
    assert stat.S_IMODE(matrix.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(matrix)
    book["clauses"]["I2"] = "3.9"
    book.save(matrix)
    assert "1 cells changed" in say("clauses", "in", bid, str(matrix), "--as", "li.na")
    states = {
        row["deliverable"]: row["state"] for row in json.loads(say("clauses", "due", bid, "--as", "li.na", "--json"))
    }
    assert states["technical-material"] == "in time"

    addendum = tmp_path / "addendum.yaml"
    addendum.write_text(
        'no: "1"\nissued: 2027-02-20\nlots: {"1": {clauses: [{clause: "1.6", value: "190"}]}}\n', "utf-8"
    )
    said = say("addendum", bid, str(addendum), "--as", "zhao.min")
    assert "Addendum 1 acknowledged by zhao.min; record version 2" in said
    listed = json.loads(say("addendum", bid, "--as", "zhao.min", "--json"))
    assert [(row["no"], row["kind"], row["name"]) for row in listed] == [("1", "clause", "1.6")]


def word_form(bid: str, folder: Path) -> bytes:
    say("screening", "show", bid, "--word", str(folder / "form.docx"), "--as", "qian.wei")
    return (folder / "form.docx").read_bytes()


def intake_of(bid: str) -> Tender:
    from flows.steps.read_tender import read

    return read(EXAMPLE).model_copy(update={"tender": bid})


def test_a_part_goes_out_and_back_by_commands_and_nothing_is_overwritten(bid: str, tmp_path: Path) -> None:
    part, file = "technical/service-plan", tmp_path / "technical_service-plan.docx"
    say("sign", bid, "screening", "--as", "qian.wei")
    intake.deliver(wiring.open_case(bid, person="li.na"), intake_of(bid), EXAMPLE)
    say("out", bid, part, "--out", str(tmp_path), "--as", "zhao.min")
    sent = file.read_bytes()
    say("out", bid, part, "--out", str(tmp_path), "--as", "zhao.min", code=1)
    assert file.read_bytes() == sent
    document = Document(str(file))
    document.add_paragraph("常驻现场")
    document.save(str(file))
    assert f"part/1/{part}.docx, version 1." in say("in", bid, part, str(file), "--as", "zhao.min")
    rows = {row["part"]: row for row in json.loads(say("parts", bid, "--as", "zhao.min", "--json"))}
    assert (rows[part]["edited_by"], rows[part]["out_with"], rows[part]["conflict"]) == ("zhao.min", "", False)
    assert "name one of FILE" in CliRunner().invoke(command.build(), ["in", bid, part, "--as", "zhao.min"]).output


def test_questions_contacts_and_who_made_what_by_commands(bid: str, tmp_path: Path) -> None:
    say("question", "ask", bid, "额定载荷是否指满载？", "--lot", "1", "--clause", "1.6", "--as", "zhao.min")
    say("question", "out", bid, str(tmp_path / "questions.xlsx"), "--as", "zhao.min")
    say("question", "answer", bid, "1", "是。", "--source", "平台", "--as", "zhao.min")
    (question,) = json.loads(say("question", "list", bid, "--as", "li.na", "--json"))
    say("contact", "add", bid, "--with", "buyer", "--about", "site visit", "--how", "site", "--as", "zhao.min")
    (contact,) = json.loads(say("contact", "list", bid, "--as", "qian.wei", "--json"))
    made = {row["name"]: row for row in json.loads(say("made", bid, "--as", "zhao.min", "--json"))}

    assert (question["no"], question["answer"], question["source"]) == (1, "是。", "平台")
    assert (contact["with_whom"], contact["channel"], contact["by"]) == ("buyer", "site", "zhao.min")
    assert made["notice/-/bid"]["signed_by"] == ["notice: zhao.min", "notice: qian.wei"]
    assert (tmp_path / "questions.xlsx").exists()


def test_calibration_counts_what_is_open_and_what_is_closed_to_a_person(bid: str) -> None:
    say("sign", bid, "screening", "--verdict", "no-bid", "--reason", "credit", "--as", "qian.wei")
    open_to_handler = json.loads(say("screening", "calibrate", bid, "--as", "zhao.min", "--json"))
    closed_to_other = json.loads(say("screening", "calibrate", bid, "--as", "he.ping", "--json"))

    assert (open_to_handler["screened"], open_to_handler["decided"], open_to_handler["overridden"]) == (
        1,
        {"no-bid": 1},
        1,
    )
    assert (closed_to_other["screened"], closed_to_other["closed"]) == (0, 1)
    assert "1 lots screened, 1 decided against their form" in say("screening", "calibrate", bid, "--as", "zhao.min")
