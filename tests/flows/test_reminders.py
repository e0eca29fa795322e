"""Reminders of notices: once per level in the ledger, by mail through a real SMTP server, with ids and dates alone."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from flows import mail, wiring
from flows.acts import notice_acts, reminding
from flows.acts.notices import Matter
from flows.settings import Settings
from flows.steps import calendar
from storage.embedded.certificates import write_certificates
from tests.flows.conftest import Installation

pytestmark = pytest.mark.server

CHINA = calendar.load()


class Inbox:
    """What a real SMTP server has taken; refuses everything while `closed`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.closed = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.closed:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A mail server without TLS on a port of this host."""
    box = Inbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, server.port
    server.stop()


@pytest.fixture
def mailing(installation: Installation, inbox, monkeypatch) -> Settings:
    """The installation with that mail server, and addresses of handler and leader."""
    installation.republish(lambda row: replace(row, email=f"{row.id}@company.example" if row.id != "li.na" else ""))
    for name, value in {
        "HOST": "127.0.0.1",
        "PORT": inbox[1],
        "SECURITY": "none",
        "FROM": "bids@company.example",
    }.items():
        monkeypatch.setenv(f"TENDERFLOW_SMTP_{name}", str(value))
    return wiring.settings()


def days_before_due(matter: Matter, days: int) -> datetime:
    return CHINA.before(matter.notice.due, days)


def test_article_2_3_whoever_has_the_turn_is_reminded_once_before_the_due_date(mailing, inbox, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    assert reminding.remind(matter, mailing, days_before_due(matter, 8), CHINA) is None
    first = reminding.remind(matter, mailing, days_before_due(matter, 3), CHINA)
    again = reminding.remind(matter, mailing, days_before_due(matter, 2), CHINA)

    assert (first.level, first.to, first.mailed) == ("due-in-3", ("zhao.min", "qian.wei"), True)
    assert again == first
    (letter,) = inbox[0].mails
    assert letter["To"] == "qian.wei@company.example, zhao.min@company.example"
    assert letter["Subject"] == f"[Tenderflow] {matter.number}: due-in-3"
    assert letter["From"] == "bids@company.example"


def test_article_2_3_an_overdue_notice_reaches_the_leader_and_again_after_three_days(mailing, inbox, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    late = matter.notice.due + timedelta(minutes=1)
    assert reminding.remind(matter, mailing, late, CHINA).level == "overdue"
    later = datetime.combine(CHINA.add(CHINA.day(matter.notice.due), 3), time(23, 59, 59), CHINA.zone)
    assert reminding.remind(matter, mailing, later, CHINA).level == "overdue-3"
    events = [event.body["level"] for event in matter.case.ledger.find(type="notice.reminded")]
    assert events == ["overdue", "overdue", "overdue-3", "overdue-3"]  # each on record, then mailed
    assert all("qian.wei@company.example" in letter["To"] for letter in inbox[0].mails)


def test_a_mail_holds_ids_and_dates_and_nothing_of_what_the_notice_says(mailing, inbox, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    reminding.remind(matter, mailing, days_before_due(matter, 1), CHINA)
    (letter,) = inbox[0].mails
    text = letter.get_content() + str(letter["Subject"])
    assert matter.id in text
    assert matter.number in text
    for secret in (matter.notice.customer, matter.notice.project, "额定载重", "drawing"):
        assert secret not in text


def test_a_mail_that_was_not_taken_is_tried_again_and_the_event_stands_once(mailing, inbox, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    inbox[0].closed = True
    failed = reminding.remind(matter, mailing, days_before_due(matter, 1), CHINA)
    assert (failed.mailed, failed.failed) == (False, "SMTPDataError")
    inbox[0].closed = False
    assert reminding.remind(matter, mailing, days_before_due(matter, 1), CHINA).mailed is True
    assert len(inbox[0].mails) == 1
    assert len(matter.case.ledger.find(key="reminded/due-in-1")) == 1


def test_without_a_mail_server_the_event_alone_is_written(installation, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    told = reminding.remind(matter, installation.settings, days_before_due(matter, 1), CHINA)
    assert told.mailed is None
    assert [e.by for e in matter.case.ledger.find(type="notice.reminded")] == ["worker:assembly"]


def test_the_turn_is_told_once_per_act_and_not_when_the_notice_is_over(mailing, inbox, notice, notice_as):
    matter = notice_as(notice, "worker:assembly")
    assert reminding.tell_turn(matter, mailing).level == "turn-sign"
    reminding.tell_turn(matter, mailing)
    assert len(inbox[0].mails) == 1
    notice_acts.cancel(notice_as(notice, "zhao.min"), "withdrawn")
    assert reminding.tell_turn(notice_as(notice, "worker:assembly"), mailing) is None


def test_a_mail_goes_through_starttls_with_a_login_and_never_past_a_wrong_certificate(
    installation: Installation, tmp_path: Path
):
    box = Inbox()
    write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "store.pem", tmp_path / "store.key")

    def login(*given: object) -> AuthResult:
        said = given[-1]
        return AuthResult(success=isinstance(said, LoginPassword) and said.password == b"secret", handled=False)

    server = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True, auth_required=True,
        authenticator=login,
    )  # fmt: skip
    server.start()
    settings = installation.settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_from": "bids@company.example",
            "smtp_user": "bids",
        }
    )
    try:
        with pytest.raises(mail.MailFailed, match="SSLCertVerificationError"):
            mail.send(settings, ["a@company.example"], "s", "t")
        trusting = settings.model_copy(update={"smtp_ca": tmp_path / "ca.pem"})
        with pytest.raises(mail.MailFailed, match="SMTPAuthenticationError"):
            mail.send(trusting, ["a@company.example"], "s", "t")
        mail.send(
            trusting.model_copy(update={"smtp_password": SecretStr("secret")}), ["a@company.example"], "主题", "t"
        )
    finally:
        server.stop()
    assert [letter["Subject"] for letter in box.mails] == ["主题"]
