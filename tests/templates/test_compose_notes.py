"""Footnotes and endnotes of a composed volume keep the numbers that they have in their own documents."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from templates.compose import compose
from templates.pdf import to_pdfs
from tests.templates import noted
from tests.templates.noted import WORD, line, notes, numbering, section, simple, word

W = f"{{{WORD}}}"


def composed(*parts: bytes) -> zipfile.ZipFile:
    out = io.BytesIO()
    compose(parts, out)
    return zipfile.ZipFile(out)


def root(package: zipfile.ZipFile, part: str = "document") -> etree._Element:
    return etree.fromstring(package.read(f"word/{part}.xml"))


def marks(package: zipfile.ZipFile, kind: str = "footnote") -> list[str | None]:
    """What stands as the mark at each reference; None where the number is automatic."""
    found = []
    for reference in root(package).iter(f"{W}{kind}Reference"):
        fixed = reference.get(W + "customMarkFollows") == "1"
        found.append(text_of(reference.getparent()) if fixed else None)
    return found


def text_of(node: etree._Element) -> str:
    return "".join(text.text or "" for text in node.iter(W + "t"))


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in document]


@pytest.mark.office
@pytest.mark.cases
def test_every_page_of_the_case_parts_reads_in_the_volume_as_in_its_own_document(cases: Path, tmp_path: Path) -> None:
    parts, volume = sorted((cases / "merge-parts").glob("*.docx")), tmp_path / "volume.docx"
    door = [sys.executable, "-m", "templates", "compose", volume, *parts, "--discard-comments"]
    done = subprocess.run(door, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    *alone, together = to_pdfs([file.read_bytes() for file in (*parts, volume)])
    own = [page for pdf in alone for page in pages(pdf)]
    shown = pages(together)
    assert len(own) == 189
    assert shown == own
    first = 0
    for number, pdf in enumerate(alone):
        count = len(pages(pdf))
        assert all(f"HEADER-{number}" in page for page in shown[first : first + count])
        for text in (f"参见标题：附件{number}技术文件1", "第一条编号条款1（应为第1条）1", f"1文件{number}的脚注内容"):
            assert text in shown[first]
        first += count


@pytest.mark.office
def test_a_note_shows_its_number_once_in_text_and_note() -> None:
    parts = [
        simple("plain", 3),
        simple("chinese", 12, numFmt="chineseCounting"),
        simple("circled", 4, numFmt="decimalEnclosedCircle", numStart="3"),
        simple("roman", 9, numFmt="upperRoman"),
        simple("last", 2),
    ]
    out = io.BytesIO()
    compose(parts, out)
    *alone, together = to_pdfs([*parts, out.getvalue()])
    own = [page for pdf in alone for page in pages(pdf)]
    assert "chinese12十二" in own[1]
    assert "⑥circlednote4" in own[2]
    assert pages(together) == own


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("decimal", "1 2 3 9 10 11 20 21 99 100 105"),
        ("decimalZero", "01 02 03 09 10 11 20 21 99 100 105"),
        ("upperRoman", "I II III IX X XI XX XXI XCIX C CV"),
        ("lowerLetter", "a b c i j k t u uuuu vvvv aaaaa"),
        ("decimalEnclosedCircle", "① ② ③ ⑨ ⑩ ⑪ ⑳ 21 99 100 105"),
        ("chineseCounting", "一 二 三 九 十 十一 二十 二十一 九十九 一○○ 一○五"),
        ("chineseCountingThousand", "一 二 三 九 十 十一 二十 二十一 九十九 一百 一百零五"),
        ("chineseLegalSimplified", "壹 贰 叁 玖 壹拾 壹拾壹 贰拾 贰拾壹 玖拾玖 壹佰 壹佰零伍"),
        ("ideographTraditional", "甲 乙 丙 壬 癸 11 20 21 99 100 105"),
        ("decimalFullWidth", "１ ２ ３ ９ １０ １１ ２０ ２１ ９９ １００ １０５"),
        ("chicago", "* † ‡ *** ††† ‡‡‡ §§§§§ ****** " + "‡" * 25 + " " + "§" * 25 + " " + "*" * 27),
    ],
)
def test_marks_are_written_in_the_number_format_of_their_document(kind: str, expected: str) -> None:
    found = marks(composed(simple("counted", 105, numFmt=kind), simple("other", 1)))
    shown = [1, 2, 3, 9, 10, 11, 20, 21, 99, 100, 105]
    assert [found[number - 1] for number in shown] == expected.split()
    assert found[105:] == ["1"]


def test_the_note_says_the_mark_where_it_had_its_number_and_looks_the_same() -> None:
    package = composed(simple("a"), simple("b"))
    found = [note for note in root(package, "footnotes") if note.get(W + "type") is None]
    assert [text_of(note) for note in found] == ["1 a note 1", "2 a note 2", "1 b note 1", "2 b note 2"]
    assert not list(root(package, "footnotes").iter(W + "footnoteRef"))
    runs = [next(note.iter(W + "r")) for note in found] + [
        node.getparent() for node in root(package).iter(W + "footnoteReference")
    ]
    assert all(run.find(f"{W}rPr/{W}vertAlign").get(W + "val") == "superscript" for run in runs)


def test_text_in_the_run_of_a_reference_is_no_part_of_the_mark() -> None:
    body = '<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>before</w:t><w:footnoteReference w:id="1"/><w:t>after</w:t></w:r></w:p>'
    package = composed(word(body, footnotes=notes("a")), simple("b"))
    runs = list(next(root(package).iter(W + "p")).iter(W + "r"))
    assert [text_of(run) for run in runs] == ["before", "1", "after"]
    assert all(run.find(f"{W}rPr/{W}b") is not None for run in runs)


def test_the_settings_of_a_document_count_where_its_section_says_nothing() -> None:
    settings = numbering(numFmt="upperLetter", numStart="3")
    part = word(line("a", 1, 2), settings=settings, footnotes=notes("x", "y"))
    assert marks(composed(part, simple("b"))) == ["C", "D", "1", "2"]


def test_a_document_that_restarts_by_section_is_counted_so() -> None:
    restart = numbering(numStart="5", numRestart="eachSect")
    body = line("a", 1, 2) + section(restart) + line("b", 3) + section(restart) + line("c", 4) + section()
    part = word(body + "<w:sectPr/>", footnotes=notes(*"wxyz"))
    assert marks(composed(part, simple("b", 1))) == ["5", "6", "5", "6", "1"]


def test_a_mark_of_the_authors_own_stays_and_is_not_counted() -> None:
    own = '<w:p><w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>※</w:t></w:r></w:p>'
    part = word(own + line("a", 2), footnotes=notes("x", "y"))
    assert marks(composed(part, simple("b", 1))) == ["※", "1", "1"]


def test_notes_that_count_anew_on_each_page_stay_automatic() -> None:
    paged = word(line("a", 1, 2), settings=numbering(numRestart="eachPage"), footnotes=notes("x", "y"))
    package = composed(simple("b", 1), paged)
    assert marks(package) == ["1", None, None]
    first, last = root(package).iter(W + "sectPr")
    assert first.find(W + "footnotePr") is None
    assert last.find(f"{W}footnotePr/{W}numRestart").get(W + "val") == "eachPage"
    assert last.find(f"{W}footnotePr/{W}numFmt").get(W + "val") == "decimal"


def test_notes_in_a_format_that_cannot_be_written_stay_automatic_and_start_where_they_did() -> None:
    package = composed(simple("a", 1), simple("b", 2, numFmt="thaiCounting", numStart="4"))
    assert marks(package) == ["1", None, None]
    said = list(root(package).iter(W + "sectPr"))[1].find(W + "footnotePr")
    assert {node.tag.removeprefix(W): node.get(W + "val") for node in said} == {
        "numFmt": "thaiCounting",
        "numStart": "4",
        "numRestart": "eachSect",
    }


def test_the_only_document_with_notes_keeps_them_automatic_as_its_settings_say() -> None:
    settings = numbering(numFmt="upperLetter", numStart="3")
    part = word(line("a", 1, 2), settings=settings, footnotes=notes("x", "y"))
    package = composed(word(line("none")), part, word(line("none")))
    assert marks(package) == [None, None]
    assert len(list(root(package, "footnotes").iter(W + "footnoteRef"))) == 2
    said = root(package, "settings").find(W + "footnotePr")
    assert [(node.tag.removeprefix(W), node.get(W + "val")) for node in said][:2] == [
        ("numFmt", "upperLetter"),
        ("numStart", "3"),
    ]


@pytest.mark.parametrize("field", ["complex", "simple"])
def test_a_field_that_repeats_a_mark_keeps_its_result(field: str) -> None:
    code = " NOTEREF here \\h "
    shown = "<w:r><w:t>1</w:t></w:r>"
    simple_field = f'<w:fldSimple w:instr="{code}">{shown}</w:fldSimple>'
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    whole = begin + f"<w:r><w:instrText>{code}</w:instrText></w:r>" + middle + shown + end
    body = line("a", 1, bookmark="here") + f"<w:p>{whole if field == 'complex' else simple_field}</w:p>"
    part = word(body, footnotes=notes("x"))
    tree = root(composed(part, part))
    codes = [node.get(W + "instr") or node.text for node in tree.iter(W + "fldSimple", W + "instrText")]
    assert [code.split()[1] for code in codes] == ["here", "P1_here"]
    locked = [node for node in tree.iter(W + "fldSimple", W + "fldChar") if node.get(W + "fldLock") == "1"]
    assert len(locked) == 2
    alone = root(composed(part))
    assert not [node for node in alone.iter() if node.get(W + "fldLock")]


def test_endnotes_are_roman_by_themselves_and_stand_after_the_last_section_of_their_document() -> None:
    body = line("a", 1, kind="endnote") + section() + line("b", 2, kind="endnote") + "<w:sectPr/>"
    part = word(body, endnotes=notes("x", "y", kind="endnote"))
    package = composed(part, part)
    assert marks(package, "endnote") == ["i", "ii", "i", "ii"]
    held = [node.find(W + "noEndnote") is not None for node in root(package).iter(W + "sectPr")]
    assert held == [True, False, True, False]
    assert root(package, "settings").find(f"{W}endnotePr/{W}pos").get(W + "val") == "sectEnd"


def test_footnotes_and_endnotes_are_settled_apart() -> None:
    both = word(line("a", 1) + line("b", 1, kind="endnote"), footnotes=notes("x"), endnotes=notes("y", kind="endnote"))
    package = composed(both, noted.simple("b", 1))
    assert marks(package) == ["1", "1"]
    assert marks(package, "endnote") == [None]
