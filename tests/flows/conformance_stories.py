"""Bids as their ledgers would tell them, for the tests of conformance: one in order, and what differs from it."""

from datetime import UTC, datetime, timedelta

from flows.steps import conformance
from flows.steps.conformance import Conformity, Evidence, Happened, Word
from flows.steps.procedure import Facts, Manifested, Signed

AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
RULE = "SJE/ZY/GK-02@2024-01"
PEOPLE = {
    "handler": ("zhao.min",),
    "leader": ("qian.wei",),
    "technical": ("li.na",),
    "pricing": ("sun.li", "zhou.jie", "wu.fang"),
    "reviewer": ("zheng.yun",),
    "submitter": ("wang.lei",),
}
COST, DRAFT, REPORT, PACKAGE = "cost/1", "draft/1/technical.pdf", "checks/1/price/report.json", "package/1"
FINAL = (DRAFT, "draft/1/price.pdf", REPORT)
BOTH = (("handler", "zhao.min"), ("leader", "qian.wei"))


class Story:
    """A ledger written event by event, one a minute."""

    def __init__(self):
        self.events, self.words, self.sealed = [], [], []

    def event(self, type, by="worker:assembly", lot=None, at=None, **body):
        happened = Happened(len(self.events), at or AT + timedelta(minutes=len(self.events)), by, type, lot, body)
        self.events.append(happened)
        return happened

    def seal(self, *names, by="person:zhao.min"):
        for name in names:
            version = 1 + sum(m.name == name for _, m in self.sealed)
            seq = self.event("object.sealed", by, manifest={"name": name, "version": version}).seq
            self.sealed.append((seq, Manifested(name, version, f"{name}@{version}")))

    def newest(self, *names):
        newest = {m.name: m.digest for _, m in self.sealed}
        return frozenset(newest[name] for name in names)

    def sign(self, decision, verdict, *people, subjects, lot="1", at=None):
        for role, person in people:
            happened = self.event("decision.signed", f"person:{person}", lot, at)
            signed = Signed(decision, lot, verdict, person, role, self.newest(*subjects), happened.at)
            self.words.append(Word(happened.seq, signed))

    def step(self, step, *inputs):
        self.event("step.done", lot="1", step=step, inputs=sorted(self.newest(*inputs)), outputs=[])

    def submit(self, at=None):
        self.sign("submission", "sign", ("submitter", "wang.lei"), subjects=[PACKAGE], at=at)
        (package,) = self.newest(PACKAGE)
        self.event("submission.recorded", "person:wang.lei", "1", at, channel="paper", package=package)

    def evidence(self, **changes):
        manifests = list({m.name: m for _, m in self.sealed}.values())
        signed, done = [w.signed for w in self.words], frozenset({("inputs", "1")})
        facts = Facts(manifests, signed, PEOPLE, 2, done, needs={"offer/1@1": ()}, deadline=DEADLINE)
        given = {
            "tender": "agv-2024", "department": "marketing-1", "departments": {"marketing-1", "technical"},
            "lots": ["1"], "deadline": DEADLINE, "facts": facts, "events": self.events, "words": self.words,
            "sealed": self.sealed, "technical": {"person:li.na"}, "procedure": RULE, "in_force": RULE, "now": DEADLINE,
        }  # fmt: skip
        return Evidence(**{**given, **changes})


STAGES = (
    lambda s: s.event("tender.opened", "person:zhao.min"),
    lambda s: s.seal("record", "notice/-/bid", "screening/1"),
    lambda s: s.sign("notice", "sign", *BOTH, subjects=["notice/-/bid"], lot="-"),
    lambda s: s.event("compartment.created", "worker:pricing", compartment="price", holders=["person:sun.li"]),
    lambda s: s.sign("screening", "bid", ("leader", "qian.wei"), subjects=["screening/1"]),
    lambda s: s.seal("input/1/response/a.docx", "clauses/1", by="person:li.na"),
    lambda s: s.sign("clauses", "approve", ("handler", "zhao.min"), subjects=["clauses/1", "input/1/response/a.docx"]),
    lambda s: s.seal(DRAFT, by="worker:assembly"),
    lambda s: s.seal(COST, "offer/1", by="person:sun.li"),
    lambda s: s.sign("price", "approve", ("pricing", "sun.li"), ("pricing", "wu.fang"), subjects=["offer/1"]),
    lambda s: s.step("price-volume", "offer/1"),
    lambda s: s.seal("draft/1/price.pdf", REPORT, by="worker:pricing"),
    lambda s: s.sign("final-review", "approve", ("reviewer", "zheng.yun"), subjects=FINAL),
    lambda s: s.step("package", *FINAL),
    lambda s: s.seal(PACKAGE, by="worker:pricing"),
    lambda s: s.submit(),
    lambda s: s.event("opening.recorded", "person:feng.xue", version=1, results={"1": "won"}),
    lambda s: s.event("outcome.archived", "worker:archive", rows={}),
    lambda s: s.event("lessons.recorded", "person:feng.xue", lot="1"),
)  # fmt: skip
NOTICE, GO, CLAUSES, PRICE, REVIEW, SUBMISSION, OPENING = 2, 4, 6, 9, 12, 15, 16


def story(*, without=(), until=len(STAGES)):
    written = Story()
    for number, stage in enumerate(STAGES[:until]):
        if number not in without:
            stage(written)
    return written


def states(evidence, article):
    found = next(a for a in conformance.judge(evidence) if a.article == article)
    return {f.requirement: (f.state, f.note) for f in found.findings}


def broken(evidence, article):
    return [note for state, note in states(evidence, article).values() if state is Conformity.BROKEN]


def state(evidence, article):
    return next(a.state for a in conformance.judge(evidence) if a.article == article)
