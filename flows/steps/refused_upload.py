"""A file that the buyer's platform refused: which one, when, why, and what was done about it.

SJE/ZY/GK-02 art. 3.4; 《电子招标投标办法》 art. 26 and 27: a platform refuses what is not
encrypted as it asks, or comes late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from flows.errors import TenderError

REFUSED = "upload.refused"
"""Type of the events that record it."""


class UploadWrong(TenderError):
    """A refused upload that cannot be recorded so, or one that nobody has dealt with."""


@dataclass(frozen=True)
class RefusedUpload:
    """One file that was refused.

    Attributes:
        file: its name; sha256: of its content, lower-case hex.
        at: when the platform refused it, aware.
        reason: as the platform says it.
        done: what was done about it; empty as long as it is open.
    """

    file: str
    sha256: str
    at: datetime
    reason: str
    done: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        return {**vars(self), "at": self.at.isoformat(timespec="seconds")}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        return cls(**{**body, "at": datetime.fromisoformat(body["at"])})


def standing(told: Iterable[RefusedUpload]) -> list[RefusedUpload]:
    """Return each refusal once, with the last word of what was done about it, in the order in which they came."""
    found: dict[tuple[str, datetime], RefusedUpload] = {}
    for each in told:
        found[(each.sha256, each.at)] = each
    return list(found.values())


def followed(known: Iterable[RefusedUpload], new: RefusedUpload, *, at_given: bool) -> RefusedUpload:
    """Return what a person means: without a time, the open refusal of the same file that they tell the end of."""
    same = [each for each in known if each.sha256 == new.sha256 and not each.done]
    if at_given or not same or not new.done:
        return new
    return replace(same[-1], done=new.done, reason=new.reason or same[-1].reason)


def require_recordable(new: RefusedUpload, now: datetime) -> None:
    """Refuse a refusal without its reason, or at a time to come.

    Raises:
        UploadWrong: with what is expected.
    """
    if not new.reason.strip():
        raise UploadWrong(
            "refused upload {file}: no reason, expected the platform's own words (SJE/ZY/GK-02 art. 3.4); "
            "next: add --reason",
            file=new.file,
        )
    if new.at.tzinfo is None or new.at > now:
        raise UploadWrong(
            "refused upload {file}: at {at}, expected a past time with zone; next: correct --at",
            file=new.file,
            at=new.at.isoformat(timespec="minutes"),
        )
