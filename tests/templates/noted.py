"""Word files with footnotes or endnotes, built for a test."""

from __future__ import annotations

import io
import zipfile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'

_FACES = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/>'
_STYLES = f"<w:docDefaults><w:rPrDefault><w:rPr>{_FACES}</w:rPr></w:rPrDefault></w:docDefaults>"


def word(body: str, *, settings: str = "", footnotes: str = "", endnotes: str = "") -> bytes:
    """A .docx of these pieces of WordprocessingML."""
    parts = {
        "document": ("document.main", f"<w:body>{body}</w:body>"),
        "styles": ("styles", _STYLES),
        "settings": ("settings", settings),
        "footnotes": ("footnotes", footnotes and _separators("footnote") + footnotes),
        "endnotes": ("endnotes", endnotes and _separators("endnote") + endnotes),
    }
    held = {name: (kind, xml) for name, (kind, xml) in parts.items() if xml or name == "document"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        types = "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
            for name, (kind, _) in held.items()
        )
        rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        package.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{rels}{types}</Types>')
        package.writestr("_rels/.rels", _relations("officeDocument", "word/document.xml"))
        others = [pair for name in held if name != "document" for pair in (name, f"{name}.xml")]
        package.writestr("word/_rels/document.xml.rels", _relations(*others))
        for name, (_, xml) in held.items():
            package.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{WORD}">{xml}</w:{name}>')
    return out.getvalue()


def _relations(*pairs: str) -> str:
    links = zip(pairs[::2], pairs[1::2], strict=True)
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _separators(kind: str) -> str:
    return "".join(
        f'<w:{kind} w:type="{name}" w:id="{number}"><w:p><w:r><w:{name}/></w:r></w:p></w:{kind}>'
        for number, name in ((-1, "separator"), (0, "continuationSeparator"))
    )


def line(text: str, *numbers: int, kind: str = "footnote", bookmark: str = "") -> str:
    """A paragraph with a reference to each note after its text."""
    references = "".join(f'<w:r>{_RAISED}<w:{kind}Reference w:id="{number}"/></w:r>' for number in numbers)
    if bookmark:
        mark = f'w:id="{numbers[0]}"'
        references = f'<w:bookmarkStart {mark} w:name="{bookmark}"/>{references}<w:bookmarkEnd {mark}/>'
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{references}</w:p>"


def notes(*texts: str, kind: str = "footnote") -> str:
    """The notes 1, 2, …, each with its number before its text."""
    return "".join(
        f'<w:{kind} w:id="{number}"><w:p><w:r>{_RAISED}<w:{kind}Ref/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:{kind}>'
        for number, text in enumerate(texts, 1)
    )


def section(properties: str = "") -> str:
    """A section's end."""
    return f"<w:p><w:pPr><w:sectPr>{properties}</w:sectPr></w:pPr></w:p>"


def numbering(*, kind: str = "footnote", **values: str) -> str:
    """`footnotePr` or `endnotePr` with these elements."""
    inner = "".join(f'<w:{name} w:val="{value}"/>' for name, value in values.items())
    return f"<w:{kind}Pr>{inner}</w:{kind}Pr>"


def simple(text: str, count: int = 2, **values: str) -> bytes:
    """A document whose section numbers `count` footnotes so."""
    body = "".join(line(f"{text}{number}", number) for number in range(1, count + 1))
    properties = f"<w:sectPr>{numbering(**values) if values else ''}</w:sectPr>"
    return word(body + properties, footnotes=notes(*(f"{text} note {number}" for number in range(1, count + 1))))
