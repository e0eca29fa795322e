"""PDF files read for checking: the text of every page, as lines."""

from dataclasses import dataclass

import pypdfium2 as pdfium

from flows.steps.checks.reading.document import Document, Paragraph
from flows.steps.checks.reading.parts import assign_parts
from flows.steps.checks.words import Words
from templates import guard
from templates.errors import TemplateError

MOST_PAGES = 5_000


@dataclass(frozen=True)
class Pages:
    """The text of every page of a PDF; `fault` says why nothing could be read."""

    name: str
    pages: tuple[str, ...] = ()
    fault: str = ""

    def as_document(self) -> Document:
        """Return the pages as a document of lines, for a bid of which only the PDF is at hand."""
        lines = [
            Paragraph(line.strip(), f"page {number}, line {position}")
            for number, page in enumerate(self.pages, 1)
            for position, line in enumerate(page.splitlines(), 1)
            if line.strip()
        ]
        return Document(self.name, assign_parts(self.name, lines), fault=self.fault, paged=True)


def read_pdf(name: str, content: bytes) -> Pages:
    """Return a PDF's pages; a refused, encrypted or broken file as pages with a fault."""
    try:
        guard.check(name if name.endswith(".pdf") else f"{name}.pdf", content)
        document = pdfium.PdfDocument(content)
    except TemplateError as error:
        return Pages(name, fault=Words(error.message, **error.values))
    except (pdfium.PdfiumError, ValueError, OSError) as error:
        return Pages(name, fault=Words("broken PDF: {error}", error=type(error).__name__))
    try:
        if len(document) > MOST_PAGES:
            return Pages(name, fault=Words("{count} pages, more than {most}", count=len(document), most=MOST_PAGES))
        return Pages(name, tuple(_text(document, number) for number in range(len(document))))
    except (pdfium.PdfiumError, ValueError) as error:
        return Pages(name, fault=Words("broken PDF: {error}", error=type(error).__name__))
    finally:
        document.close()


def _text(document: pdfium.PdfDocument, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()
        page.close()
