"""YAML and workbook text as nested text values that remember where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from flows.steps.mistake import Mistake

Path = tuple[str | int, ...]
_MOST_NODES = 200_000
_DEEPEST = 20


@dataclass
class Raw:
    """Nested dicts and lists of text (None for nothing), with the place of every path, and mistakes met on the way."""

    file: str
    data: Any = None
    places: dict[Path, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def place(self, path: Sequence[str | int]) -> str:
        """Return where `path` stands, or where its nearest written parent does."""
        for length in range(len(path), -1, -1):
            if tuple(path[:length]) in self.places:
                return self.places[tuple(path[:length])]
        return "line 1, column 1"

    def mistake(self, path: Sequence[str | int], found: str, expected: str) -> None:
        """Note a mistake at `path`."""
        self.mistakes.append(Mistake(self.file, self.place(path), found, expected))


def read_yaml(text: str, file: str) -> Raw:
    """Return the raw values of a YAML text; syntax faults and doubled keys become mistakes."""
    raw = Raw(file)
    try:
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1, column 1"
        raw.mistakes.append(Mistake(file, place, str(error.problem or error.context or ""), "YAML"))
        return raw
    except (YAMLError, RecursionError, ValueError) as error:
        raw.mistakes.append(Mistake(file, "line 1, column 1", type(error).__name__, "YAML"))
        return raw
    _Reader(raw).read(node, ())
    return raw


class _Reader:
    """Turns nodes into text values, counting them so that an alias bomb ends early."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._count = 0

    def read(self, node: Node | None, path: Path) -> None:
        self._raw.data = self._value(node, path) if node is not None else None

    def _value(self, node: Node, path: Path) -> Any:
        self._count += 1
        self._raw.places[path] = f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}"
        if self._count > _MOST_NODES or len(path) > _DEEPEST:
            if self._count <= _MOST_NODES:
                self._raw.mistake(path, "deeper nesting", "at most 20 levels")
            elif self._count == _MOST_NODES + 1:
                self._raw.mistake(path, "more values", "at most 200,000 values")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(child, (*path, position)) for position, child in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: Node) -> str | None:
        plain_null = isinstance(node, ScalarNode) and node.style is None and node.value in ("", "~", "null")
        return None if plain_null else str(node.value)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            if key in values:
                self._raw.places[(*path, key)] = (
                    f"line {key_node.start_mark.line + 1}, column {key_node.start_mark.column + 1}"
                )
                self._raw.mistake((*path, key), f"{key} twice", "every key once")
                continue
            value = self._value(value_node, (*path, key))
            if value is not None:
                values[key] = value
        return values
