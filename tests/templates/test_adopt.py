"""Adopting a buyer's form: blanks found, a person confirms, and only the blanks of the filled form differ."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from openpyxl import load_workbook

from templates import adopt, catalogue, check_set, preview
from templates.adopt.folder import AdoptionRefused
from templates.adopt.sheet import SheetError
from templates.compose import compose
from templates.errors import TemplateError
from templates.fill import fill_bytes
from templates.guard import RefusedFile
from tests.templates import hostile

Edit = Callable[[Word], None]


def buyer_form() -> Word:
    """A form as buyers send it: underlines, underscores, a date, a form table, an empty list."""
    word = Document()
    word.add_heading("投标函", 1)
    _with_line(word, "致：", "          ", "（招标人名称）")
    word.add_paragraph("1. 我方愿意以人民币（大写）________（¥________）的投标总报价，按合同约定履行义务。")
    word.add_paragraph("2. 投标有效期为____天。我方承诺：")
    _with_line(word, "投标人：", "\t\t", "（盖单位章）")
    _with_line(word, "法定代表人或其委托代理人：", "\t\t", "（签字）")
    word.add_paragraph("地址：")
    word.add_paragraph("　　　　年　　月　　日")
    form = word.add_table(2, 2)
    for row, text in zip(form.rows, ("投标人名称", "传真"), strict=True):
        row.cells[0].text = text
    prices = word.add_table(4, 5)
    for cell, text in zip(prices.rows[0].cells, ("序号", "设备名称", "数量", "单价", "合价"), strict=True):
        cell.text = text
    prices.rows[1].cells[0].text, prices.rows[2].cells[0].text = "1", "2"
    prices.rows[3].cells[0].text = "投标总报价"
    return word


def _with_line(word: Word, before: str, line: str, after: str) -> None:
    paragraph = word.add_paragraph(before)
    paragraph.add_run(line).underline = True
    paragraph.add_run(after)


def save(word: Word) -> bytes:
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "投标函格式.docx"
    path.write_bytes(save(buyer_form()))
    return path


@pytest.fixture
def adopted(form: Path, tmp_path: Path) -> Path:
    table = adopt.propose_to(form, tmp_path / "set").file
    sign(table)
    return adopt.confirm(form, table, tmp_path / "set")


@pytest.fixture
def filled(adopted: Path) -> bytes:
    template_set = catalogue.load(adopted)
    section = template_set.volumes[0].sections[0]
    assert section.template is not None
    return fill_bytes(section.template, preview.set_fields(template_set))


def sign(table: Path) -> None:
    book = load_workbook(table)
    book.worksheets[0]["I1"] = "赵敏示"
    book.save(table)


def listed(table: Path) -> dict[str, str]:
    """Label to proposed field."""
    rows = load_workbook(table).worksheets[0].iter_rows(2, values_only=True)
    return {str(row[2]): str(row[4] or "") for row in rows}


def texts(docx: bytes) -> str:
    word = Document(io.BytesIO(docx))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in word.paragraphs] + cells)


def test_blanks_are_found_by_label_and_get_a_proposal(form: Path, tmp_path: Path) -> None:
    fields = listed(adopt.propose_to(form, tmp_path / "set").file)
    assert fields["招标人名称"] == "project.buyer"
    assert fields["大写"] == "price.total_words"
    assert fields["投标有效期为"] == "validity_days"
    assert fields["投标人"] == "bidder.name"
    assert fields["地址"] == "bidder.address"
    assert fields["传真"] == "bidder.fax"


def test_a_place_to_sign_gets_no_field(form: Path, tmp_path: Path) -> None:
    assert listed(adopt.propose_to(form, tmp_path / "set").file)["法定代表人或其委托代理人"] == ""


def test_an_empty_list_is_found_by_its_header(form: Path, tmp_path: Path) -> None:
    fields = listed(adopt.propose_to(form, tmp_path / "set").file)
    assert (fields["设备名称"], fields["单价"], fields["合价"]) == ("name", "unit_price", "total")


def test_a_promise_ending_in_a_colon_is_no_blank(form: Path, tmp_path: Path) -> None:
    assert "我方承诺" not in listed(adopt.propose_to(form, tmp_path / "set").file)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("我方参加贵方（项目名称）的投标。", "project.name"),
        ("（招标编号）招标文件", "project.number"),
        ("我方（投标人）承诺诚信。", None),
        ("详见（技术文件名称）附件", None),
    ],
)
def test_a_name_in_brackets_without_a_line_is_a_blank(tmp_path: Path, text: str, field: str | None) -> None:
    word = Document()
    word.add_paragraph(text)
    word.add_paragraph("投标人：________")
    word.save(str(tmp_path / "buyer.docx"))
    table = adopt.propose_to(tmp_path / "buyer.docx", tmp_path / "set").file
    found = [value for label, value in listed(table).items() if label != "投标人"]
    assert found == ([field] if field else [])
    sign(table)
    template_set = catalogue.load(adopt.confirm(tmp_path / "buyer.docx", table, tmp_path / "set"))
    section = template_set.volumes[0].sections[0]
    assert section.template is not None
    made = fill_bytes(section.template, preview.set_fields(template_set))
    assert (text in texts(made)) is (field is None)
    assert adopt.only_blanks_changed((tmp_path / "buyer.docx").read_bytes(), made) == []


def test_the_adopted_set_fills_like_any_other(filled: bytes) -> None:
    text = texts(filled)
    for value in (
        "示例血液中心",
        "贰佰壹拾捌万元整",
        "2,180,000.00",
        "2026年12月15日",
        "智能升降AGV",
        "362,000.00",
        "0731-88880001",
    ):
        assert value in text
    assert "____" not in text
    assert text.count("2,180,000.00") == 2


def test_the_adopted_set_has_no_fault_and_is_a_price_volume(adopted: Path) -> None:
    assert check_set.check(str(adopted)) == []
    assert [volume.compartment for volume in catalogue.load(adopted).volumes] == ["price"]


def test_the_filled_form_differs_only_in_its_blanks(form: Path, filled: bytes) -> None:
    assert adopt.only_blanks_changed(form.read_bytes(), filled) == []


def test_the_list_grows_with_its_entries(form: Path, adopted: Path) -> None:
    template_set = catalogue.load(adopted)
    section = template_set.volumes[0].sections[0]
    assert section.template is not None
    fields = preview.set_fields(template_set)
    fields["price"] = {**fields["price"], "lines": fields["price"]["lines"] * 20}
    filled = fill_bytes(section.template, fields)
    assert len(Document(io.BytesIO(filled)).tables[1].rows) == 42
    assert adopt.only_blanks_changed(form.read_bytes(), filled) == []


def reword(word: Word) -> None:
    run = next(run for p in word.paragraphs for run in p.runs if "按合同约定" in run.text)
    run.text = run.text.replace("按合同约定履行义务", "按双方另行约定履行义务")


def add_condition(word: Word) -> None:
    word.paragraphs[3].insert_paragraph_before("3. 本报价以买方预付50%为前提。")


def drop_paragraph(word: Word) -> None:
    paragraph = word.paragraphs[3]._p
    paragraph.getparent().remove(paragraph)


def hide_words(word: Word) -> None:
    next(run for p in word.paragraphs for run in p.runs if "投标有效期" in run.text).font.hidden = True


def rename_column(word: Word) -> None:
    word.tables[1].rows[0].cells[3].paragraphs[0].runs[0].text = "含税单价"


def drop_sum(word: Word) -> None:
    row = word.tables[1].rows[-1]._tr
    row.getparent().remove(row)


def widen_page(word: Word) -> None:
    word.sections[0].left_margin //= 2


def add_footer(word: Word) -> None:
    word.sections[0].footer.paragraphs[0].text = "本投标文件的解释权归投标人"


def track_change(word: Word) -> None:
    paragraph = word.paragraphs[2]._p
    inserted = paragraph.makeelement(qn("w:ins"), {qn("w:id"): "1"})
    paragraph.append(inserted)


def add_text_in_control(word: Word) -> None:
    body = word.element.body
    control = body.makeelement(qn("w:sdt"), {})
    content = control.makeelement(qn("w:sdtContent"), {})
    control.append(content)
    body.insert(1, control)
    content.append(word.add_paragraph("附加条件")._p)


@pytest.mark.parametrize(
    "edit",
    [reword, add_condition, drop_paragraph, hide_words, rename_column, drop_sum, widen_page, add_footer, track_change,
     add_text_in_control],
)  # fmt: skip
def test_any_other_change_is_named(form: Path, filled: bytes, edit: Edit) -> None:
    word = Document(io.BytesIO(filled))
    edit(word)
    differences = adopt.only_blanks_changed(form.read_bytes(), save(word))
    assert differences
    assert all(d.place and d.found and d.expected for d in differences)


def test_one_added_paragraph_is_one_difference(form: Path, filled: bytes) -> None:
    word = Document(io.BytesIO(filled))
    add_condition(word)
    assert len(adopt.only_blanks_changed(form.read_bytes(), save(word))) == 1


def volume_with(filled: bytes) -> bytes:
    """Return a volume in which the form stands between others, and its title in the contents as well."""
    before, after = Document(), Document()
    for line in ("目录", "投标函", "开标一览表"):
        before.add_paragraph(line)
    after.add_paragraph("投标人：某某公司")
    after.add_paragraph("日期：2026年12月15日")
    out = io.BytesIO()
    compose([save(before), filled, save(after)], out)
    return out.getvalue()


def test_a_form_in_a_composed_volume_is_the_buyers_word_for_word(form: Path, filled: bytes) -> None:
    assert adopt.words_within(form.read_bytes(), volume_with(filled)) == []


@pytest.mark.parametrize("edit", [reword, add_condition, drop_paragraph, rename_column, drop_sum, add_text_in_control])
def test_another_wording_in_a_composed_volume_is_named(form: Path, filled: bytes, edit: Edit) -> None:
    word = Document(io.BytesIO(filled))
    edit(word)
    differences = adopt.words_within(form.read_bytes(), volume_with(save(word)))
    assert differences
    assert all(d.place and d.found and d.expected for d in differences)


def test_nothing_is_adopted_before_a_person_confirms(form: Path, tmp_path: Path) -> None:
    table = adopt.propose_to(form, tmp_path / "set").file
    with pytest.raises(SheetError, match="who confirmed"):
        adopt.confirm(form, table, tmp_path / "set")
    assert not (tmp_path / "set" / "set.toml").exists()


def test_the_table_of_another_form_is_refused(form: Path, tmp_path: Path) -> None:
    table = adopt.propose_to(form, tmp_path / "set").file
    sign(table)
    word = buyer_form()
    word.add_paragraph("电话：")
    form.write_bytes(save(word))
    with pytest.raises(SheetError, match="another form"):
        adopt.confirm(form, table, tmp_path / "set")


def test_a_deleted_row_of_the_table_is_refused(form: Path, tmp_path: Path) -> None:
    table = adopt.propose_to(form, tmp_path / "set").file
    sign(table)
    book = load_workbook(table)
    book.worksheets[0].delete_rows(3)
    book.save(table)
    with pytest.raises(SheetError, match="rows"):
        adopt.confirm(form, table, tmp_path / "set")


def test_what_a_person_corrects_is_what_the_template_says(form: Path, tmp_path: Path) -> None:
    table = adopt.propose_to(form, tmp_path / "set").file
    sign(table)
    book = load_workbook(table)
    row = next(row for row in book.worksheets[0].iter_rows(2) if row[2].value == "传真")
    row[4].value = "bidder.phone"
    book.save(table)
    folder = adopt.confirm(form, table, tmp_path / "set")
    used = check_set.fields(str(folder))
    assert any("bidder.phone" in fields and "bidder.fax" not in fields for fields in used.values())


def test_a_form_with_tags_or_without_blanks_is_refused(tmp_path: Path) -> None:
    for text in ("项目：{{ project.name }}", "没有空白的一段话。"):
        word = Document()
        word.add_paragraph(text)
        path = tmp_path / "form.docx"
        path.write_bytes(save(word))
        with pytest.raises(AdoptionRefused):
            adopt.propose_to(path, tmp_path / "set")


def test_a_file_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(b"%PDF-1.7 no Word file")
    with pytest.raises(RefusedFile):
        adopt.propose_to(path, tmp_path / "set")


@pytest.mark.parametrize("content", [b"", b"PK no zip", hostile.plain()])
def test_a_table_that_is_no_workbook_is_refused_by_name(content: bytes, form: Path, tmp_path: Path) -> None:
    table = tmp_path / "blanks.xlsx"
    table.write_bytes(content)
    with pytest.raises(TemplateError, match=r"blanks\.xlsx"):
        adopt.confirm(form, table, tmp_path / "set")


def test_a_hostile_form_is_refused_by_its_own_name(tmp_path: Path) -> None:
    form = tmp_path / "buyer form.docx"
    form.write_bytes(hostile.content("laughs.docx"))
    with pytest.raises(TemplateError, match=r"buyer form\.docx, word/document\.xml: found a document type"):
        adopt.propose_to(form, tmp_path / "set")
