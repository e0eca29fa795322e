"""Mutants of texts, identity and structure: R01 to R08, R19, R25, R31 to R36, R38 to R40."""

import random
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import docx
from fpdf import FPDF
from lxml import etree
from mutants.edit import W, body, insert, letter, other_digit, packed, record, substitute, text_of, with_document
from mutants.registry import breaks, spares

from flows.steps.checks.bid import BidUnderCheck
from flows.steps.checks.rules.structure import printed_words
from templates import catalogue

Bid, Rng = BidUnderCheck, random.Random
ENGINE = ("cn-equipment-2017", "cn-goods-87", "wb-goods")


def _at(bid: Bid, **before: float) -> Bid:
    assert bid.record is not None
    return replace(bid, now=bid.record.deadline - timedelta(**before))


def _limits(bid: Bid, **values: object) -> Bid:
    return record(bid, lambda data: data["limits"].update(values))


breaks("R01", lambda b, r: _at(b, minutes=r.randint(-3000, 24 * 60 - 1)))
spares("R01", lambda b, r: _at(b, minutes=24 * 60 + r.randint(0, 3000)))
breaks(
    "R02",
    lambda b, r: insert(
        b,
        r,
        r.choice(["投标文件正本1份，副本{}份。", "副本：{}份", "{} copies of the bid"]).format(
            r.choice([1, 2, 3, 5, 6])
        ),
    ),
)
spares(
    "R02",
    lambda b, r: insert(
        b, r, r.choice(["投标文件正本一份，副本四份。", "副本4份", "4 copies of the bid", "电子文件2份，U盘1个。"])
    ),
)


def _no_places(pattern: str) -> object:
    return lambda b, r: substitute(b, r, pattern, "", f"^{letter(b)}$", everywhere=True)


breaks("R03", _no_places(r"签字|签名|[Ss]ignature|[Ss]igned|[Ss]igning|签章"))  # type: ignore[arg-type]
breaks("R03", lambda b, r: substitute(b, r, "盖单位章|盖章|公章|单位章|签章", "", f"^{letter(b)}$", everywhere=True))
spares(
    "R03",
    lambda b, r: substitute(b, r, "盖单位章|盖章", r.choice(["加盖公章", "盖公章", "电子签章"]), f"^{letter(b)}$"),
    lambda b, r: substitute(b, r, "签字", r.choice(["签名", "亲笔签字", "签章"]), f"^{letter(b)}$"),
)
breaks(
    "R04",
    lambda b, r: substitute(b, r, "委托赵示例|赵示例", r.choice(["钱二示例", "孙某例"]), "power|授权", everywhere=True),
    lambda b, r: substitute(
        b, r, "示例110101190001010002", lambda m: other_digit(r, m[0]), "power|授权", everywhere=True
    ),
    lambda b, r: substitute(b, r, "CSXY-2024-017", lambda m: other_digit(r, m[0]), "power|授权", everywhere=True),
    lambda b, r: record(b, lambda d: d["signer"].update(until=f"2027-03-{r.randint(10, 17)}")),
    lambda b, r: substitute(b, r, "2027年12月31日", f"2027年3月{r.randint(10, 17)}日", "授权"),
)
spares(
    "R04",
    lambda b, r: substitute(b, r, "示例110101190001010002", "示例１１０１０１１９０００１０１０００２", "power|授权"),
    lambda b, r: record(b, lambda d: d["signer"].update(until="2027-03-18")),
    lambda b, r: substitute(b, r, "赵示例", " 赵 示 例 ", "power|授权"),
)


def _name(bid: Bid, rng: Rng) -> Bid | None:
    assert bid.record is not None
    name = bid.record.bidder.name
    at = rng.randrange(0, len(name) - 6)
    wrong = name[:at] + rng.choice("华中东新" if name[at] > "z" else "aeiou") + name[at + 1 :]
    return None if wrong == name else substitute(bid, rng, name, wrong)


breaks(
    "R05",
    _name,
    lambda b, r: substitute(
        b, r, "91430100MAEXAMPLEC", lambda m: m[0][:9] + r.choice("BCDEF") + m[0][10:], "commercial|qualification"
    ),
    lambda b, r: substitute(
        b, r, "智能物流装备有限公司", r.choice(["智能物流设备有限公司", "智能物流装备公司", "物流装备有限公司"])
    ),
)
spares(
    "R05",
    lambda b, r: insert(
        b,
        r,
        r.choice(
            [
                "示例医药物流有限公司为我方用户。",
                "本项目由省建设集团股份有限公司总承包。",
                "参考：某某软件有限公司产品。",
            ]
        ),
    ),
    lambda b, r: substitute(b, r, "示例智能物流装备有限公司", "示例智能物流装备 有限公司"),
)


def _without(bid: Bid, rng: Rng) -> Bid | None:
    known = (
        "bid-letter",
        "opening",
        "schedule",
        "identity",
        "deviations",
        "response",
        "power",
        "投标函",
        "开标",
        "分项",
        "授权",
        "偏离",
        "响应表",
    )
    names = [n for n in bid.documents if any(k in n for k in known) and "commercial-response" not in n]
    gone = rng.choice(names)
    return replace(bid, documents={n: c for n, c in bid.documents.items() if n != gone})


breaks("R06", _without)
spares(
    "R06",
    lambda b, r: substitute(
        b, r, "^[一二三四五六七八九十]+、", r.choice(["1、", "（一）", "第一章 ", "1. "]), "price|commercial"
    ),
    lambda b, r: insert(b, r, "本投标文件未另附其他章节。"),
)


def _form(bid: Bid, rng: Rng) -> Bid | None:
    assert bid.record is not None
    if "投标函" in "".join(bid.documents):
        return None
    plan = catalogue.load(bid.record.set)
    forms = [
        s
        for _v, s in plan.sections()
        if s.template and s.id in ("bid-letter", "opening-sheet", "price-schedule", "identity", "power-of-attorney")
    ]
    words = [
        w for s in forms if s.template for w in printed_words(s.template) if len(w) >= 8 and w.isalnum() and w > "z"
    ]
    if not words:
        words = ["abideby", "nottofallintheveryhands"]
    word = rng.choice(words)
    return substitute(bid, rng, word, word[: len(word) // 2], everywhere=True)


breaks(
    "R07",
    _form,
    lambda b, r: substitute(
        b, r, "Performance Security: If our Bid is accepted, we commit", "Performance Security: we commit", "letter"
    ),
)
spares(
    "R07",
    lambda b, r: substitute(b, r, "我方承诺", "我方 承诺"),
    lambda b, r: insert(b, r, "补充说明：我方熟悉现场情况。"),
    lambda b, r: substitute(b, r, "我方", "　我方", "bid-letter"),
    lambda b, r: insert(b, r, "Additional note: none.", "letter"),
)
BLANKS = ["项目经理：____", "交货地点：{{ place }}", "型号：XX", "品牌待定", "20XX年完成", "日期：   年   月   日", "负责人：【  】", "[insert name]",  # noqa: E501
          "金额待填写", "delivery: TBD", "联系人：×××", "预计待补充"]  # fmt: skip
breaks("R08", lambda b, r: insert(b, r, r.choice(BLANKS)))
spares("R08", lambda b, r: insert(b, r, r.choice(["尺寸XXL的防护服", "货物待定位后扫码", "法定代表人：________（签字）", "设备型号AXX-200", "Signature: ______",  # noqa: E501
                                                  "2027年3月12日", "运行20年，每月检查", "公式a×b", "数量[3]台"])))  # fmt: skip  # noqa: E501
breaks(
    "R19",
    lambda b, r: substitute(b, r, r"90(\s*(?:天|days))", rf"{r.choice([30, 45, 60, 80, 89])}\1", "price|bid-letter"),
    lambda b, r: substitute(b, r, r"(valid for )\s*90", r"\g<1>60"),
)
spares(
    "R19",
    lambda b, r: substitute(
        b, r, r"90(\s*)天", r.choice([r"90\1日历天", r"90\1个日历日", "九十天"]), "price|bid-letter"
    ),
    lambda b, r: insert(b, r, r.choice(["证书有效期30天内续期。", "保函有效期28天。", "培训30天。"])),
)
CONDITIONS = ["本报价以买方提供场地为前提。", "报价不包括土建费用。", "安装费另行计费。", "培训费用另行协商。", "我方保留调整价格的权利。", "Our price is subject to the exchange rate.",  # noqa: E501
              "The price is valid provided that the site is ready.", "电费由招标人承担。"]  # fmt: skip
breaks("R25", lambda b, r: insert(b, r, r.choice(CONDITIONS)))
spares("R25", lambda b, r: insert(b, r, r.choice(["在签订合同时不向你方提出附加条件。", "无任何以买方付款为前提的条款。", "不含税价另列。", "我方完全响应，未附条件。",  # noqa: E501
                                                  "报价包括全部费用。", "设备包括主机和附件。", "The price includes freight."])))  # fmt: skip  # noqa: E501
ALTERNATIVES = [
    "我方另提供备选方案如下。",
    "方案二：采用激光导航。",
    "选择性报价：2,000,000元。",
    "We also submit an alternative bid.",
    "本标另附替代方案。",
]
breaks(
    "R31", lambda b, r: insert(b, r, r.choice(ALTERNATIVES)), lambda b, r: insert(b, r, "投标函", "price", style="0")
)
spares("R31", lambda b, r: insert(b, r, r.choice(["不存在选择性报价。", "我方未提交备选方案。", "本项目不接受备选投标方案。", "没有替代方案。",  # noqa: E501
                                                  "备选方案不予接受。", "We do not submit an alternative bid.", "设计方案经二次评审。"])))  # fmt: skip  # noqa: E501
TERMS = ["长江大学附属中学自动化实验室", "CDFZ-2023-0415", "长江大学附属中学", "XJ-9000-PRO"]


def _around(bid: Bid, rng: Rng, text: str) -> Bid:
    name = rng.choice(list(bid.documents))
    kind = rng.choice(["docProps/app.xml", "word/header77.xml", "word/footer77.xml", "word/comments.xml"])
    ns = f'xmlns:w="{W[1:-1]}"'
    paragraph = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    xml = {
        "docProps/app.xml": f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Company>{text}</Company></Properties>',
        "word/header77.xml": f"<w:hdr {ns}>{paragraph}</w:hdr>", "word/footer77.xml": f"<w:ftr {ns}>{paragraph}</w:ftr>",  # noqa: E501
        "word/comments.xml": f'<w:comments {ns}><w:comment w:id="1">{paragraph}</w:comment></w:comments>',
    }[kind]  # fmt: skip
    return with_document(bid, name, packed(bid.documents[name], body(bid.documents[name]), {kind: xml.encode()}))


breaks(
    "R32",
    lambda b, r: insert(b, r, f"{r.choice(['', '本方案用于', '编号：'])}{r.choice(TERMS)}"),
    lambda b, r: _around(b, r, r.choice(TERMS)),
)
spares(
    "R32",
    lambda b, r: insert(
        b,
        r,
        r.choice(["CDFZ-2023-04151", "XJ-9000-PRO2型", "长江大学", "附属中学", "自动化实验室设备", "ACDFZ-2023-0415"]),
    ),
)
breaks(
    "R33",
    lambda b, r: insert(
        b, r, r.choice(["2027年2月30日", "签订于2027年13月1日", "日期：2027年4月31日", "Date: 31 June 2027"])
    ),
    lambda b, r: substitute(
        b, r, "2027年3月12日", r.choice(["2027年3月19日", "2027年1月3日", "2026年3月12日"]), "bid-letter|opening|投标函"
    ),
    lambda b, r: record(b, lambda d: d.update(sign_date=r.choice(["2027-03-19", "2027-02-01"]))),
    lambda b, r: substitute(b, r, r"^Date signed:\s*12 March 2027", "Date signed: 12 April 2027"),
)
spares(
    "R33",
    lambda b, r: insert(
        b,
        r,
        r.choice(["2028年2月29日到期的证书", "成立于2009年3月16日", "合同签订于2023年5月4日", "二〇二七年三月十二日"]),
    ),
    lambda b, r: substitute(
        b,
        r,
        "2027年3月12日",
        r.choice(["2027年03月12日", "2027 年 3 月 12 日", "2027-03-12"]),
        "bid-letter|opening|投标函",
    ),
)


def _pdf(bid: Bid, numbers: list[int], contents: list[int], footer: str = "- {number} -", untitled: int = 0) -> Bid:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for position, number in enumerate(numbers):
        pdf.add_page()
        titles = [f"Chapter {chr(65 + n)} ........ {page}" for n, page in enumerate(contents)] if position == 0 else []
        heading = f"Chapter {chr(64 + position)}" if position else "Contents"
        for line in (*titles, "a scan" if untitled and position == untitled else heading, "text of the page"):
            pdf.cell(0, 10, line, new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(-35)
        pdf.cell(0, 10, footer.format(number=number))
    return replace(bid, pdfs={"volume": bytes(pdf.output())})


def _wrong_number(bid: Bid, rng: Rng) -> Bid:
    pages = rng.randint(4, 12)
    numbers = list(range(1, pages + 1))
    numbers[rng.randrange(2, pages)] += rng.choice([1, 2, 10])
    return _pdf(bid, numbers, [2, 3], rng.choice(FOOTERS))


FOOTERS = ("- {number} -", "{number} / 12", "Bid of Example Ltd.  Page {number} of 12")
breaks("R34", _wrong_number, lambda b, r: _pdf(b, list(range(1, 9)), [2, r.choice([2, 4, 5, 9])], r.choice(FOOTERS)))
spares(
    "R34",
    lambda b, r: _pdf(b, list(range(1, 9)), [2, 3, 4, 5], r.choice(FOOTERS), untitled=r.choice([1, 2, 3])),
    lambda b, r: _pdf(b, list(range(1, r.randint(5, 12))), [2, 3, 4]),
    lambda b, r: _pdf(b, list(range(1, 9)), []),
)


def _run(bid: Bid, rng: Rng, kind: str) -> Bid:
    name = rng.choice(list(bid.documents))
    root = body(bid.documents[name])
    runs = [run for run in root.iter(f"{W}r") if text_of(run).strip()]
    run = rng.choice(runs)
    if kind in ("ins", "moveFrom", "moveTo"):
        wrapper = etree.Element(f"{W}{kind}")
        run.addprevious(wrapper)
        wrapper.append(run)
    elif kind == "commentReference":
        etree.SubElement(run, f"{W}commentReference").set(f"{W}id", "1")
    else:
        properties = run.find(f"{W}rPr")
        if properties is None:
            properties = etree.Element(f"{W}rPr")
            run.insert(0, properties)
        etree.SubElement(properties, f"{W}{kind}")
    return with_document(bid, name, packed(bid.documents[name], root))


breaks("R35", lambda b, r: _run(b, r, r.choice(["ins", "moveFrom", "moveTo", "commentReference", "vanish"])))
spares("R35", lambda b, r: _run(b, r, r.choice(["b", "noProof", "i", "webHidden"])))


def _blind(bid: Bid, text: str) -> Bid:
    document = docx.Document()
    document.core_properties.author = ""
    document.add_paragraph("技术方案")
    document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return replace(_limits(bid, blind_volumes=["technical"]), documents={"technical": out.getvalue()})


def _identity(bid: Bid) -> list[str]:
    assert bid.record is not None
    b, s = bid.record.bidder, bid.record.signer
    return [b.name, b.phone, b.email, b.legal_representative, s.name, b.credit_code, b.website]


breaks(
    "R36",
    lambda b, r: _blind(b, f"{r.choice(['', '由', '我公司'])}{r.choice(_identity(b))}{r.choice(['', '提供。', '。'])}"),
)
spares(
    "R36",
    lambda b, r: _blind(
        b,
        r.choice(
            [
                "我方提供智能物流装备。",
                "投标人按要求供货。",
                "联系电话见资格文件。",
                "www.standard.example.org",
                "0731区号",
            ]
        ),
    ),
)
breaks(
    "R38",
    lambda b, r: _limits(b, file_name=r"[A-Z]{8}\d+\.pdf"),
    lambda b, r: replace(
        _limits(b, max_file_mb=1, file_formats=["pdf"]),
        pdfs={"price": b"%PDF-" + b"0" * r.randint(1_000_001, 1_500_000)},
    ),
    lambda b, r: replace(_limits(b, file_formats=["pdf"]), pdfs={"other": b"%PDF-1.4"}),
)
spares(
    "R38",
    lambda b, r: _limits(b, file_name=r".{1,60}", max_file_mb=r.randint(1, 9)),
    lambda b, r: _limits(b, file_formats=["docx"]),
)
breaks(
    "R39",
    lambda b, r: (
        substitute(b, r, "1101011900010100(?=15|23)", r.choice(["1101011900010110", "1101021900010100"]), "资格")
        and insert_person(b, r)
    ),
    lambda b, r: substitute(b, r, "示例11010119000101000[12]", lambda m: other_digit(r, m[0]), "identity|power|授权"),
    lambda b, r: substitute(b, r, "EX-QMS-0001", lambda m: other_digit(r, m[0]), "qualification|certificates|资格"),
)


def insert_person(bid: Bid, rng: Rng) -> Bid | None:
    """Write a second table of people in which one has another number."""
    name = next((n for n in bid.documents if "资格" in n), "")
    if not name:
        return None
    document = docx.Document(BytesIO(bid.documents[name]))
    table = document.add_table(rows=2, cols=3)
    row = ("王示例", "项目经理", rng.choice(["110101190001010016", "110101190001020015"]))
    for cells, texts in zip(table.rows, (("姓名", "职务", "身份证号"), row), strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    out = BytesIO()
    document.save(out)
    return with_document(bid, name, out.getvalue())


spares(
    "R39",
    lambda b, r: substitute(
        b, r, "示例110101190001010001", "示例１１０１０１１９０００１０１０００１", "identity|授权"
    ),
    lambda b, r: substitute(b, r, "EX-QMS-0001", " EX-QMS-0001 ", "qualification|资格"),
    lambda b, r: insert(b, r, f"合同编号：EX-{r.randint(10000, 99999)}"),
)
breaks(
    "R40",
    lambda b, r: insert(
        b,
        r,
        r.choice(
            [
                "详见附件9。",
                "见附录七",
                "参见表8-3",
                "错误！未找到引用源。",
                "see Annex Q for details",
                "Error! Reference source not found.",
            ]
        ),
    ),
)
spares(
    "R40",
    lambda b, r: insert(insert(b, r, "附件三 检测报告"), r, r.choice(["详见附件3。", "见附件三", "参见附件 3"])),
    lambda b, r: insert(b, r, r.choice(["见第五章", "表达清楚", "附件齐全", "see the annexes"])),
)
