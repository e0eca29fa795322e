"""A template's faults and fields are found without filling it, each with its place."""

from __future__ import annotations

import docx.document
import pytest

from templates import check_template
from templates.check_template import Finding
from templates.guard import RefusedFile
from tests.templates import docx_builders as build
from tests.templates import hostile

KNOWN = [
    "project.name",
    "project.number",
    "lot.consortium",
    "items[].no",
    "items[].name",
    "clauses[].mark",
    "sign_date",
]
BODY = "word/document.xml"


def test_a_sound_template_has_no_findings() -> None:
    content = build.table(
        ("{{ project.name }}", "{% if lot.consortium %}x{% endif %}"),
        ("{%tr for item in items %}",),
        ("{{ loop.index }} {{ item.no }}", "{{ item.name }}"),
        ("{%tr endfor %}",),
    )
    assert check_template.check(content, KNOWN) == []


def test_unknown_fields_are_found_in_every_part_with_the_nearest_name() -> None:
    def make(document: docx.document.Document) -> None:
        document.add_paragraph("Name: {{ project.nme }}")
        document.sections[0].header.paragraphs[0].text = "{{ sign_dat }}"
        build.add_table(document, ("{%tr for i in items %}",), ("{{ i.nam }}",), ("{%tr endfor %}",))

    found = check_template.check(build.template(make), KNOWN)
    assert {(f.part.partition("1")[0], f.tag, f.message) for f in found} == {
        (BODY, "{{ project.nme }}", "unknown field project.nme; nearest: project.name"),
        (BODY, "{{ i.nam }}", "unknown field items[].nam; nearest: items[].name"),
        ("word/header", "{{ sign_dat }}", "unknown field sign_dat; nearest: sign_date"),
    }


def test_an_unknown_list_is_found_once_at_its_loop() -> None:
    found = check_template.check(build.paragraphs("{% for i in itemz %}{{ i.no }}{% endfor %}"), KNOWN)
    assert "unknown field itemz[]; nearest: items[].no" in [f.message for f in found]


def test_full_width_and_unclosed_braces_are_all_found_at_once() -> None:
    found = check_template.check(build.paragraphs("｛｛ project.name ｝｝", "a {{ project.name", "{% if x"), KNOWN)
    assert [(f.paragraph, f.tag) for f in found] == [
        ("｛｛ project.name ｝｝", "｛｛"),
        ("｛｛ project.name ｝｝", "｝｝"),
        ("a {{ project.name", "{{ project.name"),
        ("{% if x", "{% if x"),
    ]
    assert [f.message.partition(";")[0] for f in found] == ["full-width braces"] * 2 + [
        "braces without their partner"
    ] * 2


@pytest.mark.parametrize(
    "text", ["{% if lot.consortium %}", "{% endfor %}", "{{ project.name.upper() }}", "{%tr if x %}"]
)
def test_a_tag_that_cannot_work_is_found_with_its_paragraph(text: str) -> None:
    found = check_template.check(build.paragraphs("before", text), KNOWN)
    assert [(f.part, f.paragraph, f.tag) for f in found] == [(BODY, text, text)]


def test_a_tag_where_nothing_is_filled_is_found() -> None:
    chart = b"<c:chart xmlns:c='urn:c'><c:t>{{ project.name }}</c:t></c:chart>"
    found = check_template.check(build.with_part(build.paragraphs("x"), "word/charts/chart1.xml", chart), KNOWN)
    assert found == [
        Finding(
            "word/charts/chart1.xml",
            "",
            "{{ project.name }}",
            "nothing is filled in this part; next: move the tag into the text",
        )
    ]


def test_the_fields_of_a_template_are_its_dotted_names() -> None:
    content = build.paragraphs(
        "{{ project.name|upper }} {{ sign_date if lot.consortium else '' }} {{ project['number'] }}",
        "{% for i in items|sort(attribute='no') if i.name %}{{ loop.index }}{% endfor %}",
        "{% set first = items|first %}{{ first.model }} {{ clauses|selectattr('mark')|list|length }}",
    )
    assert check_template.fields(content) == {
        "project.name",
        "project.number",
        "sign_date",
        "lot.consortium",
        "items",
        "items[]",
        "items[].no",
        "items[].name",
        "items[].model",
        "clauses",
        "clauses[].mark",
    }


def test_a_hostile_file_is_refused_before_it_is_checked() -> None:
    with pytest.raises(RefusedFile):
        check_template.check(hostile.content("laughs.docx"), KNOWN)
