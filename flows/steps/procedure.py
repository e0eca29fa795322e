"""The order of a bid under SJE/ZY/GK-02: which stages there are, whose signatures each gate needs, what is missing.

Pure: it judges values (manifests, verified decisions, the people named in the tender) and touches no ledger.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256

from flows.errors import PublicWords
from flows.steps import calendar
from flows.steps.authority.need import Need
from flows.steps.authority.standing import unauthorised
from flows.steps.calendar import Calendar
from flows.steps.checklist import CHECKLIST, unseen
from flows.steps.returned import returned
from flows.steps.screening.standing import unscreened
from flows.steps.signatures import last_words, missing_signers, refusal, too_late

WHOLE_TENDER = "-"
STALE = "stale by an addendum"


class State(StrEnum):
    """How far a stage is."""

    PASSED = "passed"
    REJECTED = "rejected"
    WAITING = "waiting"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Gate:
    """A stage that only signed decisions pass.

    `signers` are the roles of the tender that must all sign, different people each; with `quorum` the one role named
    needs that many of its people. `subjects` are patterns of object names, `{lot}` stands for the lot. What is signed
    after the deadline counts only where `until_deadline` is false.
    """

    stage: str
    decision: str
    article: str
    signers: tuple[str, ...]
    passing: tuple[str, ...]
    subjects: tuple[str, ...]
    refusing: tuple[str, ...] = ()
    per_lot: bool = True
    quorum: bool = False
    until_deadline: bool = False
    not_also: tuple[str, ...] = ()
    working_days_before: int = 0


GATES: Mapping[str, Gate] = {
    gate.stage: gate
    for gate in (
        Gate("notice", "notice", "3.1", ("handler", "leader"), ("sign",), ("notice/-/bid",), per_lot=False,
             working_days_before=14),
        Gate("screening", "screening", "3.2", ("leader",), ("bid",), ("screening/{lot}",), ("no-bid",),
             working_days_before=11),
        Gate("clauses", "clauses", "3.3", ("handler",), ("approve",), ("clauses/{lot}", "input/{lot}/*"), ("reject",),
             working_days_before=5),
        Gate("price", "price", "3.3", ("pricing",), ("approve",), ("offer/{lot}",), ("reject",), quorum=True,
             until_deadline=True, working_days_before=3),
        Gate("final-review", "final-review", "3.3", ("reviewer",), ("approve",), ("draft/{lot}/*", "checks/{lot}/*"),
             ("reject",), not_also=("handler",), working_days_before=2),
        Gate("submission", "submission", "3.4", ("submitter",), ("sign",), ("package/{lot}",),
             until_deadline=True),
    )
}  # fmt: skip

# Stages in the order of the procedure; those without a gate are work that a worker does.
STAGES = (
    "notice",
    "screening",
    "inputs",
    "clauses",
    "drafts",
    "price",
    "price-volume",
    "checks",
    "final-review",
    "package",
    "submission",
)


@dataclass(frozen=True)
class Work:
    """A stage without a gate: who does it, and patterns of the objects that go into it."""

    owner: str
    inputs: tuple[str, ...] = ()


WORK: Mapping[str, Work] = {
    "inputs": Work("technical"),
    "drafts": Work(
        "worker:assembly", ("record", "clauses/{lot}", "input/{lot}/*", "commercial/{lot}/*", "part/{lot}/*")
    ),
    "price-volume": Work("worker:pricing", ("record", "offer/{lot}", "clauses/{lot}")),
    "checks": Work("worker:pricing", ("record", "offer/{lot}", "clauses/{lot}", "draft/{lot}/*")),
    "package": Work("worker:pricing", ("draft/{lot}/*", "checks/{lot}/*")),
}


@dataclass(frozen=True)
class Manifested:
    """One sealed object as the ledger knows it: its name, version and manifest digest."""

    name: str
    version: int
    digest: str


@dataclass(frozen=True)
class Signed:
    """One decision whose signature, signer and role have been verified."""

    decision: str
    lot: str
    verdict: str
    person: str
    role: str
    subjects: frozenset[str]
    at: datetime
    reason: str = ""
    on_behalf_of: str | None = None
    witnesses: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        """Return who must be named in the tender: the person, or the one they deputise for."""
        return self.on_behalf_of or self.person

    @property
    def people(self) -> frozenset[str]:
        """Return everyone who stands behind the signature; none of them may stand behind another one beside it."""
        return frozenset({self.person, self.named, *self.witnesses})

    @property
    def words(self) -> str:
        """Return who signed, in which role, for whom, and at which level of assurance."""
        absent = f", for {self.on_behalf_of}" if self.on_behalf_of else ""
        level = f", on paper, witnessed by {' and '.join(self.witnesses)}" if self.witnesses else ""
        return f"{self.role}: {self.person} ({self.verdict}){absent}{level}"


@dataclass(frozen=True)
class Verdict:
    """What a gate says of a lot: its state, what is decided on, who signed, and what is missing."""

    gate: Gate
    lot: str
    state: State
    subjects: tuple[Manifested, ...] = ()
    signed: tuple[Signed, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def lacking(self) -> PublicWords:
        """What keeps it from being passed, for an error."""
        return PublicWords("; ".join(self.missing) or self.reason or self.state.value)


@dataclass(frozen=True)
class Facts:
    """What gates judge: the newest version of each object, the verified decisions, who is named for which role."""

    manifests: Sequence[Manifested]
    decisions: Sequence[Signed]
    people: Mapping[str, Sequence[str]]
    quorum: int = 1
    done: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    failed_rules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    human_rules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By lot: the rules of its newest report that only a person can judge."""
    opinions: Mapping[str, int] = field(default_factory=dict)
    """By lot: how many people of the panel must have signed an opinion."""
    advice: Mapping[str, str] = field(default_factory=dict)
    """By the digest of a screening form: what the form itself says, bid or no-bid."""
    stale: frozenset[str] = frozenset()
    """Digests of the objects that an addendum made stale and that must be brought in anew."""
    needs: Mapping[str, Sequence[Need]] = field(default_factory=dict)
    """By the digest of a price offer: the signatures from above that it needs."""
    calendar: Calendar = field(default_factory=calendar.load)
    """Whose working days count towards due dates."""
    deadline: datetime | None = None
    """A vote or a submission signed after it does not count."""


def subjects(gate: Gate, lot: str, manifests: Iterable[Manifested]) -> tuple[Manifested, ...]:
    """Return the newest version of every object that the gate decides on, sorted by name."""
    return _newest(gate.subjects, lot, manifests)


def matching(pattern: str, lot: str, manifests: Iterable[Manifested]) -> tuple[Manifested, ...]:
    """Return the newest version of every object that fits one pattern, sorted by name."""
    return _newest((pattern,), lot, manifests)


def inputs(stage: str, lot: str, manifests: Iterable[Manifested]) -> tuple[Manifested, ...]:
    """Return the newest version of every object that goes into a worker's stage, sorted by name."""
    return _newest(WORK[stage].inputs, lot, manifests)


def step_key(stage: str, lot: str, into: Iterable[Manifested]) -> str:
    """Return the business key of a step: stage, lot, digest of the versions that go into it."""
    digests = "\n".join(sorted(manifested.digest for manifested in into))
    return f"{stage}/{lot}/{sha256(digests.encode()).hexdigest()}"


def is_done(
    stage: str, lot: str, manifests: Sequence[Manifested], step_keys: Collection[str], expected: Iterable[str]
) -> bool:
    """Tell whether a worker's stage stands for the present inputs; `inputs` is done when all that is expected is in."""
    if stage == "inputs":
        return set(expected) <= {manifested.name for manifested in manifests}
    return step_key(stage, lot, inputs(stage, lot, manifests)) in step_keys


def _newest(patterns: Iterable[str], lot: str, manifests: Iterable[Manifested]) -> tuple[Manifested, ...]:
    patterns = [pattern.format(lot=lot) for pattern in patterns]
    newest: dict[str, Manifested] = {}
    for manifest in manifests:
        known = newest.get(manifest.name)
        fits = any(fnmatchcase(manifest.name, pattern) for pattern in patterns)
        if fits and (known is None or manifest.version > known.version):
            newest[manifest.name] = manifest
    return tuple(newest[name] for name in sorted(newest))


def judge(gate: Gate, lot: str, facts: Facts) -> Verdict:
    """Judge one gate for one lot (`-` for the whole tender).

    A decision counts only when it is over exactly the newest version of every subject, so a later change voids it
    (SJE/ZY/GK-02 art. 3.3), and when the person is named for the role in the tender. The last word of a
    person counts.
    """
    decided_on = subjects(gate, lot, facts.manifests)
    lacking = tuple(p.format(lot=lot) for p in gate.subjects if not matching(p, lot, facts.manifests))
    if lacking:
        return Verdict(gate, lot, State.WAITING, decided_on, missing=lacking)
    signed = last_words(gate, lot, facts, frozenset(m.digest for m in decided_on))
    refused = refusal(gate, lot, facts, signed)
    if refused is not None:
        return Verdict(gate, lot, State.REJECTED, decided_on, signed, reason=refused.reason)
    missing = missing_signers(gate, facts, [s for s in signed if s.verdict in gate.passing])
    if missing and gate.stage == "submission":
        missing = too_late(gate, lot, facts) or missing
    if gate.stage == "final-review":
        missing += unwaived(lot, facts, decided_on)
    if gate.stage in ("final-review", CHECKLIST):
        missing += unseen(lot, facts, decided_on)
    if gate.stage == "screening":
        missing += unscreened(lot, facts, decided_on, signed)
    if gate.stage == "price":
        missing += unauthorised(lot, facts, decided_on)
    missing += tuple(f"{m.name}: {STALE}" for m in decided_on if m.digest in facts.stale)
    return Verdict(gate, lot, State.WAITING if missing else State.PASSED, decided_on, signed, missing)


def unwaived(lot: str, facts: Facts, decided_on: Sequence[Manifested]) -> tuple[str, ...]:
    """Return the rejection rules that FAIL in a lot's report and that no reviewer has waived over that very report."""
    reports = {m.digest for m in decided_on if m.name.startswith("checks/")}
    waived = {s.reason.split(":", 1)[0] for s in waivers(lot, facts) if s.subjects <= reports}
    return tuple(f"{rule}: mend or waive" for rule in sorted(facts.failed_rules.get(lot, frozenset()) - waived))


def waivers(lot: str, facts: Facts) -> list[Signed]:
    """Return a lot's waivers by a reviewer whom this tender names and who is not its handler, over some report."""
    named, handlers = facts.people.get("reviewer", ()), facts.people.get("handler", ())
    return [
        s
        for s in facts.decisions
        if s.decision == "waiver" and s.lot == lot and s.role == "reviewer" and s.subjects
        and (s.on_behalf_of or s.person) in named and s.person not in handlers
    ]  # fmt: skip


def _sent_back(stage: str, lot: str, facts: Facts) -> bool:
    """Tell whether a review sent the work of a stage back and nothing under review has changed since."""
    back = returned(stage, lot, facts)
    reviewed = subjects(GATES["final-review"], lot, facts.manifests)
    return back is not None and back.subjects == {manifested.digest for manifested in reviewed}


def due(gate: Gate, deadline: datetime, days: Calendar) -> datetime:
    """Return when a gate should be passed: working days back from the tender's deadline, in the deadline's zone."""
    return days.before(deadline, gate.working_days_before).astimezone(deadline.tzinfo)


@dataclass(frozen=True)
class StageRow:
    """One line of the stage table: public words only (ids, roles, dates)."""

    lot: str
    stage: str
    state: State
    owner: str
    due: datetime | None
    signed_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the row as plain values."""
        return {
            "lot": self.lot,
            "stage": self.stage,
            "state": self.state.value,
            "owner": self.owner,
            "due": self.due.isoformat() if self.due else None,
            "signed_by": list(self.signed_by),
            "missing": list(self.missing),
        }


def board(lots: Sequence[str], facts: Facts, deadline: datetime) -> list[StageRow]:
    """Return every stage of every lot in order; after the first open stage the rest is `ahead`."""
    rows: list[StageRow] = []
    for lot in lots:
        blocked = False
        for stage in STAGES:
            row = _row(stage, lot, facts, deadline)
            if blocked and row.state is State.WAITING:
                row = StageRow(lot, stage, State.AHEAD, row.owner, row.due)
            blocked = blocked or row.state is not State.PASSED
            rows.append(row)
    return rows


def _row(stage: str, lot: str, facts: Facts, deadline: datetime) -> StageRow:
    gate = GATES.get(stage)
    if gate is None:
        state = State.PASSED if (stage, lot) in facts.done else State.WAITING
        if _sent_back(stage, lot, facts):
            state = State.REJECTED
        return StageRow(lot, stage, state, WORK[stage].owner, None)
    verdict = judge(gate, lot if gate.per_lot else WHOLE_TENDER, facts)
    signed = tuple(s.words for s in verdict.signed)
    until = due(gate, deadline, facts.calendar)
    return StageRow(lot, stage, verdict.state, "+".join(gate.signers), until, signed, verdict.missing)
