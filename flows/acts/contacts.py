"""The handler as liaison (art. 3.1): the log of contacts during production, and the record of who made what."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flows.acts.named import require_named
from flows.case import Case
from flows.errors import TenderError

CHANNELS = ("phone", "mail", "meeting", "site", "platform", "letter")


class ContactWrong(TenderError):
    """A contact that cannot have been: an unknown channel, a time to come, nothing said."""


@dataclass(frozen=True)
class Contact:
    """One contact: when, with whom (buyer, technical department, …), by which channel, about what, who logged it."""

    at: datetime
    with_whom: str
    channel: str
    about: str
    by: str


def log(case: Case, with_whom: str, channel: str, about: str, at: datetime | None = None) -> Contact:
    """Log a contact.

    Args:
        at: when it was; now if it is not said.

    Raises:
        NotNamed: the person is not the handler, who is the liaison (SJE/ZY/GK-02 art. 3.1).
        ContactWrong: see there.
    """
    require_named(case, "handler")
    now = datetime.now(UTC)
    at = at or now
    if channel not in CHANNELS or at > now or not with_whom.strip() or not about.strip():
        raise ContactWrong(
            "Contact of {tender}: found {channel} at {at}, expected one of {channels}, not in the future, with "
            "someone and about something; next: tender contact add --help",
            tender=case.tender,
            channel=channel,
            at=at.isoformat(timespec="minutes"),
            channels=", ".join(CHANNELS),
        )
    body = {"at": at.isoformat(), "with": with_whom, "channel": channel, "about": about}
    event = case.ledger.append("contact.logged", body)
    return Contact(at, with_whom, channel, about, event.by.removeprefix("person:"))


def contacts(case: Case) -> list[Contact]:
    """Return every contact in the order of its time."""
    found = [
        Contact(
            datetime.fromisoformat(event.body["at"]),
            event.body["with"],
            event.body["channel"],
            event.body["about"],
            event.by.removeprefix("person:"),
        )
        for event in case.ledger.find(type="contact.logged")
    ]
    return sorted(found, key=lambda contact: contact.at)


@dataclass(frozen=True)
class Made:
    """One version of a document: who made it, when, in which step, from which objects, and who signed over it."""

    name: str
    version: int
    by: str
    at: datetime
    step: str
    made_from: tuple[str, ...]
    signed_by: tuple[str, ...]


def made(case: Case) -> list[Made]:
    """Return who made what: every version of every document in the order of the ledger (art. 3.1)."""
    manifests = {case.manifested(m).digest: m for m in case.vault.manifests()}
    names = {digest: f"{m.name}@{m.version}" for digest, m in manifests.items()}
    steps = {output: event for event in case.ledger.find(type="step.done") for output in event.body["outputs"]}
    signatures: dict[str, list[str]] = {}
    for signed in case.signed():
        for subject in signed.subjects:
            signatures.setdefault(subject, []).append(f"{signed.decision}: {signed.person}")
    return [
        Made(
            manifest.name,
            manifest.version,
            manifest.by.removeprefix("person:"),
            manifest.at,
            steps[digest].body["step"] if digest in steps else "",
            tuple(names.get(each, each[:16]) for each in steps[digest].body["inputs"]) if digest in steps else (),
            tuple(signatures.get(digest, ())),
        )
        for digest, manifest in manifests.items()
    ]
