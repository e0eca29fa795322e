"""Verification from the store alone: an honest tender passes, and each kind of tampering is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import anchor, event
from storage.anchor import CheckpointRefused
from storage.canonical import now
from storage.decision import Decision, sign_decision
from storage.event import Event
from storage.objects import ObjectStore
from storage.verify import Report, verify_tender
from tests.storage.builders import Office

MEDIA = "application/octet-stream"
INPUT = "input/1/a/a.docx"
OBJECTS = "objects signed by a writer who may, and stored as sealed"


def work(office: Office, tender: str) -> None:
    """Do what leaves every kind of trace: inputs, an offer, a new key, decisions, a checkpoint."""
    office.desk("person:li.na", tender).vault.seal(
        "technical", "input/1/a/a.docx", b"a", media_type=MEDIA, step_key="a"
    )
    pricing = office.desk("person:sun.li", tender)
    offer = pricing.vault.seal("price", "offer/1", b"1250000.00", media_type=MEDIA, step_key=None)
    for who in ("sun.li", "zhou.jie"):
        subjects = {offer.digest: f"{offer.name}@{offer.version}"}
        decision = Decision(tender, "1", "price", "approve", who, "pricing", subjects, now(), "SJE/ZY/GK-02@2024-01")
        desk = office.desk(f"person:{who}", tender)
        desk.ledger.append("decision.signed", sign_decision(decision, desk.holder), lot="1")
    assembly = office.desk("worker:assembly", tender)
    anchor.publish(office.store, assembly.ledger, assembly.holder)
    office.desk("worker:pricing", tender).compartments.rotate("price", reason="a laptop was lost")
    anchor.publish(office.store, assembly.ledger, assembly.holder)


@pytest.fixture
def worked(office: Office, tender: str) -> str:
    work(office, tender)
    return tender


def check(office: Office, tender: str) -> Report:
    return verify_tender(office.store, tender, office.holders["person:chu.bo"], office.people)


def problems(report: Report) -> str:
    return "\n".join(f"{finding.what}: {line}" for finding in report.findings for line in finding.problems)


def test_an_honest_tender_is_proven_and_everything_was_looked_at(office: Office, worked: str) -> None:
    report = check(office, worked)
    assert problems(report) == ""
    assert report.ok
    counts = {finding.what.split()[0]: finding.count for finding in report.findings}
    events = len(office.desk("person:chu.bo", worked).ledger.events())
    assert counts == {
        "events": events, "records": events, "keyrings": 5, "checkpoints": 2, "objects": 3, "decisions": 2,
        "signatures": 0,
    }  # fmt: skip


def test_signatures_on_paper_are_counted_apart_once_two_have_seen_them(office: Office, worked: str) -> None:
    scan = office.desk("person:zhao.min", worked).vault.seal(
        "procedure", "wet/1/clauses-zhao.min", b"%PDF", media_type=MEDIA, step_key=None
    )
    seen = {"decision": "clauses", "person": "zhao.min", "role": "handler"}

    def count(*witnesses: tuple[str, str]) -> int:
        for who, role in witnesses:
            desk = office.desk(f"person:{who}", worked)
            decision = Decision(worked, "1", "witness", "approve", who, role, {scan.digest: "wet@1"}, now(), "rule")
            signed = sign_decision(replace(decision, witness=seen), desk.holder)
            desk.ledger.append("decision.signed", signed, lot="1")
        report = check(office, worked)
        assert problems(report) == ""
        return next(finding.count for finding in report.findings if finding.what.startswith("signatures on paper"))

    assert count(("li.na", "technical"), ("li.na", "technical")) == 0
    assert count(("feng.xue", "clerk")) == 1


def test_the_newest_checkpoint_is_named_with_what_it_covers(office: Office, worked: str) -> None:
    (finding,) = [each for each in check(office, worked).findings if each.what.startswith("checkpoints")]
    events = len(office.desk("person:chu.bo", worked).ledger.events())
    assert (finding.values["size"], finding.values["events"], finding.values["by"]) == (
        events,
        events,
        "worker:assembly",
    )
    assert finding.detail.format(**finding.values).startswith(f"newest over {events} of {events} events, ")


def test_a_ledger_without_a_checkpoint_of_its_last_records_is_behind(office: Office, worked: str) -> None:
    assert worked not in anchor.behind(office.store)
    office.desk("worker:assembly", worked).ledger.append("step.failed", {}, key="one more")
    assert worked in anchor.behind(office.store)


def test_a_store_put_back_to_an_earlier_day_passes_alone_but_not_with_the_checkpoint_that_was_mailed(
    office: Office, tender: str, fresh_store: ObjectStore
) -> None:
    desk, auditor = office.desk("worker:assembly", tender), office.holders["person:chu.bo"]
    early = anchor.publish(office.store, desk.ledger, desk.holder)
    for bucket in ("ledger", "keys", "anchors"):
        for info in office.store.list(bucket, f"{tender}/"):
            fresh_store.put(bucket, info.key, office.store.get(bucket, info.key))
    desk.ledger.append("step.failed", {}, key="what was to be forgotten")
    mailed = anchor.publish(office.store, desk.ledger, desk.holder)

    assert verify_tender(fresh_store, tender, auditor, office.people, handed_over=[early.note]).ok
    report = verify_tender(fresh_store, tender, auditor, office.people, handed_over=[early.note, mailed.note])
    assert f"checkpoint of {mailed.size} records: the ledger does not begin like that" in problems(report)
    assert verify_tender(office.store, tender, auditor, office.people, handed_over=[early.note, mailed.note]).ok
    assert not verify_tender(office.store, tender, auditor, office.people, handed_over=[mailed.note + "x"]).ok


def test_a_checkpoint_is_published_once_per_size(office: Office, worked: str) -> None:
    desk = office.desk("worker:archive", worked)
    again = anchor.publish(office.store, desk.ledger, desk.holder)
    assert again.by == "worker:assembly"
    assert [c.size for c in anchor.load(office.store, worked, office.people)][-1] == again.size


def edit_object(office: Office, tender: str) -> None:
    manifest = office.desk("person:chu.bo", tender).vault.latest(INPUT)
    assert manifest is not None
    office.store.put("drafts", manifest.key, b"edited")


def delete_object(office: Office, tender: str) -> None:
    manifest = office.desk("person:chu.bo", tender).vault.latest(INPUT)
    assert manifest is not None
    office.store.delete("drafts", manifest.key)


def edit_record(office: Office, tender: str) -> None:
    office.store.put("ledger", f"{tender}/00000003", b"edited")


def delete_record(office: Office, tender: str) -> None:
    office.store.delete("ledger", f"{tender}/00000003")


def fork(office: Office, tender: str) -> None:
    add(office, tender, "worker:assembly", prev="f" * 64)


def wrong_author(office: Office, tender: str) -> None:
    add(office, tender, "person:li.na", type="submission.recorded")


def stolen_decision(office: Office, tender: str) -> None:
    desk = office.desk("person:wang.lei", tender)
    decision = Decision(tender, "1", "price", "approve", "wu.fang", "pricing", {"a" * 64: "x@1"}, now(), "p")
    desk.ledger.append("decision.signed", sign_decision(decision, desk.holder))


def decision_over_nothing(office: Office, tender: str) -> None:
    desk = office.desk("person:wu.fang", tender)
    decision = Decision(tender, "1", "price", "approve", "wu.fang", "pricing", {"a" * 64: "x@1"}, now(), "p")
    desk.ledger.append("decision.signed", sign_decision(decision, desk.holder))


def roll_back_keyring(office: Office, tender: str) -> None:
    for version in list(office.store.versions("keys", f"{tender}/price/0002")):
        office.store.delete("keys", version.key, version_id=version.version_id)


def forged_checkpoint(office: Office, tender: str) -> None:
    size = len(office.desk("person:chu.bo", tender).ledger.events()) - 1
    note = anchor.sign_note(tender, size, bytes(32), office.holders["worker:archive"])
    office.store.put("anchors", f"{tender}/{size:08d}", note.encode())


def deleted_checkpoint(office: Office, tender: str) -> None:
    first = next(iter(office.store.list("anchors", f"{tender}/")))
    office.store.delete("anchors", first.key)


def dated_ahead(office: Office, tender: str) -> None:
    add(office, tender, "worker:assembly", at=now() + timedelta(days=1))


def add(office: Office, tender: str, who: str, **change: object) -> None:
    """Write the next record as someone who goes round the ledger with the store's credential and their own key."""
    desk = office.desk(who, tender)
    last = desk.ledger.events()[-1]
    honest = Event(last.seq + 1, last.digest, now(), who, "step.failed", "added", None, {}, "")
    record = event.seal(tender, replace(honest, **change), desk.holder, desk.keyrings.recipient("procedure"))  # type: ignore[arg-type]
    office.store.put("ledger", f"{tender}/{last.seq + 1:08d}", record)


TAMPERING: dict[str, tuple[Callable[[Office, str], None], str]] = {
    "object edited": (
        edit_object,
        f"{OBJECTS}: {INPUT} version 1",
    ),
    "object deleted": (delete_object, OBJECTS),
    "record edited": (edit_record, "records without a second version or a delete marker"),
    "record deleted": (delete_record, "records without a second version or a delete marker"),
    "ledger forked": (fork, "it follows another record"),
    "event by the wrong author": (wrong_author, "event submission.recorded: found person:li.na"),
    "decision with another's key": (stolen_decision, "decisions signed by people in their role"),
    "decision over unknown objects": (decision_over_nothing, "over unknown objects"),
    "keyring rolled back": (roll_back_keyring, "keyrings by those who may write them"),
    "checkpoint of another ledger": (forged_checkpoint, "the ledger does not begin like that"),
    "checkpoint deleted": (deleted_checkpoint, "second version or a delete marker"),
    "event dated a day ahead": (dated_ahead, "events dated as the store dates them"),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_seen(office: Office, worked: str, case: str) -> None:
    tamper, expected = TAMPERING[case]
    tamper(office, worked)
    report = check(office, worked)
    print(f"{case}: {problems(report)}")
    assert not report.ok
    assert expected in problems(report)


def test_a_ledger_cut_at_its_end_is_seen_by_the_checkpoint(office: Office, worked: str) -> None:
    """The store keeps records under retention, so a roll-back is played on the leaves that a reader has."""
    desk = office.desk("person:chu.bo", worked)
    desk.ledger.events()
    for checkpoint in anchor.load(office.store, worked, office.people):
        checkpoint.check(desk.ledger.leaves())
        with pytest.raises(CheckpointRefused):
            checkpoint.check(desk.ledger.leaves()[: checkpoint.size - 1])
        with pytest.raises(CheckpointRefused):
            checkpoint.check([bytes(32), *desk.ledger.leaves()[1:]])


def test_every_changed_byte_of_a_checkpoint_is_refused(office: Office, worked: str) -> None:
    note = anchor.load(office.store, worked, office.people)[0].note
    data, accepted = note.encode(), 0
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            anchor.read_note(changed.decode(errors="replace"), worked, office.people)
            accepted += 1
        except CheckpointRefused:
            continue
    print(f"bytes of a checkpoint changed: {len(data)}, accepted: {accepted}")
    assert accepted == 0
