"""Mails of an installation by SMTP: ids and dates alone, since mail is read by whoever carries it."""

import smtplib
import ssl
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from flows.errors import TenderError
from flows.settings import Settings
from storage.people import People
from storage.person import holder_name

SECONDS = 20.0
"""How long a mail server may take to answer."""


class MailFailed(TenderError):
    """The mail server did not take a mail; trying again later can help."""

    transient = True


def is_set(settings: Settings) -> bool:
    """Tell whether reminders are mailed at all."""
    return bool(settings.smtp_host)


def addresses(people: People, holders: Iterable[str]) -> list[str]:
    """Return the mail addresses that the register holds of some people, each once.

    Args:
        holders: holder names or ids; who has no address is left out.
    """
    wanted = {holder_name(each) for each in holders}
    return sorted({row.email for row in people.persons if row.email and row.holder in wanted})


def send(settings: Settings, to: Sequence[str], subject: str, text: str) -> None:
    """Send one mail to some addresses.

    Raises:
        MailFailed: no connection, no TLS, a login or a recipient refused.
    """
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = ", ".join(to)
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=settings.smtp_from.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text)
    try:
        with _connect(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(
            "Mail server {host}: {kind}, expected it to take the mail; next: look at TENDERFLOW_SMTP_…",
            host=settings.smtp_host,
            kind=type(error).__name__,
        ) from None
    if refused:
        raise MailFailed(
            "Mail server {host}: refused {count} recipients, expected none; next: look at the addresses in "
            "tender people list",
            host=settings.smtp_host,
            count=len(refused),
        )


def _connect(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=settings.smtp_ca)
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=context)
    return server
