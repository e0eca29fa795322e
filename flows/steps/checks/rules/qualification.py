"""Qualification: licences, track record, certificates, authorisations, affiliates (R26, R27, R28, R30)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.dates import dates_in
from flows.steps.checks.reading.text import narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.tender import Authorisation, Tender

_QUALIFIED = "招标投标法实施条例 art. 51 (3)"


@rule("R26", "qualification or track record short", _QUALIFIED, "add the certificate or project with its proof")
def qualified(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Certificates and similar projects: kinds, number, amount, date window, proof file."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: qualifications, track_record"))
        return
    limits = record.limits
    kinds = {q.kind: q for q in record.qualifications}
    for kind in limits.qualifications:
        if kind not in kinds:
            yield rule.fail(
                Words("no {kind}", kind=kind),
                Words("a qualification of kind {kind}", kind=kind),
                "tender.yaml",
                "qualifications",
            )
        elif not kinds[kind].file:
            yield rule.fail(
                Words("{name} without file", name=kind), Words("a proof file"), "tender.yaml", "qualifications"
            )
    fitting = [
        p
        for p in record.track_record
        if (limits.track_record_amount is None or p.amount >= limits.track_record_amount)
        and (limits.track_record_since is None or p.signed >= limits.track_record_since)
        and p.signed <= record.deadline.date()
    ]
    for project in fitting:
        if not project.file:
            yield rule.fail(
                Words("{name} without file", name=project.project), Words("a proof file"), "tender.yaml", "track_record"
            )
    if limits.track_record_count is not None and len(fitting) < limits.track_record_count:
        wanted = Words(
            "{count} of {amount} since {day}",
            count=limits.track_record_count,
            amount=limits.track_record_amount,
            day=limits.track_record_since,
        )
        yield rule.fail(Words("{count} fitting projects", count=len(fitting)), wanted, "tender.yaml", "track_record")
    if limits.track_record_count is None and not limits.qualifications:
        yield rule.human(Words("no requirement recorded"), Words("limits.qualifications, limits.track_record_count"))
    else:
        yield rule.passed(
            Words(
                "{qualifications} qualifications, {projects} fitting projects",
                qualifications=len(kinds),
                projects=len(fitting),
            ),
            Words("as asked, with files"),
        )


@rule("R27", "certificate expired", _QUALIFIED, "renew the certificate before the deadline")
def expired(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every certificate is valid on the day that the tender asks, in the record and as printed."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: deadline, qualifications"))
        return
    until, judged = _needed_until(record, bid), 0
    for entry in record.qualifications:
        judged += entry.valid_to is not None
        if entry.valid_to is not None and entry.valid_to < until:
            yield rule.fail(
                Words("{name} to {day}", name=entry.name, day=entry.valid_to),
                Words("valid to {day}", day=until),
                "tender.yaml",
                "qualifications",
            )
    for value in bid.values:
        if re.fullmatch(
            r"(?:证书)?有效期(?:至|限)?|有效期截止日?|validto|validuntil|expir(?:ydate|es)", squeeze(value.label), re.I
        ):
            days = [dated.day for dated in dates_in(value.value) if dated.day is not None]
            judged += bool(days)
            if days and max(days) < until:
                yield rule.fail(value.value, Words("valid to {day}", day=until), value.document, value.place)
    if judged:
        yield rule.passed(Words("{count} dates of validity", count=judged), Words("valid to {day}", day=until))
    else:
        yield rule.human(Words("no date of validity found"), Words("qualifications.valid_to"))


def _needed_until(record: Tender, bid: BidUnderCheck) -> date:
    deadline, lot = record.deadline.date(), bid.this_lot
    if record.limits.certificates_until == "deadline" or lot is None:
        return deadline
    return deadline + timedelta(days=record.validity_days + lot.delivery_days)


@rule(
    "R28",
    "manufacturer's authorisation",
    _QUALIFIED,
    "ask the manufacturer for a letter for this project and these models",
)
def authorised(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Where we sell what others make: a letter with file, model, project, and validity beyond the deadline."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: authorisations"))
        return
    if not record.limits.manufacturer_authorisation and not record.authorisations:
        yield rule.not_applicable(Words("no authorisation asked"))
        return
    if not record.authorisations:
        yield rule.fail(Words("none"), Words("a manufacturer's authorisation"), "tender.yaml", "authorisations")
        return
    text = squeeze(bid.text_of_part("authorisation"))
    for entry in record.authorisations:
        yield from _authorisation(entry, record, text, rule)
    if bid.read and not text:
        yield rule.human(Words("no authorisation in the documents"), Words("the letter in the bid"))
    yield rule.passed(
        Words("{count} authorisations", count=len(record.authorisations)), Words("file, model, project, date")
    )


def _authorisation(entry: Authorisation, record: Tender, text: str, rule: Rule) -> Iterator[Finding]:
    place = Words("authorisation of {manufacturer}", manufacturer=entry.manufacturer)
    if not entry.file:
        yield rule.fail(Words("no file"), Words("the signed letter"), "tender.yaml", place)
    if entry.valid_to is not None and entry.valid_to < record.deadline.date():
        yield rule.fail(
            Words("to {day}", day=entry.valid_to),
            Words("valid to {day}", day=record.deadline.date()),
            "tender.yaml",
            place,
        )
    if not text:
        return
    for model in entry.models:
        if squeeze(model) not in text:
            yield rule.fail(Words("another model"), model, Words("authorisation"), place)
    if squeeze(entry.manufacturer) not in text:
        yield rule.fail(Words("another manufacturer"), entry.manufacturer, Words("authorisation"), place)
    if squeeze(record.title) not in text and squeeze(record.number) not in text:
        yield rule.fail(Words("another project"), record.title, Words("authorisation"), place)


@rule(
    "R30",
    "affiliates or blacklist",
    "招标投标法实施条例 art. 34",
    "declare every affiliate; query the registers on the day",
)
def affiliates(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Affiliates of the record stand in the declaration; the registers are queried by a person."""
    record = bid.record
    texts = [(d.name, place, narrow(text)) for d in bid.read for _part, place, text in d.texts()]
    declared = [(name, place) for name, place, text in texts if re.search(_DECLARATION, text, re.IGNORECASE)]
    said = squeeze("".join(text for _name, _place, text in texts))
    for name in record.affiliates if record is not None and declared else ():
        if squeeze(name) not in said:
            yield rule.fail(Words("{name} not declared", name=name), name, *declared[0])
    yield rule.human(Words("registers"), Words("信用中国, 中国政府采购网 and company register queried on the day"))


_DECLARATION = r"关联企业|关联关系|关联单位|控股[、，]?\s*管理关系|affiliate"
