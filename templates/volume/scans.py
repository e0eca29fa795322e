"""A scanned picture as one PDF page: the picture's own bytes, upright, without metadata, clear of the page number."""

import io

import pikepdf
from fpdf import FPDF
from PIL import Image, ImageOps

from templates.pictures import copy_clean, read_picture

A4 = (595.28, 841.89)  # points
_MARGIN, _FOOT = 28.0, 48.0


def page_of(picture: bytes, name: str) -> bytes:
    """The PDF page of a JPEG or PNG picture, in the orientation that fits it. Raises `BrokenPicture`."""
    structure = read_picture(name, picture)
    clean = io.BytesIO()
    copy_clean(picture, structure, clean.write)
    if structure.orientation == 1:
        width, height = structure.width, structure.height
        image: io.BytesIO | Image.Image = clean
    else:
        # Turned pixels are written anew: a page that is only marked as turned prints wrongly in some viewers.
        image = _upright(picture)
        width, height = image.size
    paper = A4 if height >= width else A4[::-1]
    scale = min((paper[0] - 2 * _MARGIN) / width, (paper[1] - _MARGIN - _FOOT) / height)
    across, up = width * scale, height * scale
    drawing = FPDF(unit="pt", format=paper)
    drawing.set_margin(0)
    drawing.set_auto_page_break(False)
    drawing.add_page()
    drawing.image(image, (paper[0] - across) / 2, _MARGIN + (paper[1] - _MARGIN - _FOOT - up) / 2, across, up)
    return bytes(drawing.output())


def _upright(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as image:
        return ImageOps.exif_transpose(image)


def open_pdf(content: bytes, name: str) -> pikepdf.Pdf:
    """A delivered PDF, opened. Raises `BrokenDocument` when it is damaged or locked."""
    from templates.compose.package import BrokenDocument

    try:
        return pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as error:
        raise BrokenDocument("{name}: the PDF has a password; next: save it without", name=name) from error
    except pikepdf.PdfError as error:
        raise BrokenDocument("{name}: found no sound PDF; next: print it to PDF again", name=name) from error
