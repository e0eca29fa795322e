"""Keeps a company library: items added, imported, reviewed and retired, and who else may read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from flows.acts.library import COMPARTMENT, ITEMS, Library, proof_name
from flows.acts.sealing import as_json
from flows.errors import TenderError
from flows.steps.library.draft import Draft, Misfit, same, with_fields
from flows.steps.library.item import ZONE, Fault, Item, Proof, Retired, make_item
from flows.steps.library.words import words_of
from flows.steps.mistake import Mistake
from flows.steps.read_technical_inputs import InputFile
from storage.ledger import OPENED

_AT_ONCE = 50
"""Items in one event: few events are read fast, and an import that is cut off loses little."""


class ItemRefused(TenderError):
    """An item that is there already, is retired, or was changed by someone else at the same moment."""


@dataclass(frozen=True)
class Kept:
    """What came of some drafts: ids of the items that are new, changed, and just as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


def keep(library: Library, drafts: Sequence[Draft], mistakes: Sequence[Mistake] = ()) -> Kept:
    """Take drafts in as the next versions of their items; everything is judged before anything is sealed.

    The first items make the library: a handler, leader or technical person of the department may.

    Args:
        mistakes: what was wrong already where the drafts were read.

    Raises:
        Misfit: with every mistake of every draft.
        ItemRefused: someone else changed one of the items at the same moment.
        PolicyRefused: the person does not keep this library.
    """
    known = library.items()
    judged = [(draft, *_judged(library, draft, known.get(draft.id))) for draft in drafts]
    mistakes = [*mistakes, *(draft.mistake(fault) for draft, _item, found in judged for fault in found)]
    if mistakes:
        raise Misfit(mistakes)
    made = [(draft, item) for draft, item, _faults in judged if item is not None]
    new = [(draft, item) for draft, item in made if not same(item, known.get(item.id), draft)]
    _make(library)
    _append(library, [_with_proof(library, item, draft.file) for draft, item in new])
    changed = [item.id for _draft, item in new]
    return Kept(
        tuple(i for i in changed if i not in known),
        tuple(i for i in changed if i in known),
        tuple(item.id for _draft, item in made if item.id not in changed),
    )


def _judged(library: Library, draft: Draft, old: Item | None) -> tuple[Item | None, list[Fault]]:
    now = datetime.now(UTC)
    reviewed = {"reviewed": now.astimezone(ZoneInfo(ZONE)).date().isoformat(), "reviewed_by": _me(library)}
    version = old.version + 1 if old else 1
    item, faults = make_item({**reviewed, **with_fields(draft, old), "version": version})
    if item is not None and library.case.people.find(item.owner, now) is None:
        faults.append(Fault(field="owner", found=item.owner, expected="a person in the register of people"))
    if old is not None and old.retired:
        faults.append(Fault(field="id", found=f"{old.id}, retired", expected="an item in use, or a new id"))
    return item, faults


def _me(library: Library) -> str:
    return library.case.holder.name.removeprefix("person:")


def add(library: Library, draft: Draft) -> Kept:
    """Add one item that is not there yet. See `keep`.

    Raises:
        ItemRefused: it is there.
    """
    if draft.id in library.items():
        raise ItemRefused(
            "Library item {item}: it is there already, expected a new id; next: tender library review {item}",
            item=draft.id,
        )
    return keep(library, [draft])


def review(library: Library, draft: Draft) -> Item:
    """Write down that an item was looked at today, with what has changed. See `keep`.

    Raises:
        UnknownItem: there is none.
    """
    library.item(draft.id)
    today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
    keep(library, [Draft(draft.id, {"reviewed": today, **draft.values}, draft.file, draft.source)])
    return library.item(draft.id)


def retire(library: Library, item_id: str, reason: str) -> Item:
    """Take an item out of use; it can still be shown, and what was made with it stands.

    Raises:
        UnknownItem: there is none.
        ItemRefused: it is retired already, or there is no reason.
    """
    item = library.item(item_id)
    if item.retired:
        raise ItemRefused(
            "Library item {item}: retired already ({reason}), expected one in use; next: tender library show {item}",
            item=item_id,
            reason=item.retired.reason,
        )
    if not reason.strip():
        raise ItemRefused(
            "Library item {item}: no reason found, expected why it is retired; next: --reason", item=item_id
        )
    retired = Retired(reason=reason.strip(), by=_me(library), at=datetime.now(UTC).replace(microsecond=0))
    made = item.model_copy(update={"version": item.version + 1, "retired": retired})
    _append(library, [made])
    return made


def share(library: Library, people: Iterable[str], reason: str) -> None:
    """Let people read the library, also those of another department; it goes into the ledger."""
    added = library.case.recipients(*(f"person:{person}" for person in people))
    library.case.ledger.events()
    for compartment in ("procedure", COMPARTMENT):
        library.case.keyrings.change(compartment, add=added, reason=reason)


def _with_proof(library: Library, item: Item, file: InputFile | None) -> Item:
    if file is None:
        return item
    name = proof_name(item.id, file.name)
    key = f"{name}/{file.sha256}"
    manifest = library.case.vault.seal(COMPARTMENT, name, file.data, media_type=file.media_type, step_key=key)
    proof = Proof(name=file.name, manifest=manifest.digest, sha256=file.sha256, media_type=file.media_type)
    return item.model_copy(update={"proof": proof, "words": words_of(file)})


def _append(library: Library, items: Sequence[Item]) -> None:
    for start in range(0, len(items), _AT_ONCE):
        body = {"items": [item.to_json() for item in items[start : start + _AT_ONCE]]}
        library.case.ledger.append(ITEMS, body, key=f"items/{sha256(as_json(body)).hexdigest()}")
    stands = library.history()
    lost = [item.id for item in items if stands[item.id][item.version - 1] != item]
    if lost:
        raise ItemRefused(
            "Library of {department}: {items} changed by someone else just now, expected nobody else at it; "
            "next: tender library show {first}, then again",
            department=library.department,
            items=", ".join(lost),
            first=lost[0],
        )


def _make(library: Library) -> None:
    """Make the library unless it is there: keys for everyone of the department; auditors may prove it.

    The archive worker reads the ledger alone, to sign its checkpoints, the assembly worker to remind of reviews.
    """
    if library.exists():
        return
    case, now = library.case, datetime.now(UTC)
    own = {row.holder for row in case.people.persons if row.valid_at(now) and row.department == library.department}
    auditors = {row.holder for row in case.people.with_role("auditor", now)}
    for compartment, holders in (
        ("procedure", own | auditors | {"worker:archive", "worker:assembly"}),
        (COMPARTMENT, own),
    ):
        if not case.keyrings.exists(compartment):
            case.keyrings.create(compartment, case.recipients(*sorted(holders)))
    case.ledger.append(OPENED, {"record": {"department": library.department}, "people": {}}, key=OPENED)
