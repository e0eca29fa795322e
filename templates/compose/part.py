"""One document of a volume, read once: its main story, headers, notes, styles, numbering and settings."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from lxml import etree

from templates.compose.package import BrokenDocument, Package
from templates.compose.person import discard_comments, require_settled
from templates.compose.styles import USERS, Sheet
from templates.compose.theme import Theme, east_asian_language
from templates.tree import W

_REVISION = ("rsid", "paraId", "textId")
_HEADS = ("header", "footer")
NOTES = ("footnote", "endnote")


class Part:
    """A document that is about to be composed; `number` is its place in the volume."""

    def __init__(self, source: bytes | Path, name: str, number: int, *, discard: bool) -> None:
        self.package = Package(source, name)
        self.number = number
        self.main = self.package.main
        self.root = self.package.xml(self.main)
        body = self.root.find(W + "body")
        if body is None:
            raise BrokenDocument("{name}: found no Word body; next: save it as .docx in Word", name=name)
        self.body = body
        self.settings = self._optional("settings")
        self.theme = Theme(self._optional("theme"), east_asian_language(self.settings))
        self.sheet = Sheet(self._optional("styles"), self.theme)
        self.numbering = self._optional("numbering")
        self.heads = self._heads()
        self.notes = {kind: found for kind in (f"{note}s" for note in NOTES) if (found := self._note(kind))}
        for part, story in self._stories().items():
            if discard:
                discard_comments(story)
            require_settled(story, name, part)
            self.theme.resolve(story)
            _forget_revisions(story)
        if self.numbering is not None:
            self.theme.resolve(self.numbering)

    @property
    def stories(self) -> list[etree._Element]:
        """Every story: main text, headers and footers, notes."""
        return list(self._stories().values())

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.package.close()

    @property
    def tells_even_pages(self) -> bool:
        """Whether even pages have headers of their own."""
        return _tells_even(self.settings)

    def used_styles(self) -> set[str]:
        """The styles that the stories name, and the defaults."""
        named = {n.get(W + "val", "") for story in self.stories for n in story.iter(*USERS)}
        return named | set(self.sheet.defaults.values())

    def used_numbers(self) -> set[str]:
        """The numbering instances that the stories name."""
        return {n.get(W + "val", "") for story in self.stories for n in story.iter(W + "numId")}

    def _stories(self) -> dict[str, etree._Element]:
        return {self.main: self.root, **self.heads, **dict(self.notes.values())}

    def _optional(self, kind: str) -> etree._Element | None:
        part = self.package.related(kind)
        return self.package.xml(part) if part else None

    def _note(self, kind: str) -> tuple[str, etree._Element] | None:
        part = self.package.related(kind)
        return (part, self.package.xml(part)) if part else None

    def _heads(self) -> dict[str, etree._Element]:
        relations = self.package.relations(self.main).values()
        targets = (r.target for r in relations if not r.external and r.kind.rpartition("/")[2] in _HEADS)
        return {target: self.package.xml(target) for target in dict.fromkeys(targets)}


@dataclass(frozen=True)
class Outline:
    """What the volume must know of a document before the first one is written."""

    tells_even: bool  # headers of their own on even pages
    notes: frozenset[str]  # which of `NOTES` its text refers to


def outline(source: bytes | Path, name: str) -> Outline:
    """Look into a document for what concerns the others."""
    with Package(source, name) as package:
        settings = package.related("settings")
        held = [kind for kind in NOTES if package.related(f"{kind}s")]
        text = package.xml(package.main) if held else etree.Element(W + "document")
        referred = frozenset(kind for kind in held if next(text.iter(f"{W}{kind}Reference"), None) is not None)
        return Outline(_tells_even(package.xml(settings) if settings else None), referred)


def _tells_even(settings: etree._Element | None) -> bool:
    node = settings.find(W + "evenAndOddHeaders") if settings is not None else None
    return node is not None and node.get(W + "val") not in ("0", "false", "off")


def _forget_revisions(story: etree._Element) -> None:
    """Drop revision and paragraph ids: they tell who wrote when, and must be unique in a document."""
    for node in story.iter(etree.Element):
        for key in [k for k in node.attrib if str(k).rpartition("}")[2].startswith(_REVISION)]:
            del node.attrib[key]
