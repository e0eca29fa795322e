"""Article 2: owners of library items hear once of what is overdue for review and of what expires."""

import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows import library_due, watching, wiring
from flows.acts import library_keep
from flows.acts.library import open_library
from flows.steps.library.draft import Draft
from tests.flows.conftest import new_installation
from tests.flows.test_library_commands import tender
from tests.flows.test_reminders import inbox, mailing

pytestmark = pytest.mark.server
__all__ = ["inbox", "mailing"]  # fixtures used here

NOW = datetime.now(ZoneInfo("Asia/Shanghai"))  # a library counts its days there


@pytest.fixture(scope="module")
def installed(embedded, tmp_path_factory):
    """An installation of its own: the watch looks at every library, also at those of other tests."""
    return new_installation(embedded, tmp_path_factory.mktemp("libraries") / "home")


@pytest.fixture
def item(installation) -> str:
    """An item last reviewed 40 days ago, to be looked at every 30 days, that expires in 20 days."""
    name = f"CERT-{secrets.token_hex(4)}"
    values = {
        "kind": "certificate", "name": "示例证书", "owner": "zhao.min", "review_days": "30",
        "reviewed": (NOW - timedelta(days=40)).date().isoformat(),
        "valid_to": (NOW + timedelta(days=20)).date().isoformat(),
    }  # fmt: skip
    library_keep.keep(open_library("zhao.min", new=True), [Draft(name, values)])
    return name


def told(item: str) -> list[str]:
    ledger = open_library("zhao.min").case.ledger
    return [event.body["level"] for event in ledger.find(type="alarm.raised") if event.body["about"] == item]


def test_article_2_the_watch_tells_an_owner_once_and_the_review_ends_it(
    installation, item, mailing, inbox, monkeypatch
):
    shown = []
    monkeypatch.setattr(watching, "show_library", shown.append)
    installation.republish(lambda row: replace(row, email="owner@company.example" if row.id == "zhao.min" else ""))
    for _ in range(2):
        assert watching.look_at_libraries(NOW) == []

    assert told(item) == ["review overdue", "expires"]
    assert {each.what for each in shown[-1] if each.item == item} == {"review overdue", "expires"}
    letters = [letter for letter in inbox[0].mails if item in letter.get_content()]
    assert [letter["To"] for letter in letters] == ["owner@company.example"]
    assert "示例证书" not in letters[0].get_content()

    library_keep.review(open_library("zhao.min"), Draft(item, {}))
    assert [row["id"] for row in json.loads(tender("library", "reviews", "--json")) if row["id"] == item] == []
    mine = next(
        each for each in library_due.libraries(wiring.seat(worker="assembly")) if each.department == "marketing-1"
    )
    assert [each.what for each in library_due.due(mine, NOW) if each.item == item] == ["expires"]


def test_article_2_what_is_overdue_for_review_is_listed_with_interval_and_owner(installation, item):
    rows = {row["id"]: row for row in json.loads(tender("library", "reviews", "--json"))}

    assert (rows[item]["days_left"], rows[item]["review_days"], rows[item]["owner"]) == (-10, 30, "zhao.min")
    assert item in tender("library", "reviews")
    tender("library", "review", item, "--review-days", "60")
    assert item not in tender("library", "reviews")
    assert item in tender("library", "reviews", "--days", "61")


def test_a_library_that_the_watch_cannot_read_is_named_and_not_passed_over(installation, item, monkeypatch):
    monkeypatch.setattr(watching, "show_library", list)
    monkeypatch.setattr(watching, "seat", lambda worker: wiring.seat(worker="pricing"))
    assert "library of marketing-1 (NotForYou)" in watching.look_at_libraries(NOW)
