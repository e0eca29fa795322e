"""Prints one line at the foot of every page of a PDF, in an embedded font, in one pass."""

import io
from collections.abc import Callable, Collection
from dataclasses import dataclass

import pikepdf
from fpdf import FPDF
from pikepdf import Name

from templates import fonts

SIZE = 9.0  # points
FOOT = 24.0  # points from the lower edge to the base line: below the text of common pages, inside what printers reach
_FONT = Name("/TenderflowStamp")
_PADDING = 4.0


def page_line(title: str, language: str) -> Callable[[int, int], str]:
    """The line of a volume: `title` and 第 x 页 共 y 页, or Page x of y, from the page's number and the count."""
    head = f"{title}    " if title else ""
    if language.lower().startswith("zh"):
        return lambda page, count: f"{head}第 {page} 页 共 {count} 页"
    return lambda page, count: f"{head}Page {page} of {count}"


@dataclass(frozen=True)
class _Ink:
    """A font in the PDF and how to write with it."""

    font: pikepdf.Object
    encode: Callable[[str], bytes]
    width: Callable[[str], float]


def stamp(
    document: pikepdf.Pdf,
    line: Callable[[int, int], str],
    *,
    font: str = "宋体",
    skip: Collection[int] = (),
    boxed: Collection[int] = (),
) -> None:
    """Print `line(page, count)` centred at the foot of every page, upright whatever the page's rotation.

    Args:
        document: An open PDF, changed in place.
        line: The text from the page's number (from 1) and the number of pages.
        font: The font's family; the face that stands for it is embedded as a subset.
        skip: Pages (from 1) that count and carry no line, such as a cover.
        boxed: Pages (from 1) where the line stands on white, because a scan may be dark there.
    """
    count = len(document.pages)
    lines = {number: line(number, count) for number in range(1, count + 1) if number not in skip}
    if not lines:
        return
    ink = _ink(document, font, "".join(sorted(set("".join(lines.values())))))
    for number, page in enumerate(document.pages, 1):
        if number in lines:
            # Marks of the page's own content must not move ours: its graphics state is put back first.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ\n" + _marks(page, lines[number], ink, boxed=number in boxed))
            page.add_resource(ink.font, Name.Font, _FONT, replace_existing=True)


def _marks(page: pikepdf.Page, text: str, ink: _Ink, *, boxed: bool) -> bytes:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.obj.get("/Rotate", 0)) % 360
    across = right - left if turn in (0, 180) else top - bottom
    # From upright coordinates (origin at the visible lower left corner) to those of the page.
    matrix = {
        0: (1, 0, 0, 1, left, bottom),
        90: (0, 1, -1, 0, right, bottom),
        180: (-1, 0, 0, -1, right, top),
        270: (0, -1, 1, 0, left, top),
    }[turn]
    width = ink.width(text)
    size = min(SIZE, SIZE * (across - 2 * FOOT) / width)
    x = (across - width * size / SIZE) / 2
    box = ""
    if boxed:
        edge, reach = x - _PADDING, width * size / SIZE + 2 * _PADDING
        box = f"1 g {edge:.2f} {FOOT - _PADDING:.2f} {reach:.2f} {size + 2 * _PADDING:.2f} re f\n"
    start = "q {} {} {} {} {:.2f} {:.2f} cm\n".format(*matrix) + box
    write = f"0 g BT {_FONT} {size:.2f} Tf {x:.2f} {FOOT:.2f} Td "
    return start.encode() + write.encode() + ink.encode(text) + b" ET Q\n"


def _ink(document: pikepdf.Pdf, family: str, characters: str) -> _Ink:
    """Embed the subset of a face that holds `characters`."""
    path, index = fonts.file(family)
    drawing = FPDF(unit="pt")
    drawing.add_page()
    drawing.add_font("ink", fname=str(path), collection_font_number=index)
    drawing.set_font("ink", size=SIZE)
    drawing.cell(text=characters)
    face = drawing.current_font
    assert face is not None  # `set_font` has set it
    with pikepdf.open(io.BytesIO(bytes(drawing.output()))) as made:
        font = document.copy_foreign(next(iter(made.pages[0].Resources.Font.values())))
    return _Ink(font, lambda text: face.encode_text(text).encode("latin-1"), drawing.get_string_width)
