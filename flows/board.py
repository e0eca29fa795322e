"""The board over every tender that a holder may see, quickly: only ledgers that grew since the last board are read."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from flows.acts.tasks import results_of, tasks_of
from flows.case import Case, UnknownObject
from flows.steps import procedure
from flows.steps.board import TenderRow, is_quiet, lot_row
from flows.wiring import Seat, is_tender
from storage.errors import StorageError
from storage.keyring import NotForYou
from storage.ledger import BUCKET, record_key
from storage.objects import AccessDenied

VERSION = 3
READERS = 4
"""Ledgers that are read at the same time: reading waits for the store about as long as it computes."""
_UNSEEN = "unseen"
"""What is kept of a ledger that the holder may not open."""


def rows(
    seat: Seat, *, fresh: bool = False, tell: Callable[[int, int], None] = lambda _read, _of: None
) -> tuple[list[TenderRow], list[str]]:
    """Return the row of every tender that the holder may see, and the ids of those that could not be read.

    The folders of the ledger bucket are listed once; of every ledger known from the last board it is asked whether the
    next event exists. What is kept between two boards is public (ids, roles, dates), on the holder's own disk.

    Args:
        fresh: read every ledger, whatever was kept.
        tell: called with how many ledgers have been read, and of how many; a look that is broken off has kept those.
    """
    kept_in = seat.cache / "board.json"
    known = {} if fresh else _load(kept_in)
    names = [name for name in seat.store.folders(BUCKET) if is_tender(name)]
    grown = _grown(seat, known, names)
    kept = {name: known[name] for name in names if name in known and name not in grown}
    broken = []
    with ThreadPoolExecutor(READERS) as pool:
        try:
            for count, (name, found) in enumerate(pool.map(partial(_look, seat, known), grown), 1):
                if isinstance(found, str):
                    broken.append(f"{name} ({found})")
                else:
                    kept[name] = found
                tell(count, len(grown))
        finally:
            pool.shutdown(cancel_futures=True)
            _save(kept_in, kept)
    return [TenderRow.of(kept[name]["row"]) for name in sorted(kept) if "row" in kept[name]], broken


def _grown(seat: Seat, known: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Return the ledgers that are new, and those that have an event after the last one known."""
    names = list(names)
    next_keys = {
        record_key(name, known[name]["seq"] + 1): name for name in names if name in known and "seq" in known[name]
    }
    longer = {next_keys[key] for key in seat.store.existing(BUCKET, next_keys)}
    return [name for name in names if name not in known or name in longer]


def _look(seat: Seat, known: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any] | str]:
    """Return what is kept of a ledger, or the kind of error for which it could not be read."""
    try:
        return name, _read(seat, name, known.get(name))
    except (NotForYou, AccessDenied):
        return name, {"kind": _UNSEEN, "seq": _last(seat, name)}
    except (StorageError, UnknownObject) as error:  # the latter: an opening that was cut off
        return name, type(error).__name__


def _read(seat: Seat, name: str, before: dict[str, Any] | None) -> dict[str, Any]:
    case = seat.case(name)
    events = case.ledger.events()
    kind = case.opened.get("kind", "tender")
    if kind != "tender":
        return {"kind": kind}  # without a number: a ledger never becomes a tender's
    if before and "row" in before and is_quiet(event.type for event in events[before["seq"] + 1 :]):
        row = {**before["row"], "seq": events[-1].seq}
    else:
        row = row_of(case).to_json()
    return {"kind": kind, "seq": row["seq"], "row": row}


def row_of(case: Case) -> TenderRow:
    """Return the row of one tender."""
    record, ended, technical = case.record, case.ended(), case.named("technical")
    stages = procedure.board(case.lot_ids, case.facts(), record.deadline)
    tasks, results = tasks_of(case), results_of(case)
    return TenderRow(
        tender=case.tender,
        seq=case.ledger.events(refresh=False)[-1].seq,
        department=record.department,
        deadline=record.deadline,
        lots=tuple(
            replace(
                lot_row(
                    lot,
                    [row for row in stages if row.lot == lot],
                    ended.get(lot, ""),
                    [task for task in tasks if task.lot == lot],
                    record.deadline,
                ),
                result=results.get(lot, ("",))[0],
                supported=any(manifest.by in technical for manifest in case.manifests(f"input/{lot}/*").values()),
            )
            for lot in case.lot_ids
        ),
        tasks=tuple(tasks),
    )


def _last(seat: Seat, name: str) -> int:
    return sum(1 for _ in seat.store.list(BUCKET, f"{name}/")) - 1


def _load(path: Path) -> dict[str, Any]:
    """Return what the last board kept; a file of another version or a broken one is as good as none."""
    try:
        value = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return dict(value["ledgers"]) if value.get("v") == VERSION else {}


def _save(path: Path, ledgers: dict[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps({"v": VERSION, "ledgers": ledgers}, ensure_ascii=False), "utf-8")
    beside.replace(path)
