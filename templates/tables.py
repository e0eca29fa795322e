"""Repeating rows compiled to format strings, and tables and cells repaired after loops over columns or paragraphs."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes
from lxml import etree

from templates.parse import MARK, OPEN
from templates.syntax import MissingField
from templates.tree import W
from templates.values import SPECIAL, UnprintableValue, text_xml

_BATCH = 200
_SENTINEL = re.compile(f"{MARK}[()]")


class RowError(Exception):
    """One value of a repeating row cannot be printed; `line` is the source line of its tag."""

    def __init__(self, line: int, cause: Exception, known: list[str]) -> None:
        super().__init__(str(cause))
        self.line = line
        self.cause = cause
        self.known = known


@dataclass(frozen=True)
class Rows:
    """A loop whose body holds only texts and fields of its own row: one format string, filled row by row."""

    path: tuple[str, ...]
    line: int
    form: str
    names: tuple[str, ...]
    lines: tuple[int, ...]

    def render(self, rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
        """Yield the XML of the rows, some hundred at a time."""
        get = _getter(self.names)
        batch: list[str] = []
        for row in rows:
            batch.append(self.form % self._values(get, row))
            if len(batch) == _BATCH:
                yield "".join(batch)
                batch.clear()
        yield "".join(batch)

    def _values(
        self, get: Callable[[Mapping[str, object]], tuple[object, ...]], row: Mapping[str, object]
    ) -> tuple[object, ...]:
        try:
            values = get(row)
            # One look at all values of a row instead of one each: most rows hold nothing to escape.
            if SPECIAL.search("".join(values)) is None:  # type: ignore[arg-type]
                return values
        except (TypeError, KeyError):
            pass  # not all are text, or one is missing: _careful says which
        return tuple(self._careful(row, name, line) for name, line in zip(self.names, self.lines, strict=True))

    @staticmethod
    def _careful(row: Mapping[str, object], name: str, line: int) -> str:
        known = sorted(map(str, row)) if isinstance(row, Mapping) else []
        if name not in known:
            raise RowError(line, MissingField("", name, known), known)
        try:
            return text_xml(row[name])
        except UnprintableValue as cause:
            raise RowError(line, cause, known) from cause


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
    if len(names) == 1:
        only = names[0]
        return lambda row: (row[only],)
    return operator.itemgetter(*names) if names else lambda row: ()


def compile_rows(loop: nodes.Node) -> Rows | None:
    """Rows for a loop that is simple enough, else None."""
    if not (isinstance(loop, nodes.For) and isinstance(loop.target, nodes.Name)):
        return None
    path = _path(loop.iter)
    if path is None or loop.test or loop.else_ or loop.recursive:
        return None
    form: list[str] = []
    fields: list[tuple[str, int]] = []
    for part in _parts(loop.body):
        if isinstance(part, nodes.TemplateData):
            form.append(part.data.replace("%", "%%"))
        elif _is_field(part, loop.target.name):
            form.append("%s")
            fields.append((part.attr, part.lineno))  # type: ignore[attr-defined]
        else:
            return None
    if MARK in "".join(form):
        return None
    return Rows(path, loop.lineno, "".join(form), tuple(n for n, _ in fields), tuple(line for _, line in fields))


def _parts(body: list[nodes.Node]) -> Iterator[nodes.Node]:
    for node in body:
        if isinstance(node, nodes.Output):
            yield from node.nodes
        else:
            yield node


def _is_field(node: nodes.Node, target: str) -> bool:
    return isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == target


def _path(node: nodes.Node) -> tuple[str, ...] | None:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        head = _path(node.node)
        return None if head is None else (*head, node.attr)
    return None


def repair(chunks: Iterable[str], root_tag: str) -> Iterator[str]:
    """Pass chunks on; collect what stands between OPEN and CLOSE and repair its tables and cells.

    `root_tag` is the start tag of the part's root: it declares the namespaces of the fragments.
    """
    depth, held = 0, list[str]()
    for chunk in chunks:
        position = 0
        for match in _SENTINEL.finditer(chunk) if MARK in chunk else ():
            held.append(chunk[position : match.start()])
            position = match.end()
            if depth == 0:
                yield held.pop()
            depth += 1 if match[0] == OPEN else -1
            if depth == 0:
                yield _repair_fragment("".join(held), root_tag)
                held.clear()
        if depth:
            held.append(chunk[position:])
        else:
            yield chunk[position:]


def _repair_fragment(xml: str, root_tag: str) -> str:
    name = root_tag[1:].split(None, 1)[0].rstrip(">")
    root = etree.fromstring(f"{root_tag}{xml}</{name}>")
    for table in root.iter(W + "tbl"):
        _fit_grid(table)
    for cell in root.iter(W + "tc"):
        if len(cell) == 0 or cell[-1].tag != W + "p":
            etree.SubElement(cell, W + "p")
    whole = etree.tostring(root, encoding="unicode")
    return whole[whole.index(">") + 1 : whole.rindex("<")] if len(root) else ""


def _fit_grid(table: etree._Element) -> None:
    """Give the grid as many columns as the widest row has, at the same total width."""
    grid = table.find(W + "tblGrid")
    rows = table.findall(W + "tr")
    if grid is None or not rows:
        return
    old = [int(float(column.get(W + "w", "0"))) for column in grid]
    count = max(sum(_span(cell) for cell in row.findall(W + "tc")) for row in rows)
    if count == len(old) or count == 0:
        return
    for column in list(grid):
        grid.remove(column)
    for width in _widths(old, count):
        etree.SubElement(grid, W + "gridCol", {W + "w": str(width)})


def _widths(old: list[int], count: int) -> list[int]:
    """Column widths in twentieths of a point: more columns share the width, fewer get what is left over."""
    if count > len(old):
        scaled = [width * len(old) // count for width in old]
        return scaled + [sum(old) // count] * (count - len(old))
    extra = sum(old[count:]) // count
    return [width + extra for width in old[:count]]


def _span(cell: etree._Element) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else int(span.get(W + "val", "1"))
