"""The gates as pure functions under random papers and signatures: what passes has every signature it needs, no less."""

import os
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from flows.steps.procedure import GATES, Facts, Manifested, Signed, State, judge, subjects

EXAMPLES, STEPS = (500, 60) if os.environ.get("TENDERFLOW_FULL") == "1" else (60, 40)
START = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = {
    "handler": ("zhao.min",),
    "leader": ("qian.wei",),
    "technical": ("li.na",),
    "pricing": ("sun.li", "zhou.jie", "wu.fang"),
    "reviewer": ("zheng.yun", "zhao.min"),  # the handler is named too, and may not review
    "submitter": ("wang.lei",),
}
EVERYONE = sorted({person for people in PEOPLE.values() for person in people} | {"nobody.x"})
NAMES = ("notice/-/bid", "screening/1", "clauses/1", "input/1/a/b", "offer/1", "draft/1/t", "checks/1/r", "package/1")
STAGES = tuple(GATES)


class Papers(RuleBasedStateMachine):
    """Papers come in new versions; anyone signs anything, over what stands now or over what stood before."""

    def __init__(self) -> None:
        super().__init__()
        self.papers: list[Manifested] = []
        self.signed: list[Signed] = []

    @rule(name=st.sampled_from(NAMES))
    def a_paper_comes_in(self, name: str) -> None:
        version = 1 + sum(paper.name == name for paper in self.papers)
        self.papers.append(Manifested(name, version, f"{name}@{version}"))

    @rule(
        stage=st.sampled_from(STAGES),
        person=st.sampled_from(EVERYONE),
        role=st.sampled_from(sorted(PEOPLE)),
        verdict=st.sampled_from(["bid", "no-bid", "approve", "reject", "sign"]),
        stale=st.integers(0, 3),
    )
    def anyone_signs(self, stage: str, person: str, role: str, verdict: str, stale: int) -> None:
        self.sign(stage, person, role, verdict, self.papers[: len(self.papers) - stale])

    @rule(stage=st.sampled_from(STAGES))
    def those_who_should_sign(self, stage: str) -> None:
        gate = GATES[stage]
        for role in gate.signers:
            for person in PEOPLE[role][: 2 if gate.quorum else 1]:
                self.sign(stage, person, role, gate.passing[0], self.papers)

    def sign(self, stage: str, person: str, role: str, verdict: str, papers: list[Manifested]) -> None:
        gate = GATES[stage]
        lot = "1" if gate.per_lot else "-"
        over = frozenset(paper.digest for paper in subjects(gate, "1", papers))
        at = START + timedelta(minutes=len(self.signed))
        self.signed.append(Signed(gate.decision, lot, verdict, person, role, over, at))

    @invariant()
    def what_passes_has_every_signature(self) -> None:
        needs = {paper.digest: () for paper in self.papers if paper.name.startswith("offer/")}
        facts = Facts(self.papers, self.signed, PEOPLE, quorum=2, needs=needs)
        for stage, gate in GATES.items():
            verdict = judge(gate, "1" if gate.per_lot else "-", facts)
            assert (verdict.state is State.PASSED) <= self.complete(stage)

    def complete(self, stage: str) -> bool:
        """Work out from the bare list whether each role has its own person whose last word over these papers is yes."""
        gate = GATES[stage]
        newest = {paper.name: paper.digest for paper in self.papers}
        prefixes = tuple(pattern.format(lot="1").rstrip("*") for pattern in gate.subjects)
        now = {digest for name, digest in newest.items() if name.startswith(prefixes)}
        last: dict[tuple[str, str], str] = {}
        for each in self.signed:
            if each.decision == gate.decision and each.subjects == now and each.person in PEOPLE[each.role]:
                last[each.role, each.person] = each.verdict
        barred = {person for role in gate.not_also for person in PEOPLE[role]}
        yes = [
            {person for (r, person), verdict in last.items() if r == role and verdict in gate.passing} - barred
            for role in gate.signers
        ]
        return all(len(people) >= (2 if gate.quorum else 1) for people in yes) and len(set().union(*yes)) >= len(yes)


def test_no_gate_passes_without_every_signature_over_exactly_the_newest_papers():
    run_state_machine_as_test(
        Papers, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True)
    )


def test_every_gate_passes_once_those_who_should_have_signed():
    papers = Papers()
    for name in NAMES:
        papers.a_paper_comes_in(name)
    for stage in STAGES:
        papers.those_who_should_sign(stage)
    needs = {"offer/1@1": ()}
    facts = Facts(papers.papers, papers.signed, {**PEOPLE, "reviewer": ("zheng.yun",)}, quorum=2, needs=needs)

    states = {stage: judge(gate, "1" if gate.per_lot else "-", facts).state for stage, gate in GATES.items()}
    assert set(states.values()) == {State.PASSED}
    assert all(papers.complete(stage) for stage in STAGES)
