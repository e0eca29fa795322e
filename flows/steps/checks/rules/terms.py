"""Terms: delivery, warranty, payment; conditions; alternatives (R24, R25, R31)."""

import re
from collections.abc import Iterator

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.reading.parts import part_of
from flows.steps.checks.reading.terms import terms_in
from flows.steps.checks.reading.text import narrow, squeeze
from flows.steps.checks.registry import Rule, rule
from flows.steps.checks.rules.structure import in_form
from flows.steps.checks.verdict import Finding
from flows.steps.checks.words import Words

_SUBSTANCE = "招标投标法实施条例 art. 51 (6)"


@rule(
    "R24",
    "delivery, warranty or payment worse than asked",
    _SUBSTANCE,
    "promise what the tender asks, everywhere the same",
)
def worse_terms(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Delivery days and warranty months against the tender, equal everywhere; payment terms as asked."""
    lot, judged = bid.this_lot, 0
    for term in ("delivery", "warranty"):
        known = [t for t in terms_in(bid.read, bid.values, term) if t.number >= 0]
        judged += len(known)
        asked = None if lot is None else lot.delivery_days if term == "delivery" else lot.warranty_months
        for promise in known:
            worse = asked is not None and (promise.number > asked if term == "delivery" else promise.number < asked)
            if worse:
                said = (
                    Words("{count} days", count=asked) if term == "delivery" else Words("{count} months", count=asked)
                )
                yield rule.fail(promise.raw, said, promise.document, promise.place)
            elif promise.number != known[0].number:
                yield rule.fail(
                    promise.raw,
                    Words("{value} as in {place}", value=known[0].raw, place=known[0].place),
                    promise.document,
                    promise.place,
                )
    for entry in bid.values:
        if lot is not None and lot.payment and re.fullmatch(_PAYMENT, squeeze(entry.label), re.IGNORECASE):
            judged += 1
            if squeeze(lot.payment).rstrip("。") not in squeeze(entry.value):
                yield rule.fail(entry.value, lot.payment, entry.document, entry.place)
    if not judged:
        yield rule.human(Words("no delivery, warranty or payment found"), Words("delivery in days, warranty in months"))
    elif lot is None:
        yield rule.human(
            Words("{count} promises, equal everywhere", count=judged),
            Words("tender.yaml: lots.delivery_days, warranty_months"),
        )
    else:
        yield rule.passed(
            Words("{count} promises", count=judged),
            Words(
                "{days} days, {months} months",
                days=lot.delivery_days,
                months=lot.warranty_months,
            ),
        )


_PAYMENT = r"付款(?:方式|条件|条款)|支付方式|(?:terms?of)?payment(?:terms?)?"
_CONDITIONS = re.compile(
    r"以[^。；;，,]{1,40}为(?:前提|条件)|前提(?:条件)?是|(?:报价|价格|总价)[^。；;]{0,12}(?:不包括|不含(?!税|增值税))|不包括在(?:本次)?报价|"
    r"另行(?:计费|收费|报价|协商|商定|结算|支付|计算)|(?:由|需)(?:买方|招标人|采购人|甲方|贵方)[^。；;，,]{0,12}(?:承担|负担|另付|提供后)|"
    r"保留[^。；;，,]{0,16}(?:调整|变更|修改)[^。；;，,]{0,8}权利?|仅在[^。；;]{1,30}(?:时|后)[^。；;]{0,6}有效|如[^。；;]{1,30}则(?:报价|价格)[^。；;]{0,10}(?:调整|上浮|无效)|"
    r"\bsubject to\b|\bprovided that\b|\bon condition that\b|\bexcluding\b(?! (?:vat|tax))|\bnot included in (?:the|our) price\b|\breserve the right to (?:adjust|revise|change)\b",  # noqa: E501
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"不(?:得|会|向|再|以|附|提出|存在|含有|设)[^。；;]{0,20}$|未[^。；;]{0,10}$|无(?:任何)?[^。；;]{0,6}$|\bno[nt]?\b[^.;]{0,30}$|without[^.;]{0,20}$",
    re.I,
)
_QUOTED_PARTS = ("contents",)


@rule("R25", "conditions added", _SUBSTANCE, "strike the condition, or list it as a deviation")
def conditions(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Words that make the bid depend on something; a person reads each of them."""
    found = 0
    quoted = {(row.document, row.place): squeeze(row.requirement) for table in bid.responses for row in table.rows}
    for document in bid.read:
        for part, place, text in document.texts():
            plain = narrow(text)
            for match in _CONDITIONS.finditer(plain) if part not in _QUOTED_PARTS else ():
                own = squeeze(match[0]) not in quoted.get((document.name, place), "")
                if own and not in_form(bid, plain, match) and not _DENIED.search(plain[: match.start()][-24:]):
                    found += 1
                    yield rule.human(match[0], Words("an answer without condition"), document.name, place)
    if not found and bid.read:
        yield rule.passed(Words("{count} documents", count=len(bid.read)), Words("no condition found"))
    elif not bid.read:
        yield rule.human(Words("no document"), Words("the bid documents"))


_ALTERNATIVE = re.compile(
    r"(?:备选|替代|可选)(?:投标)?(?:方案|报价)|选择性报价|方案[二2B](?!次)|第二(?:套)?(?:方案|报价)|两(?:个|套)(?:方案|报价)|"
    r"\balternative (?:bid|offer|proposal|price)s?\b|\boption(?:al)? (?:bid|price)s?\b|\bsecond (?:bid|offer)\b",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(
    r"(?:不|未|无|没有|非|禁止|不得|拒绝|not?\b|no\b|without|neither|nor)[^。；;.]{0,24}$", re.IGNORECASE
)
_NOT_AFTER = re.compile(
    r"^[^。；;.]{0,16}(?:不予|不被|不得|不接受|无效|将被拒绝|(?:is|are|were|was|will)\s*(?:not|be rejected|no)|not\b)",
    re.I,
)


@rule("R31", "alternative bid", "招标投标法实施条例 art. 51 (4)", "leave one bid and one price")
def alternatives(bid: BidUnderCheck, rule: Rule) -> Iterator[Finding]:
    """Exactly one bid: no alternative offered, no second letter; a denial such as 不存在选择性报价 is none."""
    if not bid.read:
        yield rule.human(Words("no document"), Words("the bid documents"))
        return
    for document in bid.read:
        for _part, place, text in document.texts():
            plain = narrow(text)
            for match in _ALTERNATIVE.finditer(plain):
                denied = _NOT_OURS.search(plain[: match.start()]) or _NOT_AFTER.match(plain[match.end() :])
                if not denied and not in_form(bid, plain, match):
                    yield rule.fail(match[0], Words("one bid"), document.name, place)
    letters = [
        (document.name, paragraph.place)
        for document in bid.read
        for paragraph in document.paragraphs()
        if paragraph.part == "bid-letter" and squeeze(paragraph.text) and _opens_letter(paragraph.text, paragraph.level)
    ]
    for name, place in letters[1:]:
        yield rule.fail(Words("a second bid letter"), Words("one bid letter"), name, place)
    yield rule.passed(Words("{count} bid letter", count=len(letters) or 1), Words("one bid"))


def _opens_letter(text: str, level: int) -> bool:
    return part_of(text) == "bid-letter" and (level > 0 or len(text) < 20)
