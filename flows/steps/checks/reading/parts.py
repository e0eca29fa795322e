"""Which part of the bid a block belongs to: by the heading it stands under, else by the name of its file."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flows.steps.checks.reading.document import Block, Paragraph, Table
from flows.steps.checks.reading.text import narrow, squeeze

PARTS: dict[str, str] = {
    "bid-letter": r"投标函|投标书|响应函|letterofbid|bidletter|letteroftender|bidform|formofbid",
    "opening-sheet": r"开标一览表|报价一览表|投标一览表|唱标单|openingsheet|bidopening(?:sheet|form)|summaryofbid(?:price)?",  # noqa: E501
    "price-schedule": r"分项报价(?:表|明细表)?|报价明细表|价格明细表|分项价格表|货物报价表|priceschedules?(?!ofrelated).*|scheduleofprices",  # noqa: E501
    "identity": r"法定代表人(?:（单位负责人）|\(单位负责人\))?(?:身份)?(?:证明|资格证明)(?:书)?|certificateoflegalrepresentative",  # noqa: E501
    "power-of-attorney": r"(?:法定代表人)?授权(?:委托)?书|powerofattorney|authori[sz]ationofsignatory",
    "consortium": r"联合体(?:投标)?协议书?|jointventureagreement|consortiumagreement",
    "bond": r"投标保证金(?:\(投标保函\))?|投标保函|bidsecurity|bidbond|bid-?securingdeclaration",
    "deviations": r"(?:商务和技术|商务|技术|商务及技术)?(?:偏差|偏离)表|(?:schedule|statement|list|tableof)?deviations?(?:table|schedule)?",  # noqa: E501
    "qualification": r"资格审查资料|资格证明文件|投标人基本情况表?|基本情况表|bidderinformation.*|qualification(?:s|documents)?",  # noqa: E501
    "track-record": r".*类似项目(?:情况表?|业绩表?)?|业绩表|similar(?:projects|contracts).*|experience",
    "authorisation": r"(?:.*[(（])?制造(?:商|厂家)(?:的)?授权(?:书|函)?[)）]?|manufacturer['’]?s?authori[sz]ation.*",
    "response": r"(?:.*[(（])?(?:技术|商务)?(?:要求|条款|规格|参数)?(?:响应|应答)(?:及偏离)?表[)）]?|technicalresponse.*|clause(?:by-?clause)?response.*|technicalspecifications?(?:response|andcompliance)",  # noqa: E501
    "description": r".*技术性能指标的详细描述|技术方案|technicaldescription|technicalproposal",
    "support": r"技术支持资料|technicalsupport(?:ing)?documents?|technicaldocuments",
    "service": r"技术服务和质保期服务计划|售后服务(?:方案|计划|承诺)|serviceplan|afterservice.*",
    "others": r"其他资料|other(?:documents|information)",
    "team": r"(?:项目)?(?:人员|团队|管理机构)(?:一览|组成|配备)?表?|projectteam|keypersonnel|personnel",
    "contents": r"目录|tableofcontents|contents",
    "addenda": r"(?:补遗|澄清|补充)(?:文件)?(?:确认|回执|函).*|acknowledgementofaddend(?:a|um)",
}  # fmt: skip
_COMPILED = {part: re.compile(rf"(?:{pattern})", re.IGNORECASE) for part, pattern in PARTS.items()}
_NUMBERING = re.compile(
    r"^(?:第?[一二三四五六七八九十百\d]+(?:[、.．]|章|节|部分|册)[、.．]?|[(（][一二三四五六七八九十\d]+[)）]|"
    r"(?:附件|附录|附表|annex|appendix|form|section)\s*[一二三四五六七八九十\dA-Z.\-]*\s*[:：、.]?|\d+(?:\.\d+)*\s)\s*",
    re.IGNORECASE,
)
_TOC_TAIL = re.compile(r"(?:\t|\.{3,}|…+|·{3,})\s*\d{1,4}\s*$")
_LONGEST_HEADING = 60


def part_of(heading: str) -> str:
    """Return the part that a heading opens, or nothing.

    A heading such as 八、…（技术要求响应表） is known by what stands in its brackets, and a numbered 表 by its name.
    """
    plain = squeeze(_NUMBERING.sub("", narrow(heading).strip(), count=1)).strip(":：*")
    bracket = re.search(r"[(（]([^()（）]+)[)）]$", plain)
    candidates = ([bracket[1]] if bracket else []) + [plain] + ([plain[: bracket.start()]] if bracket else [])
    for candidate in candidates:
        for part, pattern in _COMPILED.items():
            if pattern.fullmatch(candidate):
                return part
    return ""


def assign_parts(name: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with their part and with contents lines marked."""
    part = part_of(name.rsplit("/", 1)[-1].removesuffix(".docx").removesuffix(".pdf").replace("-", " "))
    assigned: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            title = _title_row(block)
            part = title or part
            assigned.append(replace(block, part=part))
            continue
        toc = block.toc or bool(_TOC_TAIL.search(block.text) and len(block.text) < 200)
        if not toc and _may_open(block):
            part = part_of(block.text) or (part if block.level != 1 else "other")
        assigned.append(replace(block, part=part, toc=toc))
    return tuple(assigned)


def _may_open(paragraph: Paragraph) -> bool:
    """Headings by style always; else a short line that is nothing but a part's name and no item of a list."""
    text = paragraph.text.strip()
    if not text or len(text) > _LONGEST_HEADING:
        return False
    return paragraph.level > 0 or (text[-1] not in "；;，,。.:：" and bool(part_of(text)))


def _title_row(table: Table) -> str:
    first = table.rows[0] if table.rows else ()
    return part_of(first[0].text) if len(first) == 1 else ""
