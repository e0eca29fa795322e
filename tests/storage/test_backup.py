"""Backup and restore of the buckets: nothing lost, nothing altered unseen, and a proof over what was restored."""

import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import backup
from storage.backup_copy import BackupFolder, BackupRefused
from storage.buckets import BUCKETS, make_buckets
from storage.embedded import EmbeddedStore
from storage.minio_objects import MinioObjects
from storage.objects import AccessDenied, ObjectMissing, ObjectStore
from storage.restored import vouch
from storage.verify import Report, verify_tender
from tests.storage.builders import Office, make_office
from tests.storage.test_verify import problems, work

pytestmark = pytest.mark.server


@pytest.fixture
def other_store(embedded: EmbeddedStore) -> ObjectStore:
    """A second set of empty buckets, to restore into."""
    admin = embedded.credentials("admin")
    prefix = f"r{secrets.token_hex(6)}-"
    objects = MinioObjects(admin.endpoint, admin.access_key, admin.secret_key, secure=False, bucket_prefix=prefix)
    make_buckets(objects, 1)
    return objects


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path / "backup", create=True)


def fill(store: ObjectStore) -> None:
    """Write what a store can hold: versions, a marker, a key that was covered and came back, a large object."""
    for n in range(3):
        store.put("drafts", "t/procedure/x/0001", b"draft %d" % n)
    store.put("keys", "t/price/0001", b"shredded")
    store.delete("keys", "t/price/0001")
    store.put("keys", "t/technical/0001", b"gone")
    store.delete("keys", "t/technical/0001")
    store.put("keys", "t/technical/0001", b"back")
    store.put("ledger", "t/00000000", b"record", if_absent=True)
    store.put("prices", "bids/_delta_log/0.json", b"{}")
    store.put("archive", "t/submission/x/0001", secrets.token_bytes(11 * 1024 * 1024))


def contents(store: ObjectStore) -> dict[tuple[str, str], list[bytes]]:
    """Return every content of every key, oldest first."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for bucket in BUCKETS:
        entries = list(store.versions(bucket.name)) if bucket.versioned else list(store.list(bucket.name))
        for entry in reversed(entries):
            if not getattr(entry, "is_delete_marker", False):
                data = store.get(bucket.name, entry.key, version_id=entry.version_id or None)
                found.setdefault((bucket.name, entry.key), []).append(data)
    return found


def test_every_version_comes_back_in_its_order_and_a_covered_key_stays_covered(
    fresh_store: ObjectStore, other_store: ObjectStore, folder: BackupFolder
) -> None:
    fill(fresh_store)
    taken = backup.take(fresh_store, folder)
    back = backup.restore(other_store, folder)
    assert back.versions == taken.versions == {"drafts": 3, "keys": 5, "ledger": 1, "prices": 1, "archive": 1}
    assert contents(other_store) == contents(fresh_store)
    assert other_store.get("keys", "t/technical/0001") == b"back"
    with pytest.raises(ObjectMissing):
        other_store.get("keys", "t/price/0001")


def test_what_was_restored_is_under_retention_again(
    fresh_store: ObjectStore, other_store: ObjectStore, folder: BackupFolder
) -> None:
    fill(fresh_store)
    backup.take(fresh_store, folder)
    backup.restore(other_store, folder)
    version = next(iter(other_store.versions("ledger"))).version_id
    with pytest.raises(AccessDenied):
        other_store.delete("ledger", "t/00000000", version_id=version)


def test_a_second_copy_reads_only_what_is_new(fresh_store: ObjectStore, folder: BackupFolder) -> None:
    fill(fresh_store)
    first = backup.take(fresh_store, folder)
    fresh_store.put("drafts", "t/procedure/y/0001", b"new")
    time.sleep(1.1)  # copies are named by the second
    second = backup.take(fresh_store, folder)
    assert (first.fresh, second.fresh) == (9, 1)
    assert sum(second.versions.values()) == sum(first.versions.values()) + 1
    assert len(folder.copies()) == 2


def test_an_older_copy_can_be_restored_by_its_name(
    fresh_store: ObjectStore, other_store: ObjectStore, folder: BackupFolder
) -> None:
    fresh_store.put("drafts", "t/procedure/x/0001", b"old")
    old = backup.take(fresh_store, folder).copy
    fresh_store.put("drafts", "t/procedure/x/0001", b"new")
    time.sleep(1.1)
    backup.take(fresh_store, folder)
    backup.restore(other_store, folder, old)
    assert other_store.get("drafts", "t/procedure/x/0001") == b"old"


def test_a_store_that_holds_something_is_not_restored_into(fresh_store: ObjectStore, folder: BackupFolder) -> None:
    fill(fresh_store)
    backup.take(fresh_store, folder)
    with pytest.raises(BackupRefused, match="expected an empty store"):
        backup.restore(fresh_store, folder)


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_content_that_was_harmed_is_never_restored(
    fresh_store: ObjectStore, other_store: ObjectStore, folder: BackupFolder, harm: str
) -> None:
    fresh_store.put("ledger", "t/00000000", b"record")
    backup.take(fresh_store, folder)
    (blob,) = (folder.folder / "blobs").glob("??/*")
    if harm == "altered":
        blob.write_bytes(b"forged")
    else:
        blob.unlink()
    with pytest.raises(BackupRefused, match=harm):
        backup.restore(other_store, folder)
    assert list(other_store.list("ledger")) == []


def test_a_list_that_was_altered_or_cut_is_refused(fresh_store: ObjectStore, folder: BackupFolder) -> None:
    fill(fresh_store)
    copy = backup.take(fresh_store, folder).copy
    path = folder.folder / "copies" / f"{copy}.jsonl"
    rows = path.read_text().splitlines(keepends=True)
    for harmed in ("".join(rows[1:]), "".join(rows[:-1]), "".join(rows).replace("t/price/", "t/other/"), ""):
        path.write_text(harmed)
        with pytest.raises(BackupRefused, match=copy):
            folder.lines(copy)


def test_a_backup_of_a_newer_format_is_refused_with_both_numbers(folder: BackupFolder) -> None:
    (folder.folder / "backup.json").write_text(json.dumps({"format": "tenderflow-backup", "v": 2}))
    with pytest.raises(BackupRefused, match="found backup format 2, expected 1; next: use the version that wrote it"):
        BackupFolder(folder.folder)


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(BackupRefused, match="no backup"):
        BackupFolder(tmp_path, create=True)


def test_after_its_time_a_copy_goes_with_what_only_it_held_and_the_newest_stays(
    fresh_store: ObjectStore, folder: BackupFolder
) -> None:
    fresh_store.put("keys", "t/price/0001", b"a key to be shredded")
    backup.take(fresh_store, folder)
    fresh_store.delete("keys", "t/price/0001", version_id=next(iter(fresh_store.versions("keys"))).version_id)
    time.sleep(1.1)
    backup.take(fresh_store, folder)
    held = [blob.read_bytes() for blob in (folder.folder / "blobs").glob("??/*")]
    assert held == [b"a key to be shredded"]  # until the old copy is over its time
    later = datetime.now(UTC) + timedelta(days=91)
    assert len(folder.prune(timedelta(days=90), later)) == 1
    assert len(folder.copies()) == 1
    assert list((folder.folder / "blobs").glob("??/*")) == []


def report(store: ObjectStore, office: Office, tender: str) -> Report:
    return verify_tender(store, tender, office.holders["worker:archive"], office.people)


@pytest.fixture
def restored(
    fresh_store: ObjectStore, other_store: ObjectStore, folder: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> tuple[Office, str]:
    """A tender restored so much later that its dates differ from the store's."""
    office = make_office(fresh_store)
    tender = office.open_tender()
    work(office, tender)
    copy = backup.take(fresh_store, folder).copy
    time.sleep(2.5)
    backup.restore(other_store, folder, copy)
    monkeypatch.setattr("storage.verify.CLOCK_TOLERANCE", timedelta(seconds=2))
    assert report(fresh_store, office, tender).ok
    return office, tender


def test_a_restored_tender_is_proven_and_the_custodian_vouches_for_its_dates(
    restored: tuple[Office, str], other_store: ObjectStore, folder: BackupFolder
) -> None:
    office, tender = restored
    assert "dated" in problems(report(other_store, office, tender))
    assert vouch(other_store, folder.lines(folder.copies()[-1]), office.holders["person:wei.hao"]) == 1
    proof = report(other_store, office, tender)
    assert problems(proof) == ""
    (dates,) = [finding for finding in proof.findings if "dated" in finding.what]
    assert dates.values["by"] == "person:wei.hao"
    assert dates.values["count"] == dates.count


def test_nobody_but_a_custodian_vouches_for_dates(
    restored: tuple[Office, str], other_store: ObjectStore, folder: BackupFolder
) -> None:
    office, tender = restored
    vouch(other_store, folder.lines(folder.copies()[-1]), office.holders["worker:assembly"])
    assert "expected a custodian's" in problems(report(other_store, office, tender))
