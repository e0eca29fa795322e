"""One table of a `set.toml`, read strictly: a fault names file, table, key, what was found and what was expected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from templates.errors import TemplateError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)*")


class SetError(TemplateError):
    """A set's manifest is wrong."""


@dataclass(frozen=True)
class ManifestTable:
    """A table of the manifest; `place` is how the messages call it ("volume price, section cover")."""

    manifest: Path
    place: str
    data: dict[str, Any]

    def error(self, key: str, found: object, expected: str) -> SetError:
        """Return the error for one key."""
        return SetError(
            "{file}, {table}, {key}: found {found}, expected {expected}; next: correct the manifest",
            file=f"{self.manifest.parent.name}/{self.manifest.name}",
            table=self.place,
            key=key,
            found=found,
            expected=expected,
        )

    def only(self, *known: str) -> None:
        """Refuse any key that is not known."""
        for key in self.data:
            if key not in known:
                raise self.error(key, "an unknown key", f"one of {', '.join(known)}")

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.optional(key)
        if value is None:
            raise self.error(key, "nothing", "text")
        return value

    def optional(self, key: str) -> str | None:
        """Return a text or None; an empty text is a fault."""
        value = self.data.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.error(key, repr(value), "text")
        return value

    def slug(self, key: str) -> str:
        """Return an id of small letters, digits and hyphens."""
        return self._shaped(key, self.text(key), SLUG, "small letters, digits and hyphens")

    def dotted(self, key: str) -> str | None:
        """Return a field's name such as `lot.consortium`, or None."""
        value = self.optional(key)
        return None if value is None else self._shaped(key, value, DOTTED, "a field such as lot.consortium")

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        """Return a text that is one of `allowed`."""
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, value, f"one of {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; absent is false."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, repr(value), "true or false")
        return value

    def matching(self, key: str, pattern: str) -> tuple[str, ...]:
        """Return a list of different texts that each match `pattern`."""
        values = self.data.get(key, [])
        good = isinstance(values, list) and all(isinstance(v, str) and re.fullmatch(pattern, v) for v in values)
        if not good or len(set(values)) != len(values):
            raise self.error(key, repr(values), f"a list of different texts like {pattern}")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a table as plain values; absent is empty."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, repr(value), "a table")
        return value

    def file(self, key: str, folder: Path) -> Path | None:
        """Return the path of a file inside the set's folder, or None."""
        name = self.optional(key)
        if name is None:
            return None
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise self.error(key, name, "a file inside the set's folder")
        return path

    def tables(self, key: str, id_key: str, required: bool = False) -> list["ManifestTable"]:
        """Return the tables of an array, each with its own different id."""
        rows = self.data.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or (required and not rows):
            raise self.error(key, "no such tables", f"[[{key}]] tables")
        prefix = "" if self.place == "top level" else f"{self.place}, "
        inner = [
            ManifestTable(self.manifest, f"{prefix}{key} {row.get(id_key, n)}", row) for n, row in enumerate(rows, 1)
        ]
        ids = [row.get(id_key) for row in rows]
        for table in inner:
            if ids.count(table.data.get(id_key)) > 1:
                raise table.error(id_key, table.data.get(id_key), f"an id that no other {key} has")
        return inner

    def _shaped(self, key: str, value: str, pattern: re.Pattern[str], expected: str) -> str:
        if not pattern.fullmatch(value):
            raise self.error(key, value, expected)
        return value
