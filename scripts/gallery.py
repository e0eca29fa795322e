"""Writes one contact sheet of every document of every set and form: `python scripts/gallery.py [FOLDER]`."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from templates import catalogue, preview  # noqa: E402
from templates.pdf import to_pdfs  # noqa: E402

SCALE = 40 / 72  # 40 dots per inch
CELL = (480, 500)  # an A4 page upright or landscape, and its name
COLUMNS = 10


def main(out: Path) -> None:
    """Render everything, write `gallery.png` and one PDF per document."""
    out.mkdir(parents=True, exist_ok=True)
    pages = list(_pages(out))
    rows = -(-len(pages) // COLUMNS)
    sheet = Image.new("RGB", (CELL[0] * COLUMNS, CELL[1] * rows), (226, 232, 240))
    for number, (name, page) in enumerate(pages):
        _place(sheet, name, page, number)
    sheet.save(out / "gallery.png", optimize=True)
    print(
        f"{len(pages)} pages of {len(catalogue.sets())} sets and {len(catalogue.forms())} forms: {out / 'gallery.png'}"
    )


def _pages(out: Path) -> Iterator[tuple[str, Image.Image]]:
    for source, previews in _sources():
        pdfs = to_pdfs([p.docx for p in previews], names=[p.name for p in previews])
        for document, pdf in zip(previews, pdfs, strict=True):
            name = f"{source} {document.name}"
            (out / f"{name.replace('/', '-').replace(' ', '-')}.pdf").write_bytes(pdf)
            for png in preview.pages(pdf, SCALE):
                yield name, Image.open(io.BytesIO(png))


def _sources() -> Iterator[tuple[str, list[preview.Preview]]]:
    for name in catalogue.sets():
        yield name, preview.of_set(catalogue.load(name))
    yield "forms", [preview.of_form(name) for name in catalogue.forms()]


def _place(sheet: Image.Image, name: str, page: Image.Image, number: int) -> None:
    x, y = number % COLUMNS * CELL[0], number // COLUMNS * CELL[1]
    sheet.paste(page, (x + (CELL[0] - page.width) // 2, y + 24))
    ImageDraw.Draw(sheet).text((x + 8, y + 4), name, (30, 41, 59), ImageFont.load_default(14))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "gallery")
