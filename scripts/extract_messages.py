"""Collects the message ids of the product into a gettext template: `_("…")`, the first argument of every error, and
what message_sources.py lists.

Usage: python scripts/extract_messages.py OUT.pot
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po
from message_sources import ARGUMENTS, BUILT, CONSTANTS

ROOMS = ("flows", "templates", "storage")
BASES = {"StorageError", "TemplateError", "TenderError"}
MARKERS = {"_", "gettext", "N_"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the three rooms with its tree."""
    for room in ROOMS:
        for path in sorted(Path(room).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def error_classes(trees: list[ast.Module]) -> set[str]:
    """Return the names of all classes that descend, by name, from a room's base error."""
    bases = {
        node.name: {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(BASES)
    while grown := {name for name, parents in bases.items() if parents & found} - found:
        found |= grown
    return found


def message_ids(tree: ast.Module, errors: set[str]) -> Iterator[tuple[int, str]]:
    """Yield line and text of every message id in a module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = _name(node.func)
        marked = name in MARKERS or name in errors or _is_error_init(node)
        # `Base.__init__(self, message)` names the instance first.
        first = next((text for text in node.args if _name(text) != "self"), node.args[0])
        if marked and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
            yield first.lineno, first.value


def _is_error_init(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"


def listed_ids(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every message id that reaches `_` through a variable."""
    called = {name: places for pattern, name, places in ARGUMENTS if path.match(pattern)}
    assigned = {name for pattern, name in CONSTANTS if path.match(pattern)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for place in called.get(_name(node.func), ()):
                yield from _texts(_argument(node, place))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_name(target) in assigned for target in targets):
                yield from _texts(node.value)


def _name(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _argument(call: ast.Call, place: int | str) -> ast.expr | None:
    if isinstance(place, int):
        return call.args[place] if place < len(call.args) else None
    return next((keyword.value for keyword in call.keywords if keyword.arg == place), None)


def _texts(node: ast.expr | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.lineno, node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, (ast.Dict, ast.BoolOp)):
        yield from (text for value in node.values for text in _texts(value))
    elif isinstance(node, (ast.Tuple, ast.List)):
        yield from (text for value in node.elts for text in _texts(value))


def main() -> None:
    """Write the template."""
    found = list(modules())
    errors = error_classes([tree for _, tree in found])
    catalog = Catalog(project="tenderflow", charset="utf-8")
    for path, tree in found:
        for line, text in (*message_ids(tree, errors), *listed_ids(path, tree)):
            # Blanks are named {so}; python-format would refuse them.
            catalog.add(text, locations=[(path.as_posix(), line)]).flags.discard("python-format")
    for text in BUILT:
        catalog.add(text).flags.discard("python-format")
    with open(sys.argv[1], "wb") as target:
        write_po(target, catalog, no_location=False, include_lineno=False, sort_output=True)
    print(f"{len(catalog)} messages")


if __name__ == "__main__":
    main()
