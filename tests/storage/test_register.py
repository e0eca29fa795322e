"""The registers of notices: no gap, no number twice, and every kind of tampering seen."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from storage import register_head, signed
from storage.canonical import now, stamp
from storage.objects import ObjectStore
from storage.people import People
from storage.policy import PolicyRefused
from storage.register import DIGITS, NAMESPACE, Register, RegisterRefused
from storage.register_head import Head
from storage.sequence import RecordRow, TamperAlarm
from storage.signed import NewerFormat
from storage.sshsig import SignatureRefused
from tests.storage.builders import Office, new_holder, person

pytestmark = pytest.mark.server

HANDLER = "person:zhao.min"
BODY = {"kind": "bid", "tender": "agv-2024", "due": "2026-12-01"}


@pytest.fixture
def department() -> str:
    """A department whose registers nobody else uses."""
    return f"d-{uuid4().hex[:12]}"


@pytest.fixture
def people(office: Office, department: str) -> People:
    """The office's register with a handler in that department."""
    handler = person(office.holders[HANDLER], "handler", department=department)
    return People((*(row for row in office.people.persons if row.id != handler.id), handler)).checked()


def register(office: Office, department: str, people: People, direction: str = "in") -> Register:
    return Register(office.store, department, 2026, direction, people)


def key_of(department: str, number: int) -> str:
    return f"notices/{department}/2026/in/{number:0{DIGITS}d}"


def written(office: Office, department: str, by: str, *, key: str = "", **change: object) -> bytes:
    """Return a first entry made by hand, signed with the key of `key` or of who it says wrote it."""
    entry = {"v": 1, "department": department, "year": 2026, "direction": "in", "number": 1, "prev": "0" * 64,
             "at": stamp(now()), "by": by, "key": "k", "body": {"due": "2026-12-01"}, **change}  # fmt: skip
    return signed.write(entry, office.holders[key or by].signing, NAMESPACE)


def test_entries_are_numbered_from_one_in_each_direction(office: Office, department: str, people: People) -> None:
    handler = office.holders[HANDLER]
    for direction, count in (("in", 2), ("out", 1)):
        book = register(office, department, people, direction)
        made = [book.append(handler, BODY, key=f"notice/{n}") for n in range(count)]
        assert [entry.number for entry in made] == list(range(1, count + 1))
        assert register(office, department, people, direction).entries() == tuple(made)
    keys = [info.key for info in office.store.list("registers", f"notices/{department}/")]
    assert keys == [key_of(department, 1), key_of(department, 2), f"notices/{department}/2026/out/000001"]


def test_the_same_notice_keeps_its_number(office: Office, department: str, people: People) -> None:
    handler = office.holders[HANDLER]
    first = register(office, department, people).append(handler, BODY, key="notice/1")
    again = register(office, department, people).append(handler, {**BODY, "due": "later"}, key="notice/1")
    assert again == first
    assert len(register(office, department, people).entries()) == 1


def test_a_hundred_appends_at_once_leave_no_gap_and_no_number_twice(
    office: Office, department: str, people: People
) -> None:
    handler = office.holders[HANDLER]

    def write(writer: int) -> int:
        return register(office, department, people).append(handler, BODY, key=f"notice/{writer}").number

    with ThreadPoolExecutor(100) as pool:
        numbers = list(pool.map(write, range(100)))
    entries = register(office, department, people).entries()
    print(f"100 writers at once: {len(entries)} entries stand, {len(set(numbers))} different numbers")
    assert sorted(numbers) == [entry.number for entry in entries] == list(range(1, 101))
    assert sorted(entry.key for entry in entries) == sorted(f"notice/{writer}" for writer in range(100))
    assert len(list(office.store.versions("registers", f"notices/{department}/"))) == 100


def test_an_entry_is_quoted_by_department_year_direction_and_number(
    office: Office, department: str, people: People
) -> None:
    made = register(office, department, people).append(office.holders[HANDLER], BODY, key="notice/1")
    assert made.name == f"{department}/2026/in/000001"


def test_article_2_5_someone_of_another_department_or_role_gets_no_number(
    office: Office, department: str, people: People
) -> None:
    for who in ("person:qian.wei", "person:sun.li", "person:li.na"):
        with pytest.raises(PolicyRefused, match=f"found {who}"):
            register(office, department, people).append(office.holders[who], BODY, key="notice/1")
    assert register(office, department, people).entries() == ()


def test_an_entry_written_past_us_by_someone_without_the_right_is_refused(
    office: Office, department: str, people: People
) -> None:
    office.store.put("registers", key_of(department, 1), written(office, department, "person:sun.li"))
    with pytest.raises(PolicyRefused, match=r"person:sun\.li"):
        register(office, department, people).entries()


@pytest.mark.parametrize("change", [{"number": 2}, {"year": 2025}, {"direction": "out"}, {"prev": "1" * 64}])
def test_an_honest_entry_in_another_place_is_refused(
    office: Office, department: str, people: People, change: dict[str, object]
) -> None:
    office.store.put("registers", key_of(department, 1), written(office, department, HANDLER, **change))
    with pytest.raises(RegisterRefused, match="another place"):
        register(office, department, people).entries()


def test_an_entry_of_a_newer_format_is_refused_by_its_number(office: Office, department: str, people: People) -> None:
    office.store.put("registers", key_of(department, 1), written(office, department, HANDLER, v=2))
    with pytest.raises(NewerFormat, match="found format version 2"):
        register(office, department, people).entries()


def test_an_entry_signed_with_another_key_is_refused(office: Office, department: str, people: People) -> None:
    record = written(office, department, HANDLER, key="person:li.na")
    office.store.put("registers", key_of(department, 1), record)
    with pytest.raises(RegisterRefused, match="another holder"):
        register(office, department, people).entries()


def test_an_edited_entry_is_refused(office: Office, department: str, people: People, store: ObjectStore) -> None:
    record = written(office, department, HANDLER).replace(b"2026-12-01", b"2026-12-02")
    store.put("registers", key_of(department, 1), record)
    with pytest.raises(SignatureRefused):
        register(office, department, people).entries()


def test_a_missing_number_is_seen(office: Office, department: str, people: People) -> None:
    book = register(office, department, people)
    for number in range(2):
        book.append(office.holders[HANDLER], BODY, key=f"notice/{number}")
    office.store.put("registers", key_of(department, 4), b"x")
    with pytest.raises(TamperAlarm, match="000003"):
        register(office, department, people).entries()


@pytest.mark.parametrize("how", ["overwritten", "deleted"])
def test_an_entry_that_was_overwritten_or_deleted_is_an_alarm(
    office: Office, department: str, people: People, how: str
) -> None:
    register(office, department, people).append(office.holders[HANDLER], BODY, key="notice/1")
    if how == "overwritten":
        office.store.put("registers", key_of(department, 1), b"forged")
    else:
        office.store.delete("registers", key_of(department, 1))
    with pytest.raises(TamperAlarm, match="more than one version"):
        register(office, department, people).entries()


def test_a_register_that_cannot_be_is_named(office: Office) -> None:
    for department, year, direction in (("a/b", 2026, "in"), ("a", 26, "in"), ("a", 2026, "up")):
        with pytest.raises(RegisterRefused, match=f"notices/{department}/{year}/{direction}"):
            Register(office.store, department, year, direction, office.people)


def test_the_signing_key_of_a_stranger_is_nobodys(office: Office, department: str, people: People) -> None:
    with pytest.raises(PolicyRefused, match="person:nobody"):
        register(office, department, people).append(new_holder("person:nobody"), BODY, key="notice/1")


def test_entries_kept_on_disk_are_not_fetched_again_and_spoilt_ones_are(
    office: Office, department: str, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, fetched = office.holders[HANDLER], []
    real = RecordRow.read
    monkeypatch.setattr(RecordRow, "read", lambda row, slots: (fetched.append(len(slots)), real(row, slots))[1])

    def kept() -> Register:
        return Register(office.store, department, 2026, "in", people, tmp_path)

    made = [register(office, department, people).append(handler, BODY, key=f"notice/{n}") for n in range(3)]
    fetched.clear()
    assert kept().entries() == tuple(made)
    made.append(register(office, department, people).append(handler, BODY, key="notice/3"))
    fetched.clear()
    assert kept().entries() == tuple(made)
    assert fetched == [1]
    (file,) = tmp_path.rglob("00000001")
    file.write_bytes(file.read_bytes().replace(b"bid", b"bad"))
    fetched.clear()
    assert kept().entries() == tuple(made)
    assert fetched == [3]


def test_a_register_shorter_than_what_is_kept_of_it_is_seen_as_tampered_with(
    office: Office, department: str, people: People, tmp_path: Path
) -> None:
    register(office, department, people).append(office.holders[HANDLER], BODY, key="notice/1")
    kept = Register(office.store, department, 2026, "in", people, tmp_path)
    kept.entries()
    (file,) = tmp_path.rglob("00000000")
    (file.parent / "00000001").write_bytes(file.read_bytes())
    with pytest.raises(TamperAlarm, match="fewer entries than before"):
        Register(office.store, department, 2026, "in", people, tmp_path).entries()


def kept_by(office: Office, department: str, people: People, folder: Path) -> Register:
    return Register(office.store, department, 2026, "in", people, folder)


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The listings of whole rows that are made."""
    made: list[str] = []
    real = RecordRow.slots
    monkeypatch.setattr(RecordRow, "slots", lambda row: (made.append("listed"), real(row))[1])
    return made


def test_a_keeper_who_has_verified_a_register_appends_without_reading_it_again(
    office: Office, department: str, people: People, tmp_path: Path, listings: list[str]
) -> None:
    handler = office.holders[HANDLER]
    made = [kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/0")]
    made.append(register(office, department, people).append(handler, BODY, key="notice/1"))  # on another host
    listings.clear()
    made.append(kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/2"))
    assert listings == []
    assert kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/0") == made[0]
    assert kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/1") == made[1]
    book = kept_by(office, department, people, tmp_path)
    made.append(book.append(handler, BODY, key="notice/3"))
    assert book.entries() == register(office, department, people).entries() == tuple(made)


@pytest.mark.parametrize("how", ["spoilt", "another's", "of another register"])
def test_what_the_keeper_did_not_sign_of_this_register_is_read_anew(
    office: Office, department: str, people: People, tmp_path: Path, listings: list[str], how: str
) -> None:
    handler = office.holders[HANDLER]
    made = kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/0")
    (file,) = tmp_path.glob("*.head")
    place = {"department": department, "year": 2026, "direction": "in"}
    if how == "spoilt":
        file.write_bytes(file.read_bytes().replace(b"notice/0", b"notice/9"))
    elif how == "another's":
        register_head.write(file, office.holders["person:li.na"], place, Head(1, made.digest, made.at, frozenset()))
    else:
        register_head.write(file, handler, {**place, "direction": "out"}, Head(7, "1" * 64, now(), frozenset()))
    listings.clear()
    assert kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/1").number == 2
    assert listings


@pytest.mark.parametrize("how", ["rolled back", "exchanged"])
def test_an_end_that_is_not_as_the_keeper_verified_it_is_an_alarm(
    office: Office, department: str, people: People, tmp_path: Path, how: str
) -> None:
    handler = office.holders[HANDLER]
    made = kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/0")
    place = {"department": department, "year": 2026, "direction": "in"}
    (file,) = tmp_path.glob("*.head")
    number, seen = (1, "1" * 64) if how == "exchanged" else (2, made.digest)
    register_head.write(file, handler, place, Head(number, seen, made.at, frozenset({"notice/0"})))
    with pytest.raises(TamperAlarm, match="not what it was"):
        kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/1")
    with pytest.raises(TamperAlarm, match="not what it was" if how == "exchanged" else "fewer entries than before"):
        kept_by(office, department, people, tmp_path).entries()


def test_many_entries_of_others_are_read_on_from_where_the_keeper_stood(
    office: Office, department: str, people: People, tmp_path: Path, listings: list[str]
) -> None:
    handler = office.holders[HANDLER]
    kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/0")
    other = register(office, department, people)
    for number in range(1, 19):
        other.append(handler, BODY, key=f"notice/{number}")
    listings.clear()
    assert kept_by(office, department, people, tmp_path).append(handler, BODY, key="notice/19").number == 20
    assert listings == []
