"""A technical-support notice as a value: who asks for what until when, and who signs, handles and answers it.

SJE/ZY/GK-02 art. 2.1 and 2.2. A notice file read once becomes this; nothing here reads a file.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from flows.errors import TenderError
from flows.steps.tender import Relation
from flows.steps.value import FileName, PersonId, Slug, Text, Value

Kind = Literal["support", "bid", "after-sales", "complaint"]
Direction = Literal["in", "out"]
NUMERIC = ("≥", "≤", "=", "±", "range")
_SEE_ATTACHMENT = re.compile(r"[见详如][\s《“]*(?:附|后附)|见\s*附|see\s+(?:the\s+)?attach", re.IGNORECASE)
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_LINE = re.compile(
    rf"(?P<mark>[★▲]?)\s*(?P<parameter>.+?)\s*(?P<relation>[≥≤=±])\s*(?P<value>{_NUMBER})\s*(?P<unit>\S*)"
)


class NoticeRefused(TenderError):
    """A notice, or an act on it, that the rule does not allow; the message names the article and who can do what."""


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a time zone name such as Asia/Shanghai") from error
    return text


def refers_to_attachment(text: str) -> bool:
    """Tell whether a requirement says "see attachment" (见附件)."""
    return _SEE_ATTACHMENT.search(text) is not None


class Line(Value):
    """One requirement: a number as parameter, relation, value and unit, or a text, with an attachment where it says so.

    `value` of relation `range` is `low-high`. `mark` is the customer's ★ (must) or ▲ (important).
    """

    mark: Literal["", "★", "▲"] = ""
    text: str = ""
    parameter: str = ""
    relation: Relation = "text"
    value: str = ""
    unit: str = ""
    attachment: FileName | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.relation in NUMERIC:
            wanted = f"{_NUMBER}[-~至]{_NUMBER}" if self.relation == "range" else _NUMBER
            if not self.parameter or not re.fullmatch(wanted, self.value):
                raise ValueError("parameter, relation and a number as value (low-high for range)")
        elif not self.text or self.value or self.parameter:
            raise ValueError("a text, or parameter, relation and value")
        if refers_to_attachment(self.text) and self.attachment is None:
            raise ValueError("the attachment that the text refers to (art. 2.2)")
        return self

    @property
    def words(self) -> str:
        """Return the requirement in one line."""
        relation = "" if self.relation == "range" else f"{self.relation} "
        number = f"{self.parameter} {relation}{self.value} {self.unit}".strip() if self.parameter else ""
        return "；".join(filter(None, (f"{self.mark}{number or self.text}", self.text if number else "")))


class Notice(Value):
    """A notice; `received` and `due` are aware, in the notice's own zone.

    Attributes:
        direction: `in` came from a customer, `out` is raised by ourselves.
        department: the marketing department whose notice it is.
        author: who took the customer's information and writes the notice; gets the feedback.
        leader: the responsible leader, another person.
        handler: who handles it and signs what goes to the undertaking department.
        undertaker: the department that answers it: the technical one, or the own one.
        assignee: the person there who is asked, if known.
        tender: the tender that it belongs to, if any.
    """

    kind: Kind = "support"
    direction: Direction = "in"
    department: Slug
    customer: Text
    source: Text
    project: str = ""
    tender: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    received: datetime
    due: datetime
    author: PersonId
    leader: PersonId
    handler: PersonId
    undertaker: Slug
    assignee: PersonId | None = None
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    attachments: tuple[FileName, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, raw: Any) -> Any:
        """Fill in what follows: a due date without a time ends with its day, the author handles, the own department."""
        if not isinstance(raw, dict):
            return raw
        due = raw.get("due")
        ends = {"due": f"{due}T23:59:59"} if isinstance(due, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", due) else {}
        follows = {"handler": raw.get("author"), "undertaker": raw.get("department")}
        return {**{k: v for k, v in follows.items() if v is not None}, **raw, **ends}

    @model_validator(mode="after")
    def _in_zone(self) -> Self:
        for name in ("received", "due"):
            moment = getattr(self, name)
            zone = ZoneInfo(self.timezone)
            local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
            object.__setattr__(self, name, local)
        return self

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of every file that belongs to the notice, each once."""
        return tuple(dict.fromkeys([*(line.attachment for line in self.lines if line.attachment), *self.attachments]))

    @property
    def goes_out(self) -> bool:
        """Tell whether another department answers it, so that it has to be dispatched (art. 2.3)."""
        return self.undertaker != self.department

    def record(self) -> dict[str, Any]:
        """Return the notice as JSON values."""
        return self.model_dump(mode="json", exclude_none=True)


def from_record(record: Mapping[str, Any]) -> Notice:
    """Return the notice of `Notice.record`; pydantic's ValidationError for anything else."""
    return Notice.model_validate(record)


def line_of(text: str) -> dict[str, str]:
    """Return the raw values of a requirement typed in one line: `★额定载重 ≥ 180 kg`, or a text."""
    found = _LINE.fullmatch(text.strip())
    if found:
        return {name: value for name, value in found.groupdict().items() if value}
    mark = text.strip()[:1]
    return {"mark": mark, "text": text.strip()[1:].strip()} if mark in "★▲" and mark else {"text": text.strip()}


def check_times(notice: Notice, now: datetime) -> None:
    """Refuse a notice that is due before it was received or before now, or received later than now.

    Raises:
        NoticeRefused: with the article.
    """
    if notice.received > now:
        raise NoticeRefused(
            "Notice: received {found}, expected a time that is not in the future (SJE/ZY/GK-02 art. 2.1); "
            "next: correct `received`",
            found=notice.received.isoformat(timespec="minutes"),
        )
    floor = max(notice.received, now)
    if notice.due <= floor:
        raise NoticeRefused(
            "Notice: due {found}, expected a time after {floor} (SJE/ZY/GK-02 art. 2.2); next: agree on a due date "
            "with the customer",
            found=notice.due.isoformat(timespec="minutes"),
            floor=floor.isoformat(timespec="minutes"),
        )
