"""A full disk: the store says so in words, and what it acknowledged before stays whole."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.canonical import digest
from storage.embedded import EmbeddedStore
from storage.errors import StorageError

pytestmark = pytest.mark.server

DISK_MB = 96
BODY_BYTES = 4 * 1024 * 1024


@contextmanager
def mounted(disk: Path, megabytes: int) -> Iterator[Path]:
    """Yield a disk of that size in memory; mounting one needs root."""
    if os.geteuid() != 0:
        pytest.skip("a disk that can be filled needs the right to mount one")
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(disk)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk could be mounted: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of DISK_MB."""
    with mounted(tmp_path / "disk", DISK_MB) as disk:
        yield disk


@pytest.fixture
def store_on_it(small_disk: Path) -> Iterator[EmbeddedStore]:
    """A store of its own on the small disk."""
    store = EmbeddedStore(small_disk / "store", retention_days=1)
    store.start()
    yield store
    store.stop()


def test_a_full_disk_is_named_and_what_was_acknowledged_stays_whole(store_on_it: EmbeddedStore) -> None:
    objects = store_on_it.objects("admin")
    acknowledged: dict[str, str] = {}

    def fill() -> None:
        for number in range(DISK_MB):
            key, body = f"agv/{number:04}", os.urandom(BODY_BYTES)
            objects.put("drafts", key, body, if_absent=True)
            acknowledged[key] = digest(body)

    with pytest.raises(StorageError, match="disk") as refused:
        fill()
    print(f"{len(acknowledged)} objects of 4 MiB acknowledged on {DISK_MB} MB, then: {refused.value}")
    kept = {key: digest(objects.get("drafts", key)) for key in acknowledged}
    assert acknowledged
    assert kept == acknowledged
