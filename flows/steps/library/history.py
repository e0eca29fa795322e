"""The versions of a library's items, from what its ledger holds in order."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.steps.library.item import Item

History = dict[str, list[Item]]


def replay(entries: Iterable[Mapping[str, Any]]) -> History:
    """Return every version of every item, oldest first, by id.

    An entry counts only if it is the next version of its item: of two people who change one item at the same time the
    first one is heard, and the other learns of it.
    """
    history: History = {}
    for entry in entries:
        item = Item.model_validate(entry)
        versions = history.setdefault(item.id, [])
        if item.version == len(versions) + 1:
            versions.append(item)
    return {item_id: versions for item_id, versions in history.items() if versions}


def newest(history: History) -> dict[str, Item]:
    """Return the newest version of every item by id, in the order of the ids."""
    return {item_id: history[item_id][-1] for item_id in sorted(history)}
