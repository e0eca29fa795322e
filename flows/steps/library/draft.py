"""What a person wants an item to become: values as they were written, with the place of each, and a proof file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.errors import TenderError
from flows.steps.library.item import Fault, Item
from flows.steps.library.kinds import KINDS, field_names
from flows.steps.mistake import Mistake
from flows.steps.read_technical_inputs import InputFile

OWN = ("version", "proof", "words", "retired")
"""What the library itself says of an item."""


@dataclass(frozen=True)
class Draft:
    """One item to be.

    Attributes:
        values: text by field name, those of the kind among them; what is not said stays as it was.
        file: the proof file.
        source, places: the file that the values come from, and the place of each in it.
    """

    id: str
    values: Mapping[str, Any]
    file: InputFile | None = None
    source: str = "library"
    places: Mapping[str, str] = field(default_factory=dict)

    def mistake(self, fault: Fault) -> Mistake:
        """Return a fault with its place."""
        place = self.places.get(fault.field) or f"{self.id}: {fault.field}"
        return Mistake(self.source, place, fault.found, fault.expected)


class Misfit(TenderError):
    """Drafts that cannot stand; `mistakes` are all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(
            "library: found {count} mistakes, first in {file} at {place}; next: correct them, nothing was taken in",
            count=len(self.mistakes),
            file=first.file,
            place=first.place,
        )


def with_fields(draft: Draft, old: Item | None) -> dict[str, Any]:
    """Return the values that an item is made of: the draft's over those of the version before."""
    before = old.model_dump(mode="json", exclude_defaults=True) if old else {}
    before = {name: value for name, value in before.items() if name not in ("reviewed", "reviewed_by")}
    kind = str(draft.values.get("kind") or before.get("kind"))
    known = KINDS[kind].model_fields if kind in KINDS else field_names()
    said = {name: value for name, value in draft.values.items() if name not in known}
    fields = {**before.get("fields", {}), **{n: v for n, v in draft.values.items() if n in known}}
    made = {**before, **said, "id": draft.id}
    return {**made, "fields": fields} if fields else made


def same(item: Item, old: Item | None, draft: Draft) -> bool:
    """Tell whether a draft says nothing new; a review of another day is something new."""
    if old is None or ("reviewed" in draft.values and item.reviewed != old.reviewed):
        return False
    if draft.file is not None and (old.proof is None or old.proof.sha256 != draft.file.sha256):
        return False
    ignored = {"version", "reviewed", "reviewed_by"}
    return item.model_dump(exclude=ignored) == old.model_dump(exclude=ignored)
