"""Checks a composed volume: every id once, no relationship or reference that leads nowhere."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from templates.compose.package import Package, R
from templates.errors import TemplateError
from templates.tree import W

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class BadVolume(TemplateError):
    """A composed document that Word might refuse or repair."""


def check(source: bytes | Path) -> None:
    """Raise `BadVolume` at the first double id, dangling relationship, missing style, list, note or bookmark."""
    with Package(source, "volume") as volume:
        _check_relations(volume)
        root = volume.xml(volume.main)
        live = [node for node in root.iter(etree.Element) if not _in_fallback(node)]
        _once("bookmark id", (n.get(W + "id", "") for n in live if n.tag == W + "bookmarkStart"))
        _once("bookmark", (n.get(W + "name", "").casefold() for n in live if n.tag == W + "bookmarkStart"))
        _once("drawing id", (n.get("id", "") for n in live if n.tag == f"{_WP}docPr"))
        _known(volume, root, "styles", ("pStyle", "rStyle", "tblStyle"), "style", "styleId")
        _known(volume, root, "numbering", ("numId",), "num", "numId", {"0"})
        for kind in ("footnote", "endnote"):
            _known(volume, root, f"{kind}s", (f"{kind}Reference",), kind, "id", attribute="id")


def _check_relations(volume: Package) -> None:
    for part in sorted(volume.parts):
        if not part.endswith(".xml") or part == "[Content_Types].xml":
            continue
        relations = volume.relations(part)
        for relation in relations.values():
            if not relation.external and relation.target not in volume.parts:
                _refuse(f"relationship {relation.id} of {part} to the missing part {relation.target}")
        used = {str(v) for n in volume.xml(part).iter() for k, v in n.attrib.items() if str(k).startswith(f"{{{R}}}")}
        for lost in sorted(used - {"", *relations}):
            _refuse(f"{part} pointing at relationship {lost}")


def _once(what: str, values: Iterable[str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            _refuse(f"{what} {value} {count} times")


def _known(
    volume: Package,
    root: etree._Element,
    kind: str,
    users: tuple[str, ...],
    tag: str,
    key: str,
    also: set[str] | None = None,
    attribute: str = "val",
) -> None:
    part = volume.related(kind)
    known = {n.get(W + key, "") for n in volume.xml(part).iter(W + tag)} if part else set()
    for lost in sorted(
        {n.get(W + attribute, "") for n in root.iter(*(W + u for u in users))} - known - (also or set())
    ):
        _refuse(f"a reference to {tag} {lost}, which is not there")


def _in_fallback(node: etree._Element) -> bool:
    return next(node.iterancestors(_FALLBACK), None) is not None


def _refuse(found: str) -> None:
    raise BadVolume("volume: found {found}, expected a sound document; next: report it with the parts", found=found)
