"""A price schedule of many hundred lines: the Word file keeps the table, the PDF draws it after its form."""

import io
import re
from pathlib import Path

import docx
import pypdfium2
import pytest

from templates import catalogue, fill
from templates.catalogue import over
from templates.drawn_table import Cell, draw
from templates.preview import set_fields
from templates.volume import Volume, VolumePart, build
from templates.volume.long_tables import split

LINES = 600


def schedule(lines: int) -> bytes:
    """The equipment set's price schedule with so many lines."""
    template_set = catalogue.load("cn-equipment-2017")
    section = next(section for _, section in template_set.sections() if section.id == "price-schedule")
    rows = [
        {"no": str(n), "name": f"部件{n}号", "model": "A<1>", "unit": "台", "quantity": "2"}
        | {"unit_price": "1,000.00", "total": "2,000.00", "remark": ""}
        for n in range(1, lines + 1)
    ]
    fields = over(set_fields(template_set), {"price": {"lines": rows, "total": f"{lines * 2000:,}.00"}})
    assert isinstance(section.template, Path)
    return fill.fill_bytes(section.template, fields)


@pytest.fixture(scope="module")
def volume() -> Volume:
    return build([VolumePart("分项报价表", schedule(LINES))], title="报价文件", company="某某设备公司")


def texts(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.office
def test_the_pdf_shows_the_form_then_every_line_and_the_sum(volume: Volume) -> None:
    pages = texts(volume.pdf)
    shown = [int(n) for n in re.findall(r"部件(\d+)号", "".join(pages))]
    assert shown == list(range(1, LINES + 1))
    form = next(page for page in pages if "见随后各页" in page)
    assert f"第1行至第{LINES}行" in form
    assert "1,200,000.00" in form
    assert "盖单位章" in form
    assert "1,200,000.00" in pages[-1]
    assert all("合价" in page for page in pages[1:])


@pytest.mark.office
def test_the_word_file_keeps_the_whole_table(volume: Volume) -> None:
    table = max(docx.Document(io.BytesIO(volume.docx)).tables, key=lambda t: len(t._tbl.tr_lst))
    assert len(table._tbl.tr_lst) > LINES


def test_a_short_table_stays_where_it_is() -> None:
    document = schedule(20)
    assert split(document, "分项报价表", "zh-CN") == (document, [])


def test_a_long_table_with_merged_cells_is_left_to_libreoffice() -> None:
    document = docx.Document()
    table = document.add_table(510, 2)
    table.cell(1, 0).merge(table.cell(2, 0))
    out = io.BytesIO()
    document.save(out)
    assert split(out.getvalue(), "x", "en") == (out.getvalue(), [])


def test_a_drawn_table_repeats_its_head_and_wraps_long_texts() -> None:
    row = [Cell("1", align="C"), Cell("很长的设备名称" * 12), Cell("2.00", align="R")]
    total = [Cell("合计", span=2), Cell("120.00", align="R")]
    pages = texts(draw([[Cell("序号"), Cell("名称"), Cell("合价")]], [*[row] * 60, total], [1, 3, 2], title="表"))
    assert len(pages) > 1
    assert all("名称" in page for page in pages)
    assert "".join(pages).count("很长的设备名称") == 12 * 60
    assert pages[-1].endswith("合计120.00")
