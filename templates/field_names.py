"""The fields that a template asks for, as dotted names: `project.name`, `items[].unit_price`."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

_BY_ATTRIBUTE = {"selectattr", "rejectattr", "map", "sort", "groupby", "sum", "min", "max", "unique"}
_SAME_LIST = {"selectattr", "rejectattr", "sort", "list", "reverse", "unique", "select", "reject", "default", "d"}
_ONE_OF_LIST = {"first", "last", "min", "max"}

# What a name of the template stands for: a dotted field name, or None when that cannot be told.
Scope = dict[str, str | None]


def fields_used(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield (source line, dotted name) for every field, loops resolved to their lists; `loop` itself is no field."""
    yield from _in_body(tree.body, {"loop": None})


def _in_body(body: list[nodes.Node], scope: Scope) -> Iterator[tuple[int, str]]:
    for node in body:
        if isinstance(node, nodes.For):
            yield from _in_loop(node, scope)
        elif isinstance(node, nodes.Assign):
            yield from _in_expression(node.node, scope)
            if isinstance(node.target, nodes.Name):
                scope[node.target.name] = _name(node.node, scope)
        elif isinstance(node, nodes.If):
            yield from _in_expression(node.test, scope)
            yield from _in_body([*node.body, *node.elif_, *node.else_], scope)
        else:
            for child in node.iter_child_nodes():
                yield from _in_expression(child, scope)


def _in_loop(loop: nodes.For, scope: Scope) -> Iterator[tuple[int, str]]:
    rows = _name(loop.iter, scope)
    yield from _in_expression(loop.iter, scope)
    if rows is not None:
        yield loop.lineno, f"{rows}[]"
    inner = {**scope, **dict.fromkeys((name.name for name in loop.target.find_all(nodes.Name)), None)}
    if isinstance(loop.target, nodes.Name):
        inner[loop.target.name] = None if rows is None else f"{rows}[]"
    if loop.test is not None:
        yield from _in_expression(loop.test, inner)
    yield from _in_body(loop.body, inner)
    yield from _in_body(loop.else_, scope)


def _in_expression(node: nodes.Node, scope: Scope) -> Iterator[tuple[int, str]]:
    name = _name(node, scope)
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem) and name is not None:
        yield node.lineno, name
    if isinstance(node, nodes.Filter):
        yield from ((node.lineno, used) for used in _by_attribute(node, scope))
    if isinstance(node, nodes.Getattr | nodes.Getitem) and name is not None:
        return
    for child in node.iter_child_nodes():
        yield from _in_expression(child, scope)


def _by_attribute(node: nodes.Filter, scope: Scope) -> Iterator[str]:
    """`items|selectattr("mark")` asks for items[].mark."""
    rows = None if node.node is None else _name(node.node, scope)
    named = [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
    arguments = named or ([] if node.name == "map" else node.args[:1])
    for argument in arguments if node.name in _BY_ATTRIBUTE and rows is not None else []:
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
            yield f"{rows}[].{argument.value}"


def _name(node: nodes.Node | None, scope: Scope) -> str | None:
    """The dotted name of an expression that is a field, else None."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        head = _name(node.node, scope)
        return None if head is None else _step(head, node)
    if isinstance(node, nodes.Filter) and node.name in _SAME_LIST | _ONE_OF_LIST:
        rows = _name(node.node, scope)
        return f"{rows}[]" if rows is not None and node.name in _ONE_OF_LIST else rows
    return None


def _step(head: str, node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return f"{head}.{node.attr}"
    if isinstance(node.arg, nodes.Const):
        return f"{head}.{node.arg.value}" if isinstance(node.arg.value, str) else f"{head}[]"
    return None
