"""One part of a template, compiled: Jinja code for the general case, format strings for plain repeating rows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError

from templates.document import Document
from templates.parse import PartSource
from templates.structure import Unbalanced, require_balance
from templates.syntax import MissingField, make_environment, refused_syntax
from templates.tables import RowError, Rows, compile_rows, repair
from templates.tags import TagError
from templates.values import UnprintableValue

_ENVIRONMENT = make_environment()
_FILE = "<template>"
_ROOT = re.compile(r"<[A-Za-z][^>]*>")
_UNKNOWN = "field {field} is not given; nearest: {nearest}; next: correct the tag or give the field"
_CAUSES = (UndefinedError, UnprintableValue, SecurityError, TypeError, ValueError, ZeroDivisionError, RowError)


class FillError(TagError):
    """A template met fields that it cannot print."""


class Program:
    """A compiled part. Raises TagError while compiling, as `parse_source` does."""

    def __init__(self, source: PartSource) -> None:
        self._source = source
        found = _ROOT.search(source.source)
        self._root_tag = found[0] if found else ""
        self._segments = self._compile(parse_source(source))

    def _compile(self, tree: nodes.Template) -> list[JinjaTemplate | Rows]:
        """Rows stand alone, what lies between them is Jinja; `set` at the top keeps everything in one piece."""
        groups: list[list[nodes.Node] | Rows] = []
        whole = any(isinstance(node, nodes.Assign) for node in tree.body)
        for node in tree.body:
            rows = None if whole else compile_rows(node)
            if rows is not None:
                groups.append(rows)
            elif groups and isinstance(groups[-1], list):
                groups[-1].append(node)
            else:
                groups.append([node])
        return [group if isinstance(group, Rows) else _jinja(group) for group in groups]

    def render(self, fields: Mapping[str, object], document: Document) -> Iterator[str]:
        """Yield the part's XML. Raises FillError with the place of the tag that failed."""
        context = {**fields, "_document": document}
        try:
            yield from repair(self._chunks(context), self._root_tag)
        except _CAUSES as error:
            raise self._fill_error(error, fields) from error

    def _chunks(self, context: Mapping[str, object]) -> Iterator[str]:
        for segment in self._segments:
            if isinstance(segment, Rows):
                yield from segment.render(_find(context, segment))
            else:
                yield from segment.generate(context)

    def _fill_error(self, error: Exception, fields: Mapping[str, object]) -> FillError:
        cause, line, known = error, _line(error.__traceback__), list(map(str, fields))
        if isinstance(error, RowError):
            cause, line, known = error.cause, error.line, error.known
        if isinstance(cause, MissingField):
            known = known if cause.known is None else cause.known
            return self._fill_at(line, _UNKNOWN, field=cause.name, nearest=nearest(cause.name, known))
        if isinstance(cause, UnprintableValue):
            return self._fill_at(line, "{problem}", problem=str(cause))
        # The text of other errors may hold values; their kind does not.
        return self._fill_at(
            line, "{cause} in the expression; next: check the kinds of the fields", cause=type(cause).__name__
        )

    def _fill_at(self, line: int | None, message: str, **values: object) -> FillError:
        source = self._source
        return FillError(message, tag=source.tag_at(line), template=source.template, part=source.part, **values)


def parse_source(source: PartSource) -> nodes.Template:
    """The syntax tree of a part. Raises TagError for syntax, for what the allow-list lacks, for unbalanced blocks."""
    try:
        tree = _ENVIRONMENT.parse(source.source)
        require_balance(tree)
    except TemplateSyntaxError as error:
        raise source.refuse(
            source.tag_at(error.lineno), "{problem}; next: correct it", problem=error.message
        ) from error
    except Unbalanced as error:
        message = "opens in one element and ends in another; next: put both into text, paragraphs, rows or cells"
        raise source.refuse(source.tag_at(error.line), message) from error
    for line, what in refused_syntax(tree):
        message = "{what} is not allowed in templates; next: write it with the tags that are"
        raise source.refuse(source.tag_at(line), message, what=what)
    return tree


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like `name`, or "none"."""
    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.5)), "none")


def _jinja(body: list[nodes.Node]) -> JinjaTemplate:
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(_ENVIRONMENT)
    code = _ENVIRONMENT.compile(tree, filename=_FILE)
    return JinjaTemplate.from_code(_ENVIRONMENT, code, {})


def _find(context: Mapping[str, object], rows: Rows) -> Iterable[Mapping[str, object]]:
    value: object = context
    for name in rows.path:
        if not isinstance(value, Mapping) or name not in value:
            known = sorted(map(str, value)) if isinstance(value, Mapping) else []
            raise RowError(rows.line, MissingField("", name, known), known)
        value = value[name]
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise RowError(rows.line, UnprintableValue("the loop's field is not a list; next: give a list"), [])
    return value


def _line(traceback: TracebackType | None) -> int | None:
    """The source line in the innermost frame of compiled template code."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == _FILE:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
