"""Signature and authority (R03, R04)."""

import re
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.dates import dates_in
from flows.steps.checks.reading.text import is_chinese, narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.tender import Tender

_SEAL = re.compile(r"盖章|盖单位章|公章|电子章|签章|\bseal\b|stamp", re.IGNORECASE)
_SIGN = re.compile(r"签字|签名|签章|签署人|signature|signed|sign here", re.IGNORECASE)


@rule(
    "R03",
    "bid letter unsigned or unsealed",
    "招标投标法实施条例 art. 51 (1)",
    "restore the places for seal and signature; sign and seal",
)
def signature_places(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The letter has places for seal and signature and the bid names the signer; ink is for a person."""
    letter = bid.text_of_part("bid-letter")
    if not letter:
        yield rule.human(Words("no bid letter found"), Words("a bid letter with places for seal and signature"))
        return
    document = next(d.name for d in bid.read if any(block.part == "bid-letter" for block in d.blocks))
    for pattern, name in ((_SEAL, "a place for the seal"), (_SIGN, "a place for the signature")):
        if not pattern.search(narrow(letter)) and (pattern is _SIGN or is_chinese(letter)):
            yield rule.fail(Words("none"), Words(name), document, "bid letter")
    if bid.record is not None and not _names(bid, bid.record.signer.name, bid.record.bidder.legal_representative):
        yield rule.fail(Words("neither agent nor legal representative named"), bid.record.signer.name, document)
    yield rule.human(
        Words("ink and seal"), Words("signed and sealed by hand or electronically"), document, "bid letter"
    )


def _names(bid: BidUnderCheck, *names: str) -> bool:
    return any(squeeze(name) in squeeze(text) for d in bid.read for _p, _q, text in d.texts() for name in names)


@rule(
    "R04",
    "signer without authority",
    "招标投标法实施条例 art. 51 (1)",
    "write the power of attorney anew for this person and project",
)
def authority(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The legal representative signs, or a power of attorney fits the agent in name, id number, project and term."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: signer, bidder.legal_representative"))
        return
    by_agent = squeeze(record.signer.name) != squeeze(record.bidder.legal_representative)
    part = "power-of-attorney" if by_agent else "identity"
    if by_agent:
        yield from _recorded_term(record, rule)
    text = bid.text_of_part(part)
    if not text:
        found = Words("no power of attorney") if by_agent else Words("no certificate of the legal representative")
        asked = is_chinese(bid.text_of_part("bid-letter"))  # other procedures take the authority with the letter
        yield (
            rule.fail(found, Words("one for {name}", name=record.signer.name))
            if asked
            else rule.human(found, record.signer.name)
        )
        return
    document = next(d.name for d in bid.read if any(block.part == part for block in d.blocks))
    for other, expected in _missing(record, squeeze(text), by_agent):
        yield rule.fail(other, expected, document, part)
    if by_agent:
        yield from _printed_term(record, text, document, rule)
    yield rule.passed(Words(part), record.signer.name, document)


def _missing(record: Tender, text: str, by_agent: bool) -> Iterator[tuple[str, str]]:
    wanted = [("legal representative", record.bidder.legal_representative)]
    if by_agent:
        wanted += [("agent", record.signer.name), ("id number of the agent", record.signer.id_number)]
    else:
        wanted += [("id number", record.bidder.legal_representative_id)]
    for name, value in wanted:
        if value and squeeze(value) not in text:
            yield Words("another {name}", name=Words(name)), value
    if by_agent and squeeze(record.title) not in text and not _has_number(text, record.number):
        yield Words("another project"), f"{record.title} ({record.number})"
    elif by_agent and squeeze(record.title) in text and _other_number(text, record.number):
        yield Words("another tender number"), record.number


def _has_number(text: str, number: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(squeeze(number))}(?![\w-])", text, re.ASCII) is not None


def _other_number(text: str, number: str) -> bool:
    """A tender number is labelled in the text, and it is not ours."""
    labelled = re.search(r"(?:招标|项目|采购)编号[:：]", text)
    return labelled is not None and not _has_number(text, number)


def _recorded_term(record: Tender, rule: Rule) -> Iterator[Finding]:
    signer, deadline = record.signer, record.deadline.date()
    if signer.until is not None and signer.until < deadline:
        yield rule.fail(
            Words("until {day}", day=signer.until),
            Words("until {day} at least", day=deadline),
            "tender.yaml",
            "signer.until",
        )
    if signer.since is not None and signer.since > record.sign_date:
        yield rule.fail(
            Words("from {day}", day=signer.since),
            Words("from {day} at latest", day=record.sign_date),
            "tender.yaml",
            "signer.since",
        )


def _printed_term(record: Tender, text: str, document: str, rule: Rule) -> Iterator[Finding]:
    plain, deadline = narrow(text), record.deadline.date()
    for dated in dates_in(text):
        ends = re.search(r"(?:至|到|until|to|through|expires? on)\s*$", plain[: dated.start], re.IGNORECASE)
        if ends and dated.day is not None and dated.day < deadline:
            yield rule.fail(
                Words("until {day}", day=dated.raw),
                Words("until {day} at least", day=deadline),
                document,
                "power-of-attorney",
            )
