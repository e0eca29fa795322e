"""The parts of a finished PDF: how many pages it has, which parts its bookmarks name, one part as a PDF of its own."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from templates.errors import TemplateError


class NoPdf(TemplateError):
    """Something that is no PDF, or one that cannot be read without a password."""


@dataclass(frozen=True)
class Part:
    """A bookmark of the first level: its title, its first page from 1, and how many pages it has."""

    title: str
    first: int
    pages: int


def page_count(pdf: bytes, name: str) -> int:
    """Return how many pages a PDF has.

    Args:
        name: what an error calls it.

    Raises:
        NoPdf: it cannot be read.
    """
    with _open(pdf, name) as document:
        return len(document.pages)


def parts(pdf: bytes, name: str) -> tuple[Part, ...]:
    """Return the parts that the bookmarks of the first level name; pages before the first one belong to none.

    Raises:
        NoPdf: it cannot be read.
    """
    with _open(pdf, name) as document:
        starts = list(_starts(document))
        ends = [*(first for _, first in starts[1:]), len(document.pages) + 1][: len(starts)]
        return tuple(Part(title, first, end - first) for (title, first), end in zip(starts, ends, strict=True))


def cut(pdf: bytes, part: Part, name: str) -> bytes:
    """Return the pages of one part as a PDF.

    Raises:
        NoPdf: it cannot be read.
    """
    with _open(pdf, name) as document, pikepdf.new() as made:
        made.pages.extend(list(document.pages)[part.first - 1 : part.first - 1 + part.pages])
        made.remove_unreferenced_resources()
        out = io.BytesIO()
        made.save(out, deterministic_id=True)
        return out.getvalue()


def _starts(document: pikepdf.Pdf) -> Iterator[tuple[str, int]]:
    numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(document.pages, 1)}
    with document.open_outline() as outline:
        for item in outline.root:
            target = item.destination[0] if isinstance(item.destination, pikepdf.Array) else None
            number = numbers.get(target.objgen) if isinstance(target, pikepdf.Object) else None
            if number is not None:
                yield str(item.title), number


def _open(pdf: bytes, name: str) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as error:
        raise NoPdf(
            "{name}: found {found}, expected a PDF that opens without a password; next: print it as PDF again",
            name=name,
            found=type(error).__name__,
        ) from None
