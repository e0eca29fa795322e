"""What conformance is judged from: verified events and decisions of one tender, and what the house knows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from flows.steps.procedure import WHOLE_TENDER, Facts, Gate, Manifested, Signed, State, judge


@dataclass(frozen=True)
class Happened:
    """One verified event of the tender's ledger; `by` is a holder, `lot` None for the whole tender."""

    seq: int
    at: datetime
    by: str
    type: str
    lot: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Word:
    """A verified decision and the number of its event."""

    seq: int
    signed: Signed


@dataclass(frozen=True)
class NoticeSeen:
    """What a technical-support notice of this tender shows: its register number, and event numbers in its own ledger.

    Attributes:
        signed, handled, fed_back, registered: whether the acts of art. 2.2, 2.3, 2.4 and 2.5 were done.
        over: closed or cancelled.
        on_time: None while it is open.
    """

    number: str
    signed: bool
    handled: bool
    fed_back: bool
    registered: bool
    over: bool
    on_time: bool | None


@dataclass(frozen=True)
class Passing:
    """The moment at which a gate had every signature: its decisions' numbers, the last of them, what they are over."""

    words: tuple[int, ...]
    seq: int
    subjects: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One tender as conformance sees it.

    Attributes:
        department: owner; `departments`: those of the register.
        sealed: every sealed object with the number of its event, in order.
        technical: holders of the role technical.
        in_force: version of the rule in force when the tender was opened.
        interpretations: numbers of the register's entries, by article.
        notices: technical-support notices that belong to the tender.
        now: aware.
    """

    tender: str
    department: str
    departments: Collection[str]
    lots: Sequence[str]
    deadline: datetime
    facts: Facts
    events: Sequence[Happened]
    words: Sequence[Word]
    sealed: Sequence[tuple[int, Manifested]]
    technical: Collection[str]
    procedure: str
    in_force: str
    now: datetime
    interpretations: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notices: Sequence[NoticeSeen] = ()

    def find(self, *types: str, lot: str | None = None) -> list[Happened]:
        """Return the events of some types; with a lot, those of it and of the whole tender."""
        wanted = (None, WHOLE_TENDER, lot)
        return [e for e in self.events if e.type in types and (lot is None or e.lot in wanted)]

    def steps(self, step: str, lot: str) -> list[Happened]:
        """Return the events that say that a step of a lot was done."""
        return [e for e in self.find("step.done") if e.body["step"] == step and e.lot == lot]

    def objects(self, pattern: str) -> list[int]:
        """Return the event numbers of sealed objects whose name fits a shell pattern."""
        return [seq for seq, manifest in self.sealed if fnmatchcase(manifest.name, pattern)]

    def newest(self, pattern: str) -> dict[str, int]:
        """Return the event number of the newest version of every object that fits, by its digest."""
        newest: dict[str, tuple[int, str]] = {}
        for seq, manifest in self.sealed:
            if fnmatchcase(manifest.name, pattern):
                newest[manifest.name] = (seq, manifest.digest)
        return {digest: seq for seq, digest in newest.values()}

    def opinions_needed(self, lot: str, form: Collection[str]) -> int:
        """Return how many opinions of the panel a decision over a form of a lot needed when the form was scored.

        Args:
            form: digests of what was decided on.
        """
        told = [e.body.get("opinions") for e in self.find("screening.scored") if e.body["form"] in form]
        scored = [count for count in told if count is not None]  # an earlier version did not say
        return int(scored[-1]) if scored else self.facts.opinions.get(lot, 0)

    def handlers(self) -> set[str]:
        """Return the holders of everyone who was ever named as handler: what a former one did stands."""
        named = [e.body.get("people", {}).get("handler", ()) for e in self.find("tender.opened", "team.changed")]
        ids = {person for each in named for person in ([each] if isinstance(each, str) else each)}
        return {f"person:{person}" for person in ids | set(self.facts.people.get("handler", ()))}

    def ended(self, lot: str) -> Happened | None:
        """Return the event that ended a lot in another way than by submission."""
        ends = [e for e in self.find("tender.ended", lot=lot) if e.body["how"] not in ("submitted", "postponed")]
        return ends[0] if ends else None

    def decisions(self, decision: str, lot: str) -> list[Word]:
        """Return every verified signature under a decision of a lot, in order."""
        return [word for word in self.words if (word.signed.decision, word.signed.lot) == (decision, lot)]

    def passings(self, gate: Gate, lot: str) -> list[Passing]:
        """Return each time that a gate had every signature over one set of documents, the first time per set."""
        lot = lot if gate.per_lot else WHOLE_TENDER
        mine = self.decisions(gate.decision, lot)
        found = (
            self._passing(gate, lot, subjects, mine) for subjects in dict.fromkeys(w.signed.subjects for w in mine)
        )
        return sorted((passing for passing in found if passing is not None), key=lambda passing: passing.seq)

    def _passing(self, gate: Gate, lot: str, subjects: frozenset[str], mine: Sequence[Word]) -> Passing | None:
        """Return when the gate was first passed over some documents; a waiver or a superior may sign last."""
        decided = list(
            {manifest.digest: manifest for _, manifest in self.sealed if manifest.digest in subjects}.values()
        )
        over = [word for word in mine if word.signed.subjects == subjects]
        for count, last in enumerate(self.words, 1):
            if last.seq < over[0].seq or last.signed.lot != lot:
                continue
            before = [word.signed for word in self.words[:count]]
            needed = {lot: self.opinions_needed(lot, subjects)}
            then = replace(self.facts, manifests=decided, decisions=before, stale=frozenset(), opinions=needed)
            if judge(gate, lot, then).state is State.PASSED:
                return Passing(tuple(w.seq for w in over if w.seq <= last.seq), last.seq, subjects)
        return None
