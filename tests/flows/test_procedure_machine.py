"""The gates as pure functions under random papers and signatures: what passes has every signature it needs, no less."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from flows.acts.deciding import WAIVER
from flows.steps.authority.need import Need
from flows.steps.procedure import GATES, Facts, Gate, Manifested, Signed, State, judge, subjects
from flows.steps.rounds import RANGE_GATE

EXAMPLES, STEPS = (500, 60) if os.environ.get("TENDERFLOW_FULL") == "1" else (30, 25)
START = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = {
    "handler": ("zhao.min",),
    "leader": ("qian.wei",),
    "technical": ("li.na",),
    "pricing": ("sun.li", "zhou.jie", "wu.fang"),
    "reviewer": ("zheng.yun", "zhao.min"),  # the handler is named too, and may not review
    "submitter": ("wang.lei",),
    "executive": ("zong.li",),
}
EVERYONE = sorted({person for people in PEOPLE.values() for person in people} | {"nobody.x"})
NAMES = ("notice/-/bid", "screening/1", "clauses/1", "input/1/a/b", "offer/1", "draft/1/t", "checks/1/r", "package/1")
RANGE = "price-range"
GATES_OF = {**GATES, RANGE: RANGE_GATE}
STAGES = tuple(GATES_OF)
ABOVE = {"price-authority": "executive", "price-exception": "leader"}
"""What the newest offer needs from above in this machine, and by whom."""
FAILS = frozenset({"R10"})
IN_TIME = ("price", "submission", *ABOVE)


class Papers(RuleBasedStateMachine):
    """Papers come in new versions; anyone signs anything, for anyone, over papers new or old, in time or late."""

    def __init__(self) -> None:
        super().__init__()
        self.papers: list[Manifested] = []
        self.signed: list[Signed] = []
        self.stale: set[str] = set()
        self.minute = 0
        self.deadline = START + timedelta(days=9)

    @rule(name=st.sampled_from((*NAMES, "range/1")))
    def a_paper_comes_in(self, name: str) -> None:
        version = 1 + sum(paper.name == name for paper in self.papers)
        self.papers.append(Manifested(name, version, f"{name}@{version}"))

    @rule(name=st.sampled_from(NAMES))
    def an_addendum_makes_a_paper_stale(self, name: str) -> None:
        self.stale |= {paper.digest for paper in self.papers if paper.name == name}

    @rule()
    def the_deadline_passes(self) -> None:
        self.deadline = min(self.deadline, self.now)

    @rule(
        decision=st.sampled_from((*STAGES, *ABOVE, "waiver")),
        person=st.sampled_from(EVERYONE),
        role=st.sampled_from(sorted(PEOPLE)),
        verdict=st.sampled_from(["bid", "no-bid", "approve", "approve", "reject", "sign"]),
        stale=st.integers(0, 3),
        principal=st.sampled_from([None, None, *EVERYONE]),
        witnesses=st.sampled_from([(), (), ("zhao.min", "li.na")]),
    )
    def anyone_signs(
        self, decision: str, person: str, role: str, verdict: str, stale: int, principal: str | None, witnesses: tuple
    ) -> None:
        papers = self.papers[: len(self.papers) - stale]
        self.sign(decision, person, role, verdict, papers, principal, witnesses)

    @rule(left_out=st.sampled_from([*ABOVE, "waiver", ""]), late=st.booleans())
    def all_sign_but_one(self, left_out: str, late: bool) -> None:
        """Sign everything over new papers, one signature or none left out, in time or after it."""
        for name in (*NAMES, "range/1"):
            self.a_paper_comes_in(name)
        if late:
            self.the_deadline_passes()
        for stage in STAGES:
            self.those_who_should_sign(stage, left_out=left_out)

    @rule(stage=st.sampled_from(STAGES), deputy=st.sampled_from([None, None, None, *EVERYONE]))
    def those_who_should_sign(self, stage: str, deputy: str | None = None, left_out: str = "") -> None:
        """Sign as the gate asks, or have one person do it for all of them."""
        gate = GATES_OF[stage]
        for role in gate.signers:
            for person in PEOPLE[role][: 2 if gate.quorum else 1]:
                self.sign(stage, deputy or person, role, gate.passing[0], self.papers, person if deputy else None)
        if stage == "price":
            for decision, role in ABOVE.items():
                if decision == left_out:
                    continue
                self.sign(decision, PEOPLE[role][0], role, "approve", self.papers)
        if stage == "final-review" and left_out != "waiver":
            self.sign("waiver", "zheng.yun", "reviewer", "approve", self.papers)

    def sign(self, decision, person, role, verdict, papers, principal=None, witnesses=()) -> None:
        gate = GATES_OF.get(decision, GATES["price"] if decision in ABOVE else WAIVER)
        lot = "1" if gate.per_lot else "-"
        over = frozenset(paper.digest for paper in subjects(gate, "1", papers))
        reason = "R10: looked at" if decision == "waiver" else ""
        kind = decision if decision in (*ABOVE, "waiver") else gate.decision
        self.minute += 1
        self.signed.append(Signed(kind, lot, verdict, person, role, over, self.now, reason, principal, witnesses))

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=self.minute)

    def facts(self) -> Facts:
        needs = [Need(decision, (role,)) for decision, role in ABOVE.items()]
        return Facts(
            self.papers,
            self.signed,
            PEOPLE,
            quorum=2,
            needs={paper.digest: needs for paper in self.papers if paper.name.startswith("offer/")},
            failed_rules={"1": FAILS},
            deadline=self.deadline,
            stale=frozenset(self.stale),
        )

    @invariant()
    def what_passes_has_every_signature(self) -> None:
        facts = self.facts()
        for stage, gate in GATES_OF.items():
            verdict = judge(gate, "1" if gate.per_lot else "-", facts)
            assert (verdict.state is State.PASSED) <= self.complete(stage), stage

    # What a gate needs, worked out a second time from the bare list.

    def complete(self, stage: str) -> bool:
        gate = GATES_OF[stage]
        now = self.newest(*gate.subjects)
        whole = bool(now) and not now & self.stale and self.has_all(stage, now)
        if stage == "price":
            whole = whole and all(self.signed_above(decision, role, now) for decision, role in ABOVE.items())
        if stage == "final-review":
            whole = whole and self.waived(self.newest("checks/{lot}/*"))
        return whole

    def newest(self, *patterns: str) -> set[str]:
        last = {paper.name: paper.digest for paper in self.papers}
        prefixes = tuple(pattern.format(lot="1").rstrip("*") for pattern in patterns)
        return {digest for name, digest in last.items() if name.startswith(prefixes)}

    def has_all(self, stage: str, now: set[str]) -> bool:
        """Tell whether at some moment every role had a yes of its own, all by different people; a vote closes then."""
        gate, words = GATES_OF[stage], dict[tuple[str, str], Signed]()
        barred = {person for role in gate.not_also for person in PEOPLE.get(role, ())}
        for each in self.said(gate.decision, stage):
            right = each.role in gate.signers and each.named in PEOPLE[each.role]
            if each.subjects == now and right and not barred & {each.person, each.named}:
                words[each.role, each.named] = each
                if gate.quorum and enough(gate, words.values()):
                    return True
        return enough(gate, words.values())

    def signed_above(self, decision: str, role: str, now: set[str]) -> bool:
        last = {
            each.named: each
            for each in self.said(decision, decision)
            if each.subjects == now and not each.people & set(PEOPLE["pricing"]) and each.named in PEOPLE[each.role]
        }
        return any(each.verdict == "approve" and each.role == role for each in last.values())

    def waived(self, reports: set[str]) -> bool:
        return any(
            each.subjects and each.subjects <= reports and each.role == "reviewer" and each.named == "zheng.yun"
            and each.person != "zhao.min"
            for each in self.said("waiver", "waiver")
        )  # fmt: skip

    def said(self, decision: str, stage: str) -> list[Signed]:
        late = self.deadline if stage in IN_TIME else datetime.max.replace(tzinfo=UTC)
        return [each for each in self.signed if each.decision == decision and each.at <= late]


def enough(gate: Gate, words: Iterable[Signed]) -> bool:
    """Tell whether some of these are a yes for each role (or two, at a vote), nobody behind two of them."""
    yes = [each for each in words if each.verdict in gate.passing]
    ways = combinations(yes, 2) if gate.quorum else product(*([e for e in yes if e.role == r] for r in gate.signers))
    return any(all(not one.people & other.people for one, other in combinations(way, 2)) for way in ways)


def test_no_gate_passes_without_every_signature_over_exactly_the_newest_papers():
    run_state_machine_as_test(
        Papers, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True)
    )


def test_every_gate_passes_once_those_who_should_have_signed():
    papers = Papers()
    for name in (*NAMES, "range/1"):
        papers.a_paper_comes_in(name)
    for stage in STAGES:
        papers.those_who_should_sign(stage)

    states = {
        stage: judge(gate, "1" if gate.per_lot else "-", papers.facts()).state for stage, gate in GATES_OF.items()
    }
    assert set(states.values()) == {State.PASSED}
    assert all(papers.complete(stage) for stage in STAGES)


@pytest.mark.parametrize("stage", ["notice", "price", RANGE])
def test_one_deputy_of_all_signers_passes_no_gate_that_needs_several_people(stage):
    papers = Papers()
    for name in (*NAMES, "range/1"):
        papers.a_paper_comes_in(name)
    papers.those_who_should_sign(stage, "li.na")
    gate = GATES_OF[stage]

    assert judge(gate, "1" if gate.per_lot else "-", papers.facts()).state is State.WAITING
    assert not papers.complete(stage)
