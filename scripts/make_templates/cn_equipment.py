# ruff: noqa: E501 (a clause of a document is one line)
"""《中华人民共和国标准设备采购招标文件》(2017), chapter 6: the eleven parts of the bid, under the buyer's own numbers."""

from blocks import Cell, each, gap, grid, heading, label, note, para, plain, row, sign, table
from cn_qualification import authorisation, qualification
from cn_signed import BUYER, PROJECT, SEAL, SIGNATURE, date, signed
from cn_technical import clause_response, description, others, service_plan, support

HEADER = "{{ project.name }}\t{{ bidder.name }}"


def cover(volume: str) -> str:
    return (
        para("{{ project.name }}", "CoverName")
        + para(
            "（招标编号：{{ project.number }}　标段：{{ lot.id }}　{{ lot.name }}）",
            "BidPlain",
            '<w:jc w:val="center"/>',
        )
        + para("投 标 文 件", "CoverTitle")
        + para(volume, "CoverVolume")
        + sign("投标人：", "{{ bidder.name }}", SEAL, "CoverText", to=7000)
        + sign("法定代表人（单位负责人）或其委托代理人：", "", SIGNATURE, "CoverText", to=7000)
        + para("{{ sign_date }}", "CoverText", '<w:spacing w:before="900"/><w:jc w:val="center"/>')
    )


def bid_letter() -> str:
    promises = [
        "（1）在收到中标通知书后，在中标通知书规定的期限内与你方签订合同；",
        "（2）在签订合同时不向你方提出附加条件；",
        "（3）按照招标文件要求提交履约保证金；",
        "（4）在合同约定的期限内完成合同规定的全部义务。",
    ]
    return (
        heading("一、投标函")
        + plain(BUYER)
        + para(
            f"1. 我方已仔细研究了{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）设备采购招标项目招标文件的全部内容，"
            "愿意以人民币（大写）[[{{ price.total_words }}]]（¥[[{{ price.total }}]]）的投标总报价（其中，增值税税率为[[{{ price.tax_rate_percent }}%]]），"
            "提供下列设备及其技术服务和质保期服务，并按合同约定履行义务："
        )
        + para("{%p for item in items %}")
        + para("（{{ loop.index }}）{{ item.name }}（型号：{{ item.model }}），{{ item.quantity }}{{ item.unit }}；")
        + para("{%p endfor %}")
        + para("交货期：[[{{ lot.delivery_days }}]]天；质量保证期：[[{{ lot.warranty_months }}]]个月。")
        + para("2. 我方的投标文件包括下列内容：")
        + para("{%p for title in contents %}")
        + para("（{{ loop.index }}）{{ title }}；")
        + para("{%p endfor %}")
        + para("投标文件的上述组成部分如存在内容不一致的，以投标函为准。")
        + para("3. 我方承诺除商务和技术偏差表列出的偏差外，我方响应招标文件的全部要求。")
        + para("4. 我方承诺在招标文件规定的投标有效期[[{{ validity_days }}]]天内不撤销投标文件。")
        + para("5. 如我方中标，我方承诺：")
        + "".join(para(promise) for promise in promises)
        + para(
            "6. 我方在此声明，所递交的投标文件及有关资料内容完整、真实和准确，"
            "且不存在第二章“投标人须知”第1.4.3项规定的任何一种情形。"
        )
        + gap()
        + signed()
        + contact()
    )


def contact() -> str:
    rows = ["地址：{{ bidder.address }}", "网址：{{ bidder.website }}\t邮政编码：{{ bidder.postcode }}", "电话：{{ bidder.phone }}\t传真：{{ bidder.fax }}"]  # fmt: skip
    tab = '<w:tabs><w:tab w:val="left" w:pos="5000"/></w:tabs><w:ind w:left="420"/>'
    return "".join(para(text, "BidPlain", tab) for text in rows)


def identity() -> str:
    return (
        heading("二、法定代表人（单位负责人）身份证明")
        + plain("投标人名称：[[{{ bidder.name }}]]")
        + plain("统一社会信用代码：[[{{ bidder.credit_code }}]]")
        + plain("姓名：[[{{ bidder.legal_representative }}]]　　身份证号码：[[{{ bidder.legal_representative_id }}]]")
        + para(
            "系[[{{ bidder.name }}]]（投标人名称）的法定代表人（单位负责人）。",
            extra='<w:ind w:firstLine="0" w:firstLineChars="0"/>',
        )
        + para("特此证明。")
        + note("附：法定代表人（单位负责人）身份证复印件。", signed_below=True)
        + gap()
        + sign("投标人：", "{{ bidder.name }}", SEAL, left=420)
        + date()
    )


def power_of_attorney() -> str:
    return (
        heading("二、授权委托书")
        + para(
            "本人[[{{ bidder.legal_representative }}]]（姓名）系[[{{ bidder.name }}]]（投标人名称）的法定代表人（单位负责人），"
            "现委托[[{{ signer.name }}]]（姓名）为我方代理人。代理人根据授权，以我方名义签署、澄清确认、提交、撤回、修改"
            f"{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）设备采购招标项目投标文件、签订合同和处理有关事宜，"
            "其法律后果由我方承担。"
        )
        + para("委托期限：自[[{{ sign_date }}]]起至投标有效期届满之日止；我方中标的，至合同签订之日止。")
        + para("代理人无转委托权。")
        + note("附：法定代表人（单位负责人）身份证复印件及委托代理人身份证复印件。", signed_below=True)
        + gap()
        + sign("投标人：", "{{ bidder.name }}", SEAL, left=420)
        + sign("法定代表人（单位负责人）：", "", SIGNATURE, left=420)
        + sign("身份证号码：", "{{ bidder.legal_representative_id }}", left=420)
        + sign("委托代理人：", "", SIGNATURE, left=420)
        + sign("身份证号码：", "{{ signer.id_number }}", left=420)
        + date()
    )


def consortium() -> str:
    w = (900, 3700, 3045, 1200)
    names = "{% for member in consortium %}{{ member.name }}{% if not loop.last %}、{% endif %}{% endfor %}"
    return (
        heading("三、联合体协议书")
        + para(
            f"[[{names}]]（所有成员单位名称）自愿组成联合体，"
            f"共同参加{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）设备采购招标项目投标。"
            "现就联合体投标事宜订立如下协议。"
        )
        + para("1. [[{% for member in consortium %}{% if member.leader %}{{ member.name }}{% endif %}{% endfor %}]]为联合体牵头人。")
        + para(
            "2. 联合体牵头人合法代表联合体各成员负责本招标项目投标文件编制和合同谈判活动，并代表联合体提交和接收相关的资料、信息及指示，"
            "并处理与之有关的一切事务，负责合同实施阶段的主办、组织和协调工作。"
        )
        + para("3. 联合体将严格按照招标文件的各项要求，递交投标文件，履行合同，并对外承担连带责任。")
        + para("4. 联合体各成员单位内部的职责分工如下：")
        + table(
            w,
            ["序号", "成员单位名称", "职责分工", "工作量占比"],
            each(w, "member in consortium", Cell("{{ loop.index }}", align="center"), "{{ member.name }}",
                 "{{ member.duty }}", Cell("{{ member.share }}", align="center")),
        )
        + para("5. 本协议书自签署之日起生效，合同履行完毕后自动失效。", extra='<w:spacing w:before="160" w:line="360" w:lineRule="auto"/>')
        + para("6. 本协议书一式[[{{ consortium|length + 1 }}]]份，联合体成员和招标人各执一份。")
        + note("注：本协议书由委托代理人签字的，应附法定代表人（单位负责人）签字的授权委托书。")
        + para("{%p for member in consortium %}")
        + sign("成员名称：", "{{ member.name }}", SEAL, left=420)
        + sign("法定代表人（单位负责人）或其委托代理人：", "", SIGNATURE, left=420)
        + para("{%p endfor %}")
        + date()
    )  # fmt: skip


def bond() -> str:
    w = (2600, 6245)
    return (
        heading("四、投标保证金")
        + plain(BUYER)
        + para(
            f"我方参加{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）的投标，"
            "已按招标文件规定的金额、形式和时间提交投标保证金，情况如下："
        )
        + grid(
            w,
            row(w, label("投标保证金金额（大写）"), "人民币{{ bond.amount_words }}"),
            row(w, label("投标保证金金额（小写）"), "¥{{ bond.amount }}"),
            row(w, label("提交形式"), "{{ bond.form }}"),
            row(w, label("提交截止时间"), "{{ bond.due }}"),
            row(w, label("付款人名称"), "{{ bidder.name }}"),
            row(w, label("付款人基本账户开户银行"), "{{ bidder.bank }}"),
            row(w, label("付款人基本账户账号"), "{{ bidder.account }}"),
        )
        + note(
            "附：以现金或支票形式提交的，附从基本账户转出的付款凭证复印件和基本账户开户证明；以保函形式提交的，附保函。",
            signed_below=True,
        )
        + gap()
        + signed()
    )


def bond_guarantee() -> str:
    return (
        heading("四、投标保证金（投标保函）")
        + plain(BUYER)
        + para(
            "鉴于[[{{ bidder.name }}]]（以下简称“投标人”）参加"
            f"{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）设备采购招标项目的投标，"
            "本担保人（以下简称“我方”）保证：投标人在规定的投标文件有效期内撤销投标文件的，"
            "或者投标人在收到中标通知书后无正当理由不与招标人订立合同、在签订合同时向招标人提出附加条件或者不按照招标文件要求提交履约保证金的，"
            "我方承担保证责任。收到你方书面通知后，在7日内向你方无条件支付人民币（大写）[[{{ bond.amount_words }}]]（¥[[{{ bond.amount }}]]）。"
        )
        + para("本保函在投标有效期内保持有效。要求我方承担保证责任的通知应在投标有效期内送达我方。")
        + gap()
        + sign("担保人名称：", "", SEAL, left=420)
        + sign("法定代表人（单位负责人）或其委托代理人：", "", SIGNATURE, left=420)
        + "".join(sign(title, "", left=420) for title in ("地址：", "邮政编码：", "电话：", "日期："))
    )


def deviations() -> str:
    w = (700, 2000, 2200, 3945)
    return (
        heading("五、商务和技术偏差表")
        + plain("项目名称：{{ project.name }}")
        + plain("招标编号：{{ project.number }}　　标段：{{ lot.id }}")
        + table(
            w,
            ["序号", "招标文件章节及条款号", "投标文件章节及条款号", "偏差说明"],
            each(w, "line in deviations", Cell("{{ loop.index }}", align="center"), "第{{ line.clause }}条",
                 "技术要求响应表第{{ line.clause }}条",
                 "{{ line.deviation }}。招标要求：{{ line.requirement }}；投标响应：{{ line.response }}", empty="无偏差"),
        )
        + para(
            "投标人保证：除商务和技术偏差表列出的偏差外，投标人响应招标文件的全部要求。",
            extra='<w:spacing w:before="240" w:line="360" w:lineRule="auto"/>',
        )
        + gap()
        + signed()
    )  # fmt: skip


def price_schedule() -> str:
    w = (600, 1800, 1500, 600, 650, 1450, 1550, 695)
    number = {"align": "right"}
    return (
        heading("六、分项报价表")
        + plain("项目名称：{{ project.name }}")
        + plain("招标编号：{{ project.number }}　　标段：{{ lot.id }}　　货币单位：元（{{ price.currency }}）")
        + table(
            w,
            ["序号", "设备名称", "型号规格", "单位", "数量", "单价", "合价", "备注"],
            each(w, "line in price.lines", Cell("{{ line.no }}", align="center"), "{{ line.name }}", "{{ line.model }}",
                 Cell("{{ line.unit }}", align="center"), Cell("{{ line.quantity }}", **number),
                 Cell("{{ line.unit_price }}", **number), Cell("{{ line.total }}", **number), "{{ line.remark }}"),
            row(w, label("投标总报价", 6), Cell("{{ price.total }}", **number), ""),
            row(w, label("其中：不含增值税金额", 6), Cell("{{ price.net }}", **number), ""),
            row(w, label("增值税（税率{{ price.tax_rate_percent }}%）", 6), Cell("{{ price.tax }}", **number), ""),
            row(w, label("价税合计", 6), Cell("{{ price.gross }}", **number), ""),
            row(w, label("投标总报价大写", 2), Cell("人民币{{ price.total_words }}", 6)),
        )
        + note("注：1. 投标总报价包括设备、备品备件、专用工具、运输、保险、安装调试、技术服务、质保期服务和税金等全部费用。"
               "2. 单价与合价均以招标文件规定的报价口径为准。", signed_below=True)
        + gap()
        + signed()
    )  # fmt: skip


def opening_sheet() -> str:
    w = (2600, 6245)
    return (
        heading("开标一览表")
        + grid(
            w,
            row(w, label("项目名称"), "{{ project.name }}"),
            row(w, label("招标编号"), "{{ project.number }}"),
            row(w, label("标段"), "{{ lot.id }}　{{ lot.name }}"),
            row(w, label("投标人"), "{{ bidder.name }}"),
            row(
                w,
                label("投标总报价（小写）"),
                "¥{{ price.total }}（{{ price.currency }}，增值税税率{{ price.tax_rate_percent }}%）",
            ),
            row(w, label("投标总报价（大写）"), "人民币{{ price.total_words }}"),
            row(w, label("交货期"), "{{ lot.delivery_days }}天"),
            row(w, label("质量保证期"), "{{ lot.warranty_months }}个月"),
            row(w, label("投标有效期"), "{{ validity_days }}天"),
            row(w, Cell("{%tr if bond %}", 2)),
            row(w, label("投标保证金"), "¥{{ bond.amount }}（{{ bond.form }}）"),
            row(w, Cell("{%tr endif %}", 2)),
        )
        + note("注：本表内容与投标函、分项报价表一致，并按招标文件规定随投标文件一并提交。", signed_below=True)
        + gap()
        + signed()
    )


def documents() -> dict[str, tuple[str, str, str]]:
    """File name to body, header, page."""
    covers = {f"cover-{v}": (cover(t), "", "upright") for v, t in
              (("commercial", "商务文件"), ("technical", "技术文件"), ("price", "报价文件"))}  # fmt: skip
    upright = {
        "bid-letter": bid_letter(), "opening-sheet": opening_sheet(), "price-schedule": price_schedule(),
        "identity": identity(), "power-of-attorney": power_of_attorney(), "consortium": consortium(),
        "bond": bond(), "bond-guarantee": bond_guarantee(), "deviations": deviations(),
        "qualification": qualification(), "authorisation": authorisation(),
        "description": description(), "support": support(), "service-plan": service_plan(), "others": others(),
    }  # fmt: skip
    wide = {"clause-response": clause_response()}
    return (
        covers
        | {name: (body, HEADER, "upright") for name, body in upright.items()}
        | {name: (body, HEADER, "wide") for name, body in wide.items()}
    )
