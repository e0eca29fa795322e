"""Whether a composed document has as many pages as its parts together, by printing all of them."""

from collections.abc import Sequence

import pypdfium2

from templates.errors import TemplateError
from templates.pdf import to_pdfs


class OtherPages(TemplateError):
    """A composed document breaks into other pages than its parts do."""


def require_all_pages(parts: Sequence[bytes], volume: bytes, name: str) -> int:
    """Return the number of pages of `volume`; `name` stands for it in errors.

    Raises:
        OtherPages: it is not the sum over `parts`.
        TemplateError: what cannot be printed, see `to_pdfs`.
    """
    labels = [*(f"part {number}" for number in range(1, len(parts) + 1)), name]
    *alone, together = [_pages(pdf) for pdf in to_pdfs([*parts, volume], names=labels)]
    if together != sum(alone):
        raise OtherPages(
            "{name}: found {found} pages, expected {expected}, those of its parts; next: look at where they differ",
            name=name,
            found=together,
            expected=sum(alone),
        )
    return together


def _pages(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)
