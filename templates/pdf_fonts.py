"""The fonts that a Word document asks for and those that its PDF holds; a substituted font is an error."""

import io
import re
import zipfile
from collections.abc import Iterator

import pikepdf
from lxml import etree

from templates import fonts
from templates.errors import TemplateError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STORIES = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_LATIN = ("ascii", "hAnsi")
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_ALNUM = re.compile(r"[0-9A-Za-z]")


class SubstitutedFont(TemplateError):
    """A document asks for a font for which none of the known faces stands."""


def requested(docx: bytes) -> set[str]:
    """The font families that the text of a document is set in, through its styles and its theme."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        names = package.namelist()
        stories = [_parse(package.read(name)) for name in names if _STORIES.fullmatch(name)]
        styles = _parse(package.read("word/styles.xml")) if "word/styles.xml" in names else None
        theme = next((_parse(package.read(name)) for name in names if name.startswith("word/theme/theme")), None)
    text = "".join(node.text or "" for story in stories for node in story.iter(f"{_W}t"))
    kinds = (*(_LATIN if _ALNUM.search(text) else ()), *(("eastAsia",) if _HAN.search(text) else ()))
    nodes = [node for story in stories for node in story.iter(f"{_W}rFonts")]
    if styles is not None:
        nodes += _fonts_of_used_styles(styles, stories)
    return {name for node in nodes for kind in kinds if (name := _name(node, kind, theme))}


def check(docx: bytes, pdf: bytes, name: str) -> None:
    """Raise `SubstitutedFont` when `pdf`, made from `docx`, shows a face that does not stand for a requested font."""
    families = requested(docx)
    for family in sorted(families):
        if not fonts.is_printable(family):
            _refuse(family, name)
    for face in sorted(embedded(pdf, name)):
        if not fonts.is_printed_by(face, families):
            _refuse(face, name)


def embedded(pdf: bytes, name: str) -> set[str]:
    """The PostScript names of the fonts in a PDF; a font that is not embedded raises `SubstitutedFont`."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = {str(font.BaseFont): font for font in _descendants(document)}
        for face, font in found.items():
            descriptor = font.get("/FontDescriptor")
            if descriptor is None or not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                _refuse(face, name)
    return {face.lstrip("/") for face in found}


def _descendants(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every font dictionary that carries a font program: composite fonts carry it in their descendant."""
    for item in document.objects:
        is_font = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        if is_font and item.get("/Subtype") not in ("/Type0", "/Type3"):
            yield item


def _refuse(font: str, name: str) -> None:
    raise SubstitutedFont(
        "{name}: font {font} is not installed and no known face stands for it; "
        "next: put the font into {folder}, or use 宋体, 仿宋, 黑体, 楷体, Times New Roman or Arial",
        name=name,
        font=font.lstrip("/"),
        folder=fonts.folder(),
    )


def _parse(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _fonts_of_used_styles(styles: etree._Element, stories: list[etree._Element]) -> list[etree._Element]:
    by_id = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}
    tags = [f"{_W}{kind}" for kind in ("pStyle", "rStyle", "tblStyle")]
    waiting = {node.get(f"{_W}val") for story in stories for node in story.iter(*tags)}
    waiting |= {key for key, style in by_id.items() if style.get(f"{_W}default") == "1"}
    used: set[str | None] = set()
    while waiting:
        used |= waiting
        bases = (by_id[key].find(f"{_W}basedOn") for key in waiting if key in by_id)
        waiting = {base.get(f"{_W}val") for base in bases if base is not None} - used
    roots = [*styles.iter(f"{_W}docDefaults"), *(by_id[key] for key in used if key in by_id)]
    return [node for root in roots for node in root.iter(f"{_W}rFonts")]


def _name(node: etree._Element, kind: str, theme: etree._Element | None) -> str | None:
    """The family that `w:rFonts` gives for one script; a theme attribute goes before a plain one."""
    reference = node.get(f"{_W}{kind}Theme")
    if reference is None or theme is None:
        return node.get(f"{_W}{kind}")
    group = theme.find(f".//{_A}{reference[:5]}Font")
    if group is None:
        return None
    plain = group.find(f"{_A}{'ea' if kind == 'eastAsia' else 'latin'}")
    named = plain.get("typeface") if plain is not None else None
    return named or None
