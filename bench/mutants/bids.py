"""Good bids to break: the three template sets, plain python-docx, and the same re-saved by LibreOffice."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx

from flows.steps import read_tender
from flows.steps.checks.bid import BidUnderCheck
from flows.steps.cost import CostLine, CostSheet, UnitPrice
from flows.steps.fields import fields_of
from flows.steps.price import PriceOffer, make_offer
from flows.steps.tender import Addendum, Authorisation, Tender
from templates import catalogue, fill
from templates.wording import amount_cn, date_cn, figures

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse-agv"
FOREIGN = ("长江大学附属中学自动化实验室", "CDFZ-2023-0415", "长江大学附属中学", "XJ-9000-PRO")
ENGLISH = {
    "title": "Example Blood Centre Automated Warehouse", "number": "EX-RFB-2027-017",
    "buyer": {"name": "Example Blood Centre of Changsha", "address": "1 Example Road"}, "set": "wb-goods",
}  # fmt: skip


def record(template_set: str) -> Tender:
    """Return the example's record with everything that the forty rules measure by."""
    tender = read_tender.read(EXAMPLE)
    data = tender.record() | {"set": template_set}
    data["limits"] |= {"copies": 4, "blind_volumes": [], "file_formats": [], "max_file_mb": 2, "file_name": r"[\w.-]+"}
    data["affiliates"] = ["示例关联科技有限公司"]
    data["authorisations"] = [
        Authorisation(manufacturer="示例传感器有限公司", models=("LS-270",), valid_to=date(2027, 12, 31),
                      file="commercial/licence.pdf").model_dump(mode="json")
    ]  # fmt: skip
    data["addenda"] = [
        Addendum(no="1", issued=date(2027, 2, 20), acknowledged=date(2027, 2, 21), clauses=("1.3",),
                 reviewed=date(2027, 2, 22)).model_dump(mode="json")
    ]  # fmt: skip
    lot = data["lots"][0]
    lot["clauses"][5]["mark"] = lot["clauses"][13]["mark"] = "★"
    if template_set == "wb-goods":
        data |= ENGLISH
        _english(data)
    return Tender.model_validate(data)


def _english(data: dict[str, Any]) -> None:
    name = "Hunan Example Intelligent Logistics Equipment Co., Ltd."
    data["bidder"] |= {"name": name, "legal_representative": "Chen Example", "address": "8 Example Park, Changsha"}
    data["signer"] |= {"name": "Zhao Example", "title": "Bid Manager"}
    data["affiliates"] = ["Example Affiliate Ltd."]
    data["bond"] |= {"form": "guarantee", "valid_to": "2027-08-31", "payee": "Example Blood Centre of Changsha"}
    data["authorisations"][0] |= {"manufacturer": "Example Sensors Ltd."}
    data["extra"] = {"country": "China", "origin": "China", "incoterm": "CIP", "delivery_place": "Changsha",
                     "addenda": "Addendum No. 1"}  # fmt: skip
    lot = data["lots"][0]
    lot |= {"name": "Automated guided vehicles", "payment": ""}
    lot["items"] = [
        {"no": "1", "name": "lifting AGV", "model": "SL-AGV-L40", "unit": "pcs", "quantity": "4", "ceiling": "375000"},
        {"no": "2", "name": "carrying AGV", "model": "SL-AGV-B06", "unit": "pcs", "quantity": "3", "ceiling": "250000"},
    ]
    for clause in lot["clauses"]:
        clause |= {
            "requirement": f"requirement {clause['clause']}",
            "response": f"complies, {clause.get('offered', '')}",
        }


def offer(tender: Tender) -> PriceOffer:
    """Return an offer with odd cents, so that words have 角 and 分 in them."""
    prices = (UnitPrice("1", Decimal("358000.25")), UnitPrice("2", Decimal("236000.50")))
    floor = CostLine("-", "materials", Decimal(1500000), Decimal(1500000), Decimal(1500000))
    return make_offer(tender.lots[0], tender.money, CostSheet((floor,), prices))


def from_set(name: str) -> BidUnderCheck:
    """Return a bid filled from a template set, one document per section."""
    tender = record(name)
    plan, price = catalogue.load(name), offer(tender)
    fields = plan.complete(fields_of(tender, "1", plan.language, price))
    documents = {
        f"{volume.id}/{section.id}": fill.fill_bytes(section.template, fields)
        for volume, section in plan.sections()
        if section.template and section.applies(fields)
    }
    return _bid(tender, documents, price)


def _bid(tender: Tender, documents: Mapping[str, bytes], price: PriceOffer) -> BidUnderCheck:
    now = tender.deadline - timedelta(days=3)
    return BidUnderCheck(tender, documents, offer=price, now=now, lot="1", residue=FOREIGN)


def plain() -> BidUnderCheck:
    """Return a bid as an office clerk writes it: python-docx, other labels, a price table in other words, 万元."""
    tender = record("cn-equipment-2017")
    price = offer(tender)
    documents = {
        "price/投标函": _letter(tender, price), "price/开标一览表": _opening(tender, price),
        "price/分项报价表": _schedule(price), "commercial/授权书": _power(tender), "commercial/偏离表": _deviations(tender),  # noqa: E501
        "commercial/资格": _qualification(tender), "commercial/保证金": _bond(tender), "technical/响应表": _responses(tender),  # noqa: E501
    }  # fmt: skip
    return _bid(tender, documents, price)


def _document(write: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    document.core_properties.author = ""
    write(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _letter(tender: Tender, price: PriceOffer) -> bytes:
    def write(d: Any) -> None:
        d.add_heading("投标函", 1)
        d.add_paragraph(f"致：{tender.buyer.name}")
        d.add_paragraph(
            f"我方参加{tender.title}（招标编号：{tender.number}）的投标，投标总报价为人民币（大写）{amount_cn(price.total)}"
            f"（小写：{figures(price.total)}元），增值税税率13%。"
        )
        d.add_paragraph(
            f"交货期：合同签订后{tender.lots[0].delivery_days}天；质保期：验收合格后{tender.lots[0].warranty_months}个月。"
        )
        d.add_paragraph(f"投标有效期为{tender.validity_days}天。本项目不接受联合体，我方不存在选择性报价。副本4份。")
        d.add_paragraph("技术参数详见附件1。")
        d.add_paragraph("附件1 技术参数表")
        d.add_paragraph(f"投标人：{tender.bidder.name}（盖章）")
        d.add_paragraph("法定代表人或授权代表：________（签字）")
        d.add_paragraph(f"日期：{date_cn(tender.sign_date)}")

    return _document(write)


def _opening(tender: Tender, price: PriceOffer) -> bytes:
    lot = tender.lots[0]

    def write(d: Any) -> None:
        d.add_heading("开标一览表", 1)
        _table(d, [
            ["投标人名称", "投标总价（元）", "交货期", "质保期", "投标有效期", "备注"],
            [tender.bidder.name, f"{price.total}", f"{lot.delivery_days}天", f"{lot.warranty_months}个月",
             f"{tender.validity_days}天", ""],
        ])  # fmt: skip
        d.add_paragraph(f"投标总价大写：{amount_cn(price.total)}")

    return _document(write)


def _schedule(price: PriceOffer) -> bytes:
    def write(d: Any) -> None:
        d.add_heading("分项报价表", 1)
        rows = [["项号", "货物名称", "规格型号", "计量单位", "数量", "含税单价（元）", "含税合价（元）"]]
        rows += [[x.no, x.name, x.model, x.unit, f"{x.quantity}{x.unit}", f"{x.unit_price:,}", f"{x.total:,}"]
                 for x in price.lines]  # fmt: skip
        rows.append(["不含税合计", "", "", "", "", "", f"{price.net:,}"])
        rows.append(["合计", "", "", "", "", "", f"{price.total:,}"])
        _table(d, rows)
        d.add_paragraph("投标人：示例智能物流装备有限公司（盖章）")

    return _document(write)


def _power(tender: Tender) -> bytes:
    def write(d: Any) -> None:
        d.add_heading("授权委托书", 1)
        d.add_paragraph(
            f"{tender.bidder.name}法定代表人{tender.bidder.legal_representative}委托{tender.signer.name}"
            f"（身份证号码：{tender.signer.id_number}）为{tender.title}（招标编号：{tender.number}）的代理人，"
            f"委托期限自2027年2月5日至2027年12月31日。"
        )
        d.add_heading("法定代表人身份证明", 1)
        d.add_paragraph(
            f"姓名：{tender.bidder.legal_representative}　身份证号码：{tender.bidder.legal_representative_id}"
        )

    return _document(write)


def _deviations(tender: Tender) -> bytes:
    def write(d: Any) -> None:
        d.add_heading("商务和技术偏差表", 1)
        d.add_paragraph(tender.bidder.name)
        rows = [["序号", "条款号", "招标要求", "投标响应", "偏离情况"]]
        deviating = [c for c in tender.lots[0].clauses if c.deviation in ("positive", "negative")]
        rows += [[str(n), c.clause, c.requirement, c.response, "正偏离"] for n, c in enumerate(deviating, 1)]
        _table(d, rows)

    return _document(write)


def _qualification(tender: Tender) -> bytes:
    def write(d: Any) -> None:
        d.add_heading("资格审查资料", 1)
        _table(d, [["投标人名称", tender.bidder.name], ["统一社会信用代码", tender.bidder.credit_code],
                   ["投标关联企业情况", "、".join(tender.affiliates)]])  # fmt: skip
        rows = [["证书名称", "证书编号", "有效期至"]]
        rows += [[q.name, q.number, date_cn(q.valid_to or date.max)] for q in tender.qualifications]
        _table(d, rows)
        d.add_heading("项目团队人员一览表", 2)
        _table(d, [["姓名", "职务", "身份证号", "证书编号"], ["王示例", "项目经理", "110101190001010015", "EX-PM-10001"],  # noqa: E501
                   ["李示例", "技术负责人", "110101190001010023", "EX-PM-10002"]])  # fmt: skip
        d.add_heading("制造商授权书", 1)
        one = tender.authorisations[0]
        d.add_paragraph(f"{one.manufacturer}授权{tender.bidder.name}以{one.models[0]}参加{tender.title}的投标。")
        for title in ("技术服务和质保期服务计划", "其他资料", "技术支持资料"):
            d.add_heading(title, 1)
            d.add_paragraph("按招标文件提供。")

    return _document(write)


def _bond(tender: Tender) -> bytes:
    bond = tender.bond
    assert bond is not None

    def write(d: Any) -> None:
        d.add_heading("投标保证金", 1)
        d.add_paragraph(tender.bidder.name)
        _table(d, [
            ["保证金金额", f"¥{figures(bond.amount)}"], ["大写", f"人民币{amount_cn(bond.amount)}"], ["提交形式", "银行转账"],  # noqa: E501
            ["付款日期", date_cn(bond.due)], ["收款人", bond.payee], ["付款账号", tender.bidder.account],
        ])  # fmt: skip

    return _document(write)


def _responses(tender: Tender) -> bytes:
    words = {"none": "无偏离", "positive": "正偏离", "negative": "负偏离", "": ""}

    def write(d: Any) -> None:
        d.add_heading("技术要求响应表", 1)
        rows = [["条款号", "类别", "招标要求", "投标响应", "偏离"]]
        rows += [[c.clause, c.mark, c.requirement, c.response, words[c.deviation]] for c in tender.lots[0].clauses]
        _table(d, rows)
        d.add_paragraph(f"投标人：{tender.bidder.name}（盖章）")
        d.add_heading("投标设备技术性能指标的详细描述", 1)
        d.add_paragraph("设备结构与性能见上表。")

    return _document(write)


def resaved(bid: BidUnderCheck) -> BidUnderCheck:
    """Return the bid with every document written anew by LibreOffice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number, content in enumerate(bid.documents.values()):
            files.append(folder / f"{number}.docx")
            files[-1].write_bytes(content)
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                   "docx:MS Word 2007 XML", "--outdir", f"{folder}/out", *map(str, files)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        contents = [(folder / "out" / file.name).read_bytes() for file in files]
    return replace(bid, documents=dict(zip(bid.documents, contents, strict=True)))


def all_bids() -> dict[str, BidUnderCheck]:
    """Return every good bid by name."""
    clerk = plain()
    sets = ("cn-equipment-2017", "cn-goods-87", "wb-goods")
    return {**{name: from_set(name) for name in sets}, "python-docx": clerk, "LibreOffice": resaved(clerk)}
