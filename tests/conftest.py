"""Fixtures that the rooms share: one real object store for the whole run, and the case data."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.buckets import make_buckets
from storage.embedded import EmbeddedStore
from storage.minio_objects import MinioObjects
from storage.objects import ObjectStore

RETENTION_DAYS = 1


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The one real SeaweedFS of the run, started by whoever needs it first and stopped by whoever needs it last."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    store = EmbeddedStore(shared / "store", retention_days=RETENTION_DAYS)
    with _users(shared) as users:
        store.start()
        users.write_text(str(int(users.read_text() or 0) + 1))
    yield store
    with _users(shared) as users:
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if not left:
            store.stop()


@contextmanager
def _users(shared: Path) -> Iterator[Path]:
    with (shared / "store.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        users = shared / "store.users"
        users.touch()
        yield users


@pytest.fixture(scope="session")
def store(embedded: EmbeddedStore) -> ObjectStore:
    """The shared store with every bucket, seen by its admin: keep apart by `tender_id`."""
    return embedded.objects("admin")


@pytest.fixture
def fresh_store(embedded: EmbeddedStore) -> ObjectStore:
    """The buckets of an installation that nobody else uses, for what is not kept apart by tender (registers)."""
    admin = embedded.credentials("admin")
    prefix = f"t{secrets.token_hex(6)}-"
    objects = MinioObjects(admin.endpoint, admin.access_key, admin.secret_key, secure=False, bucket_prefix=prefix)
    make_buckets(objects, RETENTION_DAYS)
    return objects


@pytest.fixture
def tender_id() -> str:
    """A tender that no other test knows."""
    return f"t-{secrets.token_hex(6)}"


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of case data (TENDER_CASES, or ../shared/cases); skips when there is none."""
    folder = Path(os.environ.get("TENDER_CASES", Path(__file__).parents[1] / "../shared/cases")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no case data at {folder.name}: set TENDER_CASES")
    return folder
