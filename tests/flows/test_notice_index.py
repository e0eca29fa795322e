"""Notices in short (article 2.5): opened once, again when they may have changed, never in the clear on disk."""

from datetime import UTC, datetime, timedelta

import pytest

from flows import wiring
from flows.acts import notice_acts, notice_index
from flows.acts.notice_index import briefs
from flows.acts.notices import matter_of
from tests.flows.test_notices import answered, signed

pytestmark = pytest.mark.server
__all__ = ["answered", "signed"]  # fixtures used here


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The ids of the notices that were opened, as they are."""
    found: list[str] = []

    def counted(seat, name):
        found.append(name)
        return matter_of(seat, name)

    monkeypatch.setattr(notice_index, "matter_of", counted)
    return found


def look(matter, person: str = "zhao.min"):
    return briefs(wiring.seat(person=person), [matter.id]).get(matter.id)


def test_article_2_5_a_second_look_opens_no_notice_and_says_the_same(notice, opened):
    first = look(notice)
    assert (first.said["stage"], opened) == ("to be signed", [notice.id])
    assert look(notice) == first
    assert opened == [notice.id]


def test_article_2_5_what_someone_else_did_meanwhile_is_seen(notice, notice_as, opened):
    look(notice)
    notice_acts.sign(notice_as(notice, "qian.wei"))

    assert look(notice).said["signed"] == ["leader: qian.wei (sign)"]
    assert len(opened) == 2


def test_article_2_5_what_is_over_is_not_asked_for_again_and_lateness_is_by_the_hour(answered, notice_as, opened):
    notice_acts.feed_back(answered)
    notice_acts.acknowledge(notice_as(answered, "zhao.min"))
    before = look(answered)
    notice_acts.close(notice_as(answered, "zhao.min"))
    closed = look(answered)
    late = datetime.now(UTC) + timedelta(days=400)

    assert (before.over, closed.over, closed.on_time(late), closed.overdue(late)) == (False, True, True, False)
    assert look(answered) == closed
    assert len(opened) == 2


def test_article_2_3_an_open_notice_is_overdue_once_its_due_time_is_over(notice):
    found = look(notice)
    assert (found.overdue(found.due), found.on_time(found.due)) == (False, None)
    after = found.due + timedelta(seconds=1)
    assert (found.overdue(after), found.on_time(after)) == (True, False)
    assert found.to_json(after)["due"].endswith("+08:00")


def test_a_notice_that_is_not_for_a_person_is_left_out_and_stays_out(notice, opened):
    for _ in range(2):
        assert look(notice, "sun.li") is None
    assert opened == [notice.id]


def test_what_is_kept_of_notices_is_sealed(notice, installation):
    customer = look(notice).said["customer"]
    kept = list((installation.settings.home / "cache" / "person-zhao.min" / "notices").iterdir())

    assert kept
    assert all(customer.encode() not in path.read_bytes() for path in kept)
    kept[0].write_bytes(b"spoilt")
    assert look(notice).said["customer"] == customer
