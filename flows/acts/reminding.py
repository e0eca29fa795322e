"""Reminds people of notices: an event in the ledger once per level, a mail where a server is set (art. 2.3)."""

from dataclasses import dataclass
from datetime import datetime

from flows import mail
from flows.acts.notices import Matter
from flows.i18n import chinese
from flows.settings import Settings
from flows.steps.calendar import Calendar
from flows.steps.notices import timing
from flows.steps.notices.timing import Reminder

REMINDED = "notice.reminded"
_TEXT = "Notice {number} ({id}): {level}. Stage: {stage}. Due: {due}. Waits for: {turn}."


@dataclass(frozen=True)
class Told:
    """Who was told of what: public words only (ids, dates).

    Attributes:
        level: see `timing.reminder`, or `turn-<act>`.
        mailed: whether a mail went out now or before; None where none could: no server, or no address.
        failed: kind of error of a mail that is tried again, or "".
    """

    notice: str
    number: str
    stage: str
    due: str
    level: str
    to: tuple[str, ...]
    mailed: bool | None
    failed: str = ""


def remind(matter: Matter, settings: Settings, now: datetime, calendar: Calendar) -> Told | None:
    """Send the reminder that is due now, once per level; return it while it is due, None when none is."""
    due = timing.reminder(matter.standing(), now, calendar)
    return tell(matter, settings, due) if due else None


def tell_turn(matter: Matter, settings: Settings) -> Told | None:
    """Tell those whose turn it is that it is, once per act; None when the notice is over."""
    standing = matter.standing()
    if standing.next is None:
        return None
    people = tuple(dict.fromkeys(text.partition(": ")[2] for text in standing.waits_for))
    return tell(matter, settings, Reminder(f"turn-{standing.next.value}", people))


def tell(matter: Matter, settings: Settings, reminder: Reminder) -> Told:
    """Put a reminder on record, then mail it; a mail that failed is tried again at the next call."""
    ledger, key = matter.case.ledger, f"reminded/{reminder.level}"
    body = {"level": reminder.level, "to": list(reminder.to)}
    ledger.append(REMINDED, body, key=key)
    addresses = mail.addresses(matter.case.people, reminder.to)
    mailed: bool | None = None
    failed = ""
    if mail.is_set(settings) and addresses:
        mailed = bool(ledger.find(key=f"{key}/mailed"))
        try:
            if not mailed:
                mail.send(settings, addresses, *_letter(matter, reminder))
                ledger.append(REMINDED, {**body, "mailed": len(addresses)}, key=f"{key}/mailed")
                mailed = True
        except mail.MailFailed as error:
            failed = str(error.values.get("kind", type(error).__name__))
    standing = matter.standing()
    due = standing.notice.due.isoformat(timespec="minutes")
    return Told(matter.id, matter.number, standing.stage.value, due, reminder.level, reminder.to, mailed, failed)


def _letter(matter: Matter, reminder: Reminder) -> tuple[str, str]:
    """Return subject and text, in Chinese and English."""
    standing = matter.standing()
    values = {
        "number": matter.number,
        "id": matter.id,
        "due": standing.notice.due.isoformat(timespec="minutes"),
        "turn": "; ".join(standing.waits_for),
    }
    lines = [
        say(_TEXT).format(**values, level=say(reminder.level), stage=say(standing.stage.value))
        for say in (chinese, str)
    ]
    return f"[Tenderflow] {matter.number}: {reminder.level}", "\n\n".join([*lines, f"tender notice show {matter.id}"])
