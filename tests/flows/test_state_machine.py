"""Random sequences of commands: none reaches a submission that lacks a signature, none loses an event.

Hypothesis plays people, deputies and workers through the public doors, with addenda, waivers and rounds of price, with
real keys, over a store in memory; a few of the sequences run over the real store as well. What a submission needs is
worked out here a second time, from the raw statements in the ledger, and not by the gates.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows import price_volume
from flows.acts import addenda, ending, intake, price_rounds, signing
from flows.acts.conform import articles
from flows.acts.deciding import Wish, sign
from flows.acts.price_keys import make_price_keys
from flows.case import Case, case_of
from flows.errors import TenderError
from flows.steps import conformance, procedure
from flows.steps.procedure import State
from flows.steps.read_tender import read
from storage.canonical import canonical, digest
from storage.errors import StorageError
from storage.objects import ObjectStore
from storage.people import Department, Deputy, People, Person
from tests.flows.conftest import EXAMPLE
from tests.memory_store import MemoryStore
from tests.storage.builders import DEPARTMENT, STAFF, Office, make_office

pytestmark = pytest.mark.usefixtures("custodian")

FULL = os.environ.get("TENDERFLOW_FULL") == "1"
EXAMPLES, STEPS = (60, 30) if FULL else (6, 20)
ON_THE_STORE = 10 if FULL else 2
LOT = "1"
NAMED = sorted(set(STAFF) - {"chen.yu", "chu.bo", "wei.hao"})
DEPUTY = "chen.yu"
STOOD_IN_FOR = {"zhao.min": "handler", "qian.wei": "leader", "sun.li": "pricing", "wu.fang": "pricing"}
"""Whom the deputy may sign for, and as what; in the register by `office_at`."""
REFUSED = (TenderError, StorageError)
"""What a command may answer; anything else is a fault of ours."""

SIGNERS = {
    "notice": ("zhao.min", "qian.wei"),
    "screening": ("qian.wei",),
    "clauses": ("zhao.min",),
    "price": ("sun.li", "wu.fang"),
    "final-review": ("zheng.yun",),
    "submission": ("wang.lei",),
}


class Bid(RuleBasedStateMachine):
    """One tender, with everyone at their desks; any command may come at any time."""

    folder: Path
    office: Office

    @initialize()
    def open(self) -> None:
        """The handler opens the tender; the pricing worker makes its key."""
        self.tender = intake_example(f"t-{secrets.token_hex(6)}")
        self.seen: list[str] = []
        self.cases: dict[str, Case] = {}
        intake.open_tender(self.as_("zhao.min"), self.tender, EXAMPLE)
        make_price_keys(self.worker("pricing"), "-")

    def as_(self, person: str) -> Case:
        return self.sees(f"person:{person}")

    def worker(self, name: str) -> Case:
        return self.sees(f"worker:{name}")

    def sees(self, holder: str) -> Case:
        """Return the case that a holder works with all the time, after reading what is new."""
        if holder not in self.cases:
            self.cases[holder] = self.fresh(holder)
        else:
            self.cases[holder].ledger.refresh()
        return self.cases[holder]

    def fresh(self, holder: str) -> Case:
        return case_of(self.office.store, self.tender.tender, self.office.holders[holder], self.office.people)

    # What anyone may try.

    @rule(
        decision=st.sampled_from([*SIGNERS, "waiver", "negotiation"]),
        person=st.sampled_from(NAMED),
        verdict=st.sampled_from(["", "", "bid", "no-bid", "approve", "reject", "sign"]),
    )
    def someone_signs(self, decision: str, person: str, verdict: str) -> None:
        self.signs(decision, person, verdict, reason="a reason", rule="R10" if decision == "waiver" else "")

    @rule(
        decision=st.sampled_from(["notice", "notice", "screening", "clauses", "price", "price"]),
        person=st.sampled_from([DEPUTY, DEPUTY, *NAMED]),
        principal=st.sampled_from([*STOOD_IN_FOR, "zheng.yun"]),
    )
    def someone_signs_for_another(self, decision: str, person: str, principal: str) -> None:
        self.signs(decision, person, principal=principal)

    def signs(
        self, decision: str, person: str, verdict: str = "", reason: str = "", rule: str = "", principal: str = ""
    ) -> None:
        back = "drafts" if (decision, verdict) == ("final-review", "reject") else ""
        wish = Wish(decision, LOT, verdict, reason, rule, back_to=back, on_behalf_of=principal)
        with suppress(*REFUSED):
            sign(self.as_(person), wish)

    @rule(days=st.integers(20, 40), clause=st.booleans())
    @precondition(lambda self: len(self.seen) % 7 == 5)
    def an_addendum_comes(self, days: int, clause: bool) -> None:
        now, number = datetime.now(UTC), len(self.seen)
        change = 'lots: {"1": {clauses: [{clause: "1.11", requirement: changed}]}}\n' if clause else ""
        text = f'no: "{number}"\nissued: {now.date()}\ndeadline: {now + timedelta(days=days):%Y-%m-%dT%H:%M}\n{change}'
        path = self.folder / f"addendum-{number}.yaml"
        path.write_text(text, "utf-8")
        with suppress(*REFUSED):
            addenda.take_in(self.as_("zhao.min"), path)

    @rule(low=st.integers(0, 3), signers=st.integers(0, 2))
    def a_range_is_sealed_and_signed(self, low: int, signers: int) -> None:
        with suppress(*REFUSED):
            price_rounds.seal_range(self.as_("sun.li"), LOT, Decimal(2_140_000 - 100_000 * low), Decimal(2_200_000))
        for person in ("sun.li", "wu.fang")[:signers]:
            self.signs("price-range", person)

    @rule(person=st.sampled_from(["zhao.min", "zhao.min", "sun.li"]), price=st.sampled_from([1, 2_150_000, 2_300_000]))
    def someone_speaks_in_a_round(self, person: str, price: int) -> None:
        with suppress(*REFUSED):
            price_rounds.record_round(self.as_(person), LOT, 2, Decimal(price))

    @rule(shorter=st.integers(0, 3))
    def the_technical_side_delivers(self, shorter: int) -> None:
        lot = self.tender.lots[0]
        clauses = lot.clauses[: len(lot.clauses) - shorter]
        brought = self.tender.model_copy(update={"lots": (lot.model_copy(update={"clauses": clauses}),)})
        with suppress(*REFUSED):
            intake.deliver(self.as_("li.na"), brought, EXAMPLE)

    @rule(factor=st.sampled_from([1, 1, 1, 2]))
    def costs_and_offer_come_in(self, factor: int) -> None:
        sheet = cost_sheet(self.folder, factor)
        with suppress(*REFUSED):
            intake.deliver_cost(self.as_("li.na"), LOT, sheet)
        with suppress(*REFUSED):
            intake.propose(self.as_("sun.li"), LOT, sheet)

    @rule(person=st.sampled_from(["zhao.min", "qian.wei", "li.na"]), how=st.sampled_from(ending.ending.HOWS))
    @precondition(lambda self: len(self.seen) % 5 == 4)
    def someone_ends_it(self, person: str, how: str) -> None:
        with suppress(*REFUSED):
            ending.end(self.as_(person), LOT, how, "a reason")

    @rule()
    def the_handler_resumes(self) -> None:
        with suppress(*REFUSED):
            ending.resume(self.as_("zhao.min"), "-", "goes on")

    # What workers do when they are asked for it, in order or not.

    @rule(fails=st.sampled_from([(), (), ("R10",)]))
    def a_worker_works(self, fails: Sequence[str]) -> None:
        self.work(self.first_open(), fails)

    @rule(stage=st.sampled_from(["drafts", "price-volume", "checks", "package"]))
    def a_worker_works_out_of_turn(self, stage: str) -> None:
        self.work(stage, ())

    def work(self, stage: str, fails: Sequence[str]) -> None:
        """Do a worker's stage with small documents in place of rendered ones; packing is the real step."""
        if stage == "package":
            with suppress(*REFUSED):
                price_volume.make_package(self.worker("pricing"), LOT)
        elif stage == "drafts":
            write(self.worker("assembly"), stage, {"technical.docx": "technical", "commercial.docx": "commercial"})
        elif stage == "price-volume":
            write(self.worker("pricing"), stage, {"price.docx": "price"})
        elif stage == "checks":
            check(self.worker("pricing"), fails)

    @rule(count=st.integers(1, 4))
    def the_right_thing_happens(self, count: int) -> None:
        """Carry the bid on, so that the end is reached often enough to be tried."""
        for _ in range(count):
            stage = self.first_open()
            for person in SIGNERS.get(stage, ()):
                self.signs(stage, person)
            if stage == "inputs":
                self.the_technical_side_delivers(0)
            if stage == "price":
                self.costs_and_offer_come_in(1)
                for person in SIGNERS["price"]:
                    self.signs(stage, person)
            self.work(stage, ())

    def first_open(self) -> str:
        case = self.as_("zhao.min")
        rows = procedure.board([LOT], case.facts(), case.record.deadline)
        return next((row.stage for row in rows if row.state is not State.PASSED), "")

    # What must hold whatever happened.

    @invariant()
    def no_event_is_lost(self) -> None:
        fresh = [event.digest for event in self.fresh("person:chu.bo").ledger.events()]
        assert fresh[: len(self.seen)] == self.seen
        self.seen = fresh

    @invariant()
    def no_submission_lacks_a_signature(self) -> None:
        case = self.as_("zhao.min")
        if case.judge("submission", LOT).state is State.PASSED:
            assert lacking(case) == []

    @invariant()
    def no_price_is_said_without_a_range_that_two_of_the_group_signed(self) -> None:
        events = self.as_("zhao.min").ledger.events()
        for said in (event for event in events if event.type == "price.round"):
            signers = {
                event.by
                for event in events[: said.seq]
                if event.type == "decision.signed"
                and event.body["decision"] == "price-range"
                and [s["digest"]["sha256"] for s in event.body["statement"]["subject"]] == [said.body["range"]]
            }
            assert len(signers) >= 2
            assert said.by == "person:zhao.min"

    @invariant()
    def conformance_can_be_judged(self) -> None:
        case = self.as_("zhao.min")
        _, judged = articles(case)
        assert {article.article for article in judged} >= {"3.1", "3.2", "3.3", "3.4", "3.5", "4", "5"}
        if case.judge("submission", LOT).state is State.PASSED:
            notice = next(article for article in judged if article.article == "3.1")
            assert notice.state is not conformance.Conformity.OPEN


def intake_example(tender_id: str):
    """Return the example tender under an id of its own, issued some days ago and due in a month."""
    example, now = read(EXAMPLE), datetime.now(UTC)
    dates = {"issued": (now - timedelta(days=10)).date(), "deadline": now + timedelta(days=30)}
    bond = example.bond.model_copy(update={"due": (now + timedelta(days=28)).date()})
    signed = (now + timedelta(days=20)).date()
    lots = (example.lots[0].model_copy(update={"rounds": 2}),)
    people = example.people.model_copy(update={"representative": "zhao.min"})
    changed = {**dates, "bond": bond, "sign_date": signed, "lots": lots, "people": people}
    return example.model_copy(update={"tender": tender_id, **changed})


def cost_sheet(folder: Path, factor: int) -> Path:
    """Return the example's cost sheet, its first amount times a factor."""
    path = folder / f"cost-{factor}.xlsx"
    if not path.exists():
        book = openpyxl.load_workbook(EXAMPLE / "cost.xlsx")
        book["cost"]["C2"] = float(book["cost"]["C2"].value) * factor
        book.save(path)
    return path


def write(case: Case, stage: str, volumes: Mapping[str, str]) -> None:
    """Seal a small document per volume as the step's output, once per set of inputs."""
    into = procedure.inputs(stage, LOT, case.facts().manifests)
    key = procedure.step_key(stage, LOT, into)

    def work():
        return [
            case.vault.seal(
                place,
                f"draft/{LOT}/{name}",
                key.encode(),
                media_type="application/octet-stream",
                step_key=f"{key}/{name}",
            )
            for name, place in volumes.items()
        ]

    case.once(stage, LOT, into, work)


def check(case: Case, fails: Sequence[str]) -> None:
    """Seal a check report that names these rules as failed."""
    into = procedure.inputs("checks", LOT, case.facts().manifests)
    key = procedure.step_key("checks", LOT, into)

    def work():
        name = f"checks/{LOT}/report.json"
        sealed = case.vault.seal("price", name, b"[]", media_type="application/json", step_key=f"{key}/report")
        body = {"report": sealed.digest, "counts": {}, "fails": list(fails), "humans": []}
        case.ledger.append("checks.done", body, key=f"checks-done/{LOT}/{sealed.digest}", lot=LOT)
        return [sealed]

    case.once("checks", LOT, into, work)


def lacking(case: Case) -> list[str]:
    """Return what the newest submission lacks, from the raw statements signed before it."""
    events = case.ledger.events()
    said = [(e.seq, e.body["statement"]) for e in events if e.type == "decision.signed"]
    last = max(seq for seq, statement in said if statement["predicate"]["decision"] == "submission")
    people = {role: set(ids) for role, ids in case.opened["people"].items()}
    stale = {digest for e in events if e.type == "addendum.taken" and e.seq < last for digest in e.body["stale"]}

    def signed(decision: str, verdict: str, role: str) -> list[tuple[str, str, set[str], str]]:
        """Return principal, person, subjects and reason of what was signed in a right that the tender gives."""
        found = []
        for seq, statement in said:
            predicate = statement["predicate"]
            principal = predicate["on_behalf_of"] or predicate["person"]
            right = principal == predicate["person"] or (predicate["person"], STOOD_IN_FOR.get(principal)) == (
                DEPUTY,
                role,
            )
            fits = (predicate["decision"], predicate["verdict"], predicate["role"]) == (decision, verdict, role)
            if seq < last and fits and right and principal in people[role]:
                subjects = {subject["digest"]["sha256"] for subject in statement["subject"]}
                found.append((principal, predicate["person"], subjects, predicate["reason"]))
        return found

    def over(decision: str, verdict: str, role: str, *patterns: str) -> set[str]:
        """Return which people themselves signed over exactly what stood there then, and was not stale."""
        now = standing(*patterns)
        return {who for _, who, subjects, _ in signed(decision, verdict, role) if subjects == now and not now & stale}

    def standing(*patterns: str) -> set[str]:
        names: dict[str, str] = {}
        for event in events:
            if event.type == "object.sealed" and event.seq < last:
                manifest = event.body["manifest"]
                if manifest["name"].startswith(patterns):
                    names[manifest["name"]] = digest(canonical(manifest))
        return set(names.values())

    missing = []
    both = [over("notice", "sign", role, "notice/-/bid") for role in ("handler", "leader")]
    missing += [f"notice: {role}" for role, who in zip(("handler", "leader"), both, strict=True) if not who]
    missing += [] if len(set().union(*both)) >= 2 else ["notice: four eyes"]
    missing += [] if over("screening", "bid", "leader", f"screening/{LOT}") else ["screening"]
    missing += [] if over("clauses", "approve", "handler", f"clauses/{LOT}", f"input/{LOT}/") else ["clauses"]
    missing += [] if len(over("price", "approve", "pricing", f"offer/{LOT}")) >= 2 else ["price"]
    reviewed = over("final-review", "approve", "reviewer", f"draft/{LOT}/", f"checks/{LOT}/")
    fails = [e.body["fails"] for e in events if e.type == "checks.done" and e.seq < last]
    reports = standing(f"checks/{LOT}/")
    waived = {
        reason.split(":")[0]
        for _, _, subjects, reason in signed("waiver", "approve", "reviewer")
        if subjects <= reports
    }
    missing += [f"waiver: {rule}" for rule in (fails[-1] if fails else ()) if rule not in waived]
    return missing + ([] if reviewed else ["final-review"])


def test_the_right_commands_alone_reach_a_submission_with_every_signature(tmp_path):
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    bid.the_right_thing_happens(len(procedure.STAGES))

    case = bid.as_("zhao.min")
    assert case.judge("submission", LOT).state is State.PASSED
    assert lacking(case) == []
    assert [a.article for a in articles(case)[1] if a.state is conformance.Conformity.BROKEN] == []


def test_the_second_working_out_sees_what_was_signed_over_other_documents(tmp_path):
    Bid.office, Bid.folder = office_at(MemoryStore()), tmp_path
    bid = Bid()
    bid.open()
    bid.the_right_thing_happens(len(procedure.STAGES) - 1)
    bid.the_technical_side_delivers(1)
    submitter = bid.as_("wang.lei")
    package = submitter.manifested(submitter.manifests("package/1")["package/1"])
    signing.put(submitter, procedure.GATES["submission"], LOT, "sign", signing.Right("submitter"), [package])

    assert lacking(bid.as_("zhao.min")) == ["clauses"]


def office_at(store: ObjectStore) -> Office:
    """Return an office with everyone's keys, whose department is in the register."""
    office = make_office(store)
    now = datetime.now(UTC)
    week = timedelta(days=7)

    def with_deputy(row: Person) -> Person:
        role = STOOD_IN_FOR.get(row.id)
        return replace(row, deputies=(Deputy(DEPUTY, (role,), now - week, now + week, None),)) if role else row

    office.people = People(tuple(map(with_deputy, office.people.persons)), (Department(DEPARTMENT),))
    return office


def play(office: Office, folder: Path, examples: int, steps: int) -> None:
    """Try so many sequences of so many commands in an office."""
    Bid.office, Bid.folder = office, folder
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not FULL,
    )
    run_state_machine_as_test(Bid, settings=chosen)


def test_no_sequence_of_commands_reaches_a_submission_that_lacks_a_signature_or_loses_an_event(tmp_path):
    play(office_at(MemoryStore()), tmp_path, EXAMPLES, STEPS)


@pytest.mark.server
def test_none_does_on_the_real_store_either(store, tmp_path):
    play(office_at(store), tmp_path, ON_THE_STORE, STEPS)
