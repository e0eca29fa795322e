"""Hostile and broken files, made for a test."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.templates import docx_builders as build

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "word/document.xml"


def plain() -> bytes:
    """A harmless document."""
    return build.paragraphs("harmless")


def body(inner: str, *, before: str = "") -> bytes:
    """A document with this XML in its body."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    xml = f'{head}{before}<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'
    return build.with_part(plain(), DOCUMENT, xml.encode())


def relation(kind: str, target: str) -> bytes:
    """A document that refers to something outside."""
    schema = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    added = f'<Relationship Id="rIdX" Type="{schema}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    rels = "word/_rels/document.xml.rels"
    with zipfile.ZipFile(io.BytesIO(plain())) as package:
        old = package.read(rels)
    return build.with_part(plain(), rels, old.replace(b"</Relationships>", added.encode()))


def macro_types() -> bytes:
    """A document whose content type is the macro-enabled one."""
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return build.with_part(
        plain(), "x.xml", b"<x/>", changed={"[Content_Types].xml": lambda xml: xml.replace(kind, macro)}
    )


def billion_laughs() -> bytes:
    """Entities that would expand to a billion words."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return body("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", before=f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>')


def deflate_bomb() -> bytes:
    """Two hundred KB that unpack to two hundred MB."""
    return build.with_part(plain(), "word/media/image1.png", bytes(200 << 20))


def element_bomb() -> bytes:
    """Ten million empty paragraphs in a hundred KB."""
    return body("<w:p/>" * 10_000_000)


def depth_bomb() -> bytes:
    """Fifty thousand elements inside one another."""
    return body("<w:p>" * 50_000 + "</w:p>" * 50_000)


def entry_bomb() -> bytes:
    """Sixty thousand empty parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for number in range(60_000):
            package.writestr(f"{number}.xml", b"")
    return target.getvalue()


def overlapping() -> bytes:
    """Two directory entries for the same bytes."""
    content = bytearray(build.with_part(plain(), "word/media/a.bin", b"x" * 5000))
    directory = content.rfind(b"PK\x01\x02")
    copy = content[directory : content.rfind(b"PK\x05\x06")]
    end = content[content.rfind(b"PK\x05\x06") :]
    twin = bytes(copy).replace(b"a.bin", b"b.bin")
    count, size = struct.unpack_from("<HI", end, 10)
    struct.pack_into("<HHI", end, 8, count + 1, count + 1, size + len(twin))
    return bytes(content[: len(content) - len(end)]) + twin + bytes(end)


def encrypted_entry() -> bytes:
    """A package whose parts claim to be encrypted."""
    content = bytearray(plain())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def ole(text: str) -> bytes:
    """The head of an old binary Office file, with a stream name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + text.encode("utf-16-le") + bytes(3000)


def png_bomb() -> bytes:
    """A small PNG of sixty thousand by sixty thousand pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    """A JPEG that claims 65,000 by 65,000 pixels."""
    picture = build.jpeg()
    at = picture.find(b"\xff\xc0")
    return picture[: at + 5] + struct.pack(">HH", 65_000, 65_000) + picture[at + 9 :]


def picture_bomb_inside() -> bytes:
    """A document that holds the PNG bomb."""
    return build.with_part(plain(), "word/media/image1.png", png_bomb())


def renamed_main(inner: str, part: str = "word/document.dat", encoding: str = "utf-8") -> bytes:
    """A document whose text lies in a part that is not named as XML."""
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'
    )
    source, target = io.BytesIO(plain()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = xml.encode(encoding) if name == DOCUMENT else old.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                content = content.replace(b"word/document.xml", part.encode())
            new.writestr(part if name == DOCUMENT else name.replace("document.xml.rels", "document.dat.rels"), content)
    return target.getvalue()


def picture(kind: str, side: int = 40_000) -> bytes:
    """The head of a picture of another kind that claims `side` by `side` pixels."""
    if kind == "gif":
        return b"GIF89a" + struct.pack("<HH", side, side) + bytes(40)
    if kind == "bmp":
        return b"BM" + bytes(12) + struct.pack("<Iii", 40, side, side) + bytes(40)
    entries = struct.pack("<HHII", 256, 4, 1, side) + struct.pack("<HHII", 257, 4, 1, side)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(40)


def pdf_picture_bomb() -> bytes:
    """A PDF picture that claims sixty thousand by sixty thousand pixels."""
    data = zlib.compress(b"")
    head = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray"
    return pdf(head + b"/Filter/FlateDecode/Length %d>>\nstream\n" % len(data) + data + b"\nendstream")


def pdf(extra: bytes = b"", catalog: bytes = b"") -> bytes:
    """A one-page PDF; `extra` is one more object, `catalog` more entries of the root."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        *([extra] if extra else []),
    ]
    out, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    return out + end + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))


def pdf_with_stream(content: bytes) -> bytes:
    """A PDF with a packed stream."""
    data = zlib.compress(content, 9)
    return pdf(b"<</Filter/FlateDecode/Length %d>>\nstream\n" % len(data) + data + b"\nendstream")


def pdf_stream_bomb() -> bytes:
    """A PDF stream of some hundred KB that unpacks to 100 MB."""
    return pdf_with_stream(bytes(100 << 20))


FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:instrText>{}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)

# file name → (how it is made, a word that the refusal must say)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "laughs.docx": (billion_laughs, "document type"),
    "deflate.docx": (deflate_bomb, "ratio"),
    "elements.docx": (element_bomb, "ratio"),
    "depth.docx": (depth_bomb, "levels"),
    "entries.docx": (entry_bomb, "entries"),
    "overlap.docx": (overlapping, "overlapping"),
    "encrypted.docx": (encrypted_entry, "encrypted"),
    "password.docx": (lambda: ole("EncryptedPackage"), "encrypted"),
    "old.doc": (lambda: ole("WordDocument"), "old binary"),
    "picture.png": (png_bomb, "picture side"),
    "picture.jpg": (jpeg_bomb, "picture side"),
    "inside.docx": (picture_bomb_inside, "pixels of word/media/image1.png"),
    "disguised.docx": (lambda: build.with_part(plain(), "word/media/image1.dat", png_bomb()), "side in pixels"),
    "gif.docx": (lambda: build.with_part(plain(), "word/media/image1.gif", picture("gif")), "image1.gif"),
    "bmp.docx": (lambda: build.with_part(plain(), "word/media/image1.bmp", picture("bmp")), "image1.bmp"),
    "tiff.docx": (lambda: build.with_part(plain(), "word/media/image1.tiff", picture("tiff")), "image1.tiff"),
    "renamed.docx": (lambda: renamed_main(FIELD.format("DDE", "AUTO x")), "DDEAUTO"),
    "renamed16.docx": (lambda: renamed_main("<w:p>" * 300 + "</w:p>" * 300, encoding="utf-16"), "levels"),
    "renamed-ebcdic.docx": (lambda: renamed_main("<w:p/>", encoding="cp037"), "broken"),
    "macro.docx": (lambda: build.with_part(plain(), "word/vbaProject.bin", b"x"), "vbaproject"),
    "macro-type.docx": (macro_types, "macroEnabled"),
    "object.docx": (lambda: build.with_part(plain(), "word/embeddings/oleObject1.bin", b"x"), "oleobject"),
    "program.docx": (lambda: build.with_part(plain(), "word/media/run.exe", b"MZ"), ".exe"),
    "template.docx": (lambda: relation("attachedTemplate", "http://evil.example/t.dotm"), "attachedTemplate"),
    "remote.docx": (lambda: relation("image", "http://evil.example/x.png"), "image"),
    "share.docx": (lambda: relation("hyperlink", "file://server/share"), "hyperlink"),
    "dde.docx": (lambda: body(FIELD.format("DDE", 'AUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')), "DDEAUTO"),
    "include.docx": (lambda: body('<w:p><w:fldSimple w:instr=" INCLUDETEXT x.docx "/></w:p>'), "INCLUDETEXT"),
    "chunk.docx": (lambda: body("<w:altChunk/>"), "altChunk"),
    "path.docx": (lambda: build.with_part(plain(), "../../evil.xml", b"<x/>"), "evil"),
    "twins.docx": (lambda: build.with_part(plain(), "WORD/document.xml", b"<x/>"), "one name"),
    "broken.docx": (lambda: body("<w:p>"), "broken"),
    "cut.docx": (lambda: plain()[:-3000], "no whole Office file"),
    "zip.docx": (lambda: build.with_part(b"PK\x05\x06" + bytes(18), "a.txt", b"x"), "no main part"),
    "name.docx": (lambda: build.png(), "by its content"),
    "text.pdf": (lambda: b"hello", "no .docx"),
    "script.pdf": (lambda: pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "JavaScript"),
    "hidden.pdf": (lambda: pdf(catalog=b"/OpenAction<</S/Java#53cript/J#53(1)>>"), "J"),
    "launch.pdf": (lambda: pdf(b"<</S/Launch/F(cmd.exe)>>"), "Launch"),
    "files.pdf": (lambda: pdf(catalog=b"/Names<</EmbeddedFiles<</Names[]>>>>"), "EmbeddedFiles"),
    "picture.pdf": (pdf_picture_bomb, "pixels of the picture in object 4"),
    "bomb.pdf": (pdf_stream_bomb, "unpacked bytes"),
    "cut.pdf": (lambda: pdf()[:-60], "damaged"),
    "short.png": (lambda: build.png()[:40], "ends early"),
    "short.jpg": (lambda: build.jpeg()[:200], "ends early"),
}


@functools.cache
def content(name: str) -> bytes:
    """The hostile file of this name."""
    return HOSTILE[name][0]()
