"""The same templates and fields give the same documents as docxtpl gives."""

from __future__ import annotations

import io
from typing import Any

import docx
import docxtpl
import pytest
from docx.document import Document
from docx.shared import Mm

from templates import fill
from templates.images import Image
from templates.richtext import RichText
from tests.templates import docx_builders as build
from tests.templates.docx_compare import assert_same_document, differences

ITEMS = [
    {"no": "1", "name": "智能升降机器人", "price": "1,250,000.00", "mark": "★"},
    {"no": "2", "name": "A&B <C>", "price": "9.50", "mark": ""},
    {"no": "3", "name": "充电桩", "price": "300.00", "mark": "▲"},
]
FIELDS: dict[str, Any] = {
    "project": {"name": "长沙血液中心 & 物流 <有限> 𠮷 😀", "number": "CSXY-2024-017", "buyer": "长沙血液中心"},
    "lot": {"id": "1", "consortium": "", "payment": "第一行\n第二行\t列"},
    "items": ITEMS,
    "columns": ["甲", "乙", "丙", "丁"],
    "count": 3,
    "grey": "D9D9D9",
    "braces": "literal {{ project.name }} and {% if %}",
}


def _header(document: Document) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{ project.number }}"
    section.footer.paragraphs[0].text = "{% if lot.consortium %}联合体{% else %}{{ project.buyer }}{% endif %}"
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "首页 {{ lot.id }}"
    document.add_paragraph("body")


def _properties(document: Document) -> None:
    document.core_properties.title = "{{ project.number }}"
    document.core_properties.subject = "{{ project.buyer }} {{ lot.id }}"
    document.add_paragraph("{{ project.number }}")


def _nested(document: Document) -> None:
    build.add_table(
        document,
        ("{%tr for item in items %}",),
        ("{%tr if item.mark %}",),
        ("{{ item.mark }}", "{{ item.name }}", "{{ loop.index }}"),
        ("{%tr else %}",),
        ("-", "{{ item.name }}", "{% if loop.last %}last{% endif %}"),
        ("{%tr endif %}",),
        ("{%tr endfor %}",),
    )


def _formatted(document: Document) -> None:
    paragraph = document.add_paragraph("Name: ")
    run = paragraph.add_run("{{ project.name }}")
    run.bold = True
    run.font.name = "Arial"
    paragraph.add_run(" end").italic = True


def _two_tables(document: Document) -> None:
    for _ in range(2):
        build.add_table(
            document, ("no", "name"), ("{%tr for i in items %}",), ("{{ i.no }}", "{{ i.name }}"), ("{%tr endfor %}",)
        )
        document.add_paragraph("between {{ count }}")


TEMPLATES: dict[str, bytes] = {
    "text": build.paragraphs("{{ project.name }}", "a {{project.number}} b {{ project.buyer }} c", "no tags"),
    "a tag split over runs": build.split_runs(
        ("Buyer {", False), ("{ proj", False), ("ect.buyer }", False), ("}", False)
    ),
    "bold and fonts around a tag": build.template(_formatted),
    "if and else in one paragraph": build.paragraphs(
        "x {% if lot.consortium %}A{% elif count > 2 %}B{% else %}C{% endif %} y"
    ),
    "a condition over paragraphs": build.paragraphs(
        "{%p if lot.consortium %}", "联合体", "{%p else %}", "独立 {{ project.buyer }}", "{%p endif %}", "end"
    ),
    "a loop over paragraphs": build.paragraphs(
        "{%p for i in items %}", "{{ loop.index }}. {{ i.name }}", "{%p endfor %}"
    ),
    "a loop in one paragraph": build.paragraphs("{% for i in items %}{{ i.no }}、{% endfor %}"),
    "a block over paragraphs without p": build.paragraphs("a {% if count %}b", "c{% endif %} d"),
    "repeating rows": build.table(
        ("no", "name", "price"),
        ("{%tr for i in items %}",),
        ("{{ i.no }}", "{{ i.name }}", "{{ i.price }}"),
        ("{%tr endfor %}",),
    ),
    "nested rows": build.template(_nested),
    "two tables": build.template(_two_tables),
    "repeating cells": build.table(("x", "{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}")),
    "fewer cells": build.table(("x", "{%tc if lot.consortium %}", "{{ lot.id }}", "{%tc endif %}")),
    "cell colour": build.table(("{% cellbg grey %}{{ lot.id }}", "plain")),
    "column span": build.table(("{% colspan count %}{{ lot.id }}",), ("a", "b", "c")),
    "cells merged down": build.table(("{%tr for i in items %}",), ("{% vm %}same", "{{ i.no }}"), ("{%tr endfor %}",)),
    "cells merged across": build.table(("{%tc for i in items %}", "{% hm %}wide", "{%tc endfor %}")),
    "header and footer": build.template(_header),
    "document properties": build.template(_properties),
    "line breaks and tabs in values": build.paragraphs("pay: {{ lot.payment }} end"),
    "filters": build.paragraphs(
        "{{ columns|join('、') }} {{ items|length }}",
        "{{ lot.consortium|default('-', true) }} {{ project.number|lower }}",
        "{{ items|selectattr('mark')|map(attribute='name')|join(';') }}",
    ),
    "set and expressions": build.paragraphs(
        "{% set n = count + 1 %}{{ n }} {{ 'a' ~ lot.id }} {{ columns[1] }} {{ n if n > 3 else 0 }}"
    ),
    "comments": build.paragraphs("a{# nobody sees this #}b", "{#p gone #}", "c"),
    "joined to the next paragraph": build.paragraphs("{%- if count -%}", "joined", "{%- endif %}", "after"),
    "quotes typed by Word": build.paragraphs("{% if lot.id == “1” %}yes{% endif %}"),
    "braces in data": build.paragraphs("{{ braces }}"),
}


def by_docxtpl(content: bytes, fields: dict[str, Any]) -> bytes:
    oracle = docxtpl.DocxTemplate(io.BytesIO(content))
    oracle.render(fields, autoescape=True)
    target = io.BytesIO()
    oracle.save(target)
    return target.getvalue()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_filled_template_is_the_document_that_docxtpl_makes(name: str) -> None:
    assert_same_document(fill.fill_bytes(TEMPLATES[name], FIELDS), by_docxtpl(TEMPLATES[name], FIELDS))


def test_the_comparison_sees_another_text_and_another_format() -> None:
    plain = build.split_runs(("same ", False), ("text", False))
    assert differences(plain, build.split_runs(("same text", False))) == ""
    assert "bold" not in differences(plain, build.split_runs(("same ", False), ("tex", False)))
    assert differences(plain, build.split_runs(("same ", False), ("tex", False)))
    assert differences(plain, build.split_runs(("same ", False), ("text", True)))


def test_rich_text_is_docxtpls_rich_text() -> None:
    content = build.paragraphs("{{r note}}", "before {{ lot.id }}")
    ours = RichText().add("bold", bold=True, size=28).add(" & red\nline", color="FF0000", underline=True)
    theirs = docxtpl.RichText("bold", bold=True, size=28)
    theirs.add(" & red\nline", color="FF0000", underline=True)
    assert_same_document(
        fill.fill_bytes(content, {**FIELDS, "note": ours}), by_docxtpl(content, {**FIELDS, "note": theirs})
    )


def test_an_inline_picture_is_docxtpls_inline_picture() -> None:
    content = build.paragraphs("seal: {{ seal }} end")
    picture = build.png()
    oracle = docxtpl.DocxTemplate(io.BytesIO(content))
    oracle.render({"seal": docxtpl.InlineImage(oracle, io.BytesIO(picture), width=Mm(30))}, autoescape=True)
    target = io.BytesIO()
    oracle.save(target)
    assert_same_document(fill.fill_bytes(content, {"seal": Image(picture, width_mm=30)}), target.getvalue())


def test_an_unsplit_tail_keeps_its_own_format_where_docxtpl_spreads_the_tags() -> None:
    content = build.split_runs(("{{ lot", False), (".id }} bold tail", True))
    runs = docx.Document(io.BytesIO(fill.fill_bytes(content, FIELDS))).paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs] == [("1", False), (" bold tail", True)]


def test_a_property_keeps_an_ampersand_where_docxtpl_escapes_it_twice() -> None:
    content = build.template(lambda document: setattr(document.core_properties, "title", "{{ project.name }}"))
    filled = docx.Document(io.BytesIO(fill.fill_bytes(content, FIELDS)))
    assert filled.core_properties.title == FIELDS["project"]["name"]
