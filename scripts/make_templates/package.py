"""A .docx made from an allow-listed handful of parts: no author, no theme, no revision ids, same bytes each time."""

import zipfile
from pathlib import Path

from styles import Look, numbering, styles

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PARTS = {"document": "document.main", "styles": "styles", "numbering": "numbering", "settings": "settings",
         "header1": "header"}  # fmt: skip


# Paper and margins (top, right, bottom, left) in twentieths of a point: 2.54 cm above and below, 2.8 cm at the binding
# and 2.6 cm outside; forms have less above and below, so that one sheet holds them.
PAGES = {
    "upright": ('w:w="11906" w:h="16838"', (1440, 1474, 1440, 1587)),
    "wide": ('w:w="16838" w:h="11906" w:orient="landscape"', (1440, 1474, 1440, 1587)),
    "form": ('w:w="11906" w:h="16838"', (1134, 1474, 964, 1587)),
}


def write(path: Path, look: Look, body: str, header: str, page: str) -> None:
    """Write one template: `body` and `header` are block XML, `page` a key of PAGES; covers have no header."""
    if body.endswith("</w:tbl>"):
        body += '<w:p><w:pPr><w:pStyle w:val="BidTable"/></w:pPr></w:p>'  # Word wants a paragraph after the last table
    used = [name for name in PARTS if header or name != "header1"]
    texts = {
        "document": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{_page(page, bool(header))}'
        "</w:body></w:document>",
        "styles": styles(look),
        "numbering": numbering(look),
        "settings": f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>',
        "header1": f'<w:hdr xmlns:w="{W}">{header}</w:hdr>',
    }
    parts = {f"word/{name}.xml": HEAD + texts[name] for name in used}
    path.parent.mkdir(parents=True, exist_ok=True)
    _zip(path, {"[Content_Types].xml": _types(used), "_rels/.rels": _root(), **parts,
                "word/_rels/document.xml.rels": _relations(used)})  # fmt: skip


def _page(page: str, header: bool) -> str:
    paper, (top, right, bottom, left) = PAGES[page]
    reference = '<w:headerReference w:type="default" r:id="rId9"/>' if header else ""
    return (
        f"<w:sectPr>{reference}<w:pgSz {paper}/>"
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="680" w:footer="680"'
        ' w:gutter="0"/></w:sectPr>'
    )


def _types(used: list[str]) -> str:
    overrides = "".join(f'<Override PartName="/word/{n}.xml" ContentType="{WML}.{PARTS[n]}+xml"/>' for n in used)
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _root() -> str:
    return _rels(f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>')


def _relations(used: list[str]) -> str:
    ids = {"styles": "rId1", "numbering": "rId2", "settings": "rId3", "header1": "rId9"}
    return _rels(
        "".join(f'<Relationship Id="{ids[n]}" Type="{R}/{n.rstrip("1")}" Target="{n}.xml"/>' for n in used if n in ids)
    )


def _rels(inner: str) -> str:
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def _zip(path: Path, parts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
