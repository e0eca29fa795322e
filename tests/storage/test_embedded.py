"""The embedded store: starts, keeps, refuses."""

import pytest

from storage.objects import ObjectStore

pytestmark = pytest.mark.server


def test_what_was_written_is_read_again(store: ObjectStore, tender_id: str) -> None:
    store.put("ledger", f"{tender_id}/00000001", b"sealed")
    assert store.get("ledger", f"{tender_id}/00000001") == b"sealed"


def test_fresh(fresh_store: ObjectStore, tender_id: str) -> None:
    fresh_store.put("ledger", f"{tender_id}/00000001", b"sealed")
    assert fresh_store.get("ledger", f"{tender_id}/00000001") == b"sealed"
