"""The template language: Jinja in an immutable sandbox, cut down to an allow-list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from jinja2 import StrictUndefined, UndefinedError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from templates.parse import MARK
from templates.values import UnprintableValue, plain_xml, text_xml

FILTERS = frozenset(
    {"capitalize", "count", "d", "default", "first", "groupby", "join", "last", "length", "list", "lower", "map", "max"}
    | {"min", "reject", "rejectattr", "replace", "reverse", "select", "selectattr", "sort", "sum", "title", "trim"}
    | {"unique", "upper"}
)
TESTS = frozenset(
    {"defined", "undefined", "none", "divisibleby", "even", "odd", "in", "string", "number", "integer", "mapping"}
    | {
        "sequence",
        "sameas",
        "lower",
        "upper",
        "true",
        "false",
        "boolean",
        "equalto",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
    }
    | {"==", "!=", "<", "<=", ">", ">="}
)
_LEVELS = ("r", "p", "tr", "tc")
_PRIVATE = frozenset({"_plain", "_number", *(f"_{level}" for level in _LEVELS)})
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.For, nodes.If, nodes.Assign, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Mod, nodes.Concat,
    nodes.Filter, nodes.Test, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword,
)  # fmt: skip


class MissingField(UndefinedError):
    """A template asks for a field that was not given; `known` are the names beside it."""

    def __init__(self, message: str, name: str, known: list[str] | None) -> None:
        super().__init__(message)
        self.name = name
        self.known = known


def _raiser(name: str, known: list[str] | None) -> Any:
    """What Jinja takes for an exception class: called with the message, it makes the exception."""
    return lambda message=None: MissingField(message or "", name, known)


class Missing(StrictUndefined):
    """An undefined value that remembers its name and its siblings."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None) -> None:
        known = sorted(map(str, obj)) if isinstance(obj, Mapping) else None
        super().__init__(hint, obj, name, _raiser(str(name), known))


class Content(Protocol):
    """Formatted content: it becomes XML at a level ("" inside text, "r", "p") and may need the document's parts."""

    levels: frozenset[str]

    def to_xml(self, document: Any) -> str:
        """The XML; `document` registers images and links (fill.Document)."""
        ...


class TenderSandbox(ImmutableSandboxedEnvironment):
    """Fields before attributes, no globals, no private names, arithmetic on numbers only."""

    intercepted_binops = frozenset({"*", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`a.b`: the field b of a, or of a loop its public attribute."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`a[b]`, and what `selectattr` and `map(attribute=)` look up."""
        if isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=str(argument))
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse `"x" * 10**9` and `"%s" % x`."""
        if not isinstance(left, int) or not isinstance(right, int):
            raise UnprintableValue(f"{operator} works on whole numbers only")
        return super().call_binop(context, operator, left, right)


def make_environment() -> TenderSandbox:
    """The environment that all templates are compiled in."""
    environment = TenderSandbox(
        variable_start_string=MARK + "{{", variable_end_string="}}" + MARK,
        block_start_string=MARK + "{%", block_end_string="%}" + MARK,
        comment_start_string=MARK + "{#", comment_end_string="#}" + MARK,
        undefined=Missing, autoescape=True, finalize=_finalize, keep_trailing_newline=True, cache_size=0,
    )  # fmt: skip
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.filters |= {"replace": _replace, "_plain": _as_plain, "_number": _drawing_number}
    environment.filters |= {f"_{level}": _content_filter(level) for level in _LEVELS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def refused_syntax(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield (line, what) for everything in a parsed template that the allow-list does not hold."""
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            yield node.lineno, type(node).__name__
        elif isinstance(node, nodes.For) and node.recursive:
            yield node.lineno, "recursive"
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS | _PRIVATE:
            yield node.lineno, f"filter {node.name}"
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            yield node.lineno, f"test {node.name}"
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield node.lineno, node.attr
        elif isinstance(node, nodes.Name) and node.name.startswith("_"):
            yield node.lineno, node.name


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


class Xml(Markup):
    """XML made by this module; markup that comes as data is text like any other."""

    __slots__ = ()


@pass_context
def _finalize(context: Context, value: object) -> Xml:
    _stop_if_missing(value)
    if isinstance(value, Xml):
        return value
    if hasattr(value, "to_xml"):
        return _content_xml(context, value, "")
    return Xml(text_xml(value))


def _stop_if_missing(value: object) -> None:
    if isinstance(value, Missing):
        str(value)  # a strict undefined value raises when it is printed


def _as_plain(value: object) -> Xml:
    _stop_if_missing(value)
    return Xml(plain_xml(value))


@pass_context
def _drawing_number(context: Context, _value: object) -> Xml:
    return Xml(context["_document"].next_drawing())


def _replace(value: str, old: str, new: str) -> str:
    return str(value).replace(str(old), str(new))


def _content_filter(level: str) -> Callable[[Context, object], Xml]:
    @pass_context
    def as_content(context: Context, value: object) -> Xml:
        return _content_xml(context, value, level)

    return as_content


def _content_xml(context: Context, value: Any, level: str) -> Xml:
    _stop_if_missing(value)
    levels = getattr(value, "levels", None)
    if levels is None or level not in levels:
        raise UnprintableValue(f"{type(value).__name__} cannot stand here; next: see the tag kinds for rich content")
    return Xml(value.to_xml(context["_document"]))
