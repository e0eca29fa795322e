"""Text whose pieces carry their own formatting, for `{{r … }}`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from templates.values import plain_xml, text_xml

if TYPE_CHECKING:
    from templates.document import Document


@dataclass(frozen=True)
class _Piece:
    text: str
    properties: str
    url: str | None


@dataclass
class RichText:
    """Runs of text with formatting of their own; `add` takes docxtpl's keywords, `url` instead of its `url_id`."""

    pieces: list[_Piece] = field(default_factory=list)
    levels: ClassVar[frozenset[str]] = frozenset({"r"})

    def add(
        self,
        text: str,
        *,
        style: str = "",
        color: str = "",
        highlight: str = "",
        size: int | None = None,
        bold: bool = False,
        italic: bool = False,
        underline: str | bool = False,
        strike: bool = False,
        subscript: bool = False,
        superscript: bool = False,
        font: str = "",
        url: str | None = None,
    ) -> RichText:
        """Append a piece. `size` in half points, `color` and `highlight` as RRGGBB, `style` a character style's id.

        The result is the RichText itself, so that calls chain.
        """
        fonts = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}" w:eastAsia="{0}" w:cs="{0}"/>'.format(plain_xml(font))
        position = "subscript" if subscript else "superscript"
        # In the order of the schema (ECMA-376, CT_RPr).
        properties = [
            _tag("rStyle", style),
            fonts if font else "",
            "<w:b/>" if bold else "",
            "<w:i/>" if italic else "",
            "<w:strike/>" if strike else "",
            _tag("color", color.removeprefix("#")),
            _tag("sz", str(size or "")) + _tag("szCs", str(size or "")),
            _tag("u", ("single" if underline is True else underline) or ""),
            f'<w:shd w:val="clear" w:fill="{plain_xml(highlight.removeprefix("#"))}"/>' if highlight else "",
            _tag("vertAlign", position if subscript or superscript else ""),
        ]
        self.pieces.append(_Piece(text, "".join(properties), url))
        return self

    def to_xml(self, document: Document) -> str:
        """The runs; links get their relationship in the part being rendered."""
        return "".join(_run(piece, document) for piece in self.pieces)


def _tag(name: str, value: str) -> str:
    return f'<w:{name} w:val="{plain_xml(value)}"/>' if value else ""


def _run(piece: _Piece, document: Document) -> str:
    properties = f"<w:rPr>{piece.properties}</w:rPr>" if piece.properties else ""
    run = f'<w:r>{properties}<w:t xml:space="preserve">{text_xml(piece.text)}</w:t></w:r>'
    if piece.url is None:
        return run
    relation = document.add_link(piece.url)
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<w:hyperlink xmlns:r="{namespace}" r:id="{relation}">{run}</w:hyperlink>'
