# ruff: noqa: E501 (the documents of a set stand in one line)
"""Every document of every set and every form: no fault, fills, looks professional, carries no trace of its author."""

import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from templates import catalogue, check_set, preview

FILES = sorted([*catalogue.SETS.glob("*/*.docx"), *catalogue.FORMS.glob("*.docx")])
NAMES = [*catalogue.sets(), *catalogue.forms()]
PLACEHOLDERS = re.compile(r"_{2,}|＿{2,}|\{\{|\}\}|\{%|XX|××|待定|TBD|None")
REQUIRED = {
    "cn-equipment-2017": "投标函 法定代表人（单位负责人）身份证明 授权委托书 联合体协议书 投标保证金 商务和技术偏差表 分项报价表 资格审查资料 "
    "投标设备技术性能指标的详细描述 技术支持资料 技术服务和质保期服务计划 其他资料",
    "cn-goods-87": "开标一览表 分项报价表 商务响应表 技术响应表 中小企业声明函 投标函 资格声明函",
    "wb-goods": "Letter_of_Bid Bidder_Information_Form Bid_Security Bid-Securing_Declaration Manufacturer’s_Authorization",
    "technical-agreement": "技术协议",
}


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def previews(name: str) -> list[preview.Preview]:
    return [preview.of_form(name)] if name in catalogue.forms() else preview.of_set(catalogue.load(name))


def texts(docx: bytes) -> str:
    word = Document(io.BytesIO(docx))
    return "\n".join(t.text or "" for t in word.element.body.iter(qn("w:t")))


@pytest.mark.parametrize("name", NAMES)
def test_check_finds_no_fault(name: str) -> None:
    assert check_set.check(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_document_fills_and_leaves_no_placeholder(name: str) -> None:
    for document in previews(name):
        assert PLACEHOLDERS.search(texts(document.docx)) is None, document.name


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_set_has_the_documents_that_its_law_asks_for(name: str) -> None:
    titles = {section.title for _, section in catalogue.load(name).sections()}
    assert {title.replace("_", " ") for title in REQUIRED[name].split()} <= titles


@pytest.mark.parametrize("path", FILES, ids=label)
def test_fonts_are_named_for_every_script_and_never_by_theme(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        styles = package.read("word/styles.xml").decode()
    assert "Theme=" not in styles
    for fonts in re.findall(r"<w:rFonts [^>]*>", styles):
        assert 'w:eastAsia="' in fonts
    assert 'w:eastAsia="zh-CN"' in styles


@pytest.mark.parametrize("path", FILES, ids=label)
def test_a_template_carries_no_trace_of_who_made_it(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        xml = b"".join(package.read(name) for name in names)
    allowed = {f"word/{part}.xml" for part in ("document", "styles", "numbering", "settings", "header1")}
    assert names <= allowed | {"[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"}
    assert b"rsid" not in xml


@pytest.mark.parametrize("path", FILES, ids=label)
def test_pages_are_a4_and_tables_repeat_their_headers_and_keep_rows_whole(path: Path) -> None:
    word = Document(str(path))
    section = word.sections[0]
    assert sorted((section.page_width.twips, section.page_height.twips)) == [11906, 16838]
    for table in word.tables:
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
        if len(table.columns) > 1 and "{%tr for" in "".join(cell.text for row in table.rows for cell in row.cells):
            assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None


@pytest.mark.parametrize("name", ["cn-equipment-2017", "cn-goods-87"])
def test_every_letter_has_a_place_to_seal_and_a_date(name: str) -> None:
    letters = {"bid-letter", "power-of-attorney", "identity", "opening-sheet", "price-schedule"}
    for document in previews(name):
        if document.name.split("/")[1] in letters:
            text = texts(document.docx)
            assert re.search(r"盖单位公?章", text), document.name
            assert "2026年12月15日" in text, document.name


def test_the_bid_letter_says_everything_that_the_standard_asks_for() -> None:
    letter = next(d for d in previews("cn-equipment-2017") if d.name == "price/bid-letter")
    text = texts(letter.docx).replace("\n", "")
    for said in ("贰佰壹拾捌万元整", "2,180,000.00", "13%", "智能升降AGV", "以投标函为准", "不撤销投标文件", "附加条件", "履约保证金", "真实和准确",
                 "传真", "邮政编码", "网址", "分项报价表"):  # fmt: skip
        assert said in text


def test_an_empty_deviation_table_says_so() -> None:
    template_set = catalogue.load("cn-equipment-2017")
    section = next(s for _, s in template_set.sections() if s.id == "deviations")
    assert section.template is not None
    from templates.fill import fill_bytes

    fields = {**preview.set_fields(template_set), "deviations": []}
    assert "无偏差" in texts(fill_bytes(section.template, fields))


def test_the_letter_of_bid_has_every_clause_from_a_to_o() -> None:
    letter = next(d for d in previews("wb-goods") if d.name == "price/bid-letter")
    text = texts(letter.docx)
    assert re.findall(r"^\(([a-o])\) ", text, re.MULTILINE) == list("abcdefghijklmno")


def test_the_power_of_attorney_names_both_people_and_their_numbers() -> None:
    power = next(d for d in previews("cn-equipment-2017") if d.name == "commercial/power-of-attorney")
    text = texts(power.docx).replace("\n", "")
    for said in (
        "陈示例",
        "赵敏示",
        "430102197503150019",
        "430102198806120028",
        "签署、澄清确认、提交、撤回、修改",
        "代理人无转委托权",
    ):
        assert said in text


@pytest.mark.parametrize("path", FILES, ids=label)
def test_a_place_to_sign_stays_on_the_page_of_its_date(path: Path) -> None:
    places = [p for p in Document(str(path)).paragraphs if any(run.underline and "\t" in run.text for run in p.runs)]
    assert [place.text for place in places if not place.paragraph_format.keep_with_next] == []


@pytest.mark.parametrize("path", FILES, ids=label)
def test_a_note_above_a_place_to_sign_goes_to_its_page(path: Path) -> None:
    """So that a signature never stands alone where the table above fills its page."""
    loose, kept = [], ""  # `kept`: the style of the last note, over the empty lines that follow it
    for above, below in pairwise(Document(str(path)).paragraphs):
        kept = kept if not above.text and kept else above.text if above.style.name == "Bid Note" else ""
        if kept and (not below.text or "\t" in below.text) and not above.paragraph_format.keep_with_next:
            loose.append(kept)
    assert loose == []
