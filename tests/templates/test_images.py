"""Pictures: stored once and uncompressed, without metadata, the right way up, memory flat."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from PIL import Image as Pillow
from PIL import ImageOps
from PIL.PngImagePlugin import PngInfo

from templates import fill, pdf
from templates.errors import TemplateError
from templates.images import EMU_PER_MM, Image
from templates.pictures import BrokenPicture, copy_clean, read_picture
from tests.templates import docx_builders as build

TEMPLATE = build.paragraphs("before {{ picture }} after")
LOOP = build.paragraphs("{%p for picture in pictures %}", "{{ picture }}", "{%p endfor %}")
MEMORY = """
import pathlib, re, sys
from templates import fill
from templates.images import Image
folder, template, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
pictures = [Image(file, width_mm=50) for file in sorted(folder.iterdir())[:count]]
fill.fill(template, {"pictures": pictures}, pathlib.Path(sys.argv[4]))
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


def clean(content: bytes) -> bytes:
    target = io.BytesIO()
    copy_clean(content, read_picture("p", content), target.write)
    return target.getvalue()


def media(document: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return [entry for entry in package.infolist() if entry.filename.startswith("word/media/")]


def test_a_picture_stands_in_its_paragraph_at_the_size_asked_for() -> None:
    document = docx.Document(io.BytesIO(fill.fill_bytes(TEMPLATE, {"picture": Image(build.jpeg(80, 40), width_mm=30)})))
    shape = document.inline_shapes[0]
    assert (shape.width, shape.height) == (30 * EMU_PER_MM, 15 * EMU_PER_MM)
    assert document.paragraphs[0].text == "before  after"


def test_the_height_alone_keeps_the_proportions_and_no_size_takes_the_resolution() -> None:
    picture = build.jpeg(80, 40, dpi=144)
    by_height = docx.Document(io.BytesIO(fill.fill_bytes(TEMPLATE, {"picture": Image(picture, height_mm=10)})))
    assert by_height.inline_shapes[0].width == 20 * EMU_PER_MM
    own = docx.Document(io.BytesIO(fill.fill_bytes(TEMPLATE, {"picture": Image(picture)})))
    assert own.inline_shapes[0].width == 914400 * 80 // 144


def test_one_picture_used_many_times_is_stored_once_and_uncompressed(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(build.jpeg())
    pictures = [Image(tmp_path / "a.jpg"), Image(tmp_path / "b.jpg"), Image(build.jpeg()), Image(build.png())]
    filled = fill.fill_bytes(LOOP, {"pictures": pictures * 3})
    stored = media(filled)
    assert sorted(entry.filename.rpartition(".")[2] for entry in stored) == ["jpeg", "png"]
    assert {entry.compress_type for entry in stored} == {zipfile.ZIP_STORED}
    assert len(docx.Document(io.BytesIO(filled)).inline_shapes) == 12


def test_every_drawing_has_an_id_of_its_own() -> None:
    filled = fill.fill_bytes(LOOP, {"pictures": [Image(build.png())] * 5})
    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        ids = re.findall(rb'docPr id="(\d+)"', package.read("word/document.xml"))
    assert len(set(ids)) == 5


def test_camera_and_place_leave_a_jpeg_whose_pixels_stay_the_same() -> None:
    picture = build.jpeg(orientation=6)
    assert b"SecretCamera" in picture
    cleaned = clean(picture)
    assert b"SecretCamera" not in cleaned
    assert b"Exif" not in cleaned
    assert Pillow.open(io.BytesIO(cleaned)).tobytes() == Pillow.open(io.BytesIO(picture)).tobytes()


def test_texts_leave_a_png_whose_pixels_stay_the_same() -> None:
    info = PngInfo()
    info.add_text("Author", "SecretPerson")
    target = io.BytesIO()
    Pillow.new("RGB", (10, 10), "green").save(target, "PNG", pnginfo=info)
    assert b"SecretPerson" in target.getvalue()
    cleaned = clean(target.getvalue())
    assert b"SecretPerson" not in cleaned
    assert Pillow.open(io.BytesIO(cleaned)).getpixel((5, 5)) == (0, 128, 0)


def test_what_a_phone_hangs_behind_the_picture_is_cut_off() -> None:
    picture = build.jpeg()
    assert clean(picture + b"\0" * 10 + b"SecretVideo") == clean(picture)


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    file = tmp_path / "scan-7.jpg"
    file.write_bytes(build.jpeg()[:150])
    with pytest.raises(BrokenPicture, match=r"scan-7\.jpg"):
        fill.fill_bytes(TEMPLATE, {"picture": Image(file)})
    with pytest.raises(TemplateError, match="no JPEG or PNG"):
        fill.fill_bytes(TEMPLATE, {"picture": Image(b"GIF89a")})


@pytest.mark.office
def test_pictures_of_all_orientations_are_upright_on_the_page() -> None:
    """The colours of the four corners lie where an EXIF-aware viewer shows them."""
    pictures = [_corners(orientation) for orientation in range(1, 9)]
    fields = {"pictures": [Image(picture, height_mm=20) for picture in pictures]}
    with pypdfium2.PdfDocument(pdf.to_pdf(fill.fill_bytes(LOOP, fields))) as document:
        bands = _bands(document[0].render(scale=60 / 72).to_pil().convert("RGB"))
    expected = [ImageOps.exif_transpose(Pillow.open(io.BytesIO(picture))) for picture in pictures]
    assert [_colours(band) for band in bands] == [_colours(picture) for picture in expected]


def _corners(orientation: int) -> bytes:
    picture = Pillow.new("RGB", (200, 120))
    for box, colour in zip([(0, 0), (100, 0), (0, 60), (100, 60)], ["red", "lime", "blue", "black"], strict=True):
        picture.paste(colour, (*box, box[0] + 100, box[1] + 60))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif, quality=95)
    return target.getvalue()


def _bands(page: Pillow.Image) -> list[Pillow.Image]:
    """The pictures of a page from top to bottom: stretches of lines that are not white."""
    inked = ImageOps.invert(page.convert("L")).point(lambda value: 255 if value > 30 else 0)
    rows = [inked.crop((0, y, page.width, y + 1)).getbbox() is not None for y in range(page.height)]
    starts = [y for y in range(1, page.height) if rows[y] and not rows[y - 1]]
    found = []
    for start in starts:
        end = next(y for y in range(start, page.height) if not rows[y])
        left, _, right, _ = inked.crop((0, start, page.width, end)).getbbox()
        found.append(page.crop((left, start, right, end)))
    return found


def _colours(picture: Pillow.Image) -> tuple[str, ...]:
    places = [(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
    pixels = (picture.getpixel((int(picture.width * x), int(picture.height * y))) for x, y in places)
    shape = "wide" if picture.width > picture.height else "high"
    return shape, *("".join(name for name, value in zip("rgb", pixel, strict=True) if value > 128) for pixel in pixels)


def test_memory_does_not_grow_with_the_bytes_of_the_pictures(tmp_path: Path) -> None:
    template, folder = tmp_path / "t.docx", tmp_path / "scans"
    template.write_bytes(LOOP)
    folder.mkdir()
    picture = build.jpeg(400, 400)
    for number in range(20):
        comment = os.urandom(60_000)
        segments = b"".join(b"\xff\xee" + (60_002).to_bytes(2, "big") + comment for _ in range(20))
        (folder / f"{number:02}.jpg").write_bytes(picture[:2] + segments + picture[2:])
    kilobytes = [
        int(subprocess.check_output([sys.executable, "-c", MEMORY, folder, template, str(count), tmp_path / "o.docx"]))
        for count in (1, 20)
    ]
    assert kilobytes[1] - kilobytes[0] < 4_000
