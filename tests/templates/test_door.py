"""`python -m templates`: every verb works alone, and a failure is one message and exit code 1."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from PIL import Image

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


@pytest.mark.parametrize("data", ["{}", "[]", "{", "", "[" * 100_000, '{"project": {"name": NaN}}', "1" * 5000])
def test_fill_says_what_is_wrong_with_the_data(data: str, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(build.paragraphs("{{ project.name }}"))
    (tmp_path / "d.json").write_text(data, "utf-8")
    done = run("fill", tmp_path / "t.docx", tmp_path / "d.json", tmp_path / "o.docx")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "o.docx").exists()


def test_fields_that_a_windows_editor_saved_are_read(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(build.paragraphs("{{ a }}"))
    (tmp_path / "d.json").write_text('\ufeff{"a": "甲"}', "utf-8")
    assert run("fill", tmp_path / "t.docx", tmp_path / "d.json", tmp_path / "o.docx").returncode == 0


@pytest.mark.parametrize("verb", ["fill", "compose"])
@pytest.mark.parametrize("place", ["folder", "no/o.docx", "/proc/o.docx", "/dev/full"])
def test_a_result_that_cannot_be_written_is_one_message(verb: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "t.docx").write_bytes(build.paragraphs("x"))
    (tmp_path / "d.json").write_text("{}")
    out = tmp_path / place
    words = (tmp_path / "t.docx", tmp_path / "d.json", out) if verb == "fill" else (out, tmp_path / "t.docx")
    done = run(verb, *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "next: " in done.stderr
    assert Path("/dev/full").is_char_device()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["d.json", "folder", "t.docx"]


def test_a_result_does_not_take_the_place_of_what_it_is_made_from(tmp_path: Path) -> None:
    template = tmp_path / "t.docx"
    template.write_bytes(build.paragraphs("{{ a }}"))
    (tmp_path / "d.json").write_text('{"a": "x"}')
    before = template.read_bytes()
    for words in (("fill", template, tmp_path / "d.json", template), ("compose", template, template)):
        done = run(*words)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert template.read_bytes() == before


def test_an_older_result_stays_when_a_new_one_fails(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(build.paragraphs("{{ a }} {{ b }}"))
    (tmp_path / "d.json").write_text('{"a": "x"}')
    (tmp_path / "o.docx").write_text("older")
    assert run("fill", tmp_path / "t.docx", tmp_path / "d.json", tmp_path / "o.docx").returncode == 1
    assert (tmp_path / "o.docx").read_text() == "older"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["d.json", "o.docx", "t.docx"]


@pytest.mark.parametrize("verb", ["guard", "fill", "compose", "normalise", "pdf"])
@pytest.mark.parametrize(
    "content",
    [b"", build.paragraphs("x")[:9000], hostile.plain()[:-3000], b"PK\x03\x04" + bytes(100)],
    ids=["empty", "half", "no directory", "zeros"],
)
def test_every_verb_refuses_a_broken_document_in_one_line(verb: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "b.docx").write_bytes(content)
    (tmp_path / "d.json").write_text("{}")
    words = {
        "fill": (tmp_path / "b.docx", tmp_path / "d.json", tmp_path / "o.docx"),
        "compose": (tmp_path / "o.docx", tmp_path / "b.docx"),
    }
    done = run(verb, *words.get(verb, (tmp_path / "b.docx",)))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("b.docx")
    assert not (tmp_path / "o.docx").exists()


@pytest.mark.parametrize(("name", "content"), [("a.pdf", hostile.pdf()), ("a.png", build.png())])
def test_only_word_documents_are_converted(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("pdf", tmp_path / name)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"{name}: found {name[2:]}, expected docx")
    assert (tmp_path / name).read_bytes() == content


def test_compose_stops_at_a_comment_until_a_person_says_that_it_goes(tmp_path: Path) -> None:
    commented = docx.Document()
    commented.add_comment(commented.add_paragraph("text").runs, text="why?")
    commented.save(str(tmp_path / "a.docx"))
    stopped = run("compose", tmp_path / "o.docx", tmp_path / "a.docx")
    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert "a.docx: word/document.xml, paragraph 1: found a comment" in stopped.stderr
    done = run("compose", "--discard-comments", tmp_path / "o.docx", tmp_path / "a.docx")
    assert done.returncode == 0, done.stderr
    assert [p.text for p in docx.Document(str(tmp_path / "o.docx")).paragraphs] == ["text"]


def test_a_file_that_is_not_there_is_a_message(tmp_path: Path) -> None:
    done = run("guard", tmp_path / "none.docx")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "none.docx: No such file or directory; next: " in done.stderr


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


@pytest.mark.office
def test_compose_counts_the_pages_of_the_parts_and_of_the_result(tmp_path: Path) -> None:
    one, two = docx.Document(), docx.Document()
    one.add_paragraph("one")
    two.add_paragraph("two").add_run().add_break(WD_BREAK.PAGE)
    two.add_paragraph("three")
    for name, word in (("a", one), ("b", two)):
        word.styles["Normal"].font.name = "Arial"
        word.save(str(tmp_path / f"{name}.docx"))
    done = run("compose", "--check-pages", tmp_path / "o.docx", tmp_path / "a.docx", tmp_path / "b.docx")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'o.docx'}: 3 pages, as its parts\n"


@pytest.mark.parametrize(("name", "content"), [("a.docx", build.paragraphs("x")), ("a.pdf", hostile.pdf())])
def test_normalise_leaves_the_company_and_no_tool(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("normalise", tmp_path / name, "--company", "Our Company")
    assert done.returncode == 0, done.stderr
    assert b"python-docx" not in (tmp_path / name).read_bytes()
    assert run("guard", tmp_path / name).returncode == 0


def test_normalise_leaves_no_author_revision_variable_thumbnail_template_or_camera(tmp_path: Path) -> None:
    file, camera = tmp_path / "a.docx", Image.Exif()
    camera[0x010F] = "Secret camera"
    photo = io.BytesIO()
    Image.new("RGB", (8, 8)).save(photo, "JPEG", exif=camera)
    word = docx.Document()
    word.core_properties.author = word.core_properties.keywords = "Secret person"
    word.add_picture(photo)
    word.add_paragraph("text")._p.set(qn("w:rsidR"), "00SECRET")
    word.save(str(file))
    variable = b'<w:docVars><w:docVar w:name="a" w:val="Secret"/></w:docVars></w:settings>'
    replace = {"word/settings.xml": lambda xml: xml.replace(b"</w:settings>", variable)}
    file.write_bytes(build.with_part(file.read_bytes(), "docProps/custom.xml", b"<x>Secret</x>", changed=replace))
    assert run("normalise", file, "--company", "Our Company").returncode == 0
    with zipfile.ZipFile(file) as package:
        everything = b"".join(package.read(part) for part in package.namelist()) + str(package.namelist()).encode()
    for trace in (b"Secret", b"SECRET", b"rsid", b"Macintosh", b"2013", b"thumbnail", b"custom.xml"):
        assert trace not in everything
    assert b"Our Company" in everything
    once = file.read_bytes()
    assert run("normalise", file, "--company", "Our Company").returncode == 0
    assert file.read_bytes() == once


def test_normalise_says_that_a_picture_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(build.png())
    done = run("normalise", tmp_path / "a.png")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
