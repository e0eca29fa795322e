"""Carries images, charts, embedded objects, headers and links of each document into the volume, equal images once."""

import hashlib
import itertools
import posixpath
from collections.abc import Callable

from lxml import etree

from templates.compose.package import Package, PackageWriter, R, Relation, parse, serialise
from templates.compose.person import NeedsPerson
from templates.errors import TemplateError

_LINK = "hyperlink"


class DanglingRelation(TemplateError):
    """A document points at a relationship that it does not have."""


class Story:
    """The relationships of one part of the volume."""

    def __init__(self) -> None:
        self.relations: list[Relation] = []
        self._known: dict[tuple[str, str], str] = {}

    def relate(self, kind: str, target: str, *, external: bool = False) -> str:
        """The id of a relationship, the same for the same target."""
        key = (kind, target)
        if key not in self._known:
            self._known[key] = f"rId{len(self.relations) + 1}"
            self.relations.append(Relation(self._known[key], kind, target, external))
        return self._known[key]


class Carrier:
    """Copies what the stories of the documents point at."""

    def __init__(self, writer: PackageWriter) -> None:
        self._writer = writer
        self._names = itertools.count(1)
        self._leaves: dict[str, str] = {}

    def carry(
        self,
        package: Package,
        part: str,
        root: etree._Element,
        story: Story,
        open_part: Callable[[Relation], str | None] = lambda relation: None,
    ) -> None:
        """Give every relationship attribute below `root`, taken from `part`, its new id in `story`.

        `open_part` gets each internal relationship first and returns the new name of a part that it treats itself.
        """
        relations = package.relations(part)
        copied: dict[str, str] = {}
        for node in root.iter(etree.Element):
            for key, value in [(str(k), str(v)) for k, v in node.attrib.items()]:
                if not (key.startswith(f"{{{R}}}") or key.endswith("}relid")) or not value:
                    continue
                relation = relations.get(value)
                if relation is None:
                    raise DanglingRelation(
                        "{document}: {part} points at relationship {id}, found none; next: save it again in Word",
                        document=package.name,
                        part=part,
                        id=value,
                    )
                node.set(key, self._target(package, relation, story, copied, open_part))

    def _target(
        self,
        package: Package,
        relation: Relation,
        story: Story,
        copied: dict[str, str],
        open_part: Callable[[Relation], str | None],
    ) -> str:
        if relation.external:
            _require_link(package, relation)
            return story.relate(relation.kind, relation.target, external=True)
        new = open_part(relation) or copied.get(relation.target)
        if new is None:
            new = copied[relation.target] = self._copy(package, relation.target)
        return story.relate(relation.kind, new)

    def _copy(self, package: Package, part: str) -> str:
        """Copy a part with all that it points at; the result is its name in the volume."""
        content, relations = package.read(part), package.relations(part)
        if not relations:
            return self._copy_leaf(package, part, content)
        new = self._name(part, content)
        story = Story()
        root = parse(content)
        # Charts and diagrams keep their ids: only the targets move.
        for relation in relations.values():
            if relation.external:
                _require_link(package, relation)
                story.relations.append(relation)
            else:
                target = self._copy(package, relation.target)
                story.relations.append(Relation(relation.id, relation.kind, target))
        self._writer.add(new, serialise(root), package.content_type(part), story.relations)
        return new

    def _copy_leaf(self, package: Package, part: str, content: bytes) -> str:
        digest = f"{hashlib.sha256(content).hexdigest()}{package.content_type(part)}"
        if digest not in self._leaves:
            self._leaves[digest] = self._name(part, content)
            self._writer.add(self._leaves[digest], content, package.content_type(part))
        return self._leaves[digest]

    def _name(self, part: str, content: bytes) -> str:
        """`word/charts/chart1.xml` → `word/charts/chart12.xml`: numbered in the order of coming."""
        folder, file = posixpath.split(part)
        stem, dot, extension = file.rpartition(".")
        return f"{folder}/{stem.rstrip('0123456789') or 'part'}{next(self._names)}{dot}{extension.lower()}"


def _require_link(package: Package, relation: Relation) -> None:
    """Only hyperlinks may lead out of a bid; linked images and templates are content that changes later."""
    if relation.kind.rpartition("/")[2] != _LINK:
        raise NeedsPerson(
            "{document}: found linked content ({kind}), expected everything inside the file; "
            "next: embed it in Word (File, Edit Links, Break Link)",
            document=package.name,
            kind=relation.kind.rpartition("/")[2],
        )
