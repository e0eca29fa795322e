"""Puts documents into one volume: gives each its own names and ids, then writes body after body into the package."""

import itertools
from collections import Counter
from functools import partial

from lxml import etree

from templates.compose.fields import Bookmarks, lock_fields, rewrite_anchors, rewrite_fields, rewriter
from templates.compose.naming import name_defaults, number_objects, repoint
from templates.compose.notes import NoteBook
from templates.compose.numbering import NumberingBook
from templates.compose.package import HEAD, WML, PackageWriter, R, Relation, serialise
from templates.compose.part import NOTES, Outline, Part
from templates.compose.relations import Carrier, Story
from templates.compose.sections import begin_on_new_page, close_with_paragraph, sections, settle_headers
from templates.compose.settings import volume_settings
from templates.compose.styles import StyleBook
from templates.tree import W

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_THEME = "application/vnd.openxmlformats-officedocument.theme+xml"


class Assembly:
    """The volume being written."""

    def __init__(self, writer: PackageWriter, outlines: list[Outline]) -> None:
        self._writer = writer
        self._tells_even = any(outline.tells_even for outline in outlines)
        self._carrier = Carrier(writer)
        self._bookmarks = Bookmarks()
        self._styles = StyleBook()
        self._numbering = NumberingBook()
        noted = Counter(kind for outline in outlines for kind in outline.notes)
        self._notes = {kind: NoteBook(kind, several=noted[kind] > 1) for kind in NOTES}
        self._stories = {part: Story() for part in ("document", "numbering")}
        self._ids = itertools.count(1)
        self._head_numbers = itertools.count(1)
        self._blank: dict[str, str] = {}
        self._inherited: set[tuple[str, str]] = set()
        self._prefixes: dict[str, str] = {"w": W[1:-1], "r": R, "mc": _MC}
        self._ignorable: dict[str, None] = {}
        self._bodies: list[bytes] = []
        self._settings: etree._Element | None = None
        self._theme: bytes | None = None

    def add(self, part: Part, *, last: bool) -> None:
        """Append one document."""
        if part.number == 0:
            self._settings = part.settings
            theme = part.package.related("theme")
            self._theme = part.package.read(theme) if theme else None
        self._name(part)
        found = sections(part.body)
        self._adopt_notes(part, found)
        self._carry(part)
        repeat_even = self._tells_even and not part.tells_even_pages
        settle_headers(found, self._inherited, self._blank_head, repeat_even=repeat_even)
        if part.number:
            begin_on_new_page(found[0])
        if not last:
            close_with_paragraph(part.body, found[-1])
        self._bodies.append(self._body_xml(part))

    def finish(self) -> None:
        """Write the main document and what the documents share."""
        document, write = self._stories["document"], self._writer.add
        self._write_shared(document, "styles", self._styles.root, f"{WML}.styles+xml")
        numbering = self._numbering.xml()
        self._write_shared(document, "numbering", numbering, f"{WML}.numbering+xml", self._stories["numbering"])
        for kind, book in self._notes.items():
            self._write_shared(document, f"{kind}s", book.root(), book.content_type, book.story)
        notes = {f"{kind}Pr": book.settings() for kind, book in self._notes.items()}
        settings = volume_settings(self._settings, tells_even=self._tells_even, notes=notes)
        self._write_shared(document, "settings", settings, f"{WML}.settings+xml")
        if self._theme is not None:
            write("word/theme/theme1.xml", self._theme, _THEME)
            document.relate(f"{R}/theme", "word/theme/theme1.xml")
        write("word/document.xml", self._document_xml(), f"{WML}.document.main+xml", document.relations)
        self._writer.close([Relation("rId1", f"{R}/officeDocument", "word/document.xml")])

    def _write_shared(
        self, document: Story, kind: str, root: etree._Element | None, content_type: str, story: Story | None = None
    ) -> None:
        if root is None:
            return
        part = f"word/{kind}.xml"
        self._writer.add(part, serialise(root), content_type, story.relations if story else None)
        document.relate(f"{R}/{kind}", part)

    def _name(self, part: Part) -> None:
        """Give styles, lists, bookmarks and drawings of a document their names in the volume."""
        styles, numbers = part.used_styles(), part.used_numbers()
        for _ in range(2):  # a list names styles, and those name lists
            numbers |= part.sheet.numbers(part.sheet.closure(styles))
            styles |= self._numbering.style_links(part.numbering, numbers)
        names = self._styles.adopt(part.sheet, styles, part.number)
        planned = self._numbering.plan(part.numbering, numbers)
        renamed = self._styles.write(part.sheet, names, planned, part.number)
        self._numbering.write(part.numbering, planned, names, part.number, partial(self._carry_bullet, part))
        bookmarks = self._bookmarks.rename(part.stories, part.number)
        defaults = self._styles.defaults(part.sheet, names)
        for story in part.stories:
            repoint(story, names, planned)
            name_defaults(story, defaults)
            rewrite_anchors(story, bookmarks)
            rewrite_fields(story, rewriter(bookmarks, renamed, part.number))
            number_objects(story, self._ids)

    def _carry_bullet(self, part: Part, picture: etree._Element) -> None:
        source = part.package.related("numbering") or ""
        self._carrier.carry(part.package, source, picture, self._stories["numbering"])

    def _adopt_notes(self, part: Part, found: list[etree._Element]) -> None:
        for kind, book in self._notes.items():
            if (notes := part.notes.get(f"{kind}s")) is not None:
                self._carrier.carry(part.package, notes[0], notes[1], book.story)
                fixed = book.adopt(notes[1], part.body, found, part.settings)
                for story in part.stories if fixed else ():
                    lock_fields(story, partial(_repeats_mark, fixed))

    def _carry(self, part: Part) -> None:
        heads: dict[str, str] = {}

        def open_head(relation: Relation) -> str | None:
            if relation.target in part.heads and relation.target not in heads:
                heads[relation.target] = self._head(part, relation.target)
            return heads.get(relation.target)

        self._carrier.carry(part.package, part.main, part.root, self._stories["document"], open_head)

    def _head(self, part: Part, name: str) -> str:
        """Write a header or footer of a document; the result is its name in the volume."""
        story, root = Story(), part.heads[name]
        self._carrier.carry(part.package, name, root, story)
        return self._write_head("header" if root.tag == W + "hdr" else "footer", root, story)

    def _write_head(self, kind: str, root: etree._Element, story: Story) -> str:
        new = f"word/{kind}{next(self._head_numbers)}.xml"
        self._writer.add(new, serialise(root), f"{WML}.{kind}+xml", story.relations)
        return new

    def _blank_head(self, tag: str) -> str:
        """The relationship of an empty header or footer, made when first needed."""
        if tag not in self._blank:
            kind = tag.removesuffix("Reference")
            root = etree.Element(W + ("hdr" if kind == "header" else "ftr"), nsmap={"w": W[1:-1]})
            etree.SubElement(root, W + "p")
            target = self._write_head(kind, root, Story())
            self._blank[tag] = self._stories["document"].relate(f"{R}/{kind}", target)
        return self._blank[tag]

    def _body_xml(self, part: Part) -> bytes:
        """The children of a body as they stand under the volume's root, which declares the prefixes."""
        for prefix, address in part.root.nsmap.items():
            if prefix is not None and address not in self._prefixes.values():
                self._prefixes.setdefault(prefix, address)
        ignorable = part.root.get(f"{{{_MC}}}Ignorable", "").split()
        self._ignorable.update({part.root.nsmap[p]: None for p in ignorable if p in part.root.nsmap})
        wrapper = etree.Element(W + "body", nsmap=self._prefixes)
        wrapper.extend(list(part.body))
        xml = etree.tostring(wrapper, encoding="UTF-8", xml_declaration=False)
        return xml[xml.index(b">") + 1 : xml.rindex(b"<")]

    def _document_xml(self) -> bytes:
        prefix_of = {address: prefix for prefix, address in self._prefixes.items()}
        root = etree.Element(W + "document", nsmap=self._prefixes)
        if names := [prefix_of[address] for address in self._ignorable if address in prefix_of]:
            root.set(f"{{{_MC}}}Ignorable", " ".join(names))
        start = etree.tostring(root).removesuffix(b"/>")
        return b"".join((HEAD, start, b"><w:body>", *self._bodies, b"</w:body></w:document>"))


def _repeats_mark(bookmarks: set[str], code: str) -> bool:
    """Whether a field prints the mark of a note in one of `bookmarks`: Word would look for an automatic number."""
    verb, *rest = [*code.split(), ""]
    return verb.upper() in ("NOTEREF", "FTNREF") and rest[0].strip('"') in bookmarks
