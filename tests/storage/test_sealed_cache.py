"""The sealed cache: only its keeper opens it, its names tell nothing, and what is old or spoilt goes."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from storage.sealed_cache import SealedCache
from tests.storage.builders import new_holder

PRICE = b"%PDF 2,180,000.00"
DIGEST = hashlib.sha256(PRICE).hexdigest()


def test_the_keeper_gets_back_what_was_kept_and_nobody_else(tmp_path: Path) -> None:
    keeper = new_holder("worker:pricing")
    SealedCache(tmp_path, keeper).put(DIGEST, PRICE)
    assert SealedCache(tmp_path, keeper).get(DIGEST) == PRICE
    assert SealedCache(tmp_path, keeper).get("0" * 64) is None
    assert SealedCache(tmp_path, new_holder("worker:assembly")).get(DIGEST) is None


def test_neither_names_nor_content_tell_what_is_kept(tmp_path: Path) -> None:
    SealedCache(tmp_path / "cache", new_holder("worker:pricing")).put(DIGEST, PRICE)
    (file,) = (tmp_path / "cache").iterdir()
    assert DIGEST not in file.name
    assert b"2,180,000" not in file.read_bytes()
    assert (file.stat().st_mode & 0o077, (tmp_path / "cache").stat().st_mode & 0o077) == (0, 0)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b"no age file"])
def test_a_spoilt_file_is_dropped(tmp_path: Path, spoil: object) -> None:
    cache = SealedCache(tmp_path, new_holder("worker:pricing"))
    cache.put(DIGEST, PRICE)
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    assert cache.get(DIGEST) is None
    assert list(tmp_path.iterdir()) == []


def test_one_file_put_in_the_place_of_another_is_dropped(tmp_path: Path) -> None:
    cache = SealedCache(tmp_path, new_holder("worker:pricing"))
    cache.put(DIGEST, PRICE)
    (first,) = tmp_path.iterdir()
    cache.put("1" * 64, b"another")
    (second,) = set(tmp_path.iterdir()) - {first}
    shutil.copy(second, first)
    assert cache.get(DIGEST) is None


def test_what_was_not_used_for_a_week_goes(tmp_path: Path) -> None:
    cache = SealedCache(tmp_path, new_holder("worker:pricing"))
    cache.put(DIGEST, PRICE)
    (old,) = tmp_path.iterdir()
    os.utime(old, (1, 1))
    cache.put("1" * 64, b"another")
    assert cache.get(DIGEST) is None
    assert cache.get("1" * 64) == b"another"
