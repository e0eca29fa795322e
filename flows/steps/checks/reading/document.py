"""A bid document as blocks of text in reading order, whichever program made it."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cell:
    """One table cell: its text, the first grid column that it covers, and how many."""

    text: str
    column: int
    span: int = 1


@dataclass(frozen=True)
class Paragraph:
    """One paragraph outside tables; `level` is 1… for headings, 0 for body text; `part` the part of the bid it is in."""  # noqa: E501

    text: str
    place: str
    level: int = 0
    part: str = ""
    toc: bool = False


@dataclass(frozen=True)
class Table:
    """One table; vertically merged cells repeat their text in every row that they cover."""

    rows: tuple[tuple[Cell, ...], ...]
    place: str
    part: str = ""

    def row_place(self, row: int) -> str:
        """Return where a row stands, counted from 1."""
        return f"{self.place}, row {row + 1}"


Block = Paragraph | Table


@dataclass(frozen=True)
class Revision:
    """A tracked change, comment or hidden text: its kind and what it holds."""

    kind: str
    text: str
    place: str


@dataclass(frozen=True)
class Document:
    """A read document: body blocks, texts around the body (header, footer, alt text, comment, metadata), revisions.

    `fault` says why nothing could be read; the other fields are then empty.
    """

    name: str
    blocks: tuple[Block, ...] = ()
    around: tuple[tuple[str, str], ...] = ()
    revisions: tuple[Revision, ...] = ()
    images_in_headers: int = 0
    fault: str = ""
    paged: bool = field(default=False)

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield every paragraph outside tables."""
        return (block for block in self.blocks if isinstance(block, Paragraph))

    def tables(self) -> Iterator[Table]:
        """Yield every table."""
        return (block for block in self.blocks if isinstance(block, Table))

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Yield (part, place, text) of every paragraph and every table row."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                if not block.toc:
                    yield block.part, block.place, block.text
                continue
            for number, row in enumerate(block.rows):
                yield block.part, block.row_place(number), "  ".join(cell.text for cell in row)
