"""Takes the traces of people, programs and times out of documents; the same inputs give the same bytes."""

import io
import posixpath
import re
import zipfile
from xml.sax.saxutils import escape

import pikepdf
from lxml import etree

from templates.compose.package import HEAD, Package, PackageWriter, Relation, parse, remove, serialise
from templates.compose.person import NeedsPerson, require_settled
from templates.errors import TemplateError
from templates.pictures import BrokenPicture, copy_clean, read_picture
from templates.tree import W

# Relationships whose parts belong to a document's content. Everything else (properties, thumbnails, custom data,
# people, comments, macros, printer settings, attached templates) stays behind.
_KEPT = {
    *(
        "officeDocument",
        "styles",
        "numbering",
        "settings",
        "theme",
        "fontTable",
        "header",
        "footer",
        "footnotes",
        "endnotes",
    ),
    *(
        "image",
        "hyperlink",
        "chart",
        "chartUserShapes",
        "chartStyle",
        "chartColorStyle",
        "package",
        "oleObject",
        "font",
    ),
    *("diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "themeOverride"),
}
_PEOPLE = ("comments", "commentsExtended", "commentsIds", "commentsExtensible")
_STORIES = ("officeDocument", "header", "footer", "footnotes", "endnotes")
_SETTINGS = [W + n for n in ("rsids", "attachedTemplate", "docVars", "mailMerge", "trackRevisions", "revisionView",
                             "savePreviewPicture", "writeProtection", "attachedSchema", "saveThroughXslt")]  # fmt: skip
_LOOSE = [W + n for n in ("rsid", "proofErr", "dataBinding", "permStart", "permEnd")]
_IDS = re.compile(r"\{[^}]*\}(rsid\w*|paraId|textId)")
_DOC_ID = re.compile(r"\{[^}]*/office/word/[^}]*\}(docId|chartTrackingRefBased)")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_NOTES = {"/Text", "/Popup", "/Highlight", "/StrikeOut", "/Squiggly", "/Caret", "/FileAttachment"}


def normalise(docx: bytes, company: str, *, title: str = "", name: str = "document") -> bytes:
    """The same document with nothing but its content, and `company` (and `title`) as its only metadata.

    Raises `NeedsPerson` for comments and tracked changes, `BrokenDocument` for a damaged file.
    """
    result = io.BytesIO()
    with Package(docx, name) as package:
        writer = PackageWriter(result)
        waiting = [Relation("", "officeDocument", package.main)]
        done: set[str] = set()
        while waiting:
            relation = waiting.pop()
            if relation.target not in done and not relation.external:
                done.add(relation.target)
                waiting += _copy(package, writer, relation)
        _write_properties(writer, company, title)
        writer.close(
            [
                Relation("rId1", f"{_OFFICE}/relationships/officeDocument", package.main),
                Relation("rId2", f"{_CORE.replace('/metadata', '/relationships/metadata')}", "docProps/core.xml"),
                Relation("rId3", f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
            ]
        )
    return result.getvalue()


def normalise_pdf(pdf: bytes, *, company: str, title: str) -> bytes:
    """The same PDF with `company` and `title` as its only metadata, and an id made from its content."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        clean(document, company=company, title=title)
        return save(document)


def clean(document: pikepdf.Pdf, *, company: str, title: str) -> None:
    """Set the only metadata of an open PDF. Raises `NeedsPerson` for notes and marks that people left in it."""
    for key in ("/Metadata", "/PieceInfo"):
        if key in document.Root:
            del document.Root[key]
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                if key in item:
                    del item[key]
            if item.get("/Subtype") in _NOTES and "/Rect" in item:
                raise NeedsPerson(
                    "{document}: the PDF holds {kind}, expected no notes in a bid; next: print it to PDF anew",
                    document=title,
                    kind=str(item.Subtype).lstrip("/"),
                )
    document.trailer.Info = document.make_indirect(
        pikepdf.Dictionary(Title=pikepdf.String(title), Author=pikepdf.String(company))
    )


def save(document: pikepdf.Pdf) -> bytes:
    """The bytes of a PDF, the same for the same content."""
    result = io.BytesIO()
    document.remove_unreferenced_resources()
    modes = pikepdf.ObjectStreamMode
    document.save(result, deterministic_id=True, object_stream_mode=modes.generate, compress_streams=True)
    return result.getvalue()


def _copy(package: Package, writer: PackageWriter, relation: Relation) -> list[Relation]:
    """Write one part; the result is what it points at."""
    part, kind = relation.target, relation.kind.rpartition("/")[2]
    kept = []
    for pointed in package.relations(part).values():
        leads_to = pointed.kind.rpartition("/")[2]
        if leads_to in _PEOPLE and any(True for _ in package.xml(pointed.target).iter(W + "comment")):
            raise NeedsPerson(
                "{document}: found comments, expected none in a bid; next: answer and delete them in Word",
                document=package.name,
            )
        if leads_to in _KEPT and not (pointed.external and leads_to != "hyperlink"):
            kept.append(pointed)
    content = package.read(part)
    if package.content_type(part).endswith("xml"):
        root = parse(content)
        if kind in _STORIES:
            require_settled(root, package.name, part)
        content = serialise(_strip(root))
    elif kind == "image":
        content = _strip_picture(part, content)
    elif kind == "package":
        content = _strip_embedded(content)
    writer.add(part, content, package.content_type(part), kept)
    return kept


def _strip(root: etree._Element) -> etree._Element:
    for node in list(root.iter(*_SETTINGS, *_LOOSE)):
        remove(node)
    for node in list(root.iter(etree.Element)):
        if _DOC_ID.fullmatch(node.tag) and node.getparent() is not None:
            remove(node)
            continue
        for key in [key for key in node.attrib if _IDS.fullmatch(str(key))]:
            del node.attrib[key]
    return root


def _strip_picture(part: str, content: bytes) -> bytes:
    """A JPEG or PNG without EXIF and texts, whatever its name says; other kinds stay as they are."""
    try:
        picture = read_picture(part, content)
    except BrokenPicture:
        return content  # of another kind, or damaged: Word draws a cross in its place
    clean_picture = io.BytesIO()
    copy_clean(content, picture, clean_picture.write)
    return clean_picture.getvalue()


def _strip_embedded(content: bytes) -> bytes:
    """An embedded workbook or document without its property parts, with fixed times."""
    result = io.BytesIO()
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise TemplateError("embedded object: found no Office package; next: paste it as a picture") from None
    with source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(n for n in source.namelist() if not n.startswith("docProps/") and not n.endswith("/")):
            data = source.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                data = _without_properties(data)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _without_properties(listing: bytes) -> bytes:
    root = parse(listing)
    for node in list(root):
        target = node.get("PartName") or node.get("Target") or ""
        if posixpath.normpath(target).lstrip("/").startswith("docProps/"):
            root.remove(node)
    return serialise(root)


def _write_properties(writer: PackageWriter, company: str, title: str) -> None:
    dc = "http://purl.org/dc/elements/1.1/"
    core = (
        f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="{dc}"><dc:title>{escape(title)}</dc:title>'
        f"<dc:creator>{escape(company)}</dc:creator><cp:lastModifiedBy>{escape(company)}</cp:lastModifiedBy>"
        "</cp:coreProperties>"
    )
    app = f'<Properties xmlns="{_OFFICE}/extended-properties"><Company>{escape(company)}</Company></Properties>'
    kind = "application/vnd.openxmlformats-package.core-properties+xml"
    writer.add("docProps/core.xml", HEAD + core.encode(), kind)
    kind = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
    writer.add("docProps/app.xml", HEAD + app.encode(), kind)
