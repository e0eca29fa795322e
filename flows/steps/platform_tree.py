"""The PDFs of a package as the platform's tree wants them: one file per node, cut at the bookmarks of the volumes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.errors import TenderError
from flows.steps.platform import Node
from templates.pdf_parts import Part, cut, page_count, parts

FRONT = "封面目录"
"""The pages before the first document: cover and contents."""


class NoSuchDocument(TenderError):
    """A node that asks for a volume or section which the package does not have."""


@dataclass(frozen=True)
class Leaf:
    """One file of the tree: its path, and its pages as a PDF."""

    path: str
    pages: int
    data: bytes


def tree(volumes: Mapping[str, bytes], titles: Mapping[str, str], nodes: Sequence[Node] = ()) -> list[Leaf]:
    """Return the tree of a package.

    Args:
        volumes: volume id → its PDF.
        titles: volume id → its title.
        nodes: of the platform, with what goes where; none: one folder per volume, one file per document.

    Raises:
        NoSuchDocument: a node names something else, with what there is.
    """
    if not nodes:
        return list(_whole(volumes, titles))
    found = {f"{volume}/{part.title}": (volume, part) for volume in volumes for part in _parts(volumes[volume], volume)}
    return [_leaf(node, volumes, found) for node in nodes]


def _whole(volumes: Mapping[str, bytes], titles: Mapping[str, str]) -> Iterator[Leaf]:
    for place, (volume, pdf) in enumerate(volumes.items(), 1):
        folder = f"{place:02}-{_safe(titles.get(volume, volume))}"
        for number, part in enumerate(_parts(pdf, volume)):
            path = f"{folder}/{number:02}-{_safe(part.title)}.pdf"
            yield Leaf(path, part.pages, cut(pdf, part, volume))


def _parts(pdf: bytes, name: str) -> tuple[Part, ...]:
    """Return every page of a volume in parts, the cover and contents as one before the others."""
    named = parts(pdf, name)
    first = named[0].first if named else page_count(pdf, name) + 1
    return ((Part(FRONT, 1, first - 1),) if first > 1 else ()) + named


def _leaf(node: Node, volumes: Mapping[str, bytes], found: Mapping[str, tuple[str, Part]]) -> Leaf:
    path = "/".join(_safe(step) for step in node.node.split("/")) + ".pdf"
    if node.document in volumes:
        pdf = volumes[node.document]
        return Leaf(path, page_count(pdf, node.document), pdf)
    if node.document not in found:
        raise NoSuchDocument(
            "Node {node}: no document {document} in the package, expected one of {known}; next: nodes in platform.yaml",
            node=node.node,
            document=node.document,
            known=", ".join([*volumes, *found]),
        )
    volume, part = found[node.document]
    return Leaf(path, part.pages, cut(volumes[volume], part, volume))


def _safe(title: str) -> str:
    """Return a title as a file name that every system and platform takes."""
    return re.sub(r'[\\/:*?"<>|\s.]+', "_", title).strip("_")[:80] or "_"
