"""The contract of the object store, on a real one."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from storage.embedded import EmbeddedStore
from storage.minio_objects import PART_BYTES, MinioObjects
from storage.objects import (
    AccessDenied,
    AlreadyExists,
    ObjectMissing,
    ObjectStore,
    StoreRefused,
    StoreUnreachable,
)
from storage.probe import probe, require_sound
from storage.s3_errors import from_code, from_status
from tests.storage.network import answer_lost, cut_after

pytestmark = pytest.mark.server


def test_what_was_put_is_read_again_with_its_size_and_an_aware_time(store: ObjectStore, tender_id: str) -> None:
    written = store.put("drafts", f"{tender_id}/a", b"sealed")
    assert store.get("drafts", f"{tender_id}/a") == b"sealed"
    found = store.stat("drafts", f"{tender_id}/a")
    assert (found.size, found.version_id, found.etag) == (6, written.version_id, written.etag)
    assert abs(datetime.now(UTC) - found.last_modified) < timedelta(minutes=5)


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 7])
@pytest.mark.parametrize("known", [True, False], ids=["known length", "unknown length"])
def test_a_stream_of_any_size_arrives_whole(store: ObjectStore, tender_id: str, size: int, known: bool) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    written = store.put("drafts", f"{tender_id}/s", io.BytesIO(content), length=size if known else None)
    with store.open("drafts", f"{tender_id}/s") as stream:
        assert stream.read() == content
    assert written.size == size == store.stat("drafts", f"{tender_id}/s").size


def test_a_stream_shorter_than_announced_writes_nothing(store: ObjectStore, tender_id: str) -> None:
    with pytest.raises(StoreRefused, match=f"found {PART_BYTES} bytes"):
        store.put("drafts", f"{tender_id}/short", io.BytesIO(b"x" * PART_BYTES), length=PART_BYTES + 1)
    with pytest.raises(StoreRefused, match="found 3 bytes in the stream, expected 4"):
        store.put("drafts", f"{tender_id}/short", io.BytesIO(b"xxx"), length=4)
    with pytest.raises(ObjectMissing):
        store.get("drafts", f"{tender_id}/short")


def test_a_conditional_write_finds_the_key_taken(store: ObjectStore, tender_id: str) -> None:
    store.put("ledger", f"{tender_id}/1", b"first", if_absent=True)
    with pytest.raises(AlreadyExists):
        store.put("ledger", f"{tender_id}/1", b"second", if_absent=True)
    assert store.get("ledger", f"{tender_id}/1") == b"first"


def test_the_same_content_written_by_another_is_still_refused(store: ObjectStore, tender_id: str) -> None:
    store.put("ledger", f"{tender_id}/1", b"same", if_absent=True)
    with pytest.raises(AlreadyExists):
        store.put("ledger", f"{tender_id}/1", b"same", if_absent=True)


def test_of_twenty_racing_writers_one_wins(store: ObjectStore, tender_id: str) -> None:
    def write(number: int) -> bool:
        try:
            store.put("ledger", f"{tender_id}/1", b"%d" % number, if_absent=True)
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        wins = list(pool.map(write, range(20)))
    assert wins.count(True) == 1
    assert store.get("ledger", f"{tender_id}/1") == b"%d" % wins.index(True)


def test_a_conditional_write_too_long_for_one_request_is_refused(store: ObjectStore, tender_id: str) -> None:
    for data in (bytes(PART_BYTES + 1), io.BytesIO(bytes(PART_BYTES + 1))):
        with pytest.raises(StoreRefused, match="Conditional write"):
            store.put("ledger", f"{tender_id}/long", data, if_absent=True)
    assert list(store.versions("ledger", tender_id)) == []


def test_a_repeated_request_that_finds_its_own_content_counts_as_done(embedded: EmbeddedStore, tender_id: str) -> None:
    with answer_lost(embedded.endpoint()) as endpoint:
        admin = embedded.credentials("admin")
        lossy = MinioObjects(endpoint, admin.access_key, admin.secret_key, secure=False)
        written = lossy.put("ledger", f"{tender_id}/1", b"mine", if_absent=True)
    direct = embedded.objects("admin")
    assert [version.version_id for version in direct.versions("ledger", tender_id)] == [written.version_id]
    assert direct.get("ledger", f"{tender_id}/1") == b"mine"


def test_versions_come_newest_first_and_each_is_readable(store: ObjectStore, tender_id: str) -> None:
    ids = [store.put("drafts", f"{tender_id}/v", b"%d" % number).version_id for number in range(3)]
    found = list(store.versions("drafts", f"{tender_id}/"))
    assert [version.version_id for version in found] == ids[::-1]
    assert [version.is_latest for version in found] == [True, False, False]
    assert [store.get("drafts", f"{tender_id}/v", version_id=one) for one in ids] == [b"0", b"1", b"2"]


def test_a_deleted_object_is_missing_and_its_versions_stay(store: ObjectStore, tender_id: str) -> None:
    first = store.put("drafts", f"{tender_id}/d", b"kept")
    store.delete("drafts", f"{tender_id}/d")
    with pytest.raises(ObjectMissing):
        store.get("drafts", f"{tender_id}/d")
    with pytest.raises(ObjectMissing):
        store.stat("drafts", f"{tender_id}/d")
    found = {version.is_delete_marker: version.is_latest for version in store.versions("drafts", tender_id)}
    assert found == {True: True, False: False}
    assert store.get("drafts", f"{tender_id}/d", version_id=first.version_id) == b"kept"


def test_a_version_without_retention_can_be_removed_for_good(store: ObjectStore, tender_id: str) -> None:
    version = store.put("drafts", f"{tender_id}/r", b"gone").version_id
    store.delete("drafts", f"{tender_id}/r", version_id=version)
    assert list(store.versions("drafts", tender_id)) == []


@pytest.mark.parametrize("bucket", ["ledger", "anchors", "archive", "registers"])
def test_a_version_under_default_retention_cannot_be_removed(store: ObjectStore, tender_id: str, bucket: str) -> None:
    version = store.put(bucket, f"{tender_id}/1", b"kept").version_id
    with pytest.raises(AccessDenied):
        store.delete(bucket, f"{tender_id}/1", version_id=version)
    assert store.get(bucket, f"{tender_id}/1", version_id=version) == b"kept"


def test_retention_of_one_version_can_be_longer_than_the_default(store: ObjectStore, tender_id: str) -> None:
    until = datetime.now(UTC) + timedelta(days=400)
    version = store.put("archive", f"{tender_id}/p", b"kept", retain_until=until).version_id
    with pytest.raises(AccessDenied):
        store.delete("archive", f"{tender_id}/p", version_id=version)


def test_a_list_holds_the_newest_version_of_each_key_in_order(store: ObjectStore, tender_id: str) -> None:
    for key in ("b/2", "a", "b/1", "c d/é（1）"):
        store.put("drafts", f"{tender_id}/{key}", key.encode())
    found = [info.key.removeprefix(f"{tender_id}/") for info in store.list("drafts", f"{tender_id}/")]
    assert found == ["a", "b/1", "b/2", "c d/é（1）"]
    assert [info.size for info in store.list("drafts", f"{tender_id}/b/")] == [3, 3]


def test_many_objects_are_read_at_once_and_a_missing_one_is_named(store: ObjectStore, tender_id: str) -> None:
    keys = [f"{tender_id}/{number:04}" for number in range(50)]
    for key in keys:
        store.put("drafts", key, key.encode())
    assert store.get_many("drafts", keys) == {key: key.encode() for key in keys}
    with pytest.raises(ObjectMissing, match="0099"):
        store.get_many("drafts", [*keys, f"{tender_id}/0099"])


def test_a_bucket_that_does_not_exist_is_missing(store: ObjectStore) -> None:
    for act in (
        lambda: store.put("no-such-bucket", "a", b""),
        lambda: store.get("no-such-bucket", "a"),
        lambda: list(store.list("no-such-bucket")),
    ):
        with pytest.raises(ObjectMissing):
            act()


def test_a_wrong_key_is_denied(embedded: EmbeddedStore) -> None:
    for access, secret in (("nobody", "x" * 40), (embedded.credentials("admin").access_key, "x" * 40)):
        objects = MinioObjects(embedded.endpoint(), access, secret, secure=False)
        with pytest.raises(AccessDenied):
            objects.get("ledger", "a")


def test_a_store_that_is_not_there_is_unreachable_and_says_so_soon() -> None:
    objects = MinioObjects("127.0.0.1:1", "a", "b", secure=False)
    with pytest.raises(StoreUnreachable) as caught:
        objects.get("ledger", "a")
    assert caught.value.transient


def test_a_connection_cut_in_mid_read_raises(embedded: EmbeddedStore, store: ObjectStore, tender_id: str) -> None:
    store.put("drafts", f"{tender_id}/big", bytes(5_000_000))
    with cut_after(embedded.endpoint(), 1_000_000) as endpoint:
        admin = embedded.credentials("admin")
        cut = MinioObjects(endpoint, admin.access_key, admin.secret_key, secure=False)
        with pytest.raises(StoreUnreachable):
            cut.get("drafts", f"{tender_id}/big")


def test_the_real_store_passes_the_probe(store: ObjectStore) -> None:
    findings = probe(store)
    assert [finding.what for finding in findings] == ["versions", "conditional write", "Object Lock"]
    assert [finding.ok for finding in findings] == [True, True, True]


class SaysYes:
    """A store that accepts lock and condition and ignores them, as several real servers do."""

    def __init__(self, inner: ObjectStore, *, ignores: str) -> None:
        self._inner, self._ignores = inner, ignores

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def put(self, bucket: str, key: str, data: bytes, **asked: object) -> object:
        kept = {name: value for name, value in asked.items() if name != self._ignores}
        return self._inner.put(bucket, key, data, **kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(("ignores", "what"), [("if_absent", "conditional write"), ("retain_until", "Object Lock")])
def test_a_store_that_only_says_yes_is_refused(store: ObjectStore, ignores: str, what: str) -> None:
    with pytest.raises(StoreRefused, match=what):
        require_sound(SaysYes(store, ignores=ignores))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NoSuchKey", ObjectMissing),
        ("PreconditionFailed", AlreadyExists),
        ("ConditionalRequestConflict", AlreadyExists),
        ("SignatureDoesNotMatch", AccessDenied),
        ("SlowDown", StoreUnreachable),
        ("InternalError", StoreUnreachable),
        ("RequestTimeTooSkewed", StoreRefused),
        ("EntityTooLarge", StoreRefused),
    ],
)
def test_each_answer_of_an_s3_is_one_error_of_the_contract(code: str, kind: type[Exception]) -> None:
    assert type(from_code(code, "ledger", "a")) is kind


@pytest.mark.parametrize(("status", "kind"), [(403, AccessDenied), (502, StoreUnreachable), (418, StoreRefused)])
def test_an_answer_that_is_no_s3_answer_is_judged_by_its_status(status: int, kind: type[Exception]) -> None:
    assert type(from_status(status, "ledger", "a")) is kind


@pytest.mark.parametrize("size", [10, PART_BYTES + 1], ids=["one request", "parts"])
def test_metadata_is_shown_as_it_was_written(store: ObjectStore, tender_id: str, size: int) -> None:
    store.put("drafts", f"{tender_id}/m", bytes(size), metadata={"quiet": "yes", "part": "1"})
    store.put("drafts", f"{tender_id}/n", bytes(size), if_absent=size == 10)
    assert store.metadata("drafts", f"{tender_id}/m") == {"quiet": "yes", "part": "1"}
    assert store.metadata("drafts", f"{tender_id}/n") == {}
    with pytest.raises(ObjectMissing):
        store.metadata("drafts", f"{tender_id}/o")
