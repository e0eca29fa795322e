"""An addendum (补遗) of the buyer as values: read from YAML, and laid over the record and the clause matrices.

SJE/ZY/GK-02 art. 3.3; 招标投标法实施条例 art. 21. The addendum makes new versions; nothing before it is overwritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from flows.steps.clauses_change import BUYERS
from flows.steps.expected import expected_of
from flows.steps.mistake import InvalidSheet, Mistake
from flows.steps.procedure import Gate
from flows.steps.raw_values import Raw, read_yaml
from flows.steps.tender import Addendum as Entry
from flows.steps.tender import Bond, Clause, Deliverable, Item, PanelFunction, Relation, Tender, from_record
from flows.steps.value import FileName, LotId, PersonId, Positive, Slug, Text, Value
from templates import own_set
from templates.errors import TemplateError

ACKNOWLEDGE = Gate("addendum", "addendum", "3.3", ("handler",), ("acknowledge",), ("addendum/-/*",), per_lot=False)
"""The handler's signature that acknowledges every addendum so far."""


class ClauseChange(Value):
    """What the buyer changes of one clause; what is left out stays."""

    clause: Text
    mark: Literal["", "★", "▲"] | None = None
    requirement: Text | None = None
    parameter: str | None = None
    relation: Relation | None = None
    value: str | None = None
    unit: str | None = None
    new: bool = False
    withdrawn: bool = False


class LotChange(Value):
    """What the buyer changes of one lot; `items` replaces the whole list."""

    ceiling: Positive | None = None
    bond_amount: Positive | None = None
    delivery_days: Annotated[int, Field(gt=0)] | None = None
    warranty_months: Annotated[int, Field(ge=0)] | None = None
    payment: Text | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1)] | None = None
    clauses: tuple[ClauseChange, ...] = ()


class Addendum(Value):
    """One addendum; `panel`, `sign_date` and `deliverables` are our own answer to it."""

    no: Annotated[str, Field(pattern=r"^[^/*?\[\]\s]{1,40}$")]
    issued: date
    title: str = ""
    file: FileName | None = None
    deadline: datetime | None = None
    validity_days: Annotated[int, Field(gt=0)] | None = None
    bond: Bond | None = None
    set: Slug | None = None
    forms: tuple[str, ...] = ()
    lots: Mapping[LotId, LotChange] = {}
    sign_date: date | None = None
    deliverables: Mapping[Deliverable, date] = {}
    panel: Mapping[PanelFunction, PersonId] = {}

    def numbers(self, lot: str) -> list[str]:
        """Return the clauses that it changes or adds in a lot; a withdrawn one is no longer there to review."""
        return [c.clause for c in self._changes(lot) if not c.withdrawn]

    def touched(self) -> dict[str, list[str]]:
        """Return, by lot, the numbers of `numbers`, also where a lot only loses clauses."""
        return {lot: self.numbers(lot) for lot, change in self.lots.items() if change.clauses}

    def _changes(self, lot: str) -> Sequence[ClauseChange]:
        return self.lots[lot].clauses if lot in self.lots else ()

    def clauses(self, lot: str, before: Sequence[Clause]) -> tuple[Clause, ...]:
        """Return a lot's matrix with the changes in it; our answers stay, for a person to review."""
        after = {clause.clause: clause for clause in before}
        for change in self._changes(lot):
            if change.withdrawn:
                after.pop(change.clause, None)
                continue
            said = {field: value for field in BUYERS if (value := getattr(change, field)) is not None}
            old = after.get(change.clause)
            values = old.model_dump() if old else {"clause": change.clause}
            after[change.clause] = Clause.model_validate({**values, **said})
        return tuple(after.values())

    def record(self, before: Tender, acknowledged: date) -> Tender:
        """Return the record with the changes in it and the addendum among its addenda."""
        record = before.record()
        record |= {
            name: value
            for name in ("validity_days", "set", "sign_date", "bond", "deadline")
            if (value := self.model_dump(mode="json")[name]) is not None
        }
        record["deliverables"] = {**record["deliverables"], **self.model_dump(mode="json")["deliverables"]}
        record["people"] = {**record["people"], "panel": {**record["people"]["panel"], **self.panel}}
        record["lots"] = [self._lot(lot) for lot in record["lots"]]
        numbers = [number for lot in self.lots for number in self.numbers(lot)]
        entry = Entry(no=self.no, issued=self.issued, acknowledged=acknowledged, clauses=tuple(dict.fromkeys(numbers)))
        others = [other for other in record["addenda"] if other["no"] != self.no]
        record["addenda"] = [*others, entry.model_dump(mode="json", exclude_none=True)]
        return from_record(record)

    def _lot(self, lot: Mapping[str, Any]) -> dict[str, Any]:
        if lot["id"] not in self.lots:
            return dict(lot)
        change = self.lots[lot["id"]].model_dump(mode="json", exclude={"clauses"}, exclude_none=True)
        return {**lot, **change}


def read_addendum(content: bytes, file: str, record: Tender, now: datetime, folder: Path | None = None) -> Addendum:
    """Return the addendum of a YAML file.

    Args:
        record: the newest record; lots, dates and the number are held against it.
        now: aware; a deadline before it is refused.
        folder: where the file lies; `set: ./NAME` in it is a template set there, made known by its content.

    Raises:
        InvalidSheet: with every mistake by line.
    """
    try:
        raw = read_yaml(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        mistake = Mistake(file, f"byte {error.start}", "bytes of another encoding", "UTF-8 text")
        raise InvalidSheet(file, [mistake]) from None
    mistakes, addendum = [*raw.mistakes, *_own_set(raw, folder)], None
    try:
        addendum = Addendum.model_validate(raw.data)
    except ValidationError as error:
        for fault in error.errors():
            path = tuple(part for part in fault["loc"] if part != "[key]")
            found, expected = expected_of(fault) if path else ("nothing", "a group of keys")
            words = f"{'.'.join(map(str, path))}: {found}" if path else found
            mistakes.append(Mistake(file, raw.place(path), words, expected))
    if addendum is not None:
        if addendum.deadline is not None and addendum.deadline.tzinfo is None:
            local = addendum.deadline.replace(tzinfo=ZoneInfo(record.timezone))
            addendum = addendum.model_copy(update={"deadline": local})
        mistakes += _against_record(addendum, raw, record, now)
    if mistakes or addendum is None:
        raise InvalidSheet(file, mistakes)
    return addendum


def _own_set(raw: Raw, folder: Path | None) -> list[Mistake]:
    """Replace `./NAME` by the name that the set in that folder has by its content."""
    name = raw.data.get("set") if isinstance(raw.data, dict) else None
    if folder is None or not isinstance(name, str) or not name.startswith("./"):
        return []
    place, inside = raw.place(("set",)), (folder / name).resolve()
    raw.data["set"] = own_set.OWN  # so that one mistake is told once
    if "\x00" in name or not inside.is_relative_to(folder.resolve()) or not (inside / "set.toml").is_file():
        return [Mistake(raw.file, place, name, "a folder beside the addendum with a set.toml")]
    try:
        raw.data["set"] = own_set.take_in(inside)
    except TemplateError as error:
        return [Mistake(raw.file, place, str(error), "a template set; tender templates check says more")]
    return []


def _against_record(addendum: Addendum, raw: Raw, record: Tender, now: datetime) -> list[Mistake]:
    notes = Raw(raw.file, places=raw.places)
    deadline = addendum.deadline or record.deadline
    if addendum.issued < record.issued:
        notes.mistake(("issued",), str(addendum.issued), "a date not before issued")
    if deadline <= now:
        notes.mistake(("deadline",), deadline.isoformat(timespec="minutes"), "a time in the future")
    if (addendum.sign_date or record.sign_date) > deadline.date():
        notes.mistake(("sign_date",), str(addendum.sign_date or record.sign_date), "a date not after the deadline")
    for name, due in addendum.deliverables.items():
        if due < now.date():
            notes.mistake(("deliverables", name), str(due), "a date that is not over")
    for lot in addendum.lots:
        if lot not in {each.id for each in record.lots}:
            notes.mistake(("lots", lot), lot, "a lot of this tender")
    if addendum.forms and addendum.set in (None, record.set):
        notes.mistake(("forms",), ", ".join(addendum.forms), "set: the template set with the new forms")
    if set(addendum.panel.values()) & {record.people.handler, record.people.leader}:
        notes.mistake(("panel",), ", ".join(addendum.panel.values()), "another person than the handler and the leader")
    return notes.mistakes


def clause_mistakes(
    addendum: Addendum, content: bytes, file: str, matrices: Mapping[str, Iterable[Clause]]
) -> list[Mistake]:
    """Return where an addendum names a clause that the matrix does not have, adds one that it has, or one twice.

    Args:
        content: the file that `addendum` was read from, for the places.
        matrices: lot → its clauses before the addendum.
    """
    notes = read_yaml(content.decode("utf-8-sig"), file)
    for lot, change in addendum.lots.items():
        known, seen = {clause.clause for clause in matrices.get(lot, ())}, set[str]()
        for position, clause in enumerate(change.clauses):
            place = ("lots", lot, "clauses", position)
            if clause.clause in seen:
                notes.mistake(place, f"{clause.clause} again", "every clause once")
            if clause.new and clause.clause in known:
                notes.mistake(place, clause.clause, "a clause number that the matrix does not have")
            if not clause.new and clause.clause not in known:
                notes.mistake(place, clause.clause, "a clause number of the matrix, or new: true")
            if clause.new and clause.requirement is None:
                notes.mistake(place, "nothing", "the tender's requirement")
            seen.add(clause.clause)
    return notes.mistakes
