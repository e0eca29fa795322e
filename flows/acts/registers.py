"""The registers of notices as people read them: every number, what became of it, and the figures (art. 2.5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flows.acts.notice_index import Brief, briefs
from flows.case import REGISTERS
from flows.i18n import _
from flows.steps import workbook
from flows.steps.calendar import ZONE
from flows.steps.notices.figures import Row, rate
from flows.wiring import Seat
from storage.keyring import KeyringRefused, NotForYou
from storage.objects import AccessDenied
from storage.policy import NOTICE
from storage.register import DIRECTIONS, Entry, Register


def rows(seat: Seat, department: str, year: int, directions: Sequence[str] = DIRECTIONS) -> list[Row]:
    """Return the rows of a department's registers of a year, verified, in order; `in` before `out`.

    Raises:
        RegisterRefused, TamperAlarm: a number is missing or an entry is not an honest writer's.
    """
    entries = [
        entry
        for direction in directions
        for entry in Register(seat.store, department, year, direction, seat.people, seat.cache / REGISTERS).entries()
    ]
    now = datetime.now(UTC)
    matters = {str(entry.body["matter"]) for entry in entries}
    notices = briefs(seat, [matter for matter in matters if matter.startswith(NOTICE)])
    known = {matter: notices.get(matter) if matter.startswith(NOTICE) else _seen(seat, matter) for matter in matters}
    return [_row(entry, known[str(entry.body["matter"])], now) for entry in entries]


def to_excel(rows: Sequence[Row]) -> bytes:
    """Return the register as a workbook: everything, overdue, open without result, the on-time rate."""
    header = [
        _("number"), _("registered"), _("kind"), _("entry"), _("matter"), _("customer"), _("project"), _("undertaker"),
        _("due"), _("stage"), _("result"), _("completed"), _("on time"), _("cancelled because"),
    ]  # fmt: skip
    sheets = {
        _("register"): [header, *map(cells, rows)],
        _("overdue"): [header, *(cells(row) for row in rows if row.is_overdue)],
        _("open without result"): [header, *(cells(row) for row in rows if row.lacks_result)],
        _("on-time rate"): [[_("on-time rate"), _("on time"), _("judged")], _rate(rows)],
    }
    return workbook.write(sheets, widths=(30, 17, 12, 10, 22, 24, 24, 12, 17, 18, 40, 17, 10, 30))


def cells(row: Row) -> list[str]:
    """Return a row as texts in the language in use."""
    if not row.is_seen:
        head = [row.number, _time(row.at, row), _(row.kind), _(row.entry), row.matter]
        return [*head, "", "", "", _time(row.due, row), _("not for you"), "", "", "", ""]
    return [
        row.number, _time(row.at, row), _(row.kind), _(row.entry), row.matter, row.customer, row.project,
        row.undertaker, _time(row.due, row), _(row.stage), row.result, _time(row.completed, row),
        yes_no(row.on_time), row.cancelled,
    ]  # fmt: skip


def yes_no(value: bool | None) -> str:
    """Return a derived yes or no; empty while it is open."""
    return "" if value is None else _("yes") if value else _("NO")


def _rate(rows: Sequence[Row]) -> list[str]:
    found = rate(rows)
    return [found.text, str(found.on_time), str(found.judged)]


def _time(moment: datetime | None, row: Row) -> str:
    """Return a time in the zone of the notice, whatever the zone of the machine that prints it."""
    return moment.astimezone(row.due.tzinfo if row.due else None).strftime("%Y-%m-%d %H:%M") if moment else ""


def _seen(seat: Seat, matter: str) -> Row | None:
    """Return what the ledger of a tender says of its bid notice; None when it is not for this reader."""
    try:
        return _bid(seat, matter)
    except (NotForYou, KeyringRefused, AccessDenied):
        return None


def _row(entry: Entry, seen: Brief | Row | None, now: datetime) -> Row:
    kind, name, matter = str(entry.body["kind"]), str(entry.body["entry"]), str(entry.body["matter"])
    due = date.fromisoformat(str(entry.body["due"]))
    if seen is None:
        end = datetime(due.year, due.month, due.day, 23, 59, 59, tzinfo=ZoneInfo(ZONE))
        return Row(entry.name, entry.at, kind, name, matter, end, is_seen=False)
    if isinstance(seen, Row):
        return replace(seen, number=entry.name, at=entry.at, entry=name)
    said = seen.said
    return Row(
        entry.name,
        entry.at,
        kind,
        name,
        matter,
        seen.due,
        said["customer"],
        said["project"],
        said["undertaker"],
        said["stage"],
        said["result"],
        seen.completed,
        seen.on_time(now),
        seen.overdue(now),
        seen.over,
        said["cancelled"],
    )


def _bid(seat: Seat, tender: str) -> Row:
    """Return what became of a bid notice: it is over when every lot has ended, on time when the bid was submitted."""
    case = seat.case(tender)
    ended = [event for event in case.ledger.events() if event.type == "tender.ended"]
    lots, how = case.lot_ids, case.ended()
    is_over = set(lots) <= set(how)
    due = case.record.deadline
    completed = max((event.at for event in ended), default=None) if is_over else None
    on_time = completed <= due if completed and "submitted" in how.values() else None
    stage = "closed" if is_over else "open"
    result = "; ".join(f"{lot}: {how[lot]}" for lot in lots if lot in how)
    return Row("", due, "bid", "", tender, due, case.record.buyer.name, case.record.title, "", stage, result, completed,
               on_time, not is_over and datetime.now(UTC) > due, is_over)  # fmt: skip
