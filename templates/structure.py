"""Proof at compile time that a template yields well-formed XML whichever way its conditions go."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import nodes

_ELEMENT = re.compile(r"""<(?P<close>/?)(?P<name>[\w:.-]+)(?:[^<>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")


class Unbalanced(Exception):
    """A block opens in one element and closes in another; `line` is the source line of its tag."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def require_balance(tree: nodes.Template) -> None:
    """Raise Unbalanced when an `if` or `for` does not leave the elements open that were open before it."""
    _run(tree.body, ())


def _run(body: Iterable[nodes.Node], stack: tuple[str, ...]) -> tuple[str, ...]:
    """The open elements after `body`, given those before it."""
    for node in body:
        if isinstance(node, nodes.Output):
            stack = _through(node, stack)
        elif isinstance(node, nodes.If):
            for branch in (node.body, *(other.body for other in node.elif_), node.else_):
                _require_same(branch, stack, node.lineno)
        elif isinstance(node, nodes.For):
            _require_same(node.body, stack, node.lineno)
            _require_same(node.else_, stack, node.lineno)
    return stack


def _require_same(body: Iterable[nodes.Node], stack: tuple[str, ...], line: int) -> None:
    if _run(body, stack) != stack:
        raise Unbalanced(line)


def _through(output: nodes.Output, stack: tuple[str, ...]) -> tuple[str, ...]:
    text = "".join(part.data if isinstance(part, nodes.TemplateData) else "x" for part in output.nodes)
    open_elements = list(stack)
    for match in _ELEMENT.finditer(text):
        if match["close"]:
            if not open_elements or open_elements.pop() != match["name"]:
                raise Unbalanced(output.lineno)
        elif not match["empty"]:
            open_elements.append(match["name"])
    return tuple(open_elements)
