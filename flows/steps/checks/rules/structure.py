"""Structure: sections, the buyer's forms, page numbers and contents, references (R06, R07, R34, R40)."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.document import Paragraph
from flows.steps.checks.reading.docx import read_docx
from flows.steps.checks.reading.parts import part_of
from flows.steps.checks.reading.pdf import Pages
from flows.steps.checks.reading.text import chinese_number, narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.fields import fields_of
from templates import adopt
from templates.catalogue import COVER, Section

# The buyer's own wording; the other templates are ours and may be written freely.
_FORMS = ("bid-letter", "opening-sheet", "price-schedule", "identity", "power-of-attorney", "consortium", "bond",
          "bond-guarantee", "deviations")  # fmt: skip


@rule("R06", "a required section is missing", "招标投标法实施条例 art. 51 (6)", "add the section, or its heading")
def sections(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every section that the template set asks of this lot has its heading and something under it."""
    if not bid.read:
        yield rule.human(Words("no document"), Words("the bid documents"))
        return
    wanted = _sections(bid)
    if wanted is None:
        for part, name in (("bid-letter", "bid letter"), ("price-schedule", "price schedule")):
            if not bid.has_part(part):
                yield rule.human(
                    Words("no {name} found", name=Words(name)), Words("a section headed {name}", name=Words(name))
                )
        yield rule.human(Words("no template set"), Words("tender.yaml: set, for the list of sections"))
        return
    for section in wanted:
        if not _found(bid, section) or _shared_heading(bid, section, wanted):
            yield rule.fail(
                Words("no heading {title}", title=section.title), Words("section {title}", title=section.title)
            )
        elif part_of(section.title) and _is_empty(bid, part_of(section.title)):
            yield rule.fail(Words("nothing under {title}", title=section.title), Words("the section's content"))
    yield rule.passed(Words("{count} sections", count=len(wanted)), Words("each found"))


def _sections(bid: BidUnderCheck) -> list[Section] | None:
    """The sections with a template that apply to the lot, without covers, which carry no heading."""
    plan, lot = bid.template_set, bid.this_lot
    if plan is None or bid.record is None or lot is None:
        return None
    fields = plan.complete(fields_of(bid.record, lot.id, plan.language))
    return [
        section
        for _volume, section in plan.sections()
        if section.template is not None and section.id != COVER and section.applies(fields)
    ]


def _found(bid: BidUnderCheck, section: Section) -> bool:
    part = part_of(section.title)
    if part:
        return bid.has_part(part)
    title = squeeze(section.title)
    return any(title in squeeze(p.text) for d in bid.read for p in d.paragraphs() if _is_heading(p))


def _shared_heading(bid: BidUnderCheck, section: Section, wanted: list[Section]) -> bool:
    """Tell whether another section of the same kind has the only heading: the commercial and the technical answers."""
    part, title = part_of(section.title), squeeze(section.title)
    alike = sum(part_of(other.title) == part for other in wanted) if part else 1
    headings = [squeeze(p.text) for d in bid.read for p in d.paragraphs() if _is_heading(p) and part_of(p.text) == part]
    return alike > 1 and 0 < len(headings) < alike and not any(title in heading for heading in headings)


def _is_heading(paragraph: Paragraph) -> bool:
    """A styled heading, or a short line that is no item of a list."""
    text = paragraph.text.strip()
    return not paragraph.toc and (paragraph.level > 0 or (0 < len(text) < 60 and text[-1] not in "；;，,。.：:"))


def _is_empty(bid: BidUnderCheck, part: str) -> bool:
    return sum(1 for d in bid.read for p, _place, text in d.texts() if p == part and text.strip()) == 1


@rule(
    "R07",
    "the buyer's form was altered",
    "招标投标法实施条例 art. 51 (6); 标准设备采购招标文件 (2017) ch. 6",
    "restore the form's wording",
)
def forms(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The printed words of the buyer's forms stand in the bid; only blanks were filled."""
    wanted = [section for section in _sections(bid) or () if section.id in _FORMS or section.buyer]
    if not wanted or not bid.read:
        yield rule.human(Words("no template set or no document"), Words("the buyer's forms and the bid"))
        return
    text = squeeze("".join(t for d in bid.read for _p, _q, t in d.texts()))
    compared = 0
    for section in wanted:
        if section.buyer is not None:
            yield from _against_buyers(bid, rule, section, section.buyer.read_bytes())
            compared += 1
            continue
        if section.template is None or not _found(bid, section):
            continue
        segments = printed_words(section.template)
        missing = [segment for segment in segments if segment not in text]
        if len(missing) * 2 > len(segments):
            yield rule.human(
                Words("{title}: not written from the form", title=section.title),
                Words("a person to compare it with the form"),
            )
        elif missing:
            yield rule.fail(Words("{title}: words of the form missing", title=section.title), missing[0], section.title)
        else:
            compared += 1
    if compared:
        yield rule.passed(Words("{count} forms", count=compared), Words("words of the form unchanged"))
    else:
        yield rule.human(Words("no form of the set found"), Words("the buyer's forms in the bid"))


def _against_buyers(bid: BidUnderCheck, rule: Rule, section: Section, form: bytes) -> Iterator[Finding]:
    """Hold the buyer's own form against the document that was filled from it, or against the volume that holds it."""
    words = {document.name for document in bid.read} & bid.documents.keys()
    alone = [name for name in words if name.rpartition("/")[2] == section.id]
    if not words:
        yield rule.human(Words("no Word document"), Words("the buyer's form, filled"), section.title)
        return
    compare = adopt.only_blanks_changed if alone else adopt.words_within
    altered = min((compare(form, bid.documents[name]) for name in alone or words), key=len)
    yield from (rule.fail(each.found, each.expected, section.title, each.place) for each in altered)


@lru_cache(maxsize=64)
def printed_words(template: Path) -> tuple[str, ...]:
    """Return the words of a form that always print: outside tags, conditions and loops."""
    depth, segments = 0, list[str]()
    for _part, _place, text in read_docx(template.stem, template.read_bytes()).texts():
        for piece in re.split(r"(\{%.*?%\}|\{\{.*?\}\})", text, flags=re.DOTALL):
            if piece.startswith("{%"):
                word = re.search(r"\b(if|for|endif|endfor)\b", piece)
                depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word[1], 0) if word else 0
            elif not piece.startswith("{{") and depth == 0:
                segments += [s for s in (squeeze(part) for part in re.split(r"\s{2,}|\n|\t", piece)) if len(s) >= 6]
    return tuple(segments)


def in_form(bid: BidUnderCheck, text: str, match: re.Match[str]) -> bool:
    """Tell whether a match stands in the buyer's own printed words."""
    near = squeeze(text[max(0, match.start() - 12) : match.end() + 12])
    return any(
        near in segment
        for section in _sections(bid) or ()
        if section.template is not None
        for segment in printed_words(section.template)
    )


_OF_TOTAL = r"(?:\s*(?:[/,，]|of)?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?"
# Alone on a line (- 3 -, 3/18), or said to be a page behind other words (技术文件 第 3 页 共 18 页, Bid page 3 of 18).
_NUMBER = re.compile(
    rf"^\s*(?:第\s*|[-—–]\s*|page\s+)?(?P<alone>\d{{1,4}})(?:\s*[-—–])?(?:\s*页)?{_OF_TOTAL}\s*$|"
    rf"\s(?:第\s*(?P<cn>\d{{1,4}})\s*页|page\s+(?P<en>\d{{1,4}})){_OF_TOTAL}\s*$",
    re.IGNORECASE,
)


@rule("R34", "pages or contents wrong", "财政部令第87号 art. 63 (5)", "make the contents and the page numbers again")
def pages(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Printed page numbers run on without gap, and each contents line names the page where its title stands."""
    if not bid.pdfs:
        yield rule.human(Words("no PDF"), Words("the PDF of every volume"))
        return
    for pages in bid.pages:
        numbers = [_printed_number(page) for page in pages.pages]
        if pages.fault:
            yield rule.human(pages.fault, Words("a PDF that can be read"), pages.name, "file")
        elif sum(number is not None for number in numbers) * 2 < len(numbers):
            yield rule.human(Words("few printed page numbers"), Words("a number on every page"), pages.name)
        else:
            yield from _continuous(pages, numbers, rule)
            yield from _contents(pages, numbers, rule)
            yield rule.passed(
                Words("{count} pages", count=len(pages.pages)), Words("numbers run on, contents true"), pages.name
            )


def _printed_number(page: str) -> int | None:
    lines = [line for line in page.splitlines() if line.strip()]
    for line in (*reversed(lines[-3:]), *lines[:2]):
        match = _NUMBER.search(narrow(line))
        if match:
            return int(match["alone"] or match["cn"] or match["en"])
    return None


def _continuous(pages: Pages, numbers: list[int | None], rule: Rule) -> Iterator[Finding]:
    last: int | None = None
    for position, number in enumerate(numbers, 1):
        if last is not None and number is not None and number != last + 1 and number != 1:
            yield rule.fail(
                Words("page number {number}", number=number),
                last + 1,
                pages.name,
                Words("page {number}", number=position),
            )
        last = number if number is not None else (last + 1 if last is not None else None)


_ENTRY = re.compile(r"(.{2,80}?)\s*(?:[.·…]\s*){4,}\s*(\d{1,4})\s*$")


def _contents(pages: Pages, numbers: list[int | None], rule: Rule) -> Iterator[Finding]:
    """A title that stands on another page is wrong; of an inserted proof that never shows its title a person judges."""
    by_number = {number: page for number, page in zip(numbers, pages.pages, strict=True) if number is not None}
    headings = {squeeze(line) for page in pages.pages for line in page.splitlines()}
    for position, page in enumerate(pages.pages, 1):
        for entry in filter(None, map(_entry, page.splitlines())):
            title, number = squeeze(entry[1]), int(entry[2])
            if number in by_number and title in squeeze(by_number[number]):
                continue
            shown = number not in by_number or title in headings
            found = Words("{title}: page {number}", title=entry[1], number=number)
            say = rule.fail if shown else rule.human
            yield say(found, Words("the page with this title"), pages.name, f"page {position}")


def _entry(line: str) -> re.Match[str] | None:
    return _ENTRY.match(narrow(line))


_REFERENCE = re.compile(
    r"(?:见|参见|详见|参照|see|refer to)\s*[“\"《]?\s*(?P<k>附件|附录|附表|附图|表|图|annex|appendix|attachment|table|figure)\s*"  # noqa: E501
    r"(?P<n>[一二三四五六七八九十]+|\d+(?:[-.]\d+)*|[A-Z](?![a-z]))",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"^\s*[【《\[]?(?P<k>附件|附录|附表|附图|表|图|annex|appendix|attachment|table|figure)\s*"
    r"(?P<n>[一二三四五六七八九十]+|\d+(?:[-.]\d+)*|[A-Z](?![a-z]))",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"错误[!！]\s*(?:未找到|未定义)|Error!\s*(?:Reference source|Bookmark)", re.IGNORECASE)


@rule("R40", "broken reference", "招标投标法实施条例 art. 51 (6)", "add the annex, or mend the reference")
def references(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Every “see annex X” has its annex, and no field shows Word's error text."""
    if not bid.read:
        yield rule.human(Words("no document"), Words("the bid documents"))
        return
    targets = {_key(m) for d in bid.read for _p, _q, t in d.texts() if (m := _TARGET.match(narrow(t)))}
    targets |= {_key(m) for d in bid.read if (m := _TARGET.match(narrow(d.name.rsplit("/", 1)[-1])))}
    count = 0
    for document in bid.read:
        for _part, place, text in document.texts():
            plain = narrow(text)
            if _BROKEN.search(plain):
                yield rule.fail(plain, Words("a working reference"), document.name, place)
            for match in _REFERENCE.finditer(plain):
                count += 1
                if _key(match) not in targets:
                    yield rule.fail(
                        match[0],
                        Words("{kind}{number} in the bid", kind=match["k"], number=match["n"]),
                        document.name,
                        place,
                    )
    yield rule.passed(Words("{count} references", count=count), Words("each with its target"))


def _key(match: re.Match[str]) -> tuple[str, str]:
    number = chinese_number(match["n"])
    return match["k"].lower(), str(number) if number is not None else match["n"].upper()
