"""The contents of a volume: a Word contents field whose entries carry the true page numbers, and their check."""

import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pypdfium2

from templates.compose.package import HEAD, WML, PackageWriter, R, Relation
from templates.errors import TemplateError
from templates.tree import W

_NS = W[1:-1]
_BREAK = "\n"
_TITLE = {"zh": "目　录", "en": "Contents"}
# A line of 12 points at 1.5 lines: as many entries fit on a page of A4 with these margins.
_ENTRIES = 34
_TEXT_WIDTH = 8845  # twips


class WrongContents(TemplateError):
    """The printed contents and the pages disagree."""


@dataclass(frozen=True)
class Entry:
    """A line of the contents: its level from 1, the page that it stands on from 1, and the bookmark there in Word.

    `printed` says whether the page shows the title as text, so that the check can find it; a scan does not.
    """

    title: str
    level: int
    page: int
    anchor: str = ""
    printed: bool = True


def heading(language: str) -> str:
    """What stands above the contents."""
    return _TITLE["zh" if language.lower().startswith("zh") else "en"]


def guess_pages(entries: Sequence[Entry]) -> int:
    """How many pages the contents will take, before they are rendered."""
    return max(1, -(-len(entries) // _ENTRIES))


def document(entries: Sequence[Entry], language: str) -> bytes:
    """The contents as a .docx of its own: a TOC field with its entries written in, so that nobody has to update it."""
    # A section that closes in the paragraph where the field ends loses the page number of its footer in LibreOffice.
    last = len(entries) - 1
    lines = [_line(entry, first=index == 0, last=index == last) for index, entry in enumerate(entries)]
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>{heading(language)}</w:t></w:r></w:p>'
        + "".join(lines)
        + '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1474" w:bottom="1440" w:left="1587"'
        ' w:header="680" w:footer="680" w:gutter="0"/></w:sectPr>'
    )
    result = io.BytesIO()
    writer = PackageWriter(result)
    text = f'<w:document xmlns:w="{_NS}"><w:body>{body}</w:body></w:document>'
    relations = [Relation("rId1", f"{R}/styles", "word/styles.xml")]
    writer.add("word/document.xml", HEAD + text.encode(), f"{WML}.document.main+xml", relations)
    writer.add("word/styles.xml", HEAD + _styles(language).encode(), f"{WML}.styles+xml")
    writer.close([Relation("rId1", f"{R}/officeDocument", "word/document.xml")])
    return result.getvalue()


def check(pdf: bytes, entries: Sequence[Entry], pages: range) -> None:
    """Compare the printed contents with the pages. Raises `WrongContents` at the first entry that disagrees.

    Args:
        pdf: The finished volume.
        entries: The lines of the contents.
        pages: The pages (from 1) that the contents stand on.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        texts = {page: _page_text(document, page) for page in {*pages, *(e.page for e in entries if e.printed)}}
    printed = _BREAK.join(texts[page] for page in pages)
    position = 0
    for entry in entries:
        title = _squeeze(entry.title)
        found = _printed_line(title, entry.page).search(printed, position)
        if found is None:
            _refuse("line {number} does not show page {page}", entries, entry)
            return
        position = found.end()
        if entry.printed and title not in texts[entry.page].replace(_BREAK, ""):
            _refuse("line {number} points to page {page}, where its title does not stand", entries, entry)


def _printed_line(title: str, page: int) -> re.Pattern[str]:
    """A line of the contents; a long title may be broken anywhere, and a page number ends where its line ends."""
    words = f"{_BREAK}?".join(map(re.escape, title))
    return re.compile(rf"{words}[.…·_{_BREAK}]*{page}(?!\d)")


def _refuse(what: str, entries: Sequence[Entry], entry: Entry) -> None:
    found = what.format(number=entries.index(entry) + 1, page=entry.page)
    raise WrongContents("contents: {found}; next: build the volume again", found=found)


def _page_text(document: pypdfium2.PdfDocument, page: int) -> str:
    sheet = document[page - 1]
    return _BREAK.join(map(_squeeze, sheet.get_textpage().get_text_bounded().splitlines()))


def _squeeze(text: str) -> str:
    """Text without white space and line breaks, which a renderer sets as it likes."""
    return re.sub(r"[\s\ufffe\u00ad\u200b]+", "", text)


def _line(entry: Entry, *, first: bool, last: bool) -> str:
    begin, end = "", '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if last else ""
    if first:
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h '
            '\\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
    level = min(entry.level, 3)
    text = (
        f'<w:r><w:t xml:space="preserve">{escape(entry.title)}</w:t></w:r><w:r><w:tab/></w:r>{_page_reference(entry)}'
    )
    if entry.anchor:
        text = f'<w:hyperlink w:anchor="{entry.anchor}" w:history="1">{text}</w:hyperlink>'
    return f'<w:p><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{begin}{text}{end}</w:p>'


def _page_reference(entry: Entry) -> str:
    number = f"<w:r><w:t>{entry.page}</w:t></w:r>"
    if not entry.anchor:
        return number
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> PAGEREF {entry.anchor} \\h </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{number}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _styles(language: str) -> str:
    heading_font = "黑体" if language.lower().startswith("zh") else "宋体"
    leader = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_TEXT_WIDTH}"/></w:tabs>'
    levels = "".join(
        f'<w:style w:type="paragraph" w:styleId="TOC{level}"><w:name w:val="toc {level}"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr>{leader}<w:spacing w:line="400" w:lineRule="exact"/><w:ind w:left="{indent}"/></w:pPr>'
        "</w:style>"
        for level, indent in zip((1, 2, 3), itertools.count(0, 360))
    )
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{}" w:cs="Times New Roman"/>'
    return (
        f'<w:styles xmlns:w="{_NS}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts.format("宋体")}<w:sz w:val="24"/>'
        f'<w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="TOCHeading"><w:name w:val="TOC Heading"/><w:basedOn w:val="Normal"/>'
        '<w:pPr><w:spacing w:before="120" w:after="280"/><w:jc w:val="center"/></w:pPr>'
        f'<w:rPr>{fonts.format(heading_font)}<w:b/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>'
        f"{levels}</w:styles>"
    )
