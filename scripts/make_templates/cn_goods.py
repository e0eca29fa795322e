# ruff: noqa: E501 (a clause of a document is one line)
"""Government procurement of goods under 财政部令第87号: qualification apart, opening sheet, response tables, declarations."""

from blocks import Cell, each, gap, grid, heading, label, note, para, plain, right, row, sign, table

HEADER = "{{ project.name }}（{{ project.number }}）\t{{ bidder.name }}"
SEAL = "（盖单位公章）"
PROJECT = "[[{{ project.name }}]]（项目编号：[[{{ project.number }}]]，包号：[[{{ lot.id }}]]）"
BUYER = "[[{{ project.buyer }}]]："


def center(text: str) -> Cell:
    return Cell(text, align="center")


def number(text: str) -> Cell:
    return Cell(text, align="right")


def signed() -> str:
    return (
        gap()
        + sign("投标人：", "{{ bidder.name }}", SEAL, left=420, to=7000)
        + sign("法定代表人或授权代表：", "", "（签字或盖章）", left=420, to=7000)
        + right("日期：{{ sign_date }}")
    )


def facts() -> str:
    return plain("项目名称：{{ project.name }}") + plain("项目编号：{{ project.number }}　　包号：{{ lot.id }}")


def cover(volume: str) -> str:
    return (
        para("{{ project.name }}", "CoverName")
        + para(
            "（项目编号：{{ project.number }}　包号：{{ lot.id }}　{{ lot.name }}）",
            "BidPlain",
            '<w:jc w:val="center"/>',
        )
        + para("投 标 文 件", "CoverTitle")
        + para(volume, "CoverVolume")
        + sign("采购人：", "{{ project.buyer }}", style="CoverText", to=6700)
        + sign("投标人：", "{{ bidder.name }}", SEAL, "CoverText", to=6700)
        + para("{{ sign_date }}", "CoverText", '<w:spacing w:before="900"/><w:jc w:val="center"/>')
    )


def qualification_declaration() -> str:
    points = [
        "（1）具有独立承担民事责任的能力，营业执照附后；",
        "（2）具有良好的商业信誉和健全的财务会计制度；",
        "（3）具有履行合同所必需的设备和专业技术能力；",
        "（4）有依法缴纳税收和社会保障资金的良好记录；",
        "（5）参加政府采购活动前三年内，在经营活动中没有重大违法记录；",
        "（6）法律、行政法规规定的其他条件。",
    ]
    return (
        heading("一、资格声明函")
        + plain(BUYER)
        + para(f"我方参加{PROJECT}的投标，根据《中华人民共和国政府采购法》第二十二条的规定声明，我方符合下列条件：")
        + "".join(para(point) for point in points)
        + para("与我方单位负责人为同一人或者存在直接控股、管理关系的其他单位：[[{{ affiliates }}]]；我方未被列入失信被执行人、重大税收违法失信主体和政府采购严重违法失信行为记录名单。")
        + para("我方对上述声明的真实性负责，如有虚假，依法承担相应责任。")
        + signed()
    )  # fmt: skip


def identity() -> str:
    return (
        heading("二、法定代表人身份证明")
        + plain("投标人名称：[[{{ bidder.name }}]]")
        + plain("统一社会信用代码：[[{{ bidder.credit_code }}]]　　住所：[[{{ bidder.address }}]]")
        + para(
            "[[{{ bidder.legal_representative }}]]（身份证号码：[[{{ bidder.legal_representative_id }}]]）系我单位法定代表人。特此证明。"
        )
        + note("附：法定代表人身份证正反面复印件。", signed_below=True)
        + gap()
        + sign("投标人：", "{{ bidder.name }}", SEAL, left=420, to=7000)
        + right("日期：{{ sign_date }}")
    )


def authorization() -> str:
    return (
        heading("三、法定代表人授权书")
        + plain(BUYER)
        + para(f"本授权书声明：[[{{{{ bidder.name }}}}]]的法定代表人[[{{{{ bidder.legal_representative }}}}]]授权[[{{{{ signer.name }}}}]]（职务：[[{{{{ signer.title }}}}]]，身份证号码：[[{{{{ signer.id_number }}}}]]）为授权代表，以我方名义参加{PROJECT}的投标，签署投标文件、澄清、补正、签订合同和处理有关事宜，其法律后果由我方承担。")
        + para("授权期限自[[{{ sign_date }}]]起至投标有效期届满之日止；我方中标的，至合同签订之日止。授权代表无转委托权。")
        + note("附：法定代表人和授权代表身份证正反面复印件。", signed_below=True)
        + gap()
        + sign("投标人：", "{{ bidder.name }}", SEAL, left=420, to=7000)
        + sign("法定代表人：", "", "（签字或盖章）", left=420, to=7000)
        + sign("授权代表：", "", "（签字）", left=420, to=7000)
        + sign("联系电话：", "{{ signer.phone }}", left=420, to=7000)
        + right("日期：{{ sign_date }}")
    )  # fmt: skip


def certificates() -> str:
    w = (700, 3545, 2600, 2000)
    return (
        heading("四、资格证明文件")
        + table(w, ["序号", "证书名称", "证书编号", "有效期至"],
            each(w, "certificate in qualifications", center("{{ loop.index }}"), "{{ certificate.name }}", "{{ certificate.number }}",
                 center("{{ certificate.valid_to }}"), empty="无"))
        + note("注：证书复印件附于本页之后。")
    )  # fmt: skip


def small_enterprise() -> str:
    w = (1600, 1300, 2045, 900, 1200, 1000, 800)
    return (
        heading("五、中小企业声明函（货物）")
        + para("本公司（联合体）郑重声明，根据《政府采购促进中小企业发展管理办法》（财库〔2020〕46号）的规定，本公司（联合体）参加[[{{ project.buyer }}]]（单位名称）的[[{{ project.name }}]]（项目名称）采购活动，提供的货物全部由符合政策要求的中小企业制造。相关企业（含联合体中的中小企业、签订分包意向协议的中小企业）的具体情况如下：")
        + table(w, ["标的名称", "所属行业", "制造商", "从业人员（人）", "营业收入（万元）", "资产总额（万元）", "企业类型"],
            each(w, "line in extra.small_enterprise.lines", "{{ line.item }}", center("{{ line.industry }}"), "{{ line.maker }}", number("{{ line.staff }}"),
                 number("{{ line.revenue }}"), number("{{ line.assets }}"), center("{{ line.size }}")))
        + gap()
        + para("以上企业，不属于大企业的分支机构，不存在控股股东为大企业的情形，也不存在与大企业的负责人为同一人的情形。")
        + para("本企业对上述声明内容的真实性负责。如有虚假，将依法承担相应责任。")
        + note("注：从业人员、营业收入、资产总额填报上一年度数据，无上一年度数据的新成立企业可不填报。", signed_below=True)
        + gap()
        + sign("企业名称（盖章）：", "{{ bidder.name }}", left=420)
        + right("日期：{{ sign_date }}")
    )  # fmt: skip


def letter() -> str:
    points = [
        "1. 我方提交的投标文件包括资格证明文件、商务技术文件和报价文件，投标总报价见开标一览表。",
        "2. 我方已详细审查全部招标文件，包括修改文件和有关附件，完全理解并同意放弃对这方面有不明及误解的权利。",
        "3. 我方同意投标有效期为自投标截止之日起[[{{ validity_days }}]]天，在此期间不撤销投标文件。",
        "4. 我方承诺交货期为[[{{ lot.delivery_days }}]]天，质量保证期为[[{{ lot.warranty_months }}]]个月，付款方式：[[{{ lot.payment }}]]。",
        "5. 除商务响应表、技术响应表列出的偏离外，我方响应招标文件的全部要求。",
        "6. 如我方中标，我方将按照招标文件和投标文件签订合同，履行全部义务，并按招标文件规定提交履约保证金。",
        "7. 我方同意提供采购人要求的与本次投标有关的一切数据和资料，理解采购人不一定接受最低价的投标。",
    ]
    return (
        heading("一、投标函")
        + plain(BUYER)
        + para(f"我方已研究{PROJECT}的招标文件，授权[[{{{{ signer.name }}}}]]以我方名义参加投标，并声明如下：")
        + "".join(para(point) for point in points)
        + para(
            "与本次投标有关的联系方式：地址：{{ bidder.address }}，邮编：{{ bidder.postcode }}，电话：{{ bidder.phone }}，传真：{{ bidder.fax }}，电子邮箱：{{ bidder.email }}。"
        )
        + signed()
    )


def technical_response() -> str:
    w = (700, 800, 4300, 4077, 1100, 2800)
    return (
        heading("三、技术响应表")
        + facts()
        + table(w, ["序号", "条款", "招标文件要求", "投标响应", "偏离", "证明材料及页码"],
            each(w, "line in clauses", center("{{ loop.index }}"), center("{{ line.mark }}{{ line.clause }}"), "{{ line.requirement }}", "{{ line.response }}",
                 center("{{ line.deviation }}"), "{{ line.evidence }} {{ line.place }}"))
        + note("注：偏离栏填写“正偏差”“无偏差”或“负偏差”；★为实质性要求。", signed_below=True)
        + signed()
    )  # fmt: skip


def commercial_response() -> str:
    w = (700, 2300, 4200, 4277, 1100, 1200)
    rows = [
        ("1", "交货期", "{{ lot.delivery_days }}天", "{{ lot.delivery_days }}天"),
        ("2", "质量保证期", "{{ lot.warranty_months }}个月", "{{ lot.warranty_months }}个月"),
        ("3", "付款方式", "{{ lot.payment }}", "{{ lot.payment }}"),
        ("4", "投标有效期", "{{ validity_days }}天", "{{ validity_days }}天"),
    ]
    return (
        heading("二、商务响应表")
        + facts()
        + table(w, ["序号", "项目", "招标文件要求", "投标响应", "偏离", "备注"],
            *(row(w, center(no), name, asked, offered, center("无偏离"), "") for no, name, asked, offered in rows))
        + note("注：偏离栏填写“正偏离”“无偏离”或“负偏离”。", signed_below=True)
        + signed()
    )  # fmt: skip


def opening_sheet() -> str:
    w = (2600, 6245)
    return (
        heading("一、开标一览表")
        + grid(
            w,
            row(w, label("项目名称"), "{{ project.name }}"),
            row(w, label("项目编号"), "{{ project.number }}"),
            row(w, label("包号"), "{{ lot.id }}　{{ lot.name }}"),
            row(w, label("投标人名称"), "{{ bidder.name }}"),
            row(w, label("投标总价（小写）"), "¥{{ price.total }}（{{ price.currency }}）"),
            row(w, label("投标总价（大写）"), "人民币{{ price.total_words }}"),
            row(w, label("交货期"), "{{ lot.delivery_days }}天"),
            row(w, Cell("{%tr if bond %}", 2)),
            row(w, label("投标保证金"), "¥{{ bond.amount }}（{{ bond.form }}）"),
            row(w, Cell("{%tr endif %}", 2)),
            row(w, label("备注"), "增值税税率{{ price.tax_rate_percent }}%；质量保证期{{ lot.warranty_months }}个月"),
        )
        + note("注：开标一览表中的投标总价与分项报价表的合计一致；总价包括招标文件要求的全部费用。", signed_below=True)
        + signed()
    )


def price_schedule() -> str:
    w = (700, 1900, 1500, 1900, 650, 700, 1900, 2127, 2400)
    return (
        heading("二、分项报价表")
        + facts()
        + table(w, ["序号", "货物名称", "规格型号", "制造商", "单位", "数量", "单价（元）", "合价（元）", "备注"],
            each(w, "line in price.lines", center("{{ line.no }}"), "{{ line.name }}", "{{ line.model }}", "{{ extra.maker }}", center("{{ line.unit }}"),
                 number("{{ line.quantity }}"), number("{{ line.unit_price }}"), number("{{ line.total }}"), "{{ line.remark }}"),
            row(w, label("投标总价", 7), number("{{ price.total }}"), ""),
            row(w, label("大写", 2), Cell("人民币{{ price.total_words }}", 7)))
        + signed()
    )  # fmt: skip


def documents() -> dict[str, tuple[str, str, str]]:
    """File name to body, header, page."""
    covers = {"cover-qualification": "资格证明文件", "cover-technical": "商务技术文件", "cover-price": "报价文件"}
    upright = {
        "qualification-declaration": qualification_declaration(), "identity": identity(), "authorization": authorization(),
        "certificates": certificates(), "small-enterprise": small_enterprise(), "bid-letter": letter(), "opening-sheet": opening_sheet(),
    }  # fmt: skip
    wide = {
        "commercial-response": commercial_response(), "technical-response": technical_response(),
        "price-schedule": price_schedule(),
    }  # fmt: skip
    return (
        {name: (cover(volume), "", "upright") for name, volume in covers.items()}
        | {name: (body, HEADER, "upright") for name, body in upright.items()}
        | {name: (body, HEADER, "wide") for name, body in wide.items()}
    )
