"""Article 1: who keeps a department's library follows from the id of its ledger alone."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import policy
from storage.people import Deputy, People, Person

AT = datetime(2026, 12, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def row(person: str, department: str, role: str, deputies: tuple[Deputy, ...] = ()) -> Person:
    return Person(person, department, (role,), f"ssh-ed25519 {person}", "age1x", SINCE, deputies=deputies)


PEOPLE = People(
    (
        row("zhao.min", "marketing-1", "handler", (Deputy("he.jun", ("handler",), SINCE, AT + timedelta(days=1)),)),
        row("qian.wei", "marketing-1", "leader"),
        row("li.na", "technical", "technical"),
        row("feng.xue", "marketing-1", "clerk"),
        row("he.jun", "marketing-1", "clerk"),
        row("wu.gang", "marketing-2", "handler"),
        row("worker:assembly", "worker", "worker:assembly"),
    )
)


@pytest.mark.parametrize(
    ("ledger", "person", "keeps"),
    [
        ("library.marketing-1", "zhao.min", True),
        ("library.marketing-1", "qian.wei", True),
        ("library.marketing-1", "he.jun", True),  # deputy of the handler
        ("library.marketing-1", "feng.xue", False),
        ("library.marketing-1", "li.na", False),
        ("library.marketing-1", "wu.gang", False),
        ("library.marketing-1", "worker:assembly", False),
        ("library.technical", "li.na", True),
        ("library.technical", "zhao.min", False),
        ("agv-2024", "qian.wei", False),
        ("library-2024", "li.na", False),
    ],
)
def test_article_1_a_library_is_kept_by_its_own_department(ledger: str, person: str, keeps: bool) -> None:
    team = policy.team_before(PEOPLE, ledger)

    assert team.has(person, policy.event_writers("library.items", {}), AT) == keeps
    assert team.has(person, policy.object_writers("library", "item/QMS-001/a.pdf"), AT) == keeps
    assert team.has(person, policy.KEYRING_WRITERS["library"], AT) == keeps


def test_article_1_no_first_event_hands_a_library_to_another_department() -> None:
    claimed = {"record": {"department": "marketing-2"}, "people": {"handler": "wu.gang"}}

    team = policy.team_before(PEOPLE, "library.marketing-1").opened(claimed)

    assert not team.has("wu.gang", policy.event_writers("library.items", {}), AT)
    assert team.has("zhao.min", policy.event_writers("library.items", {}), AT)
