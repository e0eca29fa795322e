"""What every notice says in short, quickly: only what may have changed since the last look is opened anew.

What is kept lies on the holder's own disk, sealed to their own key. A notice that is over stays as it is; an open one
is taken as kept while its last record is there, none follows it, and the register of people is the same.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flows.acts.notices import Matter, matter_of
from flows.steps.notices.standing import SIGNED
from flows.steps.notices.term import is_overdue, was_on_time
from flows.wiring import Seat
from storage.ledger import BUCKET
from storage.people import People
from storage.person import person_to_json
from storage.policy import NOTICE as PREFIX
from storage.sealed_cache import SealedCache

_KEPT = "notices/1"
_DIGITS = 8  # of an event's number in its key


@dataclass(frozen=True)
class Brief:
    """A notice in short, as JSON values; what depends on the hour is derived."""

    said: dict[str, Any]

    @property
    def id(self) -> str:
        """The id of its ledger."""
        return str(self.said["notice"])

    @property
    def due(self) -> datetime:
        """When the answer is due, in the notice's zone."""
        return self._time("due")

    @property
    def completed(self) -> datetime | None:
        """When it was answered, in the notice's zone; None while it is not."""
        return self._time("completed") if self.said["completed"] else None

    @property
    def over(self) -> bool:
        """Whether it is closed or cancelled."""
        return bool(self.said["is_over"])

    @property
    def done(self) -> frozenset[str]:
        """The acts that were done, as values of `Act`."""
        return frozenset(self.said["done"])

    def overdue(self, now: datetime) -> bool:
        """Tell whether it is due without an answer."""
        return is_overdue(self.due, self.completed, now, over=self.over)

    def on_time(self, now: datetime) -> bool | None:
        """Tell whether it was answered on time; None while that is open, and for a cancelled one."""
        return was_on_time(self.due, self.completed, now, over=self.over, cancelled=bool(self.said["cancelled"]))

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Return what is said of it at an hour."""
        shown = {name: value for name, value in self.said.items() if name not in ("done", "timezone")}
        times = {
            "due": self.due.isoformat(timespec="minutes"),
            "completed": self.completed.isoformat(timespec="minutes") if self.completed else "",
        }
        return {**shown, **times, "on_time": self.on_time(now), "overdue": self.overdue(now)}

    def _time(self, name: str) -> datetime:
        return datetime.fromisoformat(self.said[name]).astimezone(ZoneInfo(self.said["timezone"]))


def brief(matter: Matter) -> Brief:
    """Return a notice in short, from its ledger as it was read."""
    standing, notice = matter.standing(), matter.notice
    return Brief(
        {
            "notice": matter.id,
            "number": matter.number,
            "numbers": [f"{entry}: {number}" for entry, number in matter.numbers.items()],
            "kind": notice.kind,
            "customer": notice.customer,
            "project": notice.project,
            "tender": notice.tender,
            "timezone": notice.timezone,
            "due": notice.due.isoformat(),
            "undertaker": notice.undertaker,
            "lines": [line.words for line in notice.lines],
            "files": list(matter.files),
            "stage": standing.stage.value,
            "waits_for": list(standing.waits_for),
            "signed": [signed.words for act in SIGNED for signed in matter.judge(act).signed],
            "result": standing.result,
            "completed": standing.completed.isoformat() if standing.completed else "",
            "cancelled": standing.cancelled or "",
            "is_over": standing.over,
            "done": [act.value for act in standing.done],
        }
    )


def briefs(seat: Seat, ids: Iterable[str] | None = None) -> dict[str, Brief]:
    """Return notices in short, by id; those that the holder may not open are left out.

    Args:
        ids: which notices; all where none are said.
    """
    kept_in = SealedCache(seat.cache / "notices", seat.holder)
    kept: dict[str, Any] = json.loads(kept_in.get(_KEPT) or b"{}")
    names = sorted(set(ids) if ids is not None else (n for n in seat.store.folders(BUCKET) if n.startswith(PREFIX)))
    people = _mark(seat.people)
    changed = _changed(seat, kept, names, people)
    for name in changed:
        kept[name] = _read(seat, name, people)
    if changed:
        kept_in.put(_KEPT, json.dumps(kept, ensure_ascii=False).encode())
    return {name: Brief(kept[name]["said"]) for name in names if "said" in kept[name]}


def _changed(seat: Seat, kept: dict[str, Any], names: Iterable[str], people: str) -> list[str]:
    """Return the notices that are not kept, or may be another now; one that is over never is."""
    names = list(names)
    asked = [
        n for n in names if n in kept and kept[n]["people"] == people and not kept[n].get("said", {}).get("is_over")
    ]
    last, after = ({_key(n, kept[n]["seq"] + more): n for n in asked} for more in (0, 1))
    there = seat.store.existing(BUCKET, [*last, *after])
    same = {n for key, n in last.items() if key in there} - {n for key, n in after.items() if key in there}
    return [n for n in names if n not in same and not kept.get(n, {}).get("said", {}).get("is_over")]


def _read(seat: Seat, name: str, people: str) -> dict[str, Any]:
    matter = matter_of(seat, name)
    if matter is None:
        return {"seq": sum(1 for _ in seat.store.list(BUCKET, f"{name}/")) - 1, "people": people}
    seq = matter.case.ledger.events(refresh=False)[-1].seq
    return {"seq": seq, "people": people, "said": brief(matter).said}


def _key(name: str, seq: int) -> str:
    return f"{name}/{seq:0{_DIGITS}d}"


def _mark(people: People) -> str:
    """Return a mark of a version of the register: who is in it decides whose signatures count."""
    rows = [person_to_json(row) for row in people.persons]
    return sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
