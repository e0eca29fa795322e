"""The register of people: who may what and when, and a chain of versions that only custodians can add to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storage import signed
from storage.canonical import digest, now, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.objects import ObjectStore
from storage.people import NAMESPACE, Department, Deputy, People, PeopleRefused, PeopleRegister, read_versions
from storage.sequence import TamperAlarm
from tests.storage.builders import START, Office, new_holder, person

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def staffed() -> People:
    """A leader with a deputy for ten days up to 100,000, and a handler of another department."""
    leader, deputy, other = new_holder("person:qian.wei"), new_holder("person:li.na"), new_holder("person:he.jun")
    appointment = Deputy("li.na", ("leader",), NOW, NOW + 10 * DAY, Decimal("100000.00"))
    return People(
        (
            replace(person(leader, "leader"), deputies=(appointment,)),
            person(deputy, "technical", department="technical"),
            person(other, "handler", department="marketing-2"),
        ),
        (Department("marketing-1", "营销一部"),),
    ).checked()


def test_a_role_counts_in_its_department_and_time_only(staffed: People) -> None:
    assert staffed.may("qian.wei", "leader", "marketing-1", NOW)
    assert staffed.may("person:qian.wei", "leader", None, NOW)
    assert not staffed.may("qian.wei", "leader", "marketing-2", NOW)
    assert not staffed.may("qian.wei", "handler", None, NOW)
    assert not staffed.may("qian.wei", "leader", None, START - DAY)
    assert not staffed.may("nobody", "leader", None, NOW)


@pytest.mark.parametrize(
    ("at", "amount", "may"),
    [
        (NOW, Decimal("100000.00"), True),
        (NOW, Decimal("100000.01"), False),
        (NOW, None, False),
        (NOW - DAY, Decimal(1), False),
        (NOW + 10 * DAY, Decimal(1), False),
    ],
)
def test_a_deputy_acts_within_dates_and_amount(
    staffed: People, at: datetime, amount: Decimal | None, may: bool
) -> None:
    principal = staffed.authority("li.na", "leader", "marketing-1", at, amount)
    assert (principal is not None and principal.id == "qian.wei") == may


def test_a_key_belongs_to_its_owner_for_a_time(staffed: People) -> None:
    row = staffed.persons[0]
    ended = People((replace(row, valid_to=NOW), *staffed.persons[1:]))
    assert ended.holder_for_key(row.signing_key + " comment", NOW - DAY).id == "qian.wei"
    with pytest.raises(PeopleRefused, match="belongs to nobody"):
        ended.holder_for_key(row.signing_key, NOW)


def test_a_new_key_is_a_second_row_and_old_signatures_stand(staffed: People) -> None:
    row, fresh = staffed.persons[0], new_holder("person:qian.wei")
    people = People((replace(row, valid_to=NOW), replace(person(fresh, "leader"), valid_from=NOW))).checked()
    assert people.holder_for_key(row.signing_key, NOW - DAY) == people.find("qian.wei", NOW - DAY)
    assert people.holder_for_key(fresh.ssh_key, NOW) == people.find("qian.wei", NOW)


def test_contradictions_are_refused(staffed: People) -> None:
    row = staffed.persons[0]
    for rows in (
        (row, row),
        (row, replace(row, id="he.jun")),
        (replace(row, roles=("king",)),),
        (replace(row, id="worker:nobody", roles=()),),
    ):
        with pytest.raises(PeopleRefused):
            People(rows).checked()


def test_the_register_reads_back_as_it_was_written(staffed: People) -> None:
    assert People.from_json(staffed.to_json()) == staffed
    with pytest.raises(PeopleRefused, match="broken at"):
        People.from_json({"persons": [{}], "departments": []})


def test_recipients_have_the_shape_that_keyrings_take(office: Office) -> None:
    found = office.people.recipients("zhao.min", "worker:pricing")
    assert {name: str(key) for name, key in found.items()} == {
        name: office.holders[name].recipient for name in ("person:zhao.min", "worker:pricing")
    }
    with pytest.raises(PeopleRefused, match="no key in it"):
        office.people.recipients("nobody")


def register(office: Office, store: ObjectStore) -> PeopleRegister:
    return PeopleRegister(store, office.holders["person:wei.hao"].ssh_key)


def test_a_custodian_publishes_versions_and_everyone_reads_the_newest(office: Office, fresh_store: ObjectStore) -> None:
    books, custodian = register(office, fresh_store), office.holders["person:wei.hao"]
    books.publish(office.people, custodian)
    newer = People((*office.people.persons, person(new_holder("person:he.jun"), "clerk")), office.people.departments)
    books.publish(newer, custodian)
    assert books.load() == newer
    assert [len(each.persons) for each in books.versions()] == [15, 16]


def test_an_empty_register_is_refused(office: Office, fresh_store: ObjectStore) -> None:
    with pytest.raises(PeopleRefused, match="empty"):
        register(office, fresh_store).load()


def test_the_first_version_is_trusted_by_the_pinned_key_alone(office: Office, fresh_store: ObjectStore) -> None:
    register(office, fresh_store).publish(office.people, office.holders["person:wei.hao"])
    stranger = new_holder("person:wei.hao")
    with pytest.raises(PeopleRefused, match="not signed with the key in the settings"):
        PeopleRegister(fresh_store, stranger.ssh_key).load()


def test_nobody_but_a_custodian_adds_a_version(office: Office, fresh_store: ObjectStore) -> None:
    books = register(office, fresh_store)
    books.publish(office.people, office.holders["person:wei.hao"])
    first = fresh_store.get("registers", "people/00000000")
    accepted = 0
    for name, holder in office.holders.items():
        if name == "person:wei.hao":
            continue
        with pytest.raises(PeopleRefused):
            books.publish(office.people, holder)
        for claimed in (name, "person:wei.hao"):
            accepted += takes_forged(office, holder, claimed, first)
    print(f"forged register versions: {2 * (len(office.holders) - 1)}, accepted: {accepted}")
    assert accepted == 0
    assert books.load() == office.people


def takes_forged(office: Office, forger: Holder, claimed: str, first: bytes) -> bool:
    """Say whether a second version is taken that a thief of the store credential signed with another key."""
    statement = {"v": 1, "seq": 1, "prev": digest(first), "at": stamp(now()), "by": claimed, **office.people.to_json()}
    record = signed.write(statement, forger.signing, NAMESPACE)
    try:
        read_versions([first, record], office.holders["person:wei.hao"].ssh_key)
    except StorageError:
        return False
    return True


def test_an_overwritten_or_deleted_version_is_an_alarm(office: Office, fresh_store: ObjectStore) -> None:
    books = register(office, fresh_store)
    books.publish(office.people, office.holders["person:wei.hao"])
    fresh_store.put("registers", "people/00000000", fresh_store.get("registers", "people/00000000"))
    with pytest.raises(TamperAlarm, match="second version"):
        books.load()


def test_allowed_signers_is_understood_by_ssh_keygen(office: Office) -> None:
    text = office.people.allowed_signers(["tender-decision@v1"])
    assert text.count("\n") == len(office.people.persons)
    assert 'person:zhao.min namespaces="tender-decision@v1",valid-after="20260101000000Z" ssh-ed25519 ' in text
