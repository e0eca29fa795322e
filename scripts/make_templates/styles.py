# ruff: noqa: E501 (a style is one line)
"""Styles and heading numbers of the templates: fonts by name for each script, never by theme."""

from dataclasses import dataclass

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Look:
    """How documents of one language look. Sizes in half-points."""

    language: str
    body: str
    heading: str
    latin: str = "Times New Roman"
    size: int = 24
    table: int = 21

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")


CHINESE = Look("zh-CN", body="宋体", heading="黑体")
ENGLISH = Look("en-GB", body="宋体", heading="宋体", size=22, table=19)


def styles(look: Look) -> str:
    """`word/styles.xml` of a look."""
    indent = '<w:ind w:firstLineChars="200" w:firstLine="480"/>' if look.chinese else ""
    line = 360 if look.chinese else 276
    defined = [
        _style(look, "Normal", "Normal", "", size=look.size, default=True),
        _style(look, "Heading1", "heading 1", _h(1, '<w:spacing w:before="120" w:after="280"/><w:jc w:val="center"/>'), bold=True, size=32, heading=True),
        _style(look, "Heading2", "heading 2", _h(2, '<w:spacing w:before="240" w:after="120"/>', True), bold=True, size=26, heading=True),
        _style(look, "Heading3", "heading 3", _h(3, '<w:spacing w:before="120" w:after="60"/>', True), bold=True, size=24, heading=True),
        _style(look, "BidText", "Bid Text", f'<w:spacing w:after="{0 if look.chinese else 100}" w:line="{line}" w:lineRule="auto"/>{indent}<w:jc w:val="both"/>'),
        _style(look, "BidPlain", "Bid Plain", f'<w:spacing w:line="{line}" w:lineRule="auto"/>'),
        _style(look, "BidSign", "Bid Sign", '<w:keepLines/><w:spacing w:before="100" w:line="400" w:lineRule="auto"/>'),
        _style(look, "BidNote", "Bid Note", '<w:spacing w:before="80" w:line="300" w:lineRule="auto"/><w:jc w:val="both"/>', size=look.table),
        _style(look, "BidTable", "Bid Table Text", '<w:spacing w:before="40" w:after="40" w:line="280" w:lineRule="auto"/>', size=look.table),
        _style(look, "BidTableHead", "Bid Table Head", '<w:keepNext/><w:spacing w:before="60" w:after="60" w:line="280" w:lineRule="auto"/><w:jc w:val="center"/>', size=look.table, bold=True, heading=True),
        _style(look, "BidTitle", "Bid Title", '<w:spacing w:before="60" w:after="160"/><w:jc w:val="center"/>', size=36, bold=True, heading=True),
        _style(look, "CoverName", "Cover Name", '<w:spacing w:before="1500" w:line="420" w:lineRule="auto"/><w:jc w:val="center"/>', size=40, bold=True, heading=True),
        _style(look, "CoverTitle", "Cover Title", '<w:spacing w:before="1100" w:after="240"/><w:jc w:val="center"/>', size=72, bold=True, heading=True),
        _style(look, "CoverVolume", "Cover Volume", '<w:spacing w:before="120" w:after="1500"/><w:jc w:val="center"/>', size=44, heading=True),
        _style(look, "CoverText", "Cover Text", '<w:spacing w:before="120" w:line="400" w:lineRule="auto"/>', size=28),
        _style(look, "Header", "header", '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="7F7F7F"/></w:pBdr><w:tabs><w:tab w:val="right" w:pos="8845"/></w:tabs>', size=18),
    ]  # fmt: skip
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
    )
    return f'<w:styles xmlns:w="{W}">{_defaults(look)}{"".join(defined)}{table}</w:styles>'


def _h(level: int, spacing: str, numbered: bool = False) -> str:
    number = f'<w:numPr><w:ilvl w:val="{level - 2}"/><w:numId w:val="1"/></w:numPr>' if numbered else ""
    first, rest = spacing.split("/>", 1)
    return f'<w:keepNext/><w:keepLines/>{number}{first}/>{rest}<w:outlineLvl w:val="{level - 1}"/>'


def _defaults(look: Look) -> str:
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(look, look.body)}<w:color w:val="000000"/><w:sz w:val="{look.size}"/>'
        f'<w:szCs w:val="{look.size}"/><w:lang w:val="{"en-US" if look.chinese else look.language}" w:eastAsia="zh-CN"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )


def _fonts(look: Look, east: str) -> str:
    return f'<w:rFonts w:ascii="{look.latin}" w:hAnsi="{look.latin}" w:eastAsia="{east}" w:cs="{look.latin}"/>'


def _style(look: Look, id_: str, name: str, paragraph: str, size: int = 0, bold: bool = False, heading: bool = False,
           default: bool = False) -> str:  # fmt: skip
    """Elements stand in the order that the schema asks for."""
    run = _fonts(look, look.heading if heading else look.body)
    run += "<w:b/>" if bold and (not heading or not look.chinese or size >= 32) else ""
    run += f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else ""
    based = "" if default else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{id_}"{" w:default=" + chr(34) + "1" + chr(34) if default else ""}>'
        f'<w:name w:val="{name}"/>{based}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def numbering(look: Look) -> str:
    """`word/numbering.xml`: headings 2 and 3 carry （一）/1. in Chinese, 1/1.1 in English; a document starts at one."""
    formats = [("chineseCounting", "（%1）"), ("decimal", "%2.")] if look.chinese else [("decimal", "%1"), ("decimal", "%1.%2")]  # fmt: skip
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:pStyle w:val="Heading{i + 2}"/>'
        f'<w:suff w:val="{"nothing" if look.chinese else "space"}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        for i, (kind, text) in enumerate(formats)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>{levels}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
