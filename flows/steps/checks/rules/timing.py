"""Time: the deadline, bid validity, dates (R01, R19, R33)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.dates import dates_in
from flows.steps.checks.reading.terms import terms_in
from flows.steps.checks.reading.text import narrow
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.tender import Tender


@rule(
    "R01",
    "late",
    "招标投标法 art. 28; 招标投标法实施条例 art. 36",
    "submit now, or leave printing and travel more time",
)
def late(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Now plus the buffer for printing and travel is before the deadline, in the tender's zone."""
    if bid.record is None or bid.now is None:
        yield rule.human(Words("no record"), Words("tender.yaml: deadline, timezone"))
        return
    deadline, buffer = bid.record.deadline, timedelta(hours=bid.record.limits.buffer_hours)
    left = deadline - bid.now
    evidence = Words(
        "deadline {deadline}, now {now}",
        deadline=deadline.isoformat(),
        now=bid.now.astimezone(deadline.tzinfo).isoformat(timespec="minutes"),
    )
    if left < buffer:
        yield rule.fail(evidence, Words("at least {hours} h left", hours=bid.record.limits.buffer_hours))
    else:
        yield rule.passed(evidence, Words("at least {hours} h left", hours=bid.record.limits.buffer_hours))


@rule(
    "R19",
    "validity too short",
    "招标投标法实施条例 art. 25",
    "write the validity that the tender asks, everywhere the same",
)
def validity(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every promised validity has the days that the tender asks, and one number everywhere."""
    found = terms_in(bid.read, bid.values, "validity")
    known = [term for term in found if term.number >= 0]
    if not known:
        yield rule.human(Words("no validity in days found"), Words("the bid validity in days"))
        return
    asked = bid.record.validity_days if bid.record is not None else known[0].number
    for term in known:
        if term.number < asked or term.number != known[0].number:
            yield rule.fail(term.raw, Words("{count} days", count=asked), term.document, term.place)
    if bid.record is None:
        yield rule.human(Words("{count} days, the same everywhere", count=asked), Words("tender.yaml: validity_days"))
    else:
        yield rule.passed(Words("{count} mentions", count=len(known)), Words("{count} days", count=asked))


@rule(
    "R33",
    "wrong dates",
    "标准设备采购招标文件 (2017) ch. 6",
    "sign on a real day between the tender's issue and the deadline",
)
def dates(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every written date is a real day; dates of signature lie between issue and deadline."""
    record, judged = bid.record, 0
    if record is not None:
        judged += 1
        if not record.issued <= record.sign_date <= record.deadline.date():
            yield rule.fail(
                record.sign_date,
                Words("{first} to {last}", first=record.issued, last=record.deadline.date()),
                "tender.yaml",
                "sign_date",
            )
    for document in bid.read:
        for part, place, text in document.texts():
            plain = narrow(text)
            for dated in dates_in(text):
                judged += 1
                if dated.day is None:
                    yield rule.fail(dated.raw, Words("a day of the calendar"), document.name, place)
                elif record is not None and _is_signature_date(plain, dated.raw, part):
                    yield from _in_time(dated.day, record, rule, document.name, place)
    if not judged:
        yield rule.human(Words("no date found"), Words("dates of signature"))
    elif record is None:
        yield rule.human(
            Words("{count} dates, all of the calendar", count=judged), Words("tender.yaml: issued, deadline")
        )
    else:
        yield rule.passed(Words("{count} dates", count=judged), Words("real days, signed in time"))


def _in_time(day: date, record: Tender, rule: Rule, document: str, place: str) -> Iterator[Finding]:
    if not record.issued <= day <= record.deadline.date():
        yield rule.fail(
            day, Words("{first} to {last}", first=record.issued, last=record.deadline.date()), document, place
        )


_DATE_LABEL = r"(?:(?:签字|签署|签订|投标|日)?\s*(?:日\s*期|时间)|(?:signed on |signing )?date(?:d| signed| of signing)?)?\s*[:：]?\s*"  # noqa: E501


def _is_signature_date(text: str, raw: str, part: str) -> bool:
    alone = re.fullmatch(rf"\s*{_DATE_LABEL}{re.escape(raw)}\s*", text, re.IGNORECASE)
    return bool(alone) and part not in ("track-record", "team", "support", "authorisation", "description")
