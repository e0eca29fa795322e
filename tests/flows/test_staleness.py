"""What an addendum makes stale, exactly (SJE/ZY/GK-02 art. 3.3): two records held against each other."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from flows.acts import agreement
from flows.steps.addendum import Addendum, clause_mistakes, read_addendum
from flows.steps.mistake import InvalidSheet
from flows.steps.read_tender import read
from flows.steps.screening import form
from flows.steps.staleness import Side, Stale, Standing, staleness
from flows.steps.tender import Tender
from templates import catalogue
from tests.flows.conftest import EXAMPLE

NOW = datetime(2027, 2, 20, 9, 0, tzinfo=UTC)
ACKNOWLEDGED = date(2027, 2, 20)
VOLUMES = ("commercial", "technical", "price")
OBJECTS = (
    "record", "screening/1", "clauses/1", "cost/1", "offer/1", "input/1/proof/proof-1.12.pdf",
    "input/1/proof/proof-2.3.pdf", *(f"draft/1/{volume}.docx" for volume in VOLUMES),
)  # fmt: skip
DECISIONS = ("screening", "clauses", "price", "final-review")
MARK = "★"


@cache
def example() -> Tender:
    """The example, with a second lot that is the first one again."""
    tender = read(EXAMPLE)
    bond = tender.bond.model_copy(update={"form": "guarantee", "valid_to": date(2027, 6, 30)}) if tender.bond else None
    lots = (tender.lots[0], tender.lots[0].model_copy(update={"id": "2"}))
    return tender.model_copy(update={"lots": lots, "bond": bond})


def stale(said: dict[str, Any], objects: tuple[str, ...] = OBJECTS, lots: tuple[str, ...] = ("1",)) -> list[Stale]:
    before = example()
    addendum = Addendum.model_validate({"no": "1", "issued": "2027-02-18", **said})
    after = addendum.record(before.model_copy(update={"lots": before.lots}), ACKNOWLEDGED)
    whole = after.model_copy(
        update={
            "lots": tuple(
                lot.model_copy(update={"clauses": addendum.clauses(lot.id, before.lot(lot.id).clauses)})
                for lot in after.lots
            )
        }
    )
    promised = catalogue.load(agreement.SET)
    sides = (Side(before, catalogue.load(before.set), promised), Side(whole, catalogue.load(after.set), promised))
    standing = Standing(set(objects), {(decision, "1") for decision in DECISIONS}, lots)
    return staleness(*sides, standing, lambda tender, lot: form(tender, lot, NOW).failed, addendum.forms)


def names(found: list[Stale], kind: str) -> set[str]:
    return {each.name for each in found if each.kind == kind}


def kinds(found: list[Stale]) -> set[str]:
    return {each.kind for each in found}


def test_an_addendum_that_changes_nothing_makes_only_the_review_stale() -> None:
    assert stale({}) == [Stale("decision", "1", "final-review", "the checks are made again")]


def test_a_later_deadline_that_no_document_prints_makes_no_document_stale() -> None:
    found = stale({"deadline": "2027-03-25T09:30"})
    assert printing("deadline") == set()
    assert found == [Stale("decision", "1", "final-review", "the checks are made again")]


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"sign_date": "2027-03-15"}, ("sign_date",)),
        ({"validity_days": 91}, ("validity_days", "price.")),
        ({"lots": {"1": {"warranty_months": 36}}}, ("lot.warranty_months", "price.")),
        ({"lots": {"1": {"payment": "月结"}}}, ("lot.payment", "price.")),
    ],
)
def test_exactly_the_documents_are_stale_that_print_what_changed(said: dict[str, Any], fields: tuple[str, ...]) -> None:
    assert names(stale(said), "document") == printing(*fields) != set()


def printing(*fields: str) -> set[str]:
    """The parts of the example whose template names one of the fields, found by another way: in the files' text."""
    import zipfile

    found = set()
    for volume, section in catalogue.load(example().set).sections():
        if section.template is None or section.id in ("consortium", "authorisation"):
            continue
        with zipfile.ZipFile(section.template) as package:
            text = "".join(package.read(n).decode("utf-8", "ignore") for n in package.namelist() if n.endswith(".xml"))
        if any(field in text for field in fields):
            found.add(f"{volume.id}/{section.id}")
    return found


def test_a_lower_ceiling_makes_price_screening_and_their_decisions_stale_and_no_clause() -> None:
    found = stale({"lots": {"1": {"ceiling": "2000000.00"}}})
    assert names(found, "price") == {"offer/1"}
    assert names(found, "screening") == {"screening/1"}
    assert names(found, "decision") == {"screening", "price", "final-review"}
    assert names(found, "clause") == set()
    assert {"price/bid-letter", "price/price-schedule", "price/opening-sheet"} <= names(found, "document")
    assert "technical/clause-response" not in names(found, "document")


def test_a_changed_clause_makes_its_tables_its_proof_and_the_price_stale_and_no_other_proof() -> None:
    found = stale({"lots": {"1": {"clauses": [{"clause": "1.12", "value": "270"}]}}})
    assert names(found, "clause") == {"1.12"}
    assert {"technical/clause-response", "input/1/proof/proof-1.12.pdf"} <= names(found, "document")
    assert "input/1/proof/proof-2.3.pdf" not in names(found, "document")
    assert names(found, "price") == {"cost/1", "offer/1"}
    assert names(found, "decision") == {"clauses", "price", "final-review"}
    assert "commercial/identity" not in names(found, "document")


def test_a_new_star_clause_makes_the_screening_stale_and_an_ordinary_one_does_not() -> None:
    clause = {"clause": "3.1", "requirement": "three references", "new": True}
    assert "screening" not in kinds(stale({"lots": {"1": {"clauses": [clause]}}}))
    starred = stale({"lots": {"1": {"clauses": [{**clause, "mark": MARK}]}}})
    assert names(starred, "screening") == {"screening/1"}
    assert Stale("clause", "1", "3.1", "new") in starred


def test_a_withdrawn_clause_is_named_as_withdrawn() -> None:
    found = stale({"lots": {"1": {"clauses": [{"clause": "2.4", "withdrawn": True}]}}})
    assert Stale("clause", "1", "2.4", "withdrawn by the buyer") in found
    assert names(found, "clause") == {"2.4"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"bond": {"amount": "50000", "form": "guarantee", "due": "2027-03-16", "payee": "长沙血液中心",
                   "valid_to": "2027-06-30"}}, "another amount is asked for"),
        ({"bond": {"amount": "30000.00", "form": "transfer", "due": "2027-03-16", "payee": "长沙血液中心"}},
         "another form or payee is asked for"),
        ({"deadline": "2027-04-05T09:30"}, "it ends before the bid's validity"),
        ({"deadline": "2027-04-01T09:30"}, ""),
        ({"validity_days": 120}, "it ends before the bid's validity"),
    ],
)  # fmt: skip
def test_a_guarantee_is_stale_when_amount_form_payee_or_validity_no_longer_fit(
    said: dict[str, Any], reason: str
) -> None:
    assert [each.reason for each in stale(said) if each.kind == "guarantee"] == ([reason] if reason else [])


def test_a_certificate_is_stale_only_when_the_later_deadline_passes_its_end() -> None:
    assert names(stale({"deadline": "2027-12-31T09:30"}), "certificate") == set()
    assert names(stale({"deadline": "2028-01-01T09:30"}), "certificate") == {"power of attorney"}
    assert "质量管理体系认证证书（示例）" in names(stale({"deadline": "2029-07-01T09:30"}), "certificate")


def test_an_expired_certificate_is_a_knock_out_and_makes_the_screening_stale() -> None:
    assert names(stale({"deadline": "2029-07-01T09:30"}), "screening") == {"screening/1"}


def test_another_lot_keeps_everything_but_its_review() -> None:
    objects = tuple(name.replace("/1", "/2", 1) for name in OBJECTS)
    found = stale({"lots": {"1": {"ceiling": "2000000.00"}}}, (*OBJECTS, *objects), ("1", "2"))
    assert {each for each in found if each.lot == "2"} == set()  # no decision stands for lot 2 in this test
    assert {each.lot for each in found} == {"1"}


def test_what_is_not_written_yet_is_not_listed() -> None:
    found = stale({"lots": {"1": {"ceiling": "2000000.00", "clauses": [{"clause": "1.12", "value": "270"}]}}}, ())
    assert kinds(found) == {"clause", "decision"}


def test_new_forms_make_exactly_the_parts_stale_that_differ() -> None:
    found = stale({"set": "cn-goods-87", "forms": []})
    parts = names(found, "document")
    new = {f"{volume.id}/{section.id}" for volume, section in catalogue.load("cn-goods-87").sections()}
    reasons = {each.name: each.reason for each in found}
    assert reasons["commercial/power-of-attorney"] == "it no longer belongs to the bid"
    assert reasons["qualification/certificates"] == "it now belongs to the bid"
    assert {part for part in parts if reasons[part] == "it now belongs to the bid"} < new


def refused(text: str) -> set[tuple[str, str]]:
    with pytest.raises(InvalidSheet) as error:
        read_addendum(text.encode(), "addendum.yaml", example(), NOW)
    return {(mistake.place, mistake.expected) for mistake in error.value.mistakes}


def test_every_mistake_of_an_addendum_is_named_by_line() -> None:
    text = 'no: "1"\nissued: 2026-01-01\ndeadline: 2027-01-01T09:30\nlots:\n  "9": {ceiling: "1.00"}\n'
    assert refused(text) == {
        ("line 2, column 9", "a date not before issued"),
        ("line 3, column 11", "a time in the future"),
        ("line 5, column 8", "a lot of this tender"),
        ("line 1, column 1", "a date not after the deadline"),
    }
    assert refused("no: 1/2\nissued: 2027-02-18\n")
    assert refused("issued: soon\nwhat: 1\n") >= {("line 1, column 9", "a date like 2026-12-20")}


def test_doubled_unknown_and_known_clause_numbers_of_an_addendum_are_refused_by_line() -> None:
    text = (
        'no: "1"\nissued: 2027-02-18\nlots:\n  "1":\n    clauses:\n'
        '      - {clause: "9.9", value: "1"}\n      - {clause: "1.1", new: true, requirement: x}\n'
        '      - {clause: "1.2", value: "1"}\n      - {clause: "1.2", value: "2"}\n'
    )
    addendum = read_addendum(text.encode(), "a.yaml", example(), NOW)
    found = clause_mistakes(addendum, text.encode(), "a.yaml", {"1": example().lot("1").clauses})
    assert [(m.place, m.found) for m in found] == [
        ("line 6, column 9", "9.9"), ("line 7, column 9", "1.1"), ("line 9, column 9", "1.2 again"),
    ]  # fmt: skip


def test_an_addendum_leaves_everything_that_it_does_not_name_as_it_was() -> None:
    before = example()
    addendum = Addendum.model_validate(
        {"no": "2", "issued": "2027-02-18",
         "lots": {"1": {"ceiling": "2000000.00", "clauses": [{"clause": "1.6", "value": "190"}]}}}
    )  # fmt: skip
    after = addendum.record(before, ACKNOWLEDGED)
    old, new = before.record(), after.record()
    assert {key for key in old if old[key] != new[key]} == {"lots", "addenda"}
    assert after.lot("1").ceiling == Decimal("2000000.00")
    assert after.lot("2") == before.lot("2")
    assert after.addenda[0].acknowledged == ACKNOWLEDGED
    clause = next(c for c in addendum.clauses("1", before.lot("1").clauses) if c.clause == "1.6")
    assert (clause.value, clause.offered) == ("190", "200")


def test_laying_an_addendum_over_twice_is_the_same_as_once() -> None:
    addendum = Addendum.model_validate(
        {"no": "2", "issued": "2027-02-18", "deadline": "2027-04-01T09:30+08:00",
         "lots": {"1": {"clauses": [{"clause": "2.4", "withdrawn": True},
                                    {"clause": "9", "requirement": "x", "new": True}]}}}
    )  # fmt: skip
    once = addendum.record(example(), ACKNOWLEDGED)
    clauses = addendum.clauses("1", example().lot("1").clauses)
    assert addendum.record(once, ACKNOWLEDGED) == once
    assert addendum.clauses("1", clauses) == clauses
