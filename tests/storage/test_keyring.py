"""Keyrings: only their writers change them, only their holders open them, and the ledger says which one is true."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from storage import age, policy, signed
from storage.canonical import digest, now, stamp
from storage.errors import StorageError
from storage.keyring import NAMESPACE, KeyringRefused, NotForYou
from storage.people import WORKERS, People
from storage.policy import PolicyRefused
from storage.rescue import export_rescue
from storage.verify import verify_tender
from tests.storage.builders import PEOPLE, Office, last_event, new_holder, person, sit_down

GROUP = {"person:sun.li", "person:zhou.jie", "person:wu.fang", "worker:pricing"}


def opens(office: Office, tender: str, compartment: str) -> set[str]:
    """Return everyone of the office who gets the private half of a compartment."""
    found = set()
    for who in office.holders:
        try:
            office.desk(who, tender).keyrings.open(compartment)
            found.add(who)
        except NotForYou:
            continue
    return found


def test_a_compartment_opens_for_its_holders_and_nobody_else(office: Office, tender: str) -> None:
    assert opens(office, tender, "price") == GROUP
    assert "person:li.na" in opens(office, tender, "technical")


def test_every_maker_and_change_is_in_the_ledger(office: Office, tender: str) -> None:
    made = office.desk("person:zhao.min", tender).ledger.find(type="compartment.created")
    assert [e.body["compartment"] for e in made] == ["procedure", "technical", "commercial", "archive", "price"]
    reviewer = office.people.recipients("zheng.yun")
    office.desk("worker:pricing", tender).keyrings.change("price", add=reviewer, reason="price decided")
    change = last_event(office.desk("person:zhao.min", tender), "keyring.changed")
    assert (change.by, change.body["version"], change.body["reason"]) == ("worker:pricing", 2, "price decided")
    assert "person:zheng.yun" in change.body["holders"]


def test_a_holder_added_opens_and_content_is_not_touched(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    before = pricing.keyrings.recipient("price")
    pricing.keyrings.change("price", add=office.people.recipients("zheng.yun"), reason="review")
    assert opens(office, tender, "price") == {*GROUP, "person:zheng.yun"}
    assert pricing.keyrings.recipient("price") == before


def test_a_change_that_changes_nothing_writes_nothing(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    assert pricing.keyrings.change("price", add=office.people.recipients("sun.li"), reason="again").version == 1


def test_a_holder_taken_away_gets_neither_the_new_key_nor_the_keyring(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    old = office.desk("person:wu.fang", tender).keyrings.open("price")
    pricing.keyrings.change("price", remove=["person:wu.fang"], reason="left the group")
    assert opens(office, tender, "price") == GROUP - {"person:wu.fang"}
    sealed = age.encrypt_bytes(b"offer", [pricing.keyrings.recipient("price")])
    with pytest.raises(age.NoMatchError):
        age.decrypt_bytes(sealed, old)
    for who in GROUP - {"person:wu.fang"}:
        identities = office.desk(who, tender).keyrings.open("price")
        assert age.decrypt_bytes(sealed, identities) == b"offer"
        assert {each.to_text() for each in old} < {each.to_text() for each in identities}


def test_nobody_else_may_write_a_keyring_whatever_they_claim(office: Office, tender: str) -> None:
    """Every holder tries every compartment, through our software and by a record of their own making."""
    tried, accepted = 0, 0
    for compartment in ("technical", "price"):
        chain = office.desk("worker:pricing", tender).keyrings.chain(compartment)
        writers = {w for w in policy.KEYRING_WRITERS[compartment] if w in WORKERS}
        writers |= {"person:zhao.min"} if "handler" in policy.KEYRING_WRITERS[compartment] else set()
        for who in office.holders.keys() - writers:
            tried += 2
            accepted += writes(office, tender, compartment, who)
            accepted += forges(office, tender, compartment, who, chain[-1].digest)
    print(f"keyrings by the wrong writer: {tried}, accepted: {accepted}")
    assert accepted == 0


def writes(office: Office, tender: str, compartment: str, who: str) -> bool:
    try:
        office.desk(who, tender).keyrings.change(compartment, add=office.people.recipients(who), reason="mine")
    except (PolicyRefused, NotForYou):
        return False
    return True


def forges(office: Office, tender: str, compartment: str, who: str, before: str) -> bool:
    """Put a keyring with a key of one's own into the store, see whether a writer seals to it, and take it away."""
    own = age.generate_identity()
    sealed = age.armor(age.encrypt_bytes(own.to_text().encode(), [office.holders[who].age.recipient()]))
    statement = {
        "v": 1, "tender": tender, "compartment": compartment, "version": 2, "prev": before,
        "recipient": str(own.recipient()), "holders": {who: office.holders[who].recipient},
        "sha256": digest(sealed), "by": who, "at": stamp(now()), "reason": "mine",
    }  # fmt: skip
    record = signed.write(statement, office.holders[who].signing, NAMESPACE) + sealed
    info = office.store.put("keys", f"{tender}/{compartment}/0002", record)
    try:
        return office.desk("worker:assembly", tender).keyrings.recipient(compartment) == own.recipient()
    except StorageError:
        return False
    finally:
        office.store.delete("keys", info.key, version_id=info.version_id)


def test_someone_who_may_never_open_a_compartment_cannot_be_added(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    for who in ("li.na", "zhao.min", "worker:assembly", "chen.yu"):
        with pytest.raises(PolicyRefused, match="keyring of price"):
            pricing.keyrings.change("price", add=office.people.recipients(who), reason="mistake")


def test_a_holder_cannot_be_added_with_a_key_that_is_not_registered(office: Office, tender: str) -> None:
    stranger = age.generate_identity().recipient()
    with pytest.raises(PolicyRefused, match="not the registered one"):
        office.desk("worker:pricing", tender).keyrings.change("price", add={"person:zheng.yun": stranger}, reason="x")


def test_keyrings_exchanged_between_compartments_or_tenders_are_refused(office: Office, tender: str) -> None:
    other, accepted = office.open_tender(), 0
    swaps = [(other, "price", "price"), (tender, "technical", "price"), (tender, "price", "technical")]
    for source, theirs, ours in swaps:
        original = office.store.get("keys", f"{tender}/{ours}/0001")
        stolen = office.store.get("keys", f"{source}/{theirs}/0001")
        office.store.put("keys", f"{tender}/{ours}/0001", stolen)
        try:
            office.desk("worker:pricing", tender).keyrings.recipient(ours)
            accepted += 1
        except KeyringRefused:
            pass
        office.store.put("keys", f"{tender}/{ours}/0001", original)
    print(f"keyrings swapped: {len(swaps)}, accepted: {accepted}")
    assert accepted == 0
    office.desk("worker:pricing", tender).keyrings.recipient("price")


def test_a_keyring_rolled_back_behind_the_ledger_is_refused(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    pricing.keyrings.change("price", remove=["person:wu.fang"], reason="left")
    for version in list(office.store.versions("keys", f"{tender}/price/0002")):
        office.store.delete("keys", version.key, version_id=version.version_id)
    desk = office.desk("person:sun.li", tender)
    desk.ledger.events()
    with pytest.raises(KeyringRefused, match="rolled back"):
        desk.keyrings.open("price")
    assert desk.keyrings.recipient("price") == pricing.keyrings.recipient("price")


@pytest.mark.parametrize("part", ["statement", "signature", "age file"])
def test_an_edited_keyring_is_refused(
    office: Office, tender: str, part: str, attack_scale: Callable[[int, int], int]
) -> None:
    record = office.store.get("keys", f"{tender}/technical/0001")
    armor, signature = record.index(b"-----BEGIN AGE"), record.index(b"\n-----BEGIN SSH")
    start, stop = {"statement": (0, signature), "signature": (signature, armor), "age file": (armor, len(record))}[part]
    step = max(1, (stop - start) // attack_scale(20, 400))
    accepted = 0
    for place in range(start, stop, step):
        changed = bytearray(record)
        changed[place] ^= 1
        info = office.store.put("keys", f"{tender}/technical/0001", bytes(changed))
        try:
            office.desk("worker:assembly", tender).keyrings.open("technical")
            accepted += 1
        except StorageError:
            pass
        office.store.delete("keys", info.key, version_id=info.version_id)
    print(f"{part} of a keyring: {len(range(start, stop, step))} bytes changed, accepted: {accepted}")
    assert accepted == 0


def test_nobody_opens_anything_after_the_keyring_is_shredded(office: Office, tender: str) -> None:
    pricing = office.desk("worker:pricing", tender)
    manifest = pricing.vault.seal("price", "offer/1", b"1", media_type="application/json", step_key=None)
    pricing.keyrings.change("price", add=office.people.recipients("zheng.yun"), reason="review")
    assert pricing.compartments.shred("price", reason="retention over") == 2
    accepted = 0
    for who in office.holders:
        try:
            office.desk(who, tender).vault.open(manifest, purpose="curious")
            accepted += 1
        except StorageError:
            continue
    print(f"holders who open after shredding: {accepted} of {len(office.holders)}")
    assert accepted == 0
    assert list(office.store.versions("keys", f"{tender}/price/")) == []


def test_the_rescue_file_opens_what_its_maker_could_open(office: Office, tender: str, tmp_path: Path) -> None:
    rescue = age.generate_identity()
    exported = export_rescue(office.desk("worker:pricing", tender).keyrings, rescue.recipient())
    (tmp_path / "rescue.key").write_text(rescue.to_text())
    (tmp_path / "rescue.age").write_bytes(exported)
    command = ["age", "-d", "-i", "rescue.key", "rescue.age"]
    text = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=20).stdout.decode()
    assert f"# {tender} price\nAGE-SECRET-KEY-1" in text
    assert "archive" not in text


def moved(office: Office, who: str, **later: object) -> Office:
    """Return the office after someone's row ended and, if told so, another one of theirs began."""
    at = now()
    (row,) = (each for each in office.people.persons if each.id == who)
    others = tuple(each for each in office.people.persons if each.id != who)
    new = (replace(row, valid_from=at, **later),) if later else ()
    return Office(office.store, dict(office.holders), People((*others, replace(row, valid_to=at), *new)).checked())


def reissued(office: Office, who: str) -> Office:
    """Return the office after someone got new keys."""
    holder = new_holder(f"person:{who}")
    after = moved(office, who, signing_key=holder.ssh_key, age_recipient=holder.recipient)
    after.holders[holder.name] = holder
    return after


def test_a_person_with_new_keys_is_let_in_again_and_the_old_ones_open_no_new_keyring(
    office: Office, tender: str
) -> None:
    before = office.desk("person:zhao.min", tender).vault.seal(
        "commercial", "commercial/1/a.pdf", b"a", media_type="x", step_key=None
    )
    after = reissued(office, "zheng.yun")
    with pytest.raises(NotForYou):
        after.desk("person:zheng.yun", tender).vault.open(before, purpose="x")
    for compartment in ("procedure", "technical", "commercial"):
        after.desk("person:zhao.min", tender).compartments.admit(
            compartment, after.people.recipients("person:zheng.yun"), reason="new laptop"
        )
    assert after.desk("person:zheng.yun", tender).vault.open(before, purpose="x") == b"a"
    event = last_event(after.desk("person:zhao.min", tender), "keyring.changed")
    assert (event.body["compartment"], event.body["reason"]) == ("commercial", "new laptop")
    after.desk("person:zhao.min", tender).compartments.rotate("commercial", reason="the old one was stolen")
    with pytest.raises(NotForYou):
        sit_down(office.store, after.people, office.holders["person:zheng.yun"], tender).keyrings.open("commercial")


def test_a_keyring_can_be_changed_after_one_of_its_holders_left_and_leaves_them_out(
    office: Office, tender: str
) -> None:
    sealed = office.desk("person:li.na", tender).vault.seal(
        "technical", "input/1/a/a.docx", b"a", media_type="x", step_key=None
    )
    after = moved(office, "li.na")
    handler = after.desk("person:zhao.min", tender)
    keyring = handler.compartments.admit("technical", after.people.recipients("person:qian.wei"), reason="leader")
    assert "person:li.na" not in keyring.holders
    assert keyring.recipient != office.desk("worker:assembly", tender).keyrings.chain("technical")[0].recipient
    newest = handler.vault.latest("input/1/a/a.docx")
    assert newest is not None
    assert newest.version == sealed.version + 1
    assert after.desk("person:qian.wei", tender).vault.open(newest, purpose="x") == b"a"
    with pytest.raises(NotForYou):
        office.desk("person:li.na", tender).keyrings.open("technical")


def test_an_auditor_registered_later_is_let_in_by_the_handler(office: Office, tender: str) -> None:
    auditor = new_holder("person:gu.yan")
    later = Office(
        office.store,
        office.holders | {auditor.name: auditor},
        People((*office.people.persons, replace(person(auditor, "auditor"), valid_from=now()))).checked(),
    )
    with pytest.raises(NotForYou):
        later.desk(auditor.name, tender).ledger.events()
    for compartment in ("procedure", "archive"):
        later.desk("person:zhao.min", tender).compartments.admit(
            compartment, later.people.recipients(auditor.name), reason="audit"
        )
    assert verify_tender(office.store, tender, auditor, later.people).ok


def test_who_is_named_anew_has_the_role_from_then_on_and_the_one_before_until_then(office: Office, tender: str) -> None:
    """The technical person is replaced; what the first one wrote stays good, what they write later is refused."""
    second = new_holder("person:he.jing")
    later = Office(
        office.store,
        office.holders | {second.name: second},
        People((*office.people.persons, person(second, "technical"))),
    )
    old = later.desk("person:li.na", tender).vault.seal(
        "technical", "input/1/a/a.docx", b"a", media_type="x", step_key=None
    )
    with pytest.raises(PolicyRefused):
        later.desk("person:zhao.min", tender).ledger.append("team.changed", {"people": PEOPLE})
    leader = later.desk("person:qian.wei", tender)
    leader.ledger.append("team.changed", {"people": {**PEOPLE, "technical": ["he.jing"]}, "reason": "left"})
    keyring = later.desk("person:zhao.min", tender).compartments.admit(
        "technical", later.people.recipients(second.name), reason="left"
    )
    assert ("person:li.na" in keyring.holders, second.name in keyring.holders) == (False, True)
    later.desk("person:zhao.min", tender).compartments.admit(
        "procedure", later.people.recipients(second.name), reason="left"
    )
    new = later.desk(second.name, tender).vault.seal(
        "technical", "input/1/a/b.docx", b"b", media_type="x", step_key=None
    )
    assert later.desk("worker:assembly", tender).vault.open(new, purpose="x") == b"b"
    first = later.desk("worker:assembly", tender).vault.latest(old.name)
    assert first is not None
    assert later.desk("worker:assembly", tender).vault.open(first, purpose="x") == b"a"
    with pytest.raises(PolicyRefused):
        later.desk("person:li.na", tender).vault.seal(
            "technical", "input/1/a/c.docx", b"c", media_type="x", step_key=None
        )
    assert verify_tender(office.store, tender, office.holders["person:chu.bo"], later.people).ok
