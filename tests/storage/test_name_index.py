"""The index of archived tenders' names: who writes it, who reads it, and what is not believed."""

from uuid import uuid4

import pytest

from storage import signed
from storage.age import NoMatchError, decrypt_bytes, encrypt_bytes
from storage.embedded import EmbeddedStore
from storage.name_index import BUCKET, FOLDER, NAMESPACE, NameIndex
from storage.objects import AccessDenied
from tests.storage.builders import Office

pytestmark = pytest.mark.server
NAMES = {"names": ["长江大学附属中学自动化实验室", "CDFZ-2023-0415"], "models": ["XJ-9000-PRO"]}


@pytest.fixture
def archived(office: Office) -> str:
    tender = f"t-{uuid4().hex[:12]}"
    NameIndex(office.store, office.holders["worker:archive"], office.people).put(tender, NAMES)
    return tender


def index(office: Office, holder: str) -> NameIndex:
    return NameIndex(office.store, office.holders[holder], office.people)


def test_the_pricing_worker_reads_what_the_archive_worker_wrote_but_for_the_tender_itself(
    office: Office, archived: str
) -> None:
    assert index(office, "worker:pricing").read(besides="another").tenders[archived] == NAMES
    assert archived not in index(office, "worker:pricing").read(besides=archived).tenders


def test_the_same_names_are_written_once_and_new_ones_count(office: Office, archived: str) -> None:
    writer = index(office, "worker:archive")
    writer.put(archived, NAMES)
    assert len(list(office.store.list(BUCKET, f"{FOLDER}/{archived}/"))) == 1
    writer.put(archived, {**NAMES, "models": []})
    assert index(office, "worker:pricing").read(besides="").tenders[archived] == {**NAMES, "models": []}


def test_of_names_written_within_the_same_moment_the_last_count(office: Office, archived: str) -> None:
    writer = index(office, "worker:archive")
    told = [{**NAMES, "models": [f"XJ-{number}"]} for number in range(12)]
    for names in (*told, told[0]):
        writer.put(archived, names)
        assert index(office, "worker:pricing").read(besides="").tenders[archived] == names


def test_files_of_an_earlier_build_bear_no_number_and_are_older_than_all_that_do(office: Office, archived: str) -> None:
    (info,) = office.store.list(BUCKET, f"{FOLDER}/{archived}/")
    newer, tender = {**NAMES, "models": ["XJ-9001"]}, archived
    office.store.put(BUCKET, f"{FOLDER}/{tender}/{'f' * 64}", office.store.get(BUCKET, info.key))  # written last
    index(office, "worker:archive").put(tender, newer)
    office.store.put(BUCKET, f"{FOLDER}/{tender}/{'e' * 64}", office.store.get(BUCKET, info.key))
    assert index(office, "worker:pricing").read(besides="").tenders[tender] == newer


def test_nobody_else_opens_it(office: Office, archived: str) -> None:
    (info,) = office.store.list(BUCKET, f"{FOLDER}/{archived}/")
    with pytest.raises(NoMatchError):
        decrypt_bytes(office.store.get(BUCKET, info.key), [office.holders["person:zhao.min"].age])


@pytest.mark.parametrize("forgery", ["by another", "for another tender", "no age file"])
def test_a_forged_file_is_counted_as_unread(office: Office, forgery: str) -> None:
    reader, tender = index(office, "worker:pricing"), f"t-{uuid4().hex[:12]}"
    before = reader.read(besides="").unread
    holder = office.holders["person:zhao.min" if forgery == "by another" else "worker:archive"]
    named = "another" if forgery == "for another tender" else tender
    record = signed.write({"v": 1, "tender": named, "names": NAMES}, holder.signing, NAMESPACE)
    sealed = encrypt_bytes(record, list(office.people.recipients("worker:pricing").values()))
    office.store.put(BUCKET, f"{FOLDER}/{tender}/00", record if forgery == "no age file" else sealed)
    found = reader.read(besides="")
    assert (found.unread, tender in found.tenders) == (before + 1, False)


def test_the_workers_own_store_keys_are_enough_and_nobody_elses_writes_it(
    embedded: EmbeddedStore, office: Office, archived: str
) -> None:
    tender = f"t-{uuid4().hex[:12]}"
    NameIndex(embedded.objects("archive"), office.holders["worker:archive"], office.people).put(tender, NAMES)
    pricing = NameIndex(embedded.objects("pricing"), office.holders["worker:pricing"], office.people)
    assert pricing.read(besides=archived).tenders[tender] == NAMES
    for role in ("pricing", "assembly", "clerk", "analyst"):
        with pytest.raises(AccessDenied):
            embedded.objects(role).put(BUCKET, f"{FOLDER}/{tender}/00", b"forged")
    with pytest.raises(AccessDenied):
        embedded.objects("archive").put(BUCKET, "people/99999999", b"forged")
