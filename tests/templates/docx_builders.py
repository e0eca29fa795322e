"""Small Word templates built for a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import docx
from docx.document import Document
from PIL import Image


def template(build: Callable[[Document], None]) -> bytes:
    """A Word file that `build` fills."""
    document = docx.Document()
    build(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def paragraphs(*texts: str) -> bytes:
    """A Word file of one paragraph for each text."""

    def build(document: Document) -> None:
        for text in texts:
            document.add_paragraph(text)

    return template(build)


def split_runs(*pieces: tuple[str, bool]) -> bytes:
    """A Word file of one paragraph, a run for each (text, bold)."""

    def build(document: Document) -> None:
        paragraph = document.add_paragraph()
        for text, bold in pieces:
            paragraph.add_run(text).bold = bold

    return template(build)


def table(*rows: Sequence[str]) -> bytes:
    """A Word file of one table with these cell texts; short rows leave cells empty."""
    return template(lambda document: add_table(document, *rows))


def add_table(document: Document, *rows: Sequence[str]) -> None:
    """Add a table with these cell texts."""
    grid = document.add_table(len(rows), max(map(len, rows)))
    grid.style = "Table Grid"
    for row, texts in zip(grid.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text


def price_table() -> bytes:
    """A price list of seven columns whose middle row repeats."""
    names = ("no", "name", "model", "unit", "quantity", "unit_price", "total")
    return table(
        ("序号", "名称", "型号", "单位", "数量", "单价", "合计"),
        ("{%tr for line in lines %}",),
        tuple(f"{{{{ line.{name} }}}}" for name in names),
        ("{%tr endfor %}",),
    )


def price_lines(count: int) -> list[dict[str, str]]:
    """Made-up lines for `price_table`."""
    return [
        {"no": str(n), "name": f"智能升降机器人{n}", "model": f"AGV-{n % 97}", "unit": "台", "quantity": str(n % 9 + 1)}
        | {"unit_price": f"{n * 37 % 90000:,}.00", "total": f"{n * 91 % 900000:,}.00"}
        for n in range(1, count + 1)
    ]


def with_part(
    content: bytes, name: str, data: bytes, *, changed: Mapping[str, Callable[[bytes], bytes]] | None = None
) -> bytes:
    """A copy of a package with one more part, other parts passed through `changed`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, (changed or {}).get(part, lambda same: same)(old.read(part)))
        new.writestr(name, data)
    return target.getvalue()


def jpeg(width: int = 80, height: int = 40, *, orientation: int = 1, dpi: int = 72) -> bytes:
    """A JPEG whose left third is red, with EXIF: a camera's name and the orientation."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 3, height))
    exif = Image.Exif()
    exif[0x0110] = "SecretCamera"
    exif[0x0112] = orientation
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif, dpi=(dpi, dpi), quality=95)
    return target.getvalue()


def png(width: int = 60, height: int = 30) -> bytes:
    """A blue PNG."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), "blue").save(target, "PNG", dpi=(96, 96))
    return target.getvalue()
