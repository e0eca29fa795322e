"""Packing: copies and seals, file names, sizes and formats (R02, R38)."""

import re
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.text import chinese_number, narrow
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words

_COPIES = re.compile(
    r"副本\s*[:：]?\s*(?P<a>\d+|[一二两三四五六七八九十]+)\s*份|(?P<b>\d+|[一二两三四五六七八九十]+)\s*份副本|"
    r"(?P<c>\d+)\s+copies|copies\s*:\s*(?P<d>\d+)",
    re.IGNORECASE,
)


@rule(
    "R02",
    "copies or sealing",
    "招标投标法实施条例 art. 36",
    "print the copies asked for; seal every package as the tender says",
)
def copies(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Stated copies equal those asked; packing and sealing are for a person."""
    asked = bid.record.limits.copies if bid.record is not None else None
    for document in bid.read:
        for _part, place, text in document.texts():
            for match in _COPIES.finditer(narrow(text)):
                stated = chinese_number(next(group for group in match.groups() if group))
                if asked is not None and stated != asked:
                    yield rule.fail(match[0], Words("{count} copies", count=asked), document.name, place)
    wanted = (
        Words("{count} copies, packed and sealed", count=asked)
        if asked is not None
        else Words("copies packed and sealed; limits.copies")
    )
    yield rule.human(Words("packing"), wanted)


@rule(
    "R38",
    "file name, size or format",
    "招标投标法实施条例 art. 36; the platform's rules",
    "rename, shrink or convert the file",
)
def files(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every file that is submitted fits the platform's limits."""
    limits = bid.record.limits if bid.record is not None else None
    if limits is None:
        yield rule.human(Words("no record"), Words("tender.yaml: limits.max_file_mb, file_formats, file_name"))
        return
    if limits.max_file_mb is None and not limits.file_formats and not limits.file_name:
        yield rule.not_applicable(Words("the tender sets no limits for files"))
        return
    formats = [suffix.lower().lstrip(".") for suffix in limits.file_formats] or ["docx", "pdf"]
    submitted = {"docx": bid.documents, "pdf": bid.pdfs}
    judged = 0
    for suffix in formats:
        for name, content in submitted.get(suffix, {}).items():
            judged += 1
            yield from _file(f"{name}.{suffix}", len(content), bid, rule)
    for name in sorted(set(bid.documents) - set(bid.pdfs)) if formats == ["pdf"] and bid.pdfs else ():
        yield rule.fail(Words("{name}.docx only", name=name), Words("a PDF of it"), name, "file")
    if judged:
        yield rule.passed(Words("{count} files", count=judged), Words("within the limits"))
    else:
        yield rule.human(
            Words("no {formats} file", formats="/".join(formats)), Words("the files as they are submitted")
        )


def _file(name: str, size: int, bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    limits = bid.record.limits if bid.record is not None else None
    if limits is not None and limits.max_file_mb is not None and size > limits.max_file_mb * 1_000_000:
        yield rule.fail(
            Words("{count} bytes", count=size),
            Words("at most {limit} MB", limit=limits.max_file_mb),
            name,
            "file",
        )
    if limits is not None and limits.file_name and not re.fullmatch(limits.file_name, name.rsplit("/", 1)[-1]):
        yield rule.fail(name, limits.file_name, name, "file name")
