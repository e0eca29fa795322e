"""The words of a proof file, as far as the search needs them."""

from flows.steps.checks.reading.docx import read_docx
from flows.steps.checks.reading.pdf import read_pdf
from flows.steps.read_technical_inputs import InputFile

MOST = 5_000
"""Characters kept of one file: what a document is about stands at its beginning."""


def words_of(file: InputFile) -> str:
    """Return the beginning of a file's text, spaces folded; nothing for scans, pictures and workbooks."""
    if file.name.lower().endswith(".pdf"):
        text = "\n".join(read_pdf(file.name, file.data).pages)
    elif file.name.lower().endswith(".docx"):
        text = "\n".join(text for _part, _place, text in read_docx(file.name, file.data).texts())
    else:
        return ""
    return " ".join(text.split())[:MOST]
