"""Pictures as fields: placed at a width or height in millimetres, cleaned of metadata, upright."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from templates.pictures import Picture
from templates.values import plain_xml

if TYPE_CHECKING:
    from templates.document import Document

EMU_PER_MM = 36000
_EMU_PER_INCH = 914400
# EXIF orientation as (clockwise turn in degrees, mirrored first).
_TURNS = {
    1: (0, False),
    2: (0, True),
    3: (180, False),
    4: (180, True),
    5: (270, True),
    6: (90, False),
    7: (90, True),
    8: (270, False),
}
_DRAWING = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
    '<wp:docPr id="{number}" name="Picture {number}" descr="{text}"/><wp:cNvGraphicFramePr>'
    '<a:graphicFrameLocks xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" noChangeAspect="1"/>'
    '</wp:cNvGraphicFramePr><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
    'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="0" '
    'name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm{turn}><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing>"
)


@dataclass(frozen=True)
class Image:
    """A JPEG or PNG picture for `{{ … }}` in running text.

    `source` is a path (read while the document is written, never held whole) or the bytes. `width_mm` and `height_mm`
    are the size as the reader sees it; one alone keeps the proportions, none takes the picture's own resolution.
    `text` is the alternative text. EXIF and every other metadata is left out; the EXIF orientation becomes the
    drawing's rotation, so that the pixels need no second encoding.
    """

    source: Path | bytes
    width_mm: float | None = None
    height_mm: float | None = None
    text: str = ""
    levels: ClassVar[frozenset[str]] = frozenset({""})

    def to_xml(self, document: Document) -> str:
        """The drawing, between the text of the run it stands in."""
        picture, relation = document.add_picture(self.source)
        cx, cy = _size(picture, self.width_mm, self.height_mm)
        drawing = _DRAWING.format(
            cx=cx,
            cy=cy,
            turn=_turn(picture),
            relation=relation,
            number=document.next_drawing(),
            text=plain_xml(self.text),
        )
        return f'</w:t>{drawing}<w:t xml:space="preserve">'


def _size(picture: Picture, width_mm: float | None, height_mm: float | None) -> tuple[int, int]:
    """Extent in EMU before the turn: from compatibility mode 14 on, Word swaps the sides of a quarter turn itself."""
    across = picture.width / picture.dpi[0] * _EMU_PER_INCH
    down = picture.height / picture.dpi[1] * _EMU_PER_INCH
    if picture.turned:
        across, down = down, across
    wide = None if width_mm is None else width_mm * EMU_PER_MM
    high = None if height_mm is None else height_mm * EMU_PER_MM
    if wide is None:
        wide = across if high is None else across * high / down
    if high is None:
        high = down * wide / across
    if picture.turned:
        wide, high = high, wide
    return int(wide), int(high)


def _turn(picture: Picture) -> str:
    degrees, mirrored = _TURNS[picture.orientation]
    turn = f' rot="{degrees * 60000}"' if degrees else ""
    return turn + (' flipH="1"' if mirrored else "")
