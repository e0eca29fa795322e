"""The headings of rendered parts, with their pages, and the bookmarks of the finished PDF."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pikepdf

from templates.compose.package import Package
from templates.contents import Entry
from templates.tree import W, all_text


@dataclass(frozen=True)
class Heading:
    """A heading of a part: its level from 1 and its page from 0 within the part."""

    title: str
    level: int
    page: int


def headings(document: pikepdf.Pdf) -> list[Heading]:
    """The headings that the renderer put into a PDF as bookmarks, in order."""
    pages: dict[object, int] = {page.objgen: index for index, page in enumerate(document.pages)}
    with document.open_outline() as outline:
        return list(_walk(outline.root, 1, pages))


def _walk(items: Sequence[pikepdf.OutlineItem], level: int, pages: dict[object, int]) -> Iterator[Heading]:
    for item in items:
        place = item.destination
        # The renderer parts a number from its heading by a space; Chinese numbers （一） stand close.
        title = re.sub(r"(?<=）)\s+", "", re.sub(r"\s+", " ", item.title).strip())
        if title and isinstance(place, pikepdf.Array) and place[0].objgen in pages:
            yield Heading(title, level, pages[place[0].objgen])
        yield from _walk(item.children, level + 1, pages)


def under_title(title: str, found: list[Heading], depth: int) -> tuple[str, list[Heading]]:
    """A part's title as its first page shows it ("一、投标函" for 投标函), and the headings below it.

    A heading on the first page that holds the title is the title; the others move up to stand right under it.
    """
    same = bool(found) and found[0].page == 0 and _bare(title) in _bare(found[0].title)
    rest = found[1:] if same else found
    base = min((heading.level for heading in rest), default=1)
    moved = [Heading(h.title, h.level - base + 1, h.page) for h in rest]
    return found[0].title if same else title, [heading for heading in moved if heading.level <= depth]


def blocks(docx: bytes, name: str, titles: Sequence[str]) -> list[int | None]:
    """Which block of a document's body each title stands in, in order; None where it cannot be told."""
    with Package(docx, name) as package:
        body = package.xml(package.main).find(W + "body")
    texts = [_bare(all_text(block)) if block.tag == W + "p" else "" for block in body] if body is not None else []
    found: list[int | None] = []
    start = 0
    for title in titles:
        # The bookmark shows the heading's number before its text; the text alone stands in the paragraph.
        place = next((i for i in range(start, len(texts)) if texts[i] and _bare(title).endswith(texts[i])), None)
        found.append(place)
        start = place + 1 if place is not None else start
    return found


def write_bookmarks(document: pikepdf.Pdf, entries: Sequence[Entry]) -> None:
    """Put `entries` into a PDF as its bookmarks, nested by level."""
    with document.open_outline() as outline:
        outline.root.clear()
        stack: list[tuple[int, list[pikepdf.OutlineItem]]] = [(0, outline.root)]
        for entry in entries:
            item = pikepdf.OutlineItem(entry.title, entry.page - 1)
            while stack[-1][0] >= entry.level:
                stack.pop()
            stack[-1][1].append(item)
            stack.append((entry.level, item.children))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
