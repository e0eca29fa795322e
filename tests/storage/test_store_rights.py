"""What the store itself lets each role do: every bucket and compartment, as the data model says."""

from collections.abc import Callable, Iterator

import pytest

from storage.embedded import ROLES, EmbeddedStore
from storage.objects import AccessDenied, ObjectStore, StoreUnreachable

pytestmark = pytest.mark.server

OBJECT = "0" * 32
COMPARTMENTS = (
    "procedure", "technical", "commercial", "price", "proposals", "rounds", "submission", "archive", "library",
)  # fmt: skip
# Who may (r)ead, (w)rite and (l)ist where; `-` nothing. Columns: the compartments in the order above.
BUCKETS = {  # ledger registers anchors prices
    "assembly": "rwl rl rwl -",
    "pricing": "rwl rl rwl -",
    "archive": "rwl rl rwl rwl",
    "person": "rwl rwl rwl -",
    "pricing-group": "rwl rl rwl rl",
    "review": "rwl rl rwl -",
    "executive": "rwl rwl rwl -",
    "submission": "rwl rl rwl -",
    "clerk": "rwl rl rwl -",
    "auditor": "rl rl rl -",
    "analyst": "- - - rl",
    "backup": "rl rl rl rl",
}
DRAFTS = {
    "assembly": "rwl rwl rwl - - - - - -",
    "pricing": "rl rl rl rwl rwl rwl rwl - -",
    "archive": "rl rl rl - - - rl - -",
    "person": "rwl rwl rwl w - rwl - - rwl",
    "pricing-group": "rl rl rl rwl w rwl - - rl",
    "review": "rl rl rl rl - - rl - rl",
    "executive": "rwl rwl rwl rwl - rwl - - rwl",
    "submission": "rwl rl rl - - rwl rwl - rl",
    "clerk": "rl - - - - - - - rl",
    "auditor": "rl - - - - - - - -",
    "analyst": "- - - - - - - - -",
    "backup": "rl rl rl rl rl rl rl rl rl",
}
KEYS = {  # that a keyring exists is seen by all who take part
    "assembly": "rl rl rl l l l l l l",
    "pricing": "rl rl rl rwl rwl rwl rwl l l",
    "archive": "rl rl rl l l l rl rl l",
    "person": "rwl rwl rwl l l rl l rwl rwl",
    "pricing-group": "rl rl rl rl l rl l l rl",
    "review": "rl rl rl rl l l rl l rl",
    "executive": "rwl rwl rwl rl l rl l rwl rwl",
    "submission": "rl rl rl l l rl rl l rl",
    "clerk": "rl l l l l l l rl rl",
    "auditor": "rl l l l l l l rl l",
    "analyst": "- - - - - - - - -",
    "backup": "rl rl rl rl rl rl rl rl rl",
}
ARCHIVE = {
    "assembly": "rwl - - - - - - w -",
    "pricing": "rl - - - - - rwl - -",
    "archive": "rl - - - - - rl rwl -",
    "person": "rwl - - - - - - rwl -",
    "pricing-group": "rl - - - - - - - -",
    "review": "rl - - - - - rl - -",
    "executive": "rwl - - - - - - rwl -",
    "submission": "rwl - - - - - rwl - -",
    "clerk": "rl - - - - - - rwl -",
    "auditor": "rl - - - - - - rl -",
    "analyst": "- - - - - - - - -",
    "backup": "rl rl rl rl rl rl rl rl rl",
}


def _matrix() -> Iterator[tuple[str, str, str, str]]:
    """Yield role, bucket, folder below the tender, and what is allowed there."""
    for role, row in BUCKETS.items():
        for bucket, allowed in zip(("ledger", "registers", "anchors", "prices"), row.split(), strict=True):
            yield role, bucket, "", allowed
    for bucket, table in (("drafts", DRAFTS), ("keys", KEYS), ("archive", ARCHIVE)):
        for role, row in table.items():
            for compartment, allowed in zip(COMPARTMENTS, row.split(), strict=True):
                yield role, bucket, f"{compartment}/", allowed


def _may(act: Callable[[], object]) -> bool:
    try:
        act()
    except AccessDenied:
        return False
    return True


def test_the_matrix_names_every_role_but_the_admin() -> None:
    assert {role for role, *_ in _matrix()} == set(ROLES) - {"admin"}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_the_store_itself_lets_each_role_do_what_the_data_model_says_and_no_more(
    embedded: EmbeddedStore, store: ObjectStore, tender_id: str, role: str
) -> None:
    seen = embedded.objects(role)
    wrong = []
    for of, bucket, folder, allowed in _matrix():
        if of != role:
            continue
        place = f"{tender_id}/{folder}"
        store.put(bucket, f"{place}{OBJECT}/0001", b"sealed")
        may = {
            "r": _may(lambda b=bucket, p=place: seen.get(b, f"{p}{OBJECT}/0001")),  # type: ignore[misc]
            "w": _may(lambda b=bucket, p=place: seen.put(b, f"{p}{OBJECT}/0002", b"sealed")),  # type: ignore[misc]
            "l": _may(lambda b=bucket, p=place: list(seen.list(b, p))),  # type: ignore[misc]
        }
        found = "".join(letter for letter, yes in may.items() if yes) or "-"
        if found != allowed:
            wrong.append((bucket, folder, found, allowed))
    assert wrong == []


def test_the_assembly_worker_gets_a_price_object_by_no_way(
    embedded: EmbeddedStore, store: ObjectStore, tender_id: str
) -> None:
    version = store.put("drafts", f"{tender_id}/price/x/0001", b"sealed").version_id
    assembly = embedded.objects("assembly")
    for act in (
        lambda: assembly.get("drafts", f"{tender_id}/price/x/0001"),
        lambda: assembly.get("drafts", f"{tender_id}/price/x/0001", version_id=version),
        lambda: assembly.stat("drafts", f"{tender_id}/price/x/0001"),
        lambda: list(assembly.list("drafts", f"{tender_id}/price/")),
        lambda: list(assembly.versions("drafts", f"{tender_id}/price/")),
        lambda: list(assembly.list("drafts", f"{tender_id}/")),
        lambda: list(assembly.list("drafts")),
        lambda: assembly.put("drafts", f"{tender_id}/price/x/0001", b"forged"),
        lambda: assembly.delete("drafts", f"{tender_id}/price/x/0001"),
        lambda: assembly.delete("drafts", f"{tender_id}/price/x/0001", version_id=version),
        lambda: assembly.get("drafts", f"{tender_id}/technical/../price/x/0001"),
    ):
        with pytest.raises((AccessDenied, StoreUnreachable, ValueError)):
            act()
    assert store.get("drafts", f"{tender_id}/price/x/0001") == b"sealed"
