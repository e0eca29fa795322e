"""Notices and their ledgers: each notice is a matter of its own, with its keys, its register numbers and its standing.

SJE/ZY/GK-02 art. 2.1 to 2.5. A matter is opened by whoever took the customer's information; what is done with it
afterwards is in `flows.acts.notice_acts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from flows.acts import house
from flows.acts.deputies import deputies_of
from flows.acts.sealing import as_json, seal
from flows.case import Case
from flows.steps import procedure, procedure_versions
from flows.steps.notices import forms
from flows.steps.notices.notice import Notice, NoticeRefused, check_times, from_record
from flows.steps.notices.read import ReadNotice
from flows.steps.notices.standing import DONE, NOTICE, SIGNED, Act, Happened, Standing, derive, gate_of, named_for
from flows.steps.procedure import WHOLE_TENDER, Facts, State
from flows.steps.tender import Tender
from flows.wiring import Seat, exists
from storage.identity import Holder
from storage.keyring import KeyringRefused, NotForYou
from storage.ledger import OPENED
from storage.objects import AccessDenied
from storage.policy import NOTICE as PREFIX
from storage.register import Entry

KIND = "notice"
REGISTERED = "notice.registered"
_ID_CONTEXT = b"tender-notice-id@v1\0"
_ID_DIGITS = 16


@dataclass
class Matter:
    """One notice as a holder sees it."""

    case: Case

    @property
    def id(self) -> str:
        """The id of its ledger."""
        return self.case.tender

    @cached_property
    def notice(self) -> Notice:
        """What the notice says, from the first event of its ledger."""
        return from_record(self.case.opened["notice"])

    @property
    def files(self) -> Mapping[str, str]:
        """Name → SHA-256 of its attachments as they came."""
        return dict(self.case.opened["files"])

    @property
    def undertakers(self) -> tuple[str, ...]:
        """The people who may answer for the undertaking department."""
        return tuple(self.case.opened["people"]["technical"]) if self.notice.goes_out else (self.notice.handler,)

    @property
    def numbers(self) -> Mapping[str, str]:
        """What was registered → its number: `in` and `out` of the department, `receipt`, `feedback`."""
        return {str(e.body["entry"]): str(e.body["number"]) for e in self.case.ledger.find(type=REGISTERED)}

    @property
    def number(self) -> str:
        """The number of the notice in its own department; empty while its opening was cut off."""
        return self.numbers.get(self.notice.direction, "")

    @property
    def names(self) -> Mapping[str, str]:
        """Id → printed name of people and departments."""
        people = self.case.people
        return {**{row.id: row.name for row in people.persons}, **{each.id: each.name for each in people.departments}}

    def judge(self, act: Act) -> procedure.Verdict:
        """Return how the signatures of an act stand."""
        case = self.case
        manifests = [case.manifested(manifest) for manifest in case.manifests("notice/*").values()]
        people = named_for(act, self.notice, self.undertakers)
        return procedure.judge(gate_of(act, self.notice), WHOLE_TENDER, Facts(manifests, case.signed(), people))

    def standing(self) -> Standing:
        """Return how far the notice is, from what was read of its ledger."""
        verdicts = {act: self.judge(act) for act in SIGNED}
        signed = {act: max(s.at for s in v.signed) for act, v in verdicts.items() if v.state is State.PASSED}
        wanted = (*DONE, "notice.cancelled")
        events = [Happened(e.type, e.at, e.by, e.body) for e in self.case.ledger.events(False) if e.type in wanted]
        standing = derive(self.id, self.notice, self.undertakers, events, signed)
        waits = verdicts.get(standing.next) if standing.next else None
        if waits is None or not waits.subjects:
            return standing
        return derive(self.id, self.notice, self.undertakers, events, signed, waits.missing)


def id_of(read: ReadNotice, author: Holder) -> str:
    """Return the id of a notice: the same author, content and files give the same one, and nobody else can guess it."""
    content = as_json([read.notice.record(), {file.name: file.sha256 for file in read.files}])
    mark = author.signing.sign(_ID_CONTEXT + content)
    return PREFIX + sha256(mark).hexdigest()[:_ID_DIGITS]


def open_notice(seat: Seat, read: ReadNotice) -> Matter:
    """Open the ledger of a notice, number it in the department's register and print its form (art. 2.1, 2.2, 2.5).

    Everything has a business key, so an opening that was cut off is finished by opening again.

    Args:
        seat: of the author.

    Raises:
        NoticeRefused: another person than the author, times that cannot be, or people who are not what the notice says.
        PolicyRefused: the author may not write in the department's register.
    """
    notice, now = read.notice, datetime.now(UTC)
    matter = Matter(seat.case(id_of(read, seat.holder)))
    case = matter.case
    if not exists(seat.store, matter.id):
        check_times(notice, now)
        _check_people(case, notice, now)
        _make_keys(case, notice, now)
    body = {
        "kind": KIND,
        "record": {"sha256": sha256(as_json(notice.record())).hexdigest(), "department": notice.department},
        "people": _roles(case, notice, now),
        "procedure": procedure_versions.in_force(house.known_versions(case), now.date()).id,
        "notice": notice.record(),
        "files": {file.name: file.sha256 for file in read.files},
    }
    opened = case.ledger.append(OPENED, body, key=OPENED)
    number(matter, notice.department, notice.direction, notice.direction, opened.at)
    for file in read.files:
        seal(case, "procedure", f"notice/-/attachment/{file.name}", file.data, file.media_type)
    seal(case, "procedure", NOTICE, _blank(matter), forms.DOCX)
    return matter


def matter_of(seat: Seat, ledger_id: str) -> Matter | None:
    """Return a notice, or None when the holder cannot open it or there is none."""
    made = Matter(seat.case(ledger_id))
    try:
        events = made.case.ledger.events()
    except (NotForYou, KeyringRefused, AccessDenied):
        return None
    return made if events and events[0].body.get("kind") == KIND else None


def number(matter: Matter, department: str, direction: str, entry: str, at: datetime) -> Entry:
    """Give a notice its number in a register, once per entry; the ledger notes it.

    Args:
        entry: what is registered: `in`, `out`, `receipt` (by the undertaking department) or `feedback`.
        at: in the year of this moment, in the notice's zone.
    """
    notice, holder = matter.notice, matter.case.holder
    year = at.astimezone(notice.due.tzinfo).year
    body = {"kind": notice.kind, "matter": matter.id, "entry": entry, "due": notice.due.date().isoformat()}
    made = matter.case.register(department, year, direction).append(holder, body, key=f"{entry}/{matter.id}")
    noted = {"entry": entry, "number": made.name, "kind": notice.kind, "due": body["due"]}
    matter.case.ledger.append(REGISTERED, noted, key=f"{REGISTERED}/{entry}")
    return made


def register_bid(case: Case, tender: Tender, opened: datetime) -> Entry:
    """Give the bid notice its number in the department's register of issued notices, once per tender (art. 2.5)."""
    due = tender.deadline.date().isoformat()
    book = case.register(tender.department, opened.astimezone(tender.deadline.tzinfo).year, "out")
    body = {"kind": "bid", "matter": tender.tender, "entry": "bid", "due": due}
    entry = book.append(case.holder, body, key=f"bid/{tender.tender}")
    noted = {"entry": "bid", "number": entry.name, "kind": "bid", "due": due}
    case.ledger.append(REGISTERED, noted, key=f"{REGISTERED}/bid")
    return entry


def _blank(matter: Matter) -> bytes:
    """Return the form that author and leader sign: nothing is done yet, the places of signatures are empty."""
    notice = matter.notice
    people = ((forms.AUTHOR, notice.author), (forms.LEADER, notice.leader))
    rows = [forms.signature(title, matter.names.get(person) or person) for title, person in people]
    paper = forms.Paper(matter.number, notice.direction, matter.names, matter.files, rows)
    return forms.support_notice(Standing(matter.id, notice, matter.undertakers, {}), paper)


def _roles(case: Case, notice: Notice, now: datetime) -> dict[str, Any]:
    technical = [row.id for row in case.people.with_role("technical", now, notice.undertaker)]
    if notice.assignee is not None:
        technical = [notice.assignee, *(each for each in technical if each != notice.assignee)]
    return {
        "handler": sorted({notice.author, notice.handler}),
        "leader": [notice.leader],
        "technical": technical if notice.goes_out else [],
    }


def _check_people(case: Case, notice: Notice, now: datetime) -> None:
    """Hold the people of a notice against the register: who they are decides what they may do (art. 2.2, 2.3)."""
    if case.holder.name != f"person:{notice.author}":
        raise NoticeRefused(
            "Notice: {found} writes it, expected its author {author} (SJE/ZY/GK-02 art. 2.2); next: run it as "
            "the author (--as)",
            found=case.holder.name.removeprefix("person:"),
            author=notice.author,
        )
    wanted = [(notice.author, "handler", notice.department), (notice.handler, "handler", notice.department)]
    wanted += [(notice.leader, "leader", notice.department)]
    wanted += [(notice.assignee, "technical", notice.undertaker)] if notice.assignee else []
    for person, role, department in wanted:
        row = case.people.find(person, now)
        if row is None or role not in row.roles or row.department != department:
            raise NoticeRefused(
                "Notice: {person} is no {role} of {department} (SJE/ZY/GK-02 art. 2.2), expected one of {known}; "
                "next: correct the notice, or tender people add",
                person=person,
                role=role,
                department=department,
                known=_known(case, role, department, now),
            )
    if notice.goes_out and not case.people.with_role("technical", now, notice.undertaker):
        raise NoticeRefused(
            "Notice: nobody in {department} has the role technical (SJE/ZY/GK-02 art. 2.3), expected a department that "
            "can answer; next: correct `undertaker`",
            department=notice.undertaker,
        )


def _known(case: Case, role: str, department: str, now: datetime) -> str:
    return ", ".join(row.id for row in case.people.with_role(role, now, department)) or "?"


def _make_keys(case: Case, notice: Notice, now: datetime) -> None:
    """Make the one compartment of a notice: for both departments' people in question, auditors and the workers."""
    if case.keyrings.exists("procedure"):
        return
    roles = _roles(case, notice, now)
    people = {person for ids in roles.values() for person in ids}
    people |= {row.id for role in ("handler", "leader") for row in case.people.with_role(role, now, notice.department)}
    people |= {row.id for row in case.people.with_role("auditor", now)}
    holders = {f"person:{person}" for person in people} | deputies_of(case.people, people, tuple(roles), now)
    case.keyrings.create("procedure", case.recipients(*sorted(holders), "worker:assembly", "worker:archive"))
