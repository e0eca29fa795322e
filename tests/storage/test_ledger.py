"""The ledger: one event per key, one order for all writers, and every kind of tampering seen."""

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import minio.time
import pytest

from storage import event, ledger
from storage.canonical import digest, now
from storage.embedded import EmbeddedStore
from storage.errors import StorageError
from storage.event import Event, EventRefused
from storage.ledger import ClockOff
from storage.objects import ObjectVersion, StoreRefused
from storage.policy import PolicyRefused, team_of
from storage.sequence import TamperAlarm
from tests.storage.builders import Desk, Office, sit_down

BODY = {"step": "drafts", "inputs": [], "outputs": [], "seconds": "1.5"}


def desk(office: Office, tender: str, who: str = "worker:assembly") -> Desk:
    return office.desk(who, tender)


def test_every_holder_reads_the_same_events_in_the_same_order(office: Office, tender: str) -> None:
    desk(office, tender).ledger.append("step.done", BODY, key="step/1", lot="1")
    read = [office.desk(who, tender).ledger.events() for who in ("person:li.na", "worker:archive", "person:chu.bo")]
    assert read[0] == read[1] == read[2]
    assert [e.seq for e in read[0]] == list(range(len(read[0])))
    assert [e.type for e in read[0]][:2] == ["tender.opened", "compartment.created"]


def test_a_second_append_with_the_same_key_returns_the_first_event(office: Office, tender: str) -> None:
    first = desk(office, tender).ledger.append("step.done", BODY, key="step/1")
    again = desk(office, tender, "worker:pricing").ledger.append("step.done", {**BODY, "seconds": "9"}, key="step/1")
    assert again == first
    assert len(desk(office, tender).ledger.find(type="step.done")) == 1


def test_events_without_a_key_are_each_new(office: Office, tender: str) -> None:
    book = desk(office, tender).ledger
    assert book.append("step.failed", {"step": "x"}).seq + 1 == book.append("step.failed", {"step": "x"}).seq


def test_events_are_found_by_type_lot_and_key(office: Office, tender: str) -> None:
    book = desk(office, tender).ledger
    made = [book.append("step.done", BODY, key=f"step/{lot}", lot=lot) for lot in ("1", "2")]
    assert book.find(type="step.done", lot="2") == (made[1],)
    assert book.find(key="step/1") == (made[0],)
    assert book.find(type="tender.opened", key="step/1") == ()


def test_two_who_write_at_once_lose_nothing(office: Office, tender: str) -> None:
    one, other = desk(office, tender).ledger, desk(office, tender, "worker:pricing").ledger
    assert one.events() == other.events()
    for number in range(5):
        one.append("step.done", BODY, key=f"one/{number}")
        other.append("step.done", BODY, key=f"other/{number}")
    keys = [e.key for e in desk(office, tender).ledger.find(type="step.done")]
    assert sorted(keys) == sorted(f"{who}/{n}" for who in ("one", "other") for n in range(5))


def append_many(access: tuple[str, str, str], office_parts: tuple, tender: str, writer: int, count: int) -> None:  # type: ignore[type-arg]
    from storage.identity import read_holder
    from storage.minio_objects import MinioObjects
    from storage.people import People

    text, people = office_parts
    store = MinioObjects(*access, secure=False)
    book = sit_down(store, People.from_json(people), read_holder(text), tender).ledger
    for number in range(count):
        book.append("step.done", BODY, key=f"{writer}/{number}")


def test_eight_processes_append_and_every_event_stands_once(
    office: Office, tender: str, embedded: EmbeddedStore, attack_scale: Callable[[int, int], int]
) -> None:
    processes, count = 8, attack_scale(10, 100)
    admin = embedded.credentials("admin")
    access = (admin.endpoint, admin.access_key, admin.secret_key)
    parts = (office.holders["worker:assembly"].to_text(), office.people.to_json())
    context = multiprocessing.get_context("spawn")
    running = [
        context.Process(target=append_many, args=(access, parts, tender, writer, count)) for writer in range(processes)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join(300)
    keys = [e.key for e in desk(office, tender).ledger.find(type="step.done")]
    print(f"{processes} processes x {count} events: {len(keys)} stand, {len(set(keys))} different")
    assert [process.exitcode for process in running] == [0] * processes
    assert sorted(keys) == sorted(f"{writer}/{n}" for writer in range(processes) for n in range(count))


def test_an_event_of_the_wrong_author_is_refused_before_it_is_written(office: Office, tender: str) -> None:
    for who, kind in (
        ("person:li.na", "tender.ended"),
        ("person:zhao.min", "step.done"),
        ("worker:pricing", "opening.recorded"),
    ):
        book = desk(office, tender, who).ledger
        before = len(book.events())
        with pytest.raises(PolicyRefused, match=f"event {kind}: found {who}"):
            book.append(kind, {}, key="k")
        assert len(book.events()) == before


def test_the_people_named_in_the_tender_are_held_against_events(office: Office, tender: str) -> None:
    """Another leader of the same department is no leader of this tender."""
    desk(office, tender, "person:qian.wei").ledger.append("tender.ended", {"how": "no-bid"}, key="e", lot="1")
    row = office.people.find("qian.wei", now())
    assert row is not None
    other = replace(office.people, persons=(*office.people.persons, replace(row, id="he.jun", signing_key="x")))
    opened = office.desk("worker:assembly", tender).ledger.events()[0].body
    assert not team_of(other, opened).has("person:he.jun", ["leader"], now())
    assert team_of(other, opened).has("person:qian.wei", ["leader"], now())


def test_a_machine_whose_clock_is_a_day_behind_is_told_so_and_writes_nothing(
    office: Office, tender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = desk(office, tender).ledger
    before = len(book.events())
    monkeypatch.setattr(ledger, "now", lambda: now() - timedelta(days=1))
    with pytest.raises(ClockOff, match=r"this machine says .* the last event is of"):
        book.append("step.done", BODY, key="late")
    monkeypatch.undo()
    assert len(desk(office, tender).ledger.events()) == before
    book.append("step.done", BODY, key="late")


@pytest.mark.parametrize("days", [-1, 1])
def test_the_store_refuses_a_machine_whose_clock_is_a_day_off(
    office: Office, tender: str, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    book = desk(office, tender).ledger
    before = book.events()
    real = minio.time.utcnow
    monkeypatch.setattr(minio.time, "utcnow", lambda: real() + timedelta(days=days))
    monkeypatch.setattr(ledger, "now", lambda: now() + timedelta(days=max(days, 0)))
    with pytest.raises(StoreRefused, match="Clock: found more than 15 minutes"):
        book.append("step.done", BODY, key="off")
    monkeypatch.undo()
    assert desk(office, tender).ledger.events() == before
    assert book.append("step.done", BODY, key="off").seq == len(before)


def test_a_cold_start_with_a_cache_reads_only_what_is_new(
    office: Office, tender: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.desk("worker:assembly", tender, cache=tmp_path)
    first.ledger.events()
    desk(office, tender, "worker:pricing").ledger.append("step.done", BODY, key="new")
    fetched: list[str] = []
    real = type(office.store).get_many

    def counted(self: object, bucket: str, keys: list[str], **more: int) -> dict[str, bytes]:
        fetched.extend(key for key in keys if bucket == "ledger")
        return real(self, bucket, keys, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(office.store), "get_many", counted)
    assert office.desk("worker:assembly", tender, cache=tmp_path).ledger.events()[-1].key == "new"
    assert fetched == [f"{tender}/{len(first.ledger.events(refresh=False)):08d}"]


def test_a_spoilt_cache_is_dropped_and_the_store_is_read(office: Office, tender: str, tmp_path: Path) -> None:
    good = office.desk("worker:assembly", tender, cache=tmp_path).ledger.events()
    (tmp_path / tender / "00000002").write_bytes(b"spoilt")
    assert office.desk("worker:assembly", tender, cache=tmp_path).ledger.events() == good
    assert office.desk("worker:assembly", tender, cache=tmp_path).ledger.events() == good


def test_the_cache_holds_nothing_in_the_clear(office: Office, tender: str, tmp_path: Path) -> None:
    office.desk("worker:assembly", tender, cache=tmp_path).ledger.append("step.done", {"canary": "泄密"}, key="canary")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert kept
    assert b"canary" not in kept


def overwrite(office: Office, tender: str, seq: int, data: bytes) -> None:
    office.store.put("ledger", f"{tender}/{seq:08d}", data)


def test_an_edited_record_is_an_alarm_and_the_oldest_version_stays_the_truth(office: Office, tender: str) -> None:
    truth = desk(office, tender).ledger.events()
    overwrite(office, tender, 1, office.store.get("ledger", f"{tender}/00000002"))
    with pytest.raises(TamperAlarm, match="1 records have a second version"):
        desk(office, tender).ledger.events()
    lenient = office.desk("worker:assembly", tender, strict=False)
    assert lenient.ledger.events() == truth
    assert lenient.ledger.alarms == (f"{tender}/00000001",)


def test_a_deleted_record_is_an_alarm_and_still_read(office: Office, tender: str) -> None:
    truth = desk(office, tender).ledger.events()
    office.store.delete("ledger", f"{tender}/{len(truth) - 1:08d}")
    with pytest.raises(TamperAlarm, match="delete marker"):
        desk(office, tender).ledger.events()
    assert office.desk("worker:assembly", tender, strict=False).ledger.events() == truth


def test_the_store_does_not_let_a_record_be_deleted_for_good(office: Office, tender: str) -> None:
    versions = list(office.store.versions("ledger", f"{tender}/00000000"))
    with pytest.raises(StorageError):
        office.store.delete("ledger", versions[0].key, version_id=versions[0].version_id)
    assert desk(office, tender).ledger.events()[0].type == "tender.opened"


def test_a_gap_is_an_alarm(office: Office, tender: str) -> None:
    overwrite(office, tender, len(desk(office, tender).ledger.events()) + 1, b"x")
    with pytest.raises(TamperAlarm, match="expected"):
        desk(office, tender).ledger.events()


def test_a_ledger_that_became_shorter_is_an_alarm(office: Office, tender: str, tmp_path: Path) -> None:
    """A rolled back store is played by a cache that has seen one record more."""
    cached = office.desk("worker:assembly", tender, cache=tmp_path)
    count = len(cached.ledger.events())
    (tmp_path / tender / f"{count:08d}").write_bytes(b"seen before the roll-back")
    with pytest.raises(TamperAlarm, match="more were there before"):
        office.desk("worker:assembly", tender, cache=tmp_path).ledger.events()


def test_what_another_process_kept_after_our_listing_is_no_roll_back(
    office: Office, tender: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = office.desk("worker:assembly", tender, cache=tmp_path)
    other.ledger.events()
    real, written = type(office.store).versions, []

    def overtaken(self: object, bucket: str, prefix: str) -> list[ObjectVersion]:
        listed = list(real(self, bucket, prefix))  # type: ignore[arg-type]
        if bucket == "ledger" and not written:
            written.append(other.ledger.append("step.done", BODY, key="meanwhile").seq)
        return listed

    monkeypatch.setattr(type(office.store), "versions", overtaken)
    ours = office.desk("worker:assembly", tender, cache=tmp_path).ledger
    assert len(ours.events()) == written[0]
    assert ours.events()[-1].key == "meanwhile"


def test_a_record_that_only_one_listing_overlooks_is_no_gap(
    office: Office, tender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = desk(office, tender).ledger.events()
    real, asked = type(office.store).versions, []

    def behind(self: object, bucket: str, prefix: str) -> list[ObjectVersion]:
        listed = list(real(self, bucket, prefix))  # type: ignore[arg-type]
        asked.extend([prefix] if bucket == "ledger" else [])
        return listed if asked != [prefix] else [each for each in listed if each.key != f"{tender}/00000001"]

    monkeypatch.setattr(type(office.store), "versions", behind)
    assert desk(office, tender).ledger.events() == truth


def forge(office: Office, tender: str, signer: str, **change: object) -> bytes:
    """Seal the next event as someone with the store's credential and a holder's key would."""
    reader = desk(office, tender)
    last = reader.ledger.events()[-1]
    made = Event(last.seq + 1, last.digest, now(), signer, "step.failed", "forged", None, {"step": "x"}, "")
    return event.seal(tender, replace(made, **change), office.holders[signer], reader.keyrings.recipient("procedure"))  # type: ignore[arg-type]


FORGERIES: dict[str, tuple[str, dict[str, object]]] = {
    "another author": ("worker:assembly", {"by": "person:zhao.min"}),
    "an author who may not": ("person:li.na", {"type": "tender.ended"}),
    "a step by a person": ("person:zhao.min", {"type": "step.done"}),
    "a second opening": ("person:zhao.min", {"type": "tender.opened"}),
    "a fork": ("worker:assembly", {"prev": digest(b"another record")}),
    "a back-dated event": ("worker:assembly", {"at": now() - timedelta(days=1)}),
    "a taken key": ("worker:assembly", {"key": "tender.opened"}),
    "a keyring by a stranger": ("person:li.na", {"type": "keyring.changed", "body": {"compartment": "price"}}),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_next_record_is_refused_by_every_reader(office: Office, tender: str, case: str) -> None:
    signer, change = FORGERIES[case]
    record = forge(office, tender, signer, **change)
    count = len(desk(office, tender).ledger.events())
    overwrite(office, tender, count, record)
    for who in ("worker:assembly", "person:zhao.min"):
        with pytest.raises((EventRefused, PolicyRefused)):
            desk(office, tender, who).ledger.events()


def test_what_a_forged_record_is_made_like_is_taken_when_it_is_honest(office: Office, tender: str) -> None:
    overwrite(office, tender, len(desk(office, tender).ledger.events()), forge(office, tender, "worker:assembly"))
    assert desk(office, tender).ledger.events()[-1].key == "forged"


def test_a_record_of_another_tender_or_place_is_refused(office: Office, tender: str) -> None:
    other = office.open_tender()
    count = len(desk(office, tender).ledger.events())
    moved = office.store.get("ledger", f"{tender}/{count - 1:08d}")
    for record in (moved, office.store.get("ledger", f"{other}/{count - 1:08d}"), b"", b"age-encryption.org/v1\n"):
        fresh = office.open_tender()
        overwrite(office, fresh, len(desk(office, fresh).ledger.events()), record)
        with pytest.raises(StorageError):
            desk(office, fresh).ledger.events()


def test_every_bit_of_a_record_counts(office: Office, tender: str, attack_scale: Callable[[int, int], int]) -> None:
    """Flip bits of one sealed record; the chain of what follows would show it as well, but it never gets so far."""
    reader = desk(office, tender)
    record = office.store.get("ledger", f"{tender}/00000000")
    identities = reader.keyrings.open("procedure")
    bits = range(0, len(record) * 8, max(1, len(record) * 8 // attack_scale(400, len(record) * 8)))
    accepted = 0
    for bit in bits:
        changed = bytearray(record)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            event.open_clear(tender, 0, bytes(changed), identities)
            accepted += 1
        except StorageError:
            continue
    print(f"bits of a record flipped: {len(bits)}, accepted: {accepted}")
    assert accepted == 0
