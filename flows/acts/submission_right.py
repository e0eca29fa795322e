"""The submission right: after the final review the submitter opens exactly the final package, for a limited time.

SJE/ZY/GK-02 art. 3.4. The pricing worker gives it and takes it away again with a new key; whoever had the key before
may have copied what it opened.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.case import Case
from flows.errors import TenderError
from storage.compartment import Compartments

COMPARTMENT = "submission"
WORKER = "worker:pricing"
EVENT = "submission.right"


class RightNotOver(TenderError):
    """A submission right that has not come to its end."""


def begin(case: Case, package: str) -> None:
    """Let the submitter open the final package until the deadline, or for the hours that the record gives.

    Args:
        package: the business key of what is packed; for one package the right begins once, whatever crashes.
    """
    submitters, now = case.named("submitter"), datetime.now(UTC)
    if not case.keyrings.exists(COMPARTMENT):
        case.keyrings.create(COMPARTMENT, case.recipients(WORKER, *submitters))
    else:
        reason = "the final review is passed: submission right"
        case.keyrings.change(COMPARTMENT, add=case.recipients(*submitters), reason=reason)
    ends = case.record.deadline.astimezone(UTC)
    if case.record.limits.submission_hours is not None:
        ends = min(ends, now + timedelta(hours=case.record.limits.submission_hours))
    body = {"state": "begun", "holders": submitters, "ends": ends.isoformat(timespec="seconds")}
    case.ledger.append(EVENT, body, key=f"{EVENT}/begun/{package}")


def last(case: Case) -> Mapping[str, Any] | None:
    """Return what the ledger says of the right last: `state`, `holders`, `ends`; None before it began."""
    events = case.ledger.find(type=EVENT)
    return events[-1].body if events else None


def is_due(case: Case, now: datetime) -> bool:
    """Tell whether a right has come to its end and the key has not been changed yet."""
    body = last(case)
    return body is not None and body["state"] == "begun" and now > datetime.fromisoformat(body["ends"])


def end(case: Case, lot: str, *, now: datetime | None = None) -> None:
    """Take the right away when its time has come: a new key, and what is live sealed to it again.

    Raises:
        RightNotOver: it has not.
    """
    del lot
    now = now or datetime.now(UTC)
    body = last(case)
    if body is None or body["state"] == "ended":
        return
    if not is_due(case, now):
        raise RightNotOver(
            "Submission right of {tender}: it ends {ends}, now is {now}; next: nothing, it is ended by itself",
            tender=case.tender,
            ends=body["ends"],
            now=now.isoformat(timespec="seconds"),
        )
    compartments = Compartments(case.store, case.keyrings, case.ledger, case.vault)
    compartments.withdraw(COMPARTMENT, body["holders"], reason="the submission right is over")
    ended = {"state": "ended", "holders": body["holders"], "ends": body["ends"]}
    case.ledger.append(EVENT, ended, key=f"{EVENT}/ended/{body['ends']}")
