"""A sub-document stands in the place of its paragraph, or is refused with what hinders it."""

from __future__ import annotations

import io

import docx
import docxtpl
import pytest
from docx.document import Document

from templates import fill
from templates.fill import FillError
from templates.guard import RefusedFile
from templates.subdocument import SubDocument, SubDocumentError
from tests.templates import docx_builders as build
from tests.templates import hostile
from tests.templates.docx_compare import assert_same_document

TEMPLATE = build.paragraphs("before", "{{p part }}", "after")


def _part(document: Document) -> None:
    document.add_heading("Response & more", 2)
    document.add_paragraph("text").add_run(" bold").bold = True
    build.add_table(document, ("a", "b"), ("1", "2"))
    document.add_paragraph("end")


def test_its_paragraphs_and_tables_are_those_that_docxtpl_places() -> None:
    part = build.template(_part)
    oracle = docxtpl.DocxTemplate(io.BytesIO(TEMPLATE))
    oracle.render({"part": oracle.new_subdoc(io.BytesIO(part))}, autoescape=True)
    target = io.BytesIO()
    oracle.save(target)
    assert_same_document(fill.fill_bytes(TEMPLATE, {"part": SubDocument(part)}), target.getvalue())


def test_its_pictures_come_along() -> None:
    part = build.template(lambda document: document.add_picture(io.BytesIO(build.jpeg())))
    filled = docx.Document(io.BytesIO(fill.fill_bytes(TEMPLATE, {"part": SubDocument(part)})))
    relation = filled.inline_shapes[0]._inline.graphic.graphicData.pic.blipFill.blip.embed
    assert filled.part.related_parts[relation].content_type == "image/jpeg"


def test_text_that_looks_like_a_tag_stays_text() -> None:
    filled = fill.fill_bytes(TEMPLATE, {"part": SubDocument(build.paragraphs("{{ project.name }}"))})
    assert [p.text for p in docx.Document(io.BytesIO(filled)).paragraphs] == ["before", "{{ project.name }}", "after"]


def test_lists_notes_and_changes_are_refused_by_name() -> None:
    for inner, found in (
        ('<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>', "numPr"),
        ('<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>', "footnoteReference"),
        ("<w:p><w:ins><w:r/></w:ins></w:p>", "ins"),
    ):
        with pytest.raises(SubDocumentError, match=found):
            fill.fill_bytes(TEMPLATE, {"part": SubDocument(hostile.body(inner))})


def test_a_style_that_the_template_lacks_is_named() -> None:
    def own(document: Document) -> None:
        document.styles.add_style("House Style", 1)
        document.add_paragraph("x", "House Style")

    with pytest.raises(SubDocumentError, match="house style"):
        fill.fill_bytes(TEMPLATE, {"part": SubDocument(build.template(own))})


def test_a_hostile_sub_document_is_refused() -> None:
    with pytest.raises(RefusedFile):
        fill.fill_bytes(TEMPLATE, {"part": SubDocument(hostile.content("laughs.docx"))})


def test_it_needs_a_paragraph_tag() -> None:
    with pytest.raises(FillError, match="cannot stand here"):
        fill.fill_bytes(build.paragraphs("{{ part }}"), {"part": SubDocument(TEMPLATE)})
