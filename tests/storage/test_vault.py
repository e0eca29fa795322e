"""The vault: what is sealed comes back to whom it is for, every read is on record, and no exchange is taken."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage import age, policy, vault
from storage.canonical import digest, now
from storage.errors import StorageError
from storage.event import EventRefused
from storage.identity import Holder
from storage.keyring import NotForYou
from storage.manifest import Manifest, ManifestRefused
from storage.people import People, PeopleRefused
from storage.policy import PolicyRefused
from storage.sshsig import SignatureRefused
from storage.verify import verify_tender
from tests.storage.builders import Desk, Office, last_event

INPUT = "input/1/response/a.docx"
MEDIA = "application/octet-stream"


def seal(desk: Desk, compartment: str = "technical", name: str = INPUT, data: bytes = b"text") -> Manifest:
    return desk.vault.seal(compartment, name, data, media_type=MEDIA, step_key=None)


@pytest.mark.parametrize("size", [0, 1, 65536, 200_000])
def test_content_comes_back_whole(office: Office, tender: str, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    manifest = seal(office.desk("person:li.na", tender), data=data[:size])
    assert office.desk("worker:assembly", tender).vault.open(manifest, purpose="draft") == data[:size]


def test_a_long_file_streams_in_and_out(office: Office, tender: str, tmp_path: Path) -> None:
    data = bytes(range(251)) * 60_000  # 15 MB, more than one request takes
    handler = office.desk("person:zhao.min", tender)
    for round_ in (1, 2):
        manifest = handler.vault.seal("technical", INPUT, io.BytesIO(data), media_type=MEDIA, step_key=None)
        assert manifest.version == round_
        office.desk("worker:assembly", tender).vault.open_to(manifest, tmp_path / "out", purpose="draft")
        assert (tmp_path / "out").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_stored_is_a_plain_age_file(office: Office, tender: str) -> None:
    manifest = seal(office.desk("person:li.na", tender))
    stored = office.store.get("drafts", manifest.key)
    assert len(stored) == manifest.size
    identities = office.desk("person:li.na", tender).keyrings.open("technical")
    assert age.decrypt_bytes(stored, identities) == b"text"


def test_the_same_step_key_seals_once(office: Office, tender: str) -> None:
    desk = office.desk("person:li.na", tender)
    first = desk.vault.seal("technical", INPUT, b"one", media_type=MEDIA, step_key="in/1")
    again = office.desk("person:li.na", tender).vault.seal(
        "technical", INPUT, b"two", media_type=MEDIA, step_key="in/1"
    )
    assert again == first
    assert office.desk("person:li.na", tender).vault.versions(INPUT) == (first,)


def test_versions_count_up_and_old_ones_stay_readable(office: Office, tender: str) -> None:
    desk = office.desk("person:li.na", tender)
    made = [seal(desk, data=text) for text in (b"one", b"two")]
    other = office.desk("person:zhao.min", tender)
    assert [m.version for m in other.vault.versions(INPUT)] == [1, 2]
    assert other.vault.latest(INPUT) == made[1]
    assert other.vault.open(made[0], purpose="compare") == b"one"
    assert other.vault.latest("nothing") is None
    assert other.vault.newest("input/*") == {INPUT: made[1]}


def test_two_who_seal_the_same_name_at_once_both_stand(office: Office, tender: str) -> None:
    seal(office.desk("person:li.na", tender))
    one, other = office.desk("person:li.na", tender), office.desk("person:zhao.min", tender)
    one.ledger.events()
    other.ledger.events()
    assert {seal(one, data=b"one").version, seal(other, data=b"two").version} == {2, 3}
    assert [m.version for m in office.desk("person:li.na", tender).vault.versions(INPUT)] == [1, 2, 3]


def test_an_object_whose_writer_died_before_its_event_is_in_nobodys_way(office: Office, tender: str) -> None:
    first = seal(office.desk("person:li.na", tender))
    office.store.put("drafts", first.key[:-4] + "0002", b"left by a dead process")
    after = seal(office.desk("person:li.na", tender), data=b"after")
    assert after.version == 3
    assert office.desk("person:li.na", tender).vault.open(after, purpose="x") == b"after"


def test_price_files_of_usual_size_all_look_alike(office: Office, tender: str) -> None:
    desk = office.desk("person:sun.li", tender)
    offers = {b"1": seal(desk, "price", "offer/1", b"1"), b"2" * 4000: seal(desk, "price", "offer/1", b"2" * 4000)}
    assert len({m.size for m in offers.values()}) == 1
    for data, manifest in offers.items():
        assert office.desk("worker:pricing", tender).vault.open(manifest, purpose="volume") == data


def test_every_read_is_on_record_also_a_refused_one(office: Office, tender: str) -> None:
    manifest = seal(office.desk("person:sun.li", tender), "price", "offer/1", b"1")
    office.desk("worker:pricing", tender).vault.open(manifest, purpose="price-volume")
    with pytest.raises(NotForYou):
        office.desk("person:li.na", tender).vault.open(manifest, purpose="curious")
    desk = office.desk("worker:archive", tender)
    read, refused = last_event(desk, "object.read"), last_event(desk, "object.refused")
    assert (read.by, read.body["purpose"], read.body["object"]) == ("worker:pricing", "price-volume", manifest.object)
    assert (refused.by, refused.body["reason"], refused.body["version"]) == ("person:li.na", "NotForYou", 1)


def test_nothing_is_given_out_when_the_read_cannot_be_put_on_record(
    office: Office, tender: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = seal(office.desk("person:li.na", tender))
    desk = office.desk("worker:assembly", tender)
    desk.ledger.events()

    def full(*_: object, **__: object) -> None:
        raise StorageError("the ledger is out of reach")

    monkeypatch.setattr(desk.ledger, "append", full)
    with pytest.raises(StorageError, match="out of reach"):
        desk.vault.open(manifest, purpose="x")
    with pytest.raises(StorageError, match="out of reach"):
        desk.vault.open_to(manifest, tmp_path / "out", purpose="x")
    assert list(tmp_path.iterdir()) == []


NAMES = {
    "procedure": ("record", "notice/-/bid", "screening/1"),
    "technical": ("clauses/1", INPUT, "draft/1/technical.docx", "checks/1/technical", "offer/1"),
    "commercial": ("commercial/1/licence.pdf", "draft/1/commercial.docx"),
    "price": ("cost/1", "offer/1", "draft/1/price.docx", "checks/1/price", "notice/-/bid"),
    "archive": ("opening/1",),
}


def allowed(office: Office, compartment: str, name: str) -> set[str]:
    roles = policy.object_writers(compartment, name)
    return {
        holder
        for holder in office.holders
        if (row := office.people.find(holder, now())) and ({holder, *row.roles} & roles)
    }


def test_every_role_against_every_class(office: Office, tender: str) -> None:
    """Through our software, and by a signed event of one's own making: whoever may not is refused both times."""
    pairs = [(place, name) for place, names in NAMES.items() for name in names]
    tried, wrongly, honest = 0, 0, 0
    for who in office.holders:
        desk = office.desk(who, tender)
        for place, name in pairs:
            may = who in allowed(office, place, name)
            tried += 1
            try:
                desk.vault.seal(place, name, b"x", media_type=MEDIA, step_key=f"matrix/{who}/{place}/{name}")
                honest += may
                wrongly += not may
            except PolicyRefused:
                assert not may, (who, place, name)
    print(f"role x class: {tried} tried, {honest} as they should, {wrongly} wrongly accepted")
    assert wrongly == 0
    assert honest == sum(len(allowed(office, *pair)) for pair in pairs)


def test_a_price_kind_belongs_to_the_price_compartment_alone(office: Office, tender: str) -> None:
    with pytest.raises(PolicyRefused, match="expected one of nobody"):
        seal(office.desk("person:zhao.min", tender), "technical", "offer/1")


def smuggle(office: Office, tender: str, who: str, manifest: Manifest, data: bytes) -> Manifest:
    """Store an object and append its event as someone who goes round the vault with their own key would."""
    desk = office.desk(who, tender)
    office.store.put(manifest.bucket, manifest.key, data)
    desk.ledger.append(vault.SEALED, manifest.event_body(), key=f"smuggled/{manifest.digest}")
    return manifest


def forged(
    office: Office, tender: str, signer: Holder, name: str, by: str, place: str = "price"
) -> tuple[Manifest, bytes]:
    """Seal with the public half, which everyone has, and sign as one likes."""
    context = age.ContextStanza(tender, "f" * 32, 1, place)
    recipient = office.desk("worker:assembly", tender).keyrings.recipient(place)
    data = age.encrypt_bytes(b"forged" + b"\x80" + bytes(65529), [recipient], context=context)
    manifest = Manifest(tender, place, name, "f" * 32, 1, digest(data), len(data), MEDIA, by, now())
    return manifest.signed_by(signer), data


def _smuggle_and_open(office: Office, tender: str, recorder: str, manifest: Manifest, data: bytes) -> None:
    smuggle(office, tender, recorder, manifest, data)
    office.desk("worker:pricing", tender).vault.open(manifest, purpose="price-volume")


@pytest.mark.parametrize(
    ("who", "by", "recorder", "error"),
    [
        ("person:li.na", "person:li.na", "person:li.na", PolicyRefused),
        ("person:li.na", "person:sun.li", "person:li.na", EventRefused),
        ("person:zhao.min", "worker:pricing", "person:zhao.min", EventRefused),
        ("person:zhao.min", "person:nobody", "person:zhao.min", EventRefused),
        ("person:li.na", "person:sun.li", "person:sun.li", ManifestRefused),
    ],
)
def test_an_offer_forged_with_the_public_half_is_refused(
    office: Office, tender: str, who: str, by: str, recorder: str, error: type[StorageError]
) -> None:
    made = forged(office, tender, office.holders[who], "offer/1", by)
    with pytest.raises(error):
        _smuggle_and_open(office, tender, recorder, *made)


def test_a_manifest_dated_back_to_a_role_that_has_ended_is_refused(office: Office, tender: str) -> None:
    """Whoever lost a role still has keys and may write other events; the date in a manifest is the writer's own."""
    moved = [
        row
        for each in office.people.persons
        for row in ([replace(each, valid_to=now()), replace(each, roles=("clerk",), valid_from=now())]
                    if each.id == "sun.li" else [each])
    ]  # fmt: skip
    later = Office(office.store, office.holders, People(tuple(moved)).checked())
    made, data = forged(office, tender, office.holders["person:sun.li"], "offer/1", "person:sun.li")
    backdated = replace(made, at=now() - timedelta(days=1)).signed_by(office.holders["person:sun.li"])
    with pytest.raises(PolicyRefused, match=r"event object\.sealed: found person:sun\.li"):
        smuggle(later, tender, "person:sun.li", backdated, data)


def test_a_manifest_that_the_ledger_does_not_know_is_refused(office: Office, tender: str) -> None:
    manifest, data = forged(office, tender, office.holders["person:sun.li"], "offer/1", "person:sun.li")
    office.store.put("drafts", manifest.key, data)
    with pytest.raises(ManifestRefused, match="does not know this manifest"):
        office.desk("worker:pricing", tender).vault.open(manifest, purpose="x")


def test_a_manifest_without_a_good_signature_is_refused(office: Office, tender: str) -> None:
    stranger = office.desk("person:li.na", tender).holder
    manifest, data = forged(office, tender, stranger, INPUT, "person:li.na", "technical")
    for signature in ("", manifest.signature.replace("A", "B", 1)):
        broken = smuggle(office, office.open_tender(), "person:li.na", replace(manifest, signature=signature), data)
        with pytest.raises((SignatureRefused, ManifestRefused, PeopleRefused)):
            office.desk("worker:assembly", tender).vault.open(broken, purpose="x")


def test_exchanged_objects_are_refused(office: Office, tender: str) -> None:
    """Every pair of objects within and across tenders, compartments and versions is exchanged in the store."""
    other = office.open_tender()
    objects = [
        (place, seal(office.desk(who, place), compartment, name, name.encode()), who)
        for place in (tender, other)
        for compartment, name, who in (
            ("technical", INPUT, "person:li.na"),
            ("technical", INPUT, "person:li.na"),
            ("commercial", "commercial/1/a.pdf", "person:zhao.min"),
            ("price", "offer/1", "person:sun.li"),
        )
    ]
    stored = {manifest.key: office.store.get("drafts", manifest.key) for _, manifest, _ in objects}
    swapped, accepted = 0, 0
    for place, manifest, who in objects:
        desk = office.desk(who, place)
        for key, data in stored.items():
            if key == manifest.key:
                continue
            office.store.put("drafts", manifest.key, data)
            swapped += 1
            try:
                desk.vault.open(manifest, purpose="x")
                accepted += 1
            except StorageError:
                pass
        office.store.put("drafts", manifest.key, stored[manifest.key])
        assert desk.vault.open(manifest, purpose="x") == manifest.name.encode()
    print(f"objects swapped: {swapped}, accepted: {accepted}")
    assert accepted == 0


def test_a_file_sealed_as_another_object_is_refused_by_its_context(office: Office, tender: str) -> None:
    """A writer signs a manifest over somebody else's sealed file: digest and signature fit, the context does not."""
    victim = seal(office.desk("person:zhao.min", tender), "technical", INPUT, b"the handler's")
    stolen = office.store.get("drafts", victim.key)
    thief = office.holders["person:li.na"]
    manifest = Manifest(
        tender, "technical", "input/1/x/b.pdf", "e" * 32, 1, victim.sha256, victim.size, MEDIA, thief.name, now()
    ).signed_by(thief)
    smuggle(office, tender, thief.name, manifest, stolen)
    with pytest.raises(age.ContextMismatch):
        office.desk("worker:assembly", tender).vault.open(manifest, purpose="x")


def test_a_new_key_after_a_compromise_shuts_the_old_one_out_and_decisions_stand(office: Office, tender: str) -> None:
    offer = seal(office.desk("person:sun.li", tender), "price", "offer/1", b"1250000.00")
    old = office.desk("person:wu.fang", tender).keyrings.open("price")
    office.desk("worker:pricing", tender).compartments.rotate("price", reason="a laptop was lost")
    desk = office.desk("person:sun.li", tender)
    desk.ledger.events()
    fresh = desk.vault.latest("offer/1")
    assert fresh is not None
    assert fresh != offer
    assert desk.vault.origin(fresh.digest) == offer.digest
    assert desk.vault.open(fresh, purpose="price-volume") == b"1250000.00"
    newer = seal(desk, "price", "offer/1", b"1240000.00")
    accepted = 0
    for manifest in (fresh, newer):
        try:
            age.decrypt_bytes(office.store.get("drafts", manifest.key), old)
            accepted += 1
        except age.NoMatchError:
            continue
    print(f"objects that the old key opens after rotation: {accepted} of 2")
    assert accepted == 0
    with pytest.raises(StorageError):
        office.store.get("drafts", offer.key)


def test_an_object_sealed_again_from_another_one_does_not_take_over_its_decisions(office: Office, tender: str) -> None:
    """Whoever may change a key writes such events; what was decided on stays that object's."""
    handler = office.desk("person:zhao.min", tender)
    approved = seal(handler, name="input/1/a/approved.docx")
    other = seal(handler, name="input/1/a/other.docx")
    body = {**other.event_body(), "compartment": "technical", "old": approved.digest}
    handler.ledger.append(vault.RESEALED, body, key="taken over")
    for who in ("worker:assembly", "person:chu.bo"):
        with pytest.raises(ManifestRefused, match="sealed again from another object"):
            office.desk(who, tender).vault.manifests()
    report = verify_tender(office.store, tender, office.holders["person:chu.bo"], office.people)
    assert [p for f in report.findings for p in f.problems] == [
        "object input/1/a/other.docx: sealed again from another object; next: treat it as forged"
    ]


def test_a_right_that_was_withdrawn_is_gone(office: Office, tender: str) -> None:
    seal(office.desk("person:sun.li", tender), "price", "offer/1", b"1")
    pricing = office.desk("worker:pricing", tender)
    pricing.keyrings.change("price", add=office.people.recipients("zheng.yun"), reason="final review")
    manifest = office.desk("person:zheng.yun", tender).vault.latest("offer/1")
    assert manifest is not None
    assert office.desk("person:zheng.yun", tender).vault.open(manifest, purpose="review") == b"1"
    pricing.compartments.withdraw("price", ["person:zheng.yun"], reason="review over")
    later = office.desk("person:zheng.yun", tender)
    fresh = later.vault.latest("offer/1")
    assert fresh is not None
    with pytest.raises(NotForYou):
        later.vault.open(fresh, purpose="curious")
