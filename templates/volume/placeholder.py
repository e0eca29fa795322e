"""The page that stands in a volume's Word file for a delivered PDF or picture, whose own pages are in the PDF."""

import io
from xml.sax.saxutils import escape

from templates.compose.package import HEAD, WML, PackageWriter, R, Relation
from templates.tree import W

_NOTE = {
    "zh": "（本件共 {pages} 页，见本册 PDF 文件。）",
    "en": "({pages} page(s), reproduced in the PDF of this volume.)",
}


def placeholder(title: str, pages: int, language: str) -> bytes:
    """A one-page .docx that names the document and says how many pages it has."""
    note = _NOTE["zh" if language.lower().startswith("zh") else "en"].format(pages=pages)
    result = io.BytesIO()
    writer = PackageWriter(result)
    body = (
        f'<w:p><w:pPr><w:spacing w:before="4800" w:after="240"/><w:jc w:val="center"/></w:pPr>'
        f'<w:r><w:rPr><w:b/><w:sz w:val="32"/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>'
        f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{escape(note)}</w:t></w:r></w:p>'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1474" w:bottom="1440" w:left="1587"'
        ' w:header="680" w:footer="680" w:gutter="0"/></w:sectPr>'
    )
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/>'
    styles = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts}<w:sz w:val="24"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    )
    document = HEAD + f'<w:document xmlns:w="{W[1:-1]}"><w:body>{body}</w:body></w:document>'.encode()
    relations = [Relation("rId1", f"{R}/styles", "word/styles.xml")]
    writer.add("word/document.xml", document, f"{WML}.document.main+xml", relations)
    sheet = HEAD + f'<w:styles xmlns:w="{W[1:-1]}">{styles}</w:styles>'.encode()
    writer.add("word/styles.xml", sheet, f"{WML}.styles+xml")
    writer.close([Relation("rId1", f"{R}/officeDocument", "word/document.xml")])
    return result.getvalue()
