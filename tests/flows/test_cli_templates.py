"""`tender templates`: sets and forms listed, faults end with 3, a buyer's form adopted in two steps."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.cli import templates as commands
from templates import catalogue


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    made = typer.Typer()
    commands.register(made)
    return made


def run(app: typer.Typer, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["templates", *arguments], catch_exceptions=False)
    return done.exit_code, done.output


def test_list_names_every_set_and_form(app: typer.Typer) -> None:
    code, output = run(app, "list", "--json")
    assert code == 0
    assert json.loads(output) == {"sets": list(catalogue.sets()), "forms": list(catalogue.forms())}


def test_check_of_a_sound_set_ends_with_zero_and_of_a_faulty_one_with_three(app: typer.Typer, tmp_path: Path) -> None:
    assert run(app, "check", "wb-goods")[0] == 0
    folder = Path(shutil.copytree(catalogue.SETS / "wb-goods", tmp_path / "faulty"))
    shutil.copy(folder / "cover.docx", folder / "unused.docx")
    code, output = run(app, "check", str(folder), "--json")
    assert code == 3
    assert [fault["document"] for fault in json.loads(output)] == ["unused.docx"]


def test_fields_shows_what_a_form_uses(app: typer.Typer) -> None:
    code, output = run(app, "fields", "bid-notice", "--json")
    assert code == 0
    assert {"people.handler", "lots[].goods", "form.signatures[].name"} <= set(json.loads(output)["bid-notice"])


def test_a_form_is_adopted_after_a_person_went_through_the_table(app: typer.Typer, tmp_path: Path) -> None:
    form, out = tmp_path / "form.docx", tmp_path / "own"
    word = Document()
    word.add_paragraph("项目名称：________")
    word.save(str(form))
    code, output = run(app, "adopt", str(form), "--out", str(out))
    assert (code, "1 blanks found" in output) == (0, True)
    book = load_workbook(out / "blanks.xlsx")
    book.worksheets[0]["I1"] = "赵敏示"
    book.save(out / "blanks.xlsx")
    assert run(app, "adopt", str(form), "--out", str(out), "--confirmed", str(out / "blanks.xlsx"))[0] == 0
    assert run(app, "check", str(out))[0] == 0
