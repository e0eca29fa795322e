"""Who we are: the licence name, blind volumes, people and certificates (R05, R36, R39)."""

import re
from collections import defaultdict
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.document import Document
from flows.steps.checks.reading.text import distance, narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words
from flows.steps.credit_code import credit_code_fault
from flows.steps.tender import Tender

_BIDDER = re.compile(
    r"投标人(?:名称)?(?:\(.*\))?|供应商(?:名称)?|投标单位(?:名称)?|bidder(?:'s)?(?: legal)?(?: name)?|name of (?:the )?bidder",  # noqa: E501
    re.IGNORECASE,
)  # fmt: skip
_SUFFIX = re.compile(r"有限责任公司|股份有限公司|有限公司|公司|CO\.?,?LTD\.?|INC\.?|GMBH", re.IGNORECASE)
_CODE_LABEL = re.compile(r"统一社会信用代码.*|(?:unified (?:social )?)?credit code.*", re.IGNORECASE)
_ID_LABEL = re.compile(r"身份证(?:号码?|件号码?)?|id (?:card )?(?:number|no\.?)", re.IGNORECASE)


@rule(
    "R05",
    "the bidder's name differs",
    "招标投标法实施条例 art. 51 (1), (3)",
    "write the name exactly as on the licence",
)
def bidder_name(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """The licence name stands in every document, nothing resembles it, and the credit code is ours and valid."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: bidder.name, bidder.credit_code"))
        return
    if not bid.read:
        yield rule.human(Words("no document"), Words("documents with the bidder's name"))
        return
    allowed = {squeeze(name) for name in _own_and_known(record)}
    for entry in bid.values:
        value = squeeze(re.sub(r"\s*[(（][^()（）]*(?:章|签|seal|signature)[^()（）]*[)）]", "", narrow(entry.value)))
        if _BIDDER.fullmatch(entry.label) and _is_name(value) and value not in allowed:
            yield rule.fail(entry.value, record.bidder.name, entry.document, entry.place)
        if _CODE_LABEL.fullmatch(entry.label):
            yield from _code(value, record, rule, entry.document, entry.place)
    for document in bid.read:
        yield from _in_document(document, record, allowed, rule)
    yield rule.passed(Words("{count} documents", count=len(bid.read)), record.bidder.name)


def _own_and_known(record: Tender) -> list[str]:
    known = [record.bidder.name, record.buyer.name, *record.affiliates]
    known += [member.name for member in record.consortium] + [a.manufacturer for a in record.authorisations]
    return known + [project.buyer for project in record.track_record]


def _is_name(value: str) -> bool:
    return 3 < len(value) <= 60 and bool(_SUFFIX.search(value) or re.search(r"[厂院所社]$", value))


def _code(value: str, record: Tender, rule: Rule, document: str, place: str) -> Iterator[Finding]:
    code = re.match(r"[0-9A-Z]{10,20}", value.upper())
    if code and (code[0] != record.bidder.credit_code or credit_code_fault(code[0])):
        yield rule.fail(code[0], record.bidder.credit_code, document, place)


def _in_document(document: Document, record: Tender, allowed: set[str], rule: Rule) -> Iterator[Finding]:
    name, seen = squeeze(record.bidder.name), False
    blind = any(document.name == v or document.name.startswith(f"{v}/") for v in record.limits.blind_volumes)
    around = [("", kind, text) for kind, text in document.around if kind in ("header", "footer")]
    for _part, place, text in (*document.texts(), *around):
        plain = squeeze(text)
        seen = seen or name in plain
        for code in re.findall(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])", narrow(text)):
            if code != record.bidder.credit_code and distance(code, record.bidder.credit_code, 2) <= 2:
                yield rule.fail(code, record.bidder.credit_code, document.name, place)
        for match in _SUFFIX.finditer(plain):
            near = _resembling(plain[: match.end()], name, allowed)
            if near:
                yield rule.fail(near, record.bidder.name, document.name, place)
    if not seen and not blind and not document.paged:
        yield rule.fail(Words("the name does not occur"), record.bidder.name, document.name)


def _resembling(text: str, name: str, allowed: set[str]) -> str:
    """Return a name at the end of `text` that is one or two letters off ours, and nothing when it is a known one."""
    if any(text.endswith(known) for known in allowed):
        return ""
    for length in (len(name), len(name) - 1, len(name) + 1, len(name) - 2, len(name) + 2):
        candidate = text[-length:] if length <= len(text) else ""
        if candidate and candidate[-2:] == name[-2:] and distance(candidate, name, 2) <= 2 and len(name) > 5:
            return candidate
    return ""


@rule(
    "R36", "identity in a blind volume", "招标投标法实施条例 art. 51 (6)", "take the name, logo, phone and metadata out"
)
def blind(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """A blind volume (暗标) says nowhere whose it is: text, headers, alt text, metadata, header images."""
    record = bid.record
    if record is None:
        yield rule.human(Words("no record"), Words("tender.yaml: limits.blind_volumes"))
        return
    volumes = record.limits.blind_volumes
    if not volumes:
        yield rule.not_applicable(Words("no blind volume"))
        return
    judged = [d for d in bid.read if any(d.name == v or d.name.startswith(f"{v}/") for v in volumes)]
    terms = _identifying(record)
    for document in judged:
        places = [(place, text) for _part, place, text in document.texts()] + list(document.around)
        for place, text in places:
            for term in terms:
                if term in squeeze(text):
                    yield rule.fail(term, Words("nothing that names the bidder"), document.name, place)
        if document.images_in_headers:
            yield rule.fail(Words("an image in header or footer"), Words("none"), document.name, "header")
    if judged:
        yield rule.passed(
            Words("{count} blind volumes", count=len(judged)),
            Words("none of {count} names and numbers", count=len(terms)),
        )
    else:
        yield rule.human(Words("no blind volume among the documents"), ", ".join(volumes))


def _identifying(record: Tender) -> list[str]:
    bidder, signer = record.bidder, record.signer
    short = re.sub(r"(?:股份)?有限(?:责任)?公司$", "", bidder.name)
    values = (bidder.name, short, bidder.credit_code, bidder.phone, bidder.fax, bidder.email, bidder.website, bidder.address,  # noqa: E501
              bidder.legal_representative, signer.name, signer.phone, bidder.account)  # fmt: skip
    return list(dict.fromkeys(squeeze(value) for value in values if len(squeeze(value)) >= 2))


@rule(
    "R39",
    "people and certificates disagree",
    "招标投标法实施条例 art. 51 (3)",
    "let one table be right and copy it to the others",
)
def people(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """One person has one id and one certificate number in every table, and ids of the record are written as there."""
    facts = list(_people_facts(bid))
    seen: dict[tuple[str, str], tuple[str, str, str]] = {}
    for person, kind, value, document, place in facts:
        known = seen.setdefault((person, kind), (value, document, place))
        if known[0] != value:
            yield rule.fail(
                Words("{person}: {kind} {value}", person=person, kind=Words(kind), value=value),
                Words("{value} as in {document} {place}", value=known[0], document=known[1], place=known[2]),
                document,
                place,
            )
    owners: dict[str, set[str]] = defaultdict(set)
    for person, kind, value, document, place in facts:
        owners[f"{kind} {value}"].add(person)
        if len(owners[f"{kind} {value}"]) > 1:
            names = ", ".join(sorted(owners[f"{kind} {value}"]))
            yield rule.fail(
                Words("{kind} {value} of {names}", kind=Words(kind), value=value, names=names),
                Words("one person"),
                document,
                place,
            )
    listed = {(document, place) for *_fact, document, place in facts}
    ids = [entry for entry in _labelled_ids(bid) if entry[1:] not in listed]
    if bid.record is not None:
        known_ids = {squeeze(bid.record.bidder.legal_representative_id), squeeze(bid.record.signer.id_number)} - {""}
        for value, document, place in ids if known_ids else ():
            if value not in known_ids:
                yield rule.fail(value, " or ".join(sorted(known_ids)), document, place)
        yield from _named_ids(bid, bid.record, rule)
        yield from _certificates(bid, bid.record, rule)
    if facts or ids or (bid.record is not None and bid.record.qualifications and bid.read):
        yield rule.passed(
            Words("{count} names and numbers", count=len(facts) + len(ids)), Words("each the same everywhere")
        )
    else:
        yield rule.human(Words("no people or certificates found"), Words("tables of people and certificates"))


def _people_facts(bid: BidUnderCheck) -> Iterator[tuple[str, str, str, str, str]]:
    """(person, kind of number, number, document, place) from tables with a 姓名 column."""
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for entry in bid.values:
        rows[entry.document, entry.place].setdefault(squeeze(entry.label).lower(), entry.value)
    for (document, place), row in rows.items():
        person = squeeze(row.get("姓名", row.get("name", ""))) if place.startswith("table") else ""
        for label, value in row.items():
            kind = "id" if _ID_LABEL.fullmatch(label) else "certificate" if re.fullmatch(_CERTIFICATE, label) else ""
            if person and kind and re.search(r"\d{4,}", value):
                yield person, kind, squeeze(value).upper(), document, place


_CERTIFICATE = r"(?:资格|注册|职称|执业)?证书?(?:编号|号码?)|certificate(?:no\.?|number)"


def _labelled_ids(bid: BidUnderCheck) -> Iterator[tuple[str, str, str]]:
    for entry in bid.values:
        if _ID_LABEL.fullmatch(entry.label) and entry.part in ("identity", "power-of-attorney", "qualification"):
            number = re.match(r"[^\d()，,。;；]{0,6}\d{6,}[\dXx]*", squeeze(entry.value))
            if number:
                yield number[0], entry.document, entry.place


def _named_ids(bid: BidUnderCheck, record: Tender, rule: Rule) -> Iterator[Finding]:
    """The number that stands in brackets behind our people's names is theirs: 赵示例（身份证号码：…）."""
    ids = {squeeze(record.bidder.legal_representative): squeeze(record.bidder.legal_representative_id),
           squeeze(record.signer.name): squeeze(record.signer.id_number)}  # fmt: skip
    for document in bid.read:
        for _part, place, text in document.texts():
            for match in _NAMED_ID.finditer(squeeze(text)) if "身份证" in text else ():
                name = next((name for name in ids if name and match[1].endswith(name)), "")
                if name and ids[name] and match[2] != ids[name]:
                    yield rule.fail(f"{name}: {match[2]}", ids[name], document.name, place)


_NAMED_ID = re.compile(r"([^，,。;；()]{2,20})\(身份证号码?:([^\d()]{0,6}\d{6,}[\dXx]*)")


def _certificates(bid: BidUnderCheck, record: Tender, rule: Rule) -> Iterator[Finding]:
    numbers = {squeeze(q.name): squeeze(q.number) for q in record.qualifications if q.number}
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for entry in bid.values:
        rows[entry.document, entry.place].setdefault(squeeze(entry.label).lower(), entry.value)
    for (document, place), row in rows.items():
        name = squeeze(row.get("证书名称", row.get("certificate", row.get("certificatename", ""))))
        number = next((squeeze(v) for label, v in row.items() if re.fullmatch(_CERTIFICATE, label)), "")
        if name in numbers and number and number != numbers[name]:
            yield rule.fail(f"{name}: {number}", numbers[name], document, place)
