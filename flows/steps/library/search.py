"""Full-text search over items in memory: SQLite's FTS5 on tokens of our own, ranked by BM25.

The index is built for each command from the opened ledger and never touches a disk.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from flows.errors import TenderError
from flows.steps.library.item import Item
from flows.steps.library.tokens import encoded

_WEIGHTS = (10.0, 8.0, 4.0, 2.0, 1.0)
"""Of the columns: id and number, name, tags, text and fields, words of the proof file."""
_AROUND = 20


class NothingToSearch(TenderError):
    """A query without a letter, digit or Chinese character."""


@dataclass(frozen=True)
class Hit:
    """One item found: its rank (1 first) and the words around the first place where it was found."""

    item: Item
    rank: int
    around: str


class Index:
    """The items that can be searched.

    Args:
        items: each once.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)
        self._engine = sqlite3.connect(":memory:")
        self._engine.execute("PRAGMA temp_store = MEMORY")
        self._engine.execute("CREATE VIRTUAL TABLE found USING fts5(id, name, tags, text, words, tokenize = 'ascii')")
        rows = ((n, *map(encoded, _columns(item))) for n, item in enumerate(self._items))
        self._engine.executemany(
            "INSERT INTO found (rowid, id, name, tags, text, words) VALUES (?, ?, ?, ?, ?, ?)", rows
        )

    def find(self, query: str, most: int = 20) -> list[Hit]:
        """Return the items that hold every word of a query, the best first.

        A word is a run without spaces; its tokens must stand side by side, and the last may go on: `iso90` finds
        ISO 9001.

        Raises:
            NothingToSearch: no letter, digit or Chinese character in it.
        """
        words = [coded for word in query.split() if (coded := encoded(word))]
        if not words:
            raise NothingToSearch(
                "library search: found no letter, digit or Chinese character in the query, expected a word; "
                "next: tender library search 证书"
            )
        match = " AND ".join(f'"{word}" *' for word in words)
        weights = ", ".join(map(str, _WEIGHTS))
        rows = self._engine.execute(
            f"SELECT rowid FROM found WHERE found MATCH ? ORDER BY bm25(found, {weights}), rowid LIMIT ?", (match, most)
        )
        return [Hit(self._items[n], rank, around(self._items[n], query)) for rank, (n,) in enumerate(rows, 1)]


def _columns(item: Item) -> tuple[str, str, str, str, str]:
    return (
        f"{item.id} {item.number} {item.code or ''}",
        item.name,
        " ".join(item.tags),
        " ".join((item.text, *item.fields.values())),
        item.words,
    )


def around(item: Item, query: str) -> str:
    """Return the words around the first place where a word of the query stands as typed, else the item's beginning."""
    text = " ".join(" ".join(column for column in _columns(item)[1:] if column).split())
    small = text.casefold()
    places = [place for word in query.casefold().split() if (place := small.find(word)) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    end = start + 4 * _AROUND
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
