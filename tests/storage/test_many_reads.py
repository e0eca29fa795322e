"""Many objects at once: which exist, and the folders of a bucket."""

import secrets

import pytest

from storage.objects import ObjectStore

pytestmark = pytest.mark.server


def test_of_many_keys_those_that_hold_an_object_are_told(store: ObjectStore) -> None:
    place = f"t-{secrets.token_hex(4)}"
    written = [f"{place}/{number:08d}" for number in range(0, 40, 3)]
    for key in written:
        store.put("ledger", key, b"x")

    assert store.existing("ledger", [f"{place}/{number:08d}" for number in range(40)]) == set(written)
    assert store.existing("ledger", []) == set()


def test_a_key_with_signs_that_need_quoting_is_found(store: ObjectStore) -> None:
    key = f"t-{secrets.token_hex(4)}/a b+c/投标 1"
    store.put("drafts", key, b"x")

    assert store.existing("drafts", [key, f"{key}2"]) == {key}


def test_the_folders_of_a_bucket_are_each_named_once(fresh_store: ObjectStore) -> None:
    for key in ("b/1", "a/1", "a/2", "c/d/e"):
        fresh_store.put("ledger", key, b"x")

    assert list(fresh_store.folders("ledger")) == ["a", "b", "c"]
