"""The list numbering of a volume: every document brings its own definitions, so its numbers start again."""

import copy
import hashlib
import itertools
from collections.abc import Callable, Iterable

from lxml import etree

from templates.compose.package import remove
from templates.tree import W


class NumberingBook:
    """Collects the numbering definitions of a volume."""

    def __init__(self) -> None:
        self._abstract: list[etree._Element] = []
        self._instances: list[etree._Element] = []
        self._pictures: list[etree._Element] = []
        self._numbers = itertools.count(1)

    def plan(self, root: etree._Element | None, used: Iterable[str]) -> dict[str, str]:
        """New numbers for the instances that a document uses."""
        known = {node.get(W + "numId", "") for node in root.iter(W + "num")} if root is not None else set()
        return {old: str(next(self._numbers)) for old in sorted(set(used) & known, key=int)}

    def style_links(self, root: etree._Element | None, used: Iterable[str]) -> set[str]:
        """The numbering styles behind the used instances."""
        if root is None:
            return set()
        wanted = {_abstract_of(node) for node in root.iter(W + "num") if node.get(W + "numId") in set(used)}
        nodes = [node for node in root.iter(W + "abstractNum") if node.get(W + "abstractNumId") in wanted]
        links = (link for node in nodes for link in node.iter(W + "numStyleLink", W + "styleLink"))
        return {link.get(W + "val", "") for link in links}

    def write(
        self,
        root: etree._Element | None,
        numbers: dict[str, str],
        styles: dict[str, str],
        number: int,
        adopt: Callable[[etree._Element], None],
    ) -> None:
        """Add the definitions of the planned instances; `adopt` takes over the pictures of picture bullets."""
        if root is None:
            return
        abstract = {node.get(W + "abstractNumId", ""): node for node in root.iter(W + "abstractNum")}
        bullets = self._bullets(root, adopt)
        new_ids: dict[str, str] = {}
        for node in root.iter(W + "num"):
            old = node.get(W + "numId", "")
            if old not in numbers or (definition := abstract.get(_abstract_of(node))) is None:
                continue
            key = _abstract_of(node)
            if key not in new_ids:
                new_ids[key] = str(len(self._abstract))
                self._abstract.append(_definition(definition, new_ids[key], styles, number, bullets))
            instance = copy.deepcopy(node)
            instance.set(W + "numId", numbers[old])
            for link in instance.iter(W + "abstractNumId"):
                link.set(W + "val", new_ids[key])
            self._instances.append(instance)

    def xml(self) -> etree._Element | None:
        """`w:numbering`, or None when no document has a list."""
        if not self._instances:
            return None
        root = etree.Element(W + "numbering", nsmap={"w": W[1:-1]})
        root.extend([*self._pictures, *self._abstract, *self._instances])
        return root

    def _bullets(self, root: etree._Element, adopt: Callable[[etree._Element], None]) -> dict[str, str]:
        ids: dict[str, str] = {}
        for node in root.iter(W + "numPicBullet"):
            picture = copy.deepcopy(node)
            adopt(picture)
            ids[node.get(W + "numPicBulletId", "")] = new = str(len(self._pictures))
            picture.set(W + "numPicBulletId", new)
            self._pictures.append(picture)
        return ids


def _abstract_of(instance: etree._Element) -> str:
    node = instance.find(W + "abstractNumId")
    return node.get(W + "val", "") if node is not None else ""


def _definition(
    node: etree._Element, new: str, styles: dict[str, str], number: int, bullets: dict[str, str]
) -> etree._Element:
    """A copy under a new id. Word takes lists of one `nsid` for the same list, so each document gets its own."""
    definition = copy.deepcopy(node)
    definition.set(W + "abstractNumId", new)
    for tag in ("tmpl", "name"):
        for child in definition.findall(W + tag):
            definition.remove(child)
    nsid = definition.find(W + "nsid")
    if nsid is None:
        nsid = etree.Element(W + "nsid")
        definition.insert(0, nsid)
    nsid.set(W + "val", hashlib.sha256(f"{number}/{new}".encode()).hexdigest()[:8].upper())
    for link in list(definition.iter(W + "pStyle", W + "numStyleLink", W + "styleLink")):
        if (style := styles.get(link.get(W + "val", ""))) is not None:
            link.set(W + "val", style)
        else:
            remove(link)
    for bullet in definition.iter(W + "lvlPicBulletId"):
        bullet.set(W + "val", bullets.get(bullet.get(W + "val", ""), "0"))
    return definition
