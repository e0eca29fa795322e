"""Several Word documents in one: each keeps its looks, numbers and references."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor

from templates.compose import NeedsPerson, compose

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def composed(*parts: bytes) -> docx.document.Document:
    out = io.BytesIO()
    compose(parts, out)
    return docx.Document(out)


def xml_of(document: docx.document.Document) -> str:
    return zipfile.ZipFile(io.BytesIO(saved(document))).read("word/document.xml").decode()


def test_same_named_styles_with_other_looks_stay_apart() -> None:
    red, blue = docx.Document(), docx.Document()
    for document, colour in ((red, RGBColor(255, 0, 0)), (blue, RGBColor(0, 0, 255))):
        document.styles["Heading 1"].font.color.rgb = colour
        document.add_heading("a heading", 1)
    result = composed(saved(red), saved(blue))
    assert [str(p.style.font.color.rgb) for p in result.paragraphs if p.text] == ["FF0000", "0000FF"]


def test_equal_styles_are_shared() -> None:
    part = docx.Document()
    part.add_heading("a heading", 1)
    result = composed(saved(part), saved(part))
    assert len({p.style.style_id for p in result.paragraphs if p.text}) == 1


def test_unstyled_text_keeps_the_default_look_of_its_own_document() -> None:
    small, large = docx.Document(), docx.Document()
    for document, size in ((small, 9), (large, 20)):
        document.styles["Normal"].font.size = Pt(size)
        document.add_paragraph("text")
    result = composed(saved(small), saved(large))
    assert [p.style.font.size.pt for p in result.paragraphs if p.text] == [9, 20]


def test_each_document_keeps_its_paper_and_its_header() -> None:
    upright, wide, bare = docx.Document(), docx.Document(), docx.Document()
    upright.sections[0].header.paragraphs[0].text = "first"
    wide.sections[0].orientation = WD_ORIENT.LANDSCAPE
    wide.sections[0].header.paragraphs[0].text = "second"
    result = composed(saved(upright), saved(wide), saved(bare))
    assert [section.header.paragraphs[0].text for section in result.sections] == ["first", "second", ""]
    assert result.sections[1].orientation == WD_ORIENT.LANDSCAPE


def test_lists_start_again_in_each_document() -> None:
    part = docx.Document()
    part.add_paragraph("one", style="List Number")
    result = composed(saved(part), saved(part))
    styles = [p.style for p in result.paragraphs if p.text]
    numbers = [style.element.pPr.numPr.numId.val for style in styles]
    assert len(set(numbers)) == 2


def test_bookmarks_and_the_fields_that_name_them_are_renamed_together() -> None:
    part = docx.Document()
    start = parse_xml(f'<w:bookmarkStart {W} w:id="1" w:name="here"/>')
    end = parse_xml(f'<w:bookmarkEnd {W} w:id="1"/>')
    field = parse_xml(f'<w:fldSimple {W} w:instr=" REF here \\h "/>')
    part.add_paragraph("target")._p.extend([start, end, field])
    xml = xml_of(composed(saved(part), saved(part)))
    names = re.findall(r'bookmarkStart w:id="\d+" w:name="([^"]+)"', xml)
    assert len(set(names)) == 2
    assert [code.split()[1] for code in re.findall(r'w:instr="([^"]+)"', xml)] == names


@pytest.mark.parametrize("change", ["ins", "del", "moveFrom"])
def test_a_tracked_change_stops_for_a_person_with_part_and_place(change: str) -> None:
    part = docx.Document()
    part.add_paragraph("first")
    part.add_paragraph("second")._p.append(parse_xml(f'<w:{change} {W} w:id="9" w:author="x"/>'))
    with pytest.raises(NeedsPerson, match=r"part 2: word/document\.xml, paragraph 2: found a tracked change"):
        composed(saved(docx.Document()), saved(part))


@pytest.mark.cases
def test_a_comment_stops_for_a_person(cases: Path) -> None:
    with pytest.raises(NeedsPerson, match=r"src_01\.docx: word/document\.xml, paragraph 3: found a comment"):
        compose(sorted((cases / "merge-parts").glob("*.docx")), io.BytesIO())


@pytest.mark.cases
def test_composing_twice_gives_the_same_bytes(cases: Path) -> None:
    parts = sorted((cases / "merge-parts").glob("*.docx"))[:2]
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        compose(parts, out, discard_comments=True)
    assert first.getvalue() == second.getvalue()


@pytest.mark.cases
def test_images_that_documents_share_are_stored_once(cases: Path) -> None:
    out = io.BytesIO()
    parts = sorted((cases / "merge-parts").glob("*.docx"))
    compose(parts, out, discard_comments=True)
    held = sum(len([n for n in zipfile.ZipFile(part).namelist() if n.startswith("word/media/")]) for part in parts)
    stored = [n for n in zipfile.ZipFile(out).namelist() if n.startswith("word/media/")]
    assert len(stored) == held - (len(parts) - 1)
