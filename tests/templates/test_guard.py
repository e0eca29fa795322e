"""The guard refuses what could harm, by name and with a reason, fast and in little memory; the rest passes."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from templates import fill, guard
from templates.errors import TemplateError
from tests.templates import docx_builders as build
from tests.templates import hostile

BOMBS = [
    "laughs.docx",
    "deflate.docx",
    "elements.docx",
    "depth.docx",
    "entries.docx",
    "inside.docx",
    "picture.png",
    "picture.jpg",
]
MEASURE = """
import pathlib, re, sys, time
from templates import guard
file = pathlib.Path(sys.argv[1])
started = time.process_time()
try:
    guard.check(file.name, file)
except Exception as error:
    seconds = time.process_time() - started
    kilobytes = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
    print(type(error).__name__, seconds, int(kilobytes) / 1024)
"""


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_a_hostile_file_is_refused_with_name_reason_and_next_step(name: str) -> None:
    word = hostile.HOSTILE[name][1]
    with pytest.raises(TemplateError) as caught:
        guard.check(name, hostile.content(name))
    assert name in str(caught.value)
    assert word in str(caught.value)
    assert "next: " in str(caught.value)


def test_a_file_is_judged_the_same_from_a_path_and_from_bytes(tmp_path: Path) -> None:
    for name in ("laughs.docx", "script.pdf", "bomb.pdf", "picture.png"):
        file = tmp_path / name
        file.write_bytes(hostile.content(name))
        with pytest.raises(TemplateError) as from_path:
            guard.check(name, file)
        with pytest.raises(TemplateError) as from_bytes:
            guard.check(name, file.read_bytes())
        assert str(from_path.value) == str(from_bytes.value)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_at_most_a_fifth_of_a_second_and_32_megabytes(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(hostile.content(name))
    printed = subprocess.run(
        [sys.executable, "-c", MEASURE, file], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert printed[0] == "RefusedFile"
    assert float(printed[1]) <= 0.2
    assert float(printed[2]) <= 32


def test_tags_below_the_ratio_limit_are_counted_before_they_are_parsed() -> None:
    limits = guard.Limits(tags=300_000)
    with pytest.raises(guard.RefusedFile, match="XML tags"):
        guard.check("many.docx", hostile.body("".join(f"<w:p/><w:q{n:x}/>" for n in range(200_000))), limits)


def test_one_endless_attribute_is_refused() -> None:
    noise = "".join(f"{n * 2654435761 % 4294967296:08x}" for n in range(50_000))
    with pytest.raises(guard.RefusedFile, match="one tag"):
        guard.check("long.docx", hostile.body(f'<w:p w:x="{noise}"/>'), guard.Limits(token_bytes=100_000))


def test_every_limit_can_be_set() -> None:
    content = build.paragraphs(*["text"] * 50)
    assert guard.check("a.docx", content).kind == "docx"
    for limits in (
        guard.Limits(file_bytes=100),
        guard.Limits(entries=3),
        guard.Limits(unpacked_bytes=1000),
        guard.Limits(xml_bytes=1000),
        guard.Limits(tags=20),
        guard.Limits(depth=3),
        guard.Limits(ratio=2, ratio_from_bytes=100),
    ):
        with pytest.raises(guard.RefusedFile, match="limit"):
            guard.check("a.docx", content, limits)
    for limits in (guard.Limits(picture_pixels=100), guard.Limits(picture_side=10)):
        with pytest.raises(guard.RefusedFile, match="limit"):
            guard.check("a.png", build.png(), limits)
    for limits in (guard.Limits(pdf_objects=1), guard.Limits(pdf_stream_bytes=1000)):
        with pytest.raises(guard.RefusedFile, match="limit"):
            guard.check("a.pdf", hostile.pdf_with_stream(bytes(5000)), limits)


def test_an_installation_sets_its_limits_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    content = build.paragraphs(*["text"] * 50)
    monkeypatch.setenv("TENDERFLOW_GUARD", '{"tags": 20}')
    with pytest.raises(guard.RefusedFile, match=r"XML tags, at least: .* limit 20; .* TENDERFLOW_GUARD"):
        guard.check("a.docx", content)
    monkeypatch.setenv("TENDERFLOW_GUARD", '{"tags": 2000000}')
    assert guard.check("a.docx", content).kind == "docx"


@pytest.mark.parametrize("given", ["{", "[]", '{"tag": 1}', '{"tags": 0}', '{"tags": "many"}', '{"tags": true}'])
def test_limits_that_cannot_be_used_are_named(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENDERFLOW_GUARD", given)
    with pytest.raises(TemplateError, match=r"TENDERFLOW_GUARD: found .*tags"):
        guard.check("a.docx", build.paragraphs("x"))


def test_a_price_list_of_10000_rows_passes() -> None:
    filled = fill.fill_bytes(build.price_table(), {"lines": build.price_lines(10_000)})
    checked = guard.check("prices.docx", filled)
    assert checked == guard.Checked("docx", len(filled), hashlib.sha256(filled).hexdigest())


def test_a_workbook_of_10000_rows_passes() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("cost")
    for line in build.price_lines(10_000):
        sheet.append(list(line.values()))
    target = io.BytesIO()
    book.save(target)
    assert guard.check("cost.xlsx", target.getvalue()).kind == "xlsx"


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "JPG"])
def test_a_picture_passes_under_each_of_its_suffixes(suffix: str) -> None:
    assert guard.check(f"scan.{suffix}", build.jpeg()).kind == "jpeg"


def test_plain_pdf_and_png_pass() -> None:
    assert guard.check("a.pdf", hostile.pdf()).kind == "pdf"
    assert guard.check("a.png", build.png()).kind == "png"


def test_an_encrypted_pdf_is_refused() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(hostile.pdf())) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(guard.RefusedFile, match="encrypted"):
        guard.check("secret.pdf", target.getvalue())


def test_a_script_inside_an_object_stream_is_found() -> None:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(hostile.pdf(catalog=b"/OpenAction<</S/JavaScript/JS(1)>>"))) as pdf:
        pdf.Root.OpenAction = pdf.make_indirect(pdf.Root.OpenAction)
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in target.getvalue()
    with pytest.raises(guard.RefusedFile, match="J"):
        guard.check("hidden.pdf", target.getvalue())


def test_a_web_link_in_a_document_is_allowed() -> None:
    assert guard.check("link.docx", hostile.relation("hyperlink", "https://www.example.org/")).kind == "docx"


def test_a_workbook_is_held_against_the_same_walls() -> None:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    for part, data, word in (
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "externallink"),
        ("xl/vbaProject.bin", b"x", "vbaproject"),
        ("xl/connections.xml", b"<x/>", "connections.xml"),
        ("xl/worksheets/sheet9.xml", b"<!DOCTYPE x><x/>", "document type"),
        ("xl/media/image1.png", hostile.png_bomb(), "image1.png"),
    ):
        with pytest.raises(guard.RefusedFile, match=word):
            guard.check("book.xlsx", build.with_part(book.getvalue(), part, data))


def test_a_font_or_settings_of_a_printer_inside_a_document_are_no_markup() -> None:
    content = hostile.plain()
    for part, data in (
        ("word/fonts/font1.odttf", b"<A\x07\x01" + bytes(range(1, 200))),
        ("word/printerSettings/printerSettings1.bin", "HP LaserJet".encode("utf-16-le")),
    ):
        content = build.with_part(content, part, data)
    assert guard.check("a.docx", content).kind == "docx"
