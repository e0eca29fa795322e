"""Filling: any text comes out as it went in, and what cannot be printed stops with its place."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from templates import fill
from templates.errors import TemplateError
from templates.fill import FillError
from templates.richtext import RichText
from templates.tags import TagError
from tests.templates import docx_builders as build
from tests.templates import hostile

# Everything that XML 1.0 can carry, but for controls and our delimiter; carriage returns become line breaks.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\U0010fffd", include_characters="\n\t"
    )
)


def text_of(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def xml_of(content: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(part).decode()


@settings(deadline=None)
@given(TEXTS)
def test_any_text_comes_out_of_a_paragraph_as_it_went_in(text: str) -> None:
    assert text_of(fill.fill_bytes(PARAGRAPH, {"a": {"b": text}})) == [f"[{text}]"]


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({"x": TEXTS, "y": TEXTS}), max_size=5))
def test_any_text_comes_out_of_repeating_rows_as_it_went_in(rows: list[dict[str, str]]) -> None:
    table = docx.Document(io.BytesIO(fill.fill_bytes(ROWS, {"rows": rows}))).tables[0]
    expected = [["x", "y"], *([row["x"], row["y"]] for row in rows)]
    assert [[cell.text for cell in row.cells] for row in table.rows] == expected


@settings(deadline=None)
@given(TEXTS)
def test_any_text_comes_out_of_properties_and_alternative_texts_well_formed(text: str) -> None:
    filled = fill.fill_bytes(PROPERTIES, {"a": text})
    assert docx.Document(io.BytesIO(filled)).core_properties.title == f"[{text}]"


PARAGRAPH = build.paragraphs("[{{ a.b }}]")
ROWS = build.table(("x", "y"), ("{%tr for r in rows %}",), ("{{ r.x }}", "{{ r.y }}"), ("{%tr endfor %}",))
PROPERTIES = build.template(lambda document: setattr(document.core_properties, "title", "[{{ a }}]"))


def test_header_footer_text_box_and_footnote_are_filled() -> None:
    box = (
        f'<w:r xmlns:w="{hostile.WORD}"><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>'
        "<w:txbxContent><w:p><w:r><w:t>box {{ a }}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
        "</w:r>"
    )

    def make(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "head {{ a }}"
        document.sections[0].footer.paragraphs[0].text = "foot {{ a }}"
        document.add_paragraph("{{ a }}")._p.append(etree.fromstring(box))

    note = (
        f'<w:footnotes xmlns:w="{hostile.WORD}"><w:footnote w:id="1"><w:p><w:r><w:t>{{{{ a }}}}</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    content = build.with_part(build.template(make), "word/footnotes.xml", note.encode())
    filled = fill.fill_bytes(content, {"a": "甲&乙"})
    assert "box 甲&amp;乙" in xml_of(filled, "word/document.xml")
    assert "甲&amp;乙" in xml_of(filled, "word/footnotes.xml")
    document = docx.Document(io.BytesIO(filled))
    assert document.sections[0].header.paragraphs[0].text == "head 甲&乙"
    assert document.sections[0].footer.paragraphs[0].text == "foot 甲&乙"


def test_an_empty_list_leaves_a_table_with_its_header_row() -> None:
    assert len(docx.Document(io.BytesIO(fill.fill_bytes(ROWS, {"rows": []}))).tables[0].rows) == 1


def test_a_cell_whose_paragraphs_all_vanish_keeps_an_empty_one() -> None:
    content = build.template(
        lambda document: [
            build.add_table(document, ("{%p if a %}", "keeps")),
            document.tables[0].cell(0, 0).add_paragraph("{{ a }}"),
            document.tables[0].cell(0, 0).add_paragraph("{%p endif %}"),
        ]
    )
    cell = docx.Document(io.BytesIO(fill.fill_bytes(content, {"a": ""}))).tables[0].cell(0, 0)
    assert [paragraph.text for paragraph in cell.paragraphs] == [""]


def test_numbers_print_as_whole_numbers_and_decimals() -> None:
    assert text_of(fill.fill_bytes(PARAGRAPH, {"a": {"b": 12}})) == ["[12]"]
    assert text_of(fill.fill_bytes(PARAGRAPH, {"a": {"b": Decimal("1E+3")}})) == ["[1000]"]


@pytest.mark.parametrize(
    "value", [None, 1.5, True, date(2026, 1, 1), {"c": "d"}, ["x"], b"x", Decimal("NaN"), "\x07", "\ud800", "\ufffe"]
)
def test_a_value_that_is_no_text_ready_to_print_stops_with_its_place(value: object) -> None:
    with pytest.raises(FillError) as caught:
        fill.fill_bytes(PARAGRAPH, {"a": {"b": value}})
    assert "word/document.xml, paragraph “[{{ a.b }}]”, tag {{ a.b }}" in str(caught.value)
    with pytest.raises(FillError, match=r"tag \{\{ r.y \}\}"):
        fill.fill_bytes(ROWS, {"rows": [{"x": "1", "y": "2"}, {"x": "1", "y": value}]})


def test_markup_in_data_is_text_like_any_other() -> None:
    assert text_of(fill.fill_bytes(PARAGRAPH, {"a": {"b": Markup("<w:p/>&amp;")}})) == ["[<w:p/>&amp;]"]


def test_a_value_is_never_part_of_an_error() -> None:
    for fields in ({"a": {"b": "SECRET\x01"}}, {"a": {"B": "SECRET"}}, {"a": "SECRET"}):
        with pytest.raises(FillError) as caught:
            fill.fill_bytes(PARAGRAPH, fields)
        assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "nearest"),
    [
        ({"a": {"bb": ""}}, "nearest: bb"),
        ({"A1": {}, "aa": {}}, "nearest: aa"),
        ({"a": {"zzzzzz": ""}}, "nearest: none"),
    ],
)
def test_a_missing_field_is_named_with_the_nearest_one(fields: dict[str, Any], nearest: str) -> None:
    with pytest.raises(FillError, match=nearest):
        fill.fill_bytes(PARAGRAPH, fields)


def test_a_missing_field_of_a_row_and_a_missing_list_are_named() -> None:
    with pytest.raises(FillError, match="field y is not given; nearest: yy"):
        fill.fill_bytes(ROWS, {"rows": [{"x": "1", "yy": "2"}]})
    with pytest.raises(FillError, match="field rows is not given; nearest: row"):
        fill.fill_bytes(ROWS, {"row": []})
    with pytest.raises(FillError, match="not a list"):
        fill.fill_bytes(ROWS, {"rows": "text"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("｛｛ a.b ｝｝", "full-width"),
        ("｛% if a %｝", "full-width"),
        ("{{ a.b", "partner"),
        ("a.b }}", "partner"),
        ("{% if a %}", "Unexpected end"),
        ("{% endif %}", "unknown tag"),
        ("{{ a. }}", "expected"),
        ("{%p if a %} text beside", "would be lost"),
        ("{%tr if a %}", "stands in no table row"),
        ("{% cellbg a %}", "stands in no table cell"),
        ("{{ a.__class__ }}", "not allowed"),
        ("{{ a.b.upper() }}", "Call is not allowed"),
        ("{{ a|attr('x') }}", "attr"),
        ("{{ a|safe }}", "safe"),
        ("{% include 'x' %}", "not allowed"),
        ("{% import 'x' as y %}", "not allowed"),
        ("{% macro m() %}{% endmacro %}", "not allowed"),
        ("{% raw %}{% endraw %}", "raw is not allowed"),
        ("{% for x in a recursive %}{% endfor %}", "not allowed"),
        ("{{ _document }}", "not allowed"),
        ("{{ 2 ** 99999999 }}", "Pow is not allowed"),
        ("{{ range(9) }}", "Call is not allowed"),
    ],
)
def test_a_tag_that_cannot_work_stops_before_any_field_is_read(text: str, reason: str) -> None:
    with pytest.raises(TagError, match=reason) as caught:
        fill.compile(build.paragraphs(text))
    assert "paragraph “" in str(caught.value)


def test_a_block_from_one_cell_into_the_next_is_refused() -> None:
    with pytest.raises(TagError, match="opens in one element and ends in another"):
        fill.compile(
            build.template(lambda document: build.add_table(document, ("a {% if x %}", "b"), ("{%tr endif %}", "")))
        )


def test_a_tag_in_a_field_code_is_refused() -> None:
    content = hostile.body(hostile.FIELD.format("PAGEREF ", "{{ a }}"))
    with pytest.raises(TagError, match="field code"):
        fill.compile(content)


@pytest.mark.parametrize(
    "tag", ["{{ ''.__class__.__mro__ }}", "{{ a.b.__init__.__globals__ }}", "{{ cycler }}", "{{ a['__class__'] }}"]
)
@pytest.mark.parametrize("place", ["text", "title"])
def test_a_hostile_template_reaches_nothing_from_text_or_title(tag: str, place: str) -> None:
    content = build.paragraphs(tag)
    if place == "title":
        content = build.template(lambda document: setattr(document.core_properties, "title", tag))
    with pytest.raises(TagError):
        fill.fill_bytes(content, {"a": {"b": "x"}})


def test_a_hostile_template_cannot_multiply_text() -> None:
    with pytest.raises(FillError, match="whole numbers"):
        fill.fill_bytes(build.paragraphs("{{ a.b * 999999999 }}"), {"a": {"b": "x"}})


def test_a_method_of_a_value_is_no_field() -> None:
    with pytest.raises(FillError):
        fill.fill_bytes(build.paragraphs("{{ a.b.upper }}"), {"a": {"b": "x"}})


def test_a_field_named_like_a_method_of_a_dictionary_is_the_field() -> None:
    assert text_of(fill.fill_bytes(build.paragraphs("{{ lot.items }}"), {"lot": {"items": "x"}})) == ["x"]


def test_rich_text_needs_its_own_kind_of_tag() -> None:
    rich = RichText().add("x")
    with pytest.raises(FillError, match="cannot stand here"):
        fill.fill_bytes(build.paragraphs("{{ a }}"), {"a": rich})
    with pytest.raises(FillError, match="cannot stand here"):
        fill.fill_bytes(build.paragraphs("{{r a }}"), {"a": "text"})


def test_a_link_in_rich_text_gets_its_relationship() -> None:
    rich = RichText().add("site", url="https://www.example.org/?a=1&b=2")
    document = docx.Document(io.BytesIO(fill.fill_bytes(build.paragraphs("{{r a }}"), {"a": rich})))
    assert document.paragraphs[0].hyperlinks[0].url == "https://www.example.org/?a=1&b=2"


def test_the_same_template_and_fields_give_the_same_bytes() -> None:
    fields = {"lines": build.price_lines(30)}
    assert fill.fill_bytes(build.price_table(), fields) == fill.fill_bytes(build.price_table(), fields)


def test_nothing_is_left_at_the_target_after_an_error(tmp_path: Path) -> None:
    target = tmp_path / "out.docx"
    with pytest.raises(FillError):
        fill.fill(PARAGRAPH, {"a": {}}, target)
    assert not target.exists()


def test_a_template_is_guarded_before_it_is_parsed() -> None:
    with pytest.raises(TemplateError, match="document type"):
        fill.compile(hostile.content("laughs.docx"))


def test_a_template_is_compiled_once() -> None:
    assert fill.compile(PARAGRAPH) is fill.compile(PARAGRAPH)
