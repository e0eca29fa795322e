"""The look into every ledger, without Prefect: which tenders are looked at, what is started again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from flows import alarms, runs, watching
from flows.acts import intake
from flows.mail import MailFailed
from flows.settings import Settings
from flows.steps.tender import Tender
from tests.flows.conftest import Installation
from tests.flows.test_reminders import Inbox, inbox, mailing

pytestmark = pytest.mark.server
__all__ = ["inbox", "mailing"]  # fixtures used here


class Started:
    """Stands for the Prefect server: which runs it knows, and which are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: list[str] = []
        self.bids: list[str] = []
        monkeypatch.setattr(runs, "all_runs", lambda name: [uuid4()] if name in self.known else [])
        monkeypatch.setattr(runs, "start_bid", self.bids.append)
        for shown in ("tell", "tell_due"):
            monkeypatch.setattr(watching, shown, lambda _: None)


def opened(installation: Installation, example: tuple[Tender, Path]) -> Any:
    value, folder = example
    case = installation.case(value.tender, person="zhao.min", new=True)
    intake.open_tender(case, value, folder)
    return case


def test_a_tender_that_was_begun_and_whose_run_is_unknown_is_started_again(
    installation: Installation, example: tuple[Tender, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Started(monkeypatch)
    opened(installation, example)
    tender, now = example[0].tender, datetime.now(UTC)
    case = installation.case(tender, worker="assembly")
    watching.look_at(case, now)
    assert server.bids == []  # nobody has begun it
    case.ledger.append("step.failed", {"step": "drafts", "error": "x", "words": "x"}, key="begun")
    watching.look_at(case, now)
    server.known.append(tender)
    watching.look_at(case, now)
    assert server.bids == [tender]


def test_a_look_passes_over_what_is_closed_and_raises_the_alarms_of_the_rest(
    installation: Installation, example: tuple[Tender, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    Started(monkeypatch)
    case = opened(installation, example)
    looked: list[str] = []
    real = watching.look_at
    monkeypatch.setattr(watching, "look_at", lambda case, now: (looked.append(case.tender), real(case, now)))
    near = example[0].deadline.astimezone(UTC).replace(microsecond=0)
    unread = watching.look(near - alarms.LEVELS["4h"])
    case.ledger.refresh()
    assert case.tender in looked
    assert not [entry for entry in unread if entry.startswith(case.tender)]
    assert [event.body["level"] for event in case.ledger.find(type=alarms.EVENT)] == ["4h"]
    case.end("-", "withdrawn", "test")
    looked.clear()
    watching.look(near)
    assert case.tender not in looked


def test_an_alarm_is_mailed_once_and_again_where_the_server_refused_it(
    mailing: Settings,
    inbox: tuple[Inbox, int],
    installation: Installation,
    example: tuple[Tender, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Started(monkeypatch)
    opened(installation, example)
    now = example[0].deadline - alarms.LEVELS["1d"]
    box, _ = inbox
    box.closed = True
    with pytest.raises(MailFailed):
        watching.look_at(installation.case(example[0].tender, worker="assembly"), now)
    box.closed = False
    for _ in range(2):
        watching.look_at(installation.case(example[0].tender, worker="assembly"), now)
    (letter,) = [mail for mail in box.mails if mail["Subject"].startswith(f"[Tenderflow] {example[0].tender}: 1d")]
    assert letter["To"] == "qian.wei@company.example, zhao.min@company.example"
    assert letter["Subject"] == f"[Tenderflow] {example[0].tender}: 1d"
    assert example[0].title not in letter.get_content()
    case = installation.case(example[0].tender, worker="assembly")
    assert [event.body["level"] for event in case.ledger.find(type=alarms.EVENT)] == ["1d"]
