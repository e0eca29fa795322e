"""The buyer's platform (电子招标投标平台): tool, certificate of the CA, rehearsal, decryption window, upload tree.

SJE/ZY/GK-02 art. 3.3 and 3.4. A certificate that ends before the deadline is found before the upload, not at it.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flows.errors import TenderError
from flows.steps.value import PersonId, Text, Value

CA_WARNING = timedelta(days=30)
"""A certificate that ends so soon after the deadline may not reach the opening or a postponement."""


class PlatformRefused(TenderError):
    """A platform record that cannot be read, or with which nothing can be submitted."""


class Certificate(Value):
    """The certificate (CA锁) that encrypts and signs the upload: who holds it, until when it is valid."""

    holder: PersonId
    number: Text
    valid_to: date


class Window(Value):
    """From when to when the bid is decrypted, in an explicit time zone."""

    since: datetime
    until: datetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since.tzinfo is None or self.until.tzinfo is None or self.since >= self.until:
            raise ValueError("two times with time zone, the earlier one first")
        return self


class Rehearsal(Value):
    """A trial upload, when and with which result."""

    at: datetime
    result: Text

    @model_validator(mode="after")
    def _aware(self) -> Self:
        if self.at.tzinfo is None:
            raise ValueError("a time with time zone")
        return self


class Node(Value):
    """One node of the platform's upload tree: its path, and the volume or `volume/section title` that goes there."""

    node: Annotated[str, Field(pattern=r"^[^/\\:*?\"<>|.][^\\:*?\"<>|]*$")]
    document: Text


class Platform(Value):
    """What is known of the platform before the upload; `receipt` comes with the submission itself."""

    name: Text
    tool: Text
    tool_version: Text
    file_type: Text
    ca: Certificate
    decryption: Window | None = None
    rehearsal: Rehearsal | None = None
    nodes: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {"v": 1, **self.model_dump(mode="json", exclude_none=True)}

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        return cls.model_validate({key: value for key, value in entry.items() if key != "v"})


def read_platform(text: str, file: str) -> Platform:
    """Return the platform record of a YAML file.

    Raises:
        PlatformRefused: the first mistake, by key.
    """
    try:
        return Platform.model_validate(YAML(typ="safe", pure=True).load(text))
    except (YAMLError, ValidationError) as error:
        first = error.errors(include_url=False)[0] if isinstance(error, ValidationError) else None
        raise PlatformRefused(
            "{file}: {place}: {found}; next: correct it, see docs/data-model.md",
            file=file,
            place=".".join(map(str, first["loc"])) if first else "-",
            found=first["msg"] if first else type(error).__name__,
        ) from None


def require_usable(platform: Platform, deadline: datetime, *, rehearsed: bool) -> None:
    """Refuse a platform record with which the bid would not arrive.

    Args:
        deadline: aware; of the tender.
        rehearsed: whether a trial upload must be on record.

    Raises:
        PlatformRefused: a certificate that ends too early, no rehearsal, a window before the deadline.
    """
    last = max([deadline, *([platform.decryption.until] if platform.decryption else [])])
    if platform.ca.valid_to < last.date():
        raise PlatformRefused(
            "Certificate {number} of {holder}: valid to {found}, expected {expected} or later "
            "(SJE/ZY/GK-02 art. 3.3); next: renew it, then tender platform again",
            number=platform.ca.number,
            holder=platform.ca.holder,
            found=platform.ca.valid_to.isoformat(),
            expected=last.date().isoformat(),
        )
    if platform.decryption and platform.decryption.since < deadline:
        raise PlatformRefused(
            "Decryption from {found}: before the deadline {expected}; next: correct decryption.since",
            found=platform.decryption.since.isoformat(timespec="minutes"),
            expected=deadline.isoformat(timespec="minutes"),
        )
    if rehearsed and (platform.rehearsal is None or platform.rehearsal.at > deadline):
        raise PlatformRefused(
            "Platform {name}: no rehearsal on record, expected a trial upload before the submission "
            "(SJE/ZY/GK-02 art. 3.4); next: upload a trial, then tender platform with rehearsal",
            name=platform.name,
        )


def warning(platform: Platform, deadline: datetime) -> str:
    """Return what is not wrong yet: a certificate that ends soon after the deadline; empty when all is well."""
    ends = platform.ca.valid_to
    return ends.isoformat() if ends < (deadline + CA_WARNING).date() else ""
