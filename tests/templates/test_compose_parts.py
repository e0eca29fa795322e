"""Composing carries what stands outside the body: endnotes, charts, even headers, picture bullets, sequences."""

import io
import re
import zipfile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from PIL import Image

from templates.compose import compose

WML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NS = f'xmlns:w="{WML}" xmlns:r="{R}"'
OOXML = "application/vnd.openxmlformats-officedocument"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"

Document = docx.document.Document


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def composed(*documents: Document) -> zipfile.ZipFile:
    out = io.BytesIO()
    compose([saved(document) for document in documents], out)
    return zipfile.ZipFile(out)


def body(package: zipfile.ZipFile) -> str:
    return package.read("word/document.xml").decode()


def part(document: Document, name: str, kind: str, content: bytes) -> Part:
    return Part(PackURI(name), kind, content, document.part.package)


def with_endnote(text: str) -> Document:
    document = docx.Document()
    notes = f'<w:endnotes {NS}><w:endnote w:id="7"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:endnote></w:endnotes>'
    document.part.relate_to(part(document, "/word/endnotes.xml", f"{OOXML}.wordprocessingml.endnotes+xml",
                                 notes.encode()), RT.ENDNOTES)  # fmt: skip
    paragraph = document.add_paragraph("body")
    paragraph._p.append(parse_xml(f'<w:r {NS}><w:endnoteReference w:id="7"/></w:r>'))
    return document


def with_chart(workbook: bytes) -> Document:
    document = docx.Document()
    book = part(document, "/word/embeddings/book.xlsx", f"{OOXML}.spreadsheetml.sheet", workbook)
    xml = f'<c:chartSpace xmlns:c="{CHART}" xmlns:r="{R}"><c:externalData r:id="rId1"/></c:chartSpace>'
    chart = part(document, "/word/charts/chart1.xml", f"{OOXML}.drawingml.chart+xml", xml.encode())
    chart.relate_to(book, RT.PACKAGE)
    place = document.part.relate_to(chart, RT.CHART)
    drawing = (
        f'<w:r {NS}><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        f'wordprocessingDrawing"><wp:extent cx="9" cy="9"/><wp:docPr id="1" name="c"/>'
        f'<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="{CHART}">'
        f'<c:chart xmlns:c="{CHART}" r:id="{place}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    document.add_paragraph()._p.append(parse_xml(drawing))
    return document


def with_picture_bullet(colour: str) -> Document:
    document = docx.Document()
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(picture, "PNG")
    numbering = document.part.numbering_part
    image = part(document, f"/word/media/{colour}.png", "image/png", picture.getvalue())
    place = numbering.relate_to(image, RT.IMAGE)
    root = numbering.element
    root.insert(0, parse_xml(
        f'<w:numPicBullet {NS} w:numPicBulletId="3"><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
        f'<v:imagedata r:id="{place}"/></v:shape></w:pict></w:numPicBullet>'
    ))  # fmt: skip
    root.insert(1, parse_xml(
        f'<w:abstractNum {NS} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
        f'<w:lvlPicBulletId w:val="3"/></w:lvl></w:abstractNum>'
    ))  # fmt: skip
    root.append(parse_xml(f'<w:num {NS} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    properties = document.add_paragraph("point")._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {NS}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'))
    return document


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', element)
    assert found is not None
    return found[1]


def test_endnotes_of_all_documents_stand_in_one_part_in_order() -> None:
    package = composed(with_endnote("first"), with_endnote("second"))
    ids = re.findall(r'endnoteReference w:id="(\d+)"', body(package))
    notes = package.read("word/endnotes.xml").decode()
    texts = dict(re.findall(r'<w:endnote w:id="(\d+)">.*?<w:t>(\w+)</w:t>', notes))
    assert [texts[identifier] for identifier in ids] == ["first", "second"]


def test_each_chart_keeps_its_own_workbook() -> None:
    package = composed(with_chart(b"PK first"), with_chart(b"PK second"), with_chart(b"PK first"))
    charts = sorted(n for n in package.namelist() if re.fullmatch(r"word/charts/chart\d+\.xml", n))
    assert len(charts) == 3
    books = []
    for chart in charts:
        relations = package.read(chart.replace("charts/", "charts/_rels/") + ".rels").decode()
        target = _attribute(relations, "Target").removeprefix("../").removeprefix("/word/")
        books.append(package.read(f"word/{target}"))
    assert sorted(books) == [b"PK first", b"PK first", b"PK second"]
    held = [n for n in package.namelist() if n.endswith(".xlsx")]
    assert len(held) == 2


def test_a_document_without_even_headers_repeats_its_own_header_on_even_pages() -> None:
    two, one = docx.Document(), docx.Document()
    two.settings.odd_and_even_pages_header_footer = True
    two.sections[0].header.paragraphs[0].text = "odd"
    two.sections[0].even_page_header.paragraphs[0].text = "even"
    one.sections[0].header.paragraphs[0].text = "always"
    out = io.BytesIO()
    compose([saved(two), saved(one)], out)
    result = docx.Document(out)
    assert result.settings.odd_and_even_pages_header_footer
    shown = [(s.header.paragraphs[0].text, s.even_page_header.paragraphs[0].text) for s in result.sections]
    assert shown == [("odd", "even"), ("always", "always")]


def test_picture_bullets_keep_their_own_picture() -> None:
    package = composed(with_picture_bullet("red"), with_picture_bullet("blue"))
    numbering = package.read("word/numbering.xml").decode()
    links = re.findall(r"<Relationship [^>]*>", package.read("word/_rels/numbering.xml.rels").decode())
    relations = {_attribute(link, "Id"): _attribute(link, "Target").removeprefix("/word/") for link in links}
    bullets = dict(re.findall(r'numPicBulletId="(\d+)".*?r:id="([^"]+)"', numbering))
    used = re.findall(r'lvlPicBulletId w:val="(\d+)"', numbering)
    colours = [
        Image.open(io.BytesIO(package.read(f"word/{relations[bullets[bullet]]}"))).getpixel((0, 0)) for bullet in used
    ]
    assert colours == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize("code", [" SEQ 图 \\* ARABIC ", ' TOC \\c "图" '])
def test_captions_and_lists_of_figures_count_within_their_document(code: str) -> None:
    document = docx.Document()
    document.add_paragraph()._p.append(parse_xml(f"<w:fldSimple {NS} w:instr='{code}'/>"))
    instructions = re.findall(r'w:instr="([^"]+)"', body(composed(document, document)))
    names = [re.search(r"图\w*", instruction) for instruction in instructions]
    assert len({name and name[0] for name in names}) == 2
