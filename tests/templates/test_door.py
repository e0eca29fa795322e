"""`python -m templates`: every verb works alone, and a failure is one message and exit code 1."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from tests.templates import docx_builders as build
from tests.templates import hostile


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "templates", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_guard_names_the_kind_of_each_good_file(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(build.paragraphs("x"))
    done = run("guard", file)
    assert done.returncode == 0
    assert f"{file}: docx, {file.stat().st_size} bytes" in done.stdout


def test_guard_refuses_with_one_message(tmp_path: Path) -> None:
    file = tmp_path / "laughs.docx"
    file.write_bytes(hostile.content("laughs.docx"))
    done = run("guard", file)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "laughs.docx" in done.stderr
    assert "Traceback" not in done.stderr


def test_fill_writes_the_document(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(build.paragraphs("{{ project.name }} {{ total }}"))
    data = json.dumps({"project": {"name": "甲&乙"}, "total": 12.50}).replace("12.5", "12.50")
    (tmp_path / "d.json").write_text(data, "utf-8")
    assert run("fill", tmp_path / "t.docx", tmp_path / "d.json", tmp_path / "o.docx").returncode == 0
    assert docx.Document(str(tmp_path / "o.docx")).paragraphs[0].text == "甲&乙 12.50"


@pytest.mark.parametrize("data", ["{}", "[]", "{", "\ufeff{}"])
def test_fill_says_what_is_wrong_with_the_data(data: str, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(build.paragraphs("{{ project.name }}"))
    (tmp_path / "d.json").write_text(data, "utf-8")
    done = run("fill", tmp_path / "t.docx", tmp_path / "d.json", tmp_path / "o.docx")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "o.docx").exists()


def test_a_file_that_is_not_there_is_a_message(tmp_path: Path) -> None:
    done = run("guard", tmp_path / "none.docx")
    assert done.returncode == 1
    assert "none.docx" in done.stderr


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("print").returncode == 2
    assert run().returncode == 2


@pytest.mark.office
def test_pdf_lies_beside_its_source(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(build.paragraphs("page"))
    done = run("pdf", tmp_path / "a.docx")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_compose_joins_the_parts(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.docx").write_bytes(build.paragraphs(f"part {name}"))
    done = run("compose", tmp_path / "o.docx", tmp_path / "a.docx", tmp_path / "b.docx")
    assert done.returncode == 0, done.stderr
    texts = [paragraph.text for paragraph in docx.Document(str(tmp_path / "o.docx")).paragraphs]
    assert [text for text in texts if text] == ["part a", "part b"]


@pytest.mark.parametrize(("name", "content"), [("a.docx", build.paragraphs("x")), ("a.pdf", hostile.pdf())])
def test_normalise_leaves_the_company_and_no_tool(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("normalise", tmp_path / name, "--company", "Our Company")
    assert done.returncode == 0, done.stderr
    assert b"python-docx" not in (tmp_path / name).read_bytes()
    assert run("guard", tmp_path / name).returncode == 0


def test_normalise_says_that_a_picture_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(build.png())
    done = run("normalise", tmp_path / "a.png")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
