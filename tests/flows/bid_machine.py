"""A bid as a state machine of real commands over real ledgers, with a second working out of what it may not reach."""

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
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
from flows.acts import addenda, ending, intake, price_rounds
from flows.acts.conform import articles
from flows.acts.deciding import Wish, sign
from flows.acts.price_keys import make_price_keys
from flows.case import Case, case_of
from flows.errors import TenderError
from flows.steps import conformance, procedure
from flows.steps.procedure import State
from flows.steps.read_tender import read
from storage.errors import StorageError
from storage.objects import ObjectStore
from storage.people import Department, Deputy, People, Person
from tests.flows.conftest import EXAMPLE
from tests.flows.required_signatures import DEPUTY, LOT, STOOD_IN_FOR, lacking
from tests.storage.builders import DEPARTMENT, STAFF, Office, make_office

FULL = os.environ.get("TENDERFLOW_FULL") == "1"
EXAMPLES, STEPS = (60, 30) if FULL else (6, 20)
ON_THE_STORE = 10 if FULL else 2
NAMED = sorted(set(STAFF) - {"chen.yu", "chu.bo", "wei.hao"})
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
