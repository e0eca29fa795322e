"""One item of the company library as a value: what it is, who owns it, how long it is valid, what proves it."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from flows.steps.expected import expected_of
from flows.steps.library.kinds import KINDS
from flows.steps.value import PersonId, Slug, Text, Value, Zone

ZONE = "Asia/Shanghai"
"""Where an item's dates are counted unless it says otherwise."""
ItemId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class Proof(Value):
    """The proof file of an item: its name, the digest of its first manifest, SHA-256 of its content, media type."""

    name: Text
    manifest: str
    sha256: str
    media_type: str


class Retired(Value):
    """Why, when and by whom an item was taken out of use."""

    reason: Text
    by: str
    at: datetime


class Item(Value):
    """One version of an item.

    Attributes:
        owner: the person who answers for it; the department is the library's.
        code: the slug under which tenders ask for a qualification, such as `iso9001`.
        valid_from, valid_to: first and last day of validity, whole days in `timezone`; None: no bound.
        reviewed, reviewed_by: when it was last looked at, and by whom.
        review_days: after how many days its owner wants it looked at again.
        text: a standard text, or a description.
        fields: what its kind adds, see `KINDS`.
        words: the words of the proof file, for the search.
    """

    id: ItemId
    kind: Literal[
        "licence", "certificate", "person", "track-record", "equipment", "financial-year", "authorisation", "text",
        "material",
    ]  # fmt: skip
    name: Text
    owner: PersonId
    version: Annotated[int, Field(ge=1)] = 1
    number: str = ""
    code: Slug | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    timezone: Zone = ZONE
    reviewed: date
    reviewed_by: PersonId
    review_days: Annotated[int, Field(ge=1, le=3660)] = 365
    tags: tuple[str, ...] = ()
    text: str = ""
    fields: Mapping[str, str] = {}
    proof: Proof | None = None
    words: str = ""
    retired: Retired | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the item as JSON values, without what it does not say."""
        return {"version": self.version, **self.model_dump(mode="json", exclude_defaults=True)}

    def today(self, moment: datetime) -> date:
        """Return the day that an aware time is where the item's validity counts."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def review_due(self) -> date:
        """Return the last day on which the next review is in time."""
        return self.reviewed + timedelta(days=self.review_days)

    def days_left(self, moment: datetime) -> int | None:
        """Return how many days after this one it is still valid: 0 on its last day, negative when expired."""
        return None if self.valid_to is None else (self.valid_to - self.today(moment)).days


class Fault(Value):
    """A value of an item that cannot stand: the field, what was found, what was expected (an English message id)."""

    field: str
    found: str
    expected: str


def make_item(values: Mapping[str, Any]) -> tuple[Item | None, list[Fault]]:
    """Return an item, or every fault of its values: those of all items and those of its kind.

    Args:
        values: by field name; `fields` may hold what the kind adds.
    """
    faults: list[Fault] = []
    item = _validated(Item, values, faults)
    model = KINDS.get(str(values.get("kind")))
    if model is not None:
        _validated(model, values.get("fields", {}), faults)
    if item is not None:
        faults += _across(item)
    return (None, faults) if faults else (item, [])


def _validated(model: Any, values: Mapping[str, Any], faults: list[Fault]) -> Any:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        for fault in error.errors():
            found, expected = expected_of(fault)
            field = str(fault["loc"][0])
            faults.append(Fault(field=field, found=found, expected=_EXPECTED.get((field, fault["type"]), expected)))
        return None


def _across(item: Item) -> list[Fault]:
    faults = []
    if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
        faults.append(Fault(field="valid_to", found=str(item.valid_to), expected="a date not before valid_from"))
    if item.kind == "text" and not item.text:
        faults.append(Fault(field="text", found="nothing", expected="the words of the standard text"))
    return faults


_EXPECTED = {
    ("id", "string_pattern_mismatch"): "1 to 40 of A-Z, a-z, 0-9, dot, - and _, starting with a letter or digit",
    ("owner", "string_pattern_mismatch"): "a person id such as zhao.min",
    ("year", "string_pattern_mismatch"): "a year such as 2025",
    ("kind", "literal_error"): (
        "licence, certificate, person, track-record, equipment, financial-year, authorisation, text or material"
    ),
}


def listed(text: str) -> tuple[str, ...]:
    """Return the entries of a list written in one cell, parted by commas, semicolons or 、."""
    return tuple(part.strip() for part in re.split("[,，;；、\n]", text) if part.strip())
