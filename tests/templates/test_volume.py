"""A volume: contents with true pages, one number on every page, scans, metadata."""

import io
import re
import zipfile

import docx
import pikepdf
import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image

from templates import contents, normalise, stamp
from templates.compose import NeedsPerson
from templates.compose.package import BrokenDocument
from templates.errors import TemplateError
from templates.pdf import to_pdf
from templates.pdf_fonts import SubstitutedFont
from templates.volume import Volume, VolumePart, build

pytestmark = pytest.mark.office


def word(title: str, pages: int = 1) -> bytes:
    document = docx.Document()
    document.core_properties.author = "somebody"
    document.add_heading(title, 1)
    for _ in range(pages - 1):
        document.add_page_break()
        document.add_paragraph("text")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "CameraOwner"
    Image.new("RGB", (300, 400), "black").save(out, "JPEG", exif=exif)
    return out.getvalue()


def sheet(pages: int = 2) -> bytes:
    drawing = FPDF()
    for _ in range(pages):
        drawing.add_page()
    return bytes(drawing.output())


@pytest.fixture(scope="module")
def volume() -> Volume:
    parts = [
        VolumePart("封面", word("封面"), level=0),
        VolumePart("投标函", word("投标函", pages=2)),
        VolumePart("营业执照", picture(), level=2),
        VolumePart("检测报告", sheet(), level=2),
        VolumePart("偏差表", word("偏差表")),
    ]
    return build(parts, title="商务文件", company="某某设备公司")


def texts(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", p.get_textpage().get_text_bounded()) for p in pypdfium2.PdfDocument(pdf)]


def test_the_contents_name_the_page_on_which_each_part_stands(volume: Volume) -> None:
    assert [(e.title, e.page) for e in volume.outline] == [
        ("投标函", 3),
        ("营业执照", 5),
        ("检测报告", 6),
        ("偏差表", 8),
    ]
    pages = texts(volume.pdf)
    assert "偏差表" in pages[7]
    assert re.search(r"偏差表[.…·]*8", pages[1])


def test_every_page_but_the_cover_shows_its_number_once(volume: Volume) -> None:
    pages = texts(volume.pdf)
    assert volume.pages == len(pages) == 8
    assert [re.findall(r"第(\d+)页共(\d+)页", page) for page in pages] == [[], *([(str(n), "8")] for n in range(2, 9))]


def test_the_pdf_has_bookmarks(volume: Volume) -> None:
    with pikepdf.open(io.BytesIO(volume.pdf)) as document, document.open_outline() as outline:
        assert [item.title for item in outline.root] == ["封面", "目　录", "投标函", "偏差表"]
        assert [item.title for item in outline.root[2].children] == ["营业执照", "检测报告"]


def test_the_company_is_the_only_name_in_word_and_pdf(volume: Volume) -> None:
    package = zipfile.ZipFile(io.BytesIO(volume.docx))
    everything = b"".join(package.read(name) for name in package.namelist())
    assert "某某设备公司".encode() in package.read("docProps/core.xml")
    for trace in (b"somebody", b"python-docx", b"rsid", b"paraId", b"thumbnail", b"CameraOwner"):
        assert trace not in everything
    with pikepdf.open(io.BytesIO(volume.pdf)) as document:
        assert dict(document.docinfo) == {"/Author": "某某设备公司", "/Title": "商务文件"}
        assert "/Metadata" not in document.Root
    assert b"CameraOwner" not in volume.pdf
    assert b"LibreOffice" not in volume.pdf


def test_the_word_file_has_a_contents_field_and_a_page_for_each_scan(volume: Volume) -> None:
    xml = zipfile.ZipFile(io.BytesIO(volume.docx)).read("word/document.xml").decode()
    assert xml.count(" TOC ") == 1
    assert "本件共 2 页" in xml
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors
    assert anchors <= set(re.findall(r'bookmarkStart [^>]*w:name="([^"]+)"', xml))


def test_a_title_may_start_with_a_number_and_take_two_lines() -> None:
    long = "2.3 " + "很长的检测报告名称" * 6
    titles = ["1.12 检测报告", "1.14 系统说明", long, "9"]
    made = build([VolumePart(t, sheet(1)) for t in titles], title="技术文件", company="某某设备公司")
    assert [(e.title, e.page) for e in made.outline] == [(t, n) for n, t in enumerate(titles, 2)]


def test_the_word_file_printed_by_libreoffice_shows_the_contents_and_its_page_numbers(volume: Volume) -> None:
    pages = texts(to_pdf(volume.docx))
    assert [line for line in volume.outline if not re.search(rf"{line.title}[.…·]*{line.page}", pages[1])] == []
    assert "第2页共8页" in pages[1]


def test_contents_that_point_to_another_page_are_refused(volume: Volume) -> None:
    wrong = [contents.Entry("投标函", 1, 4)]
    with pytest.raises(contents.WrongContents, match="line 1 does not show page 4"):
        contents.check(volume.pdf, wrong, range(2, 3))


def test_a_font_that_nothing_stands_for_is_refused_by_name() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("text")
    run.font.name = "No Such Face"
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(SubstitutedFont, match="投标函: font No Such Face"):
        build([VolumePart("投标函", out.getvalue())], title="x", company="y")


def test_a_volume_without_documents_and_a_broken_pdf_are_refused() -> None:
    with pytest.raises(TemplateError, match="found no document"):
        build([], title="x", company="y")
    with pytest.raises(BrokenDocument, match="报告: found no sound PDF"):
        build([VolumePart("报告", b"%PDF-1.7 nothing")], title="x", company="y")


def test_a_note_that_somebody_left_in_a_pdf_stops_for_a_person() -> None:
    with pikepdf.open(io.BytesIO(sheet(1))) as document:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])
        out = io.BytesIO()
        document.save(out)
    with pytest.raises(NeedsPerson, match="the PDF holds Text"):
        normalise.normalise_pdf(out.getvalue(), company="y", title="x")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_stamp_reads_upright_on_turned_pages(turn: int) -> None:
    with pikepdf.open(io.BytesIO(sheet(1))) as document:
        document.pages[0].Rotate = turn
        stamp.stamp(document, stamp.page_line("", "en"))
        out = io.BytesIO()
        document.save(out)
    page = pypdfium2.PdfDocument(out.getvalue())[0]
    bitmap = page.render(scale=1).to_pil().convert("L")
    left, top, right, bottom = bitmap.point(lambda grey: 255 if grey < 128 else 0).getbbox() or (0, 0, 0, 0)
    assert right - left > bottom - top
    assert top > bitmap.height - 60
    assert abs((left + right) / 2 - bitmap.width / 2) < 5


def test_normalising_twice_gives_the_same_bytes() -> None:
    once = normalise.normalise(word("投标函"), company="某某设备公司")
    assert normalise.normalise(once, company="某某设备公司") == once
    assert normalise.normalise_pdf(sheet(), company="y", title="x") == normalise.normalise_pdf(
        sheet(), company="y", title="x"
    )
