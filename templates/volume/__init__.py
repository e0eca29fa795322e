"""Builds a volume from its documents: one Word file, one PDF, contents with true page numbers, a number on every page.

Word documents are rendered one by one and merged as PDF, their long tables drawn directly. Delivered PDFs and pictures
bypass LibreOffice and stand in the Word file as a page that names them. The first page of the volume is page 1 in the
PDF, in the contents and in Word.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from templates import contents as toc
from templates import normalise, stamp
from templates.compose import NeedsPerson, compose
from templates.contents import Entry
from templates.errors import TemplateError
from templates.pdf import PdfCache, to_pdfs
from templates.volume.footers import Anchor, add_numbers, strip_numbers
from templates.volume.long_tables import split
from templates.volume.outline import Heading, blocks, headings, under_title, write_bookmarks
from templates.volume.placeholder import placeholder
from templates.volume.scans import open_pdf, page_of

__all__ = ["NeedsPerson", "Volume", "VolumePart", "build"]

CONTENTS_DEPTH = 2
BOOKMARK_DEPTH = 4
_ZIP, _PDF = b"PK\x03\x04", b"%PDF"


@dataclass(frozen=True)
class VolumePart:
    """One document of a volume: a .docx, a PDF, or a JPEG or PNG picture.

    `level` is the title's level in the contents; level 0 is front matter (a cover), which stands before the contents,
    counts as pages, and carries neither a line in the contents nor a page number.
    """

    title: str
    content: bytes
    level: int = 1


@dataclass(frozen=True)
class Volume:
    """A finished volume; `outline` holds the lines of its contents with their pages from 1."""

    docx: bytes
    pdf: bytes
    pages: int
    outline: tuple[Entry, ...]


@dataclass
class _Sheet:
    """A part on its way: `word` is what stands in the Word file, `pdf` its rendered pages, `first` its page from 1."""

    part: VolumePart
    word: bytes
    pdf: pikepdf.Pdf
    delivered: bool
    first: int = 0
    headings: tuple[Heading, ...] = ()


def build(
    parts: Sequence[VolumePart],
    *,
    title: str,
    company: str,
    contents: bool = True,
    language: str = "zh-CN",
    cache: PdfCache | None = None,
    timeout: float = 120,
) -> Volume:
    """Assemble a volume.

    Args:
        parts: Its documents in order.
        title: Stands before the page number and in the metadata.
        company: The only name in the metadata.
        contents: Whether a table of contents follows the front matter.
        language: Of the contents' heading and the page line: "zh-…" or English.
        cache: Keeps rendered parts between builds.
        timeout: Seconds that LibreOffice may take for one document.

    Raises:
        NeedsPerson: comments, tracked changes or notes in a document.
        TemplateError: see `to_pdfs`, `compose`, `WrongContents`.
    """
    if not parts:
        raise TemplateError("volume {title}: found no document, expected at least one", title=title)
    sheets = _render(parts, language, cache, timeout)
    front = [sheet for sheet in sheets if sheet.part.level == 0]
    rest = [sheet for sheet in sheets if sheet.part.level > 0]
    table: _Sheet | None = None
    if contents and rest:
        table = _contents(front, rest, language, cache, timeout)
    ordered = [*front, *([table] if table else []), *rest]
    total = _number(ordered)
    lines = _entries(rest, CONTENTS_DEPTH)
    pdf = _pdf(ordered, table, front, rest, title, company, language)
    if table is not None:
        toc.check(pdf, lines, range(table.first, table.first + len(table.pdf.pages)))
    docx = _docx(ordered, lines, table, total, title, company, language)
    return Volume(docx, pdf, total, tuple(lines))


def _render(parts: Sequence[VolumePart], language: str, cache: PdfCache | None, timeout: float) -> list[_Sheet]:
    word = {i: strip_numbers(p.content, p.title) for i, p in enumerate(parts) if p.content.startswith(_ZIP)}
    short = {i: split(docx, parts[i].title, language) for i, docx in word.items()}
    documents, names = [docx for docx, _ in short.values()], [parts[i].title for i in word]
    made = dict(zip(word, to_pdfs(documents, names=names, cache=cache, timeout=timeout), strict=True))
    sheets = []
    for index, part in enumerate(parts):
        if index in word:
            document = open_pdf(made[index], part.title)
            for table in short[index][1]:
                document.pages.extend(open_pdf(table, part.title).pages)
            title, found = under_title(part.title, headings(document), BOOKMARK_DEPTH)
            shown = VolumePart(title, part.content, part.level)
            sheets.append(_Sheet(shown, word[index], document, delivered=False, headings=tuple(found)))
        else:
            scan = part.content if part.content.startswith(_PDF) else page_of(part.content, part.title)
            document = open_pdf(scan, part.title)
            sheets.append(
                _Sheet(part, placeholder(part.title, len(document.pages), language), document, delivered=True)
            )
    return sheets


def _contents(front: list[_Sheet], rest: list[_Sheet], language: str, cache: PdfCache | None, timeout: float) -> _Sheet:
    """Render the contents; a second time when they take more or fewer pages than guessed."""
    pages = toc.guess_pages(_entries(rest, CONTENTS_DEPTH))
    heading = VolumePart(toc.heading(language), b"", level=1)
    for _ in range(3):
        first = _number(front) + 1
        _number(rest, first + pages)
        word = toc.document([_without_anchor(e) for e in _entries(rest, CONTENTS_DEPTH)], language)
        document = open_pdf(to_pdfs([word], names=[heading.title], cache=cache, timeout=timeout)[0], heading.title)
        if len(document.pages) == pages:
            return _Sheet(heading, word, document, delivered=False)
        pages = len(document.pages)
    raise TemplateError("contents: the number of their pages does not settle; next: shorten a title")


def _number(sheets: Sequence[_Sheet], first: int = 1) -> int:
    """Give each part its first page; the result is the last page."""
    for sheet in sheets:
        sheet.first, first = first, first + len(sheet.pdf.pages)
    return first - 1


def _entries(sheets: Sequence[_Sheet], depth: int) -> list[Entry]:
    """The lines of the contents: the parts' titles and the headings below them."""
    lines = []
    for number, sheet in enumerate(sheets):
        part = sheet.part
        printed = _prints_title(sheet)
        lines.append(Entry(part.title, part.level, sheet.first, f"_TocPart{number}", printed))
        for place, heading in enumerate(sheet.headings):
            if part.level + heading.level <= depth:
                anchor = f"_TocPart{number}_{place}"
                lines.append(Entry(heading.title, part.level + heading.level, sheet.first + heading.page, anchor))
    return lines


def _prints_title(sheet: _Sheet) -> bool:
    return not sheet.delivered and bool(blocks(sheet.word, sheet.part.title, [sheet.part.title])[0] is not None)


def _without_anchor(entry: Entry) -> Entry:
    return Entry(entry.title, entry.level, entry.page)


def _pdf(
    ordered: list[_Sheet],
    table: _Sheet | None,
    front: list[_Sheet],
    rest: list[_Sheet],
    title: str,
    company: str,
    language: str,
) -> bytes:
    """Merge the pages, stamp them, write the bookmarks."""
    with pikepdf.new() as merged:
        for sheet in ordered:
            merged.pages.extend(sheet.pdf.pages)
        covers = {page for sheet in front for page in _pages(sheet)}
        scans = {page for sheet in rest if sheet.delivered for page in _pages(sheet)}
        stamp.stamp(merged, stamp.page_line(title, language), skip=covers, boxed=scans)
        marks = [
            Entry(sheet.part.title, 1, sheet.first) for sheet in ordered if sheet.part.level == 0 or sheet is table
        ]
        write_bookmarks(merged, [*marks, *_entries(rest, BOOKMARK_DEPTH)])
        normalise.clean(merged, company=company, title=title)
        return normalise.save(merged)


def _pages(sheet: _Sheet) -> range:
    return range(sheet.first, sheet.first + len(sheet.pdf.pages))


def _docx(
    ordered: list[_Sheet],
    lines: list[Entry],
    table: _Sheet | None,
    total: int,
    title: str,
    company: str,
    language: str,
) -> bytes:
    """Compose the Word file; its contents link to bookmarks, its footers show the pages of the PDF."""
    before, _, after = stamp.page_line(title, language)(-1, total).partition("-1")
    words = []
    anchors = {line.anchor: line for line in lines}
    for number, sheet in enumerate(s for s in ordered if s.part.level > 0 and s is not table):
        marks = _anchors(sheet, f"_TocPart{number}", anchors)
        sheet.word = add_numbers(sheet.word, sheet.part.title, first=sheet.first, line=(before, after), anchors=marks)
    if table is not None:
        table.word = add_numbers(
            toc.document(lines, language), table.part.title, first=table.first, line=(before, after)
        )
    words = [sheet.word for sheet in ordered]
    result = io.BytesIO()
    compose(words, result, names=[sheet.part.title for sheet in ordered])
    return normalise.normalise(result.getvalue(), company=company, title=title, name=title)


def _anchors(sheet: _Sheet, name: str, wanted: dict[str, Entry]) -> list[Anchor]:
    marks = {name: 0}
    titles = [heading.title for heading in sheet.headings]
    for place, block in enumerate(blocks(sheet.word, sheet.part.title, titles)):
        if block is not None and f"{name}_{place}" in wanted:
            marks[f"{name}_{place}"] = block
    return [Anchor(anchor, block) for anchor, block in marks.items()]
