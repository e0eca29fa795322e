# ruff: noqa: E501 (a clause of a document is one line)
"""《中华人民共和国标准设备采购招标文件》(2017), chapter 6: the eleven parts of the bid, under the buyer's own numbers."""

from blocks import Cell, each, gap, grid, heading, label, new_page, note, para, plain, right, row, sign, table

BUYER = "[[{{ project.buyer }}]]："
PROJECT = "[[{{ project.name }}]]"
SEAL = "（盖单位章）"
SIGNATURE = "（签字）"
HEADER = "{{ project.name }}\t{{ bidder.name }}"


def signed(agent: bool = True) -> str:
    """Seal, signature and date, as every letter of the bid ends."""
    who = "法定代表人（单位负责人）或其委托代理人：" if agent else "法定代表人（单位负责人）："
    return sign("投标人：", "{{ bidder.name }}", SEAL, left=420) + sign(who, "", SIGNATURE, left=420) + date()


def date() -> str:
    return right("{{ sign_date }}")


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
        + note("附：法定代表人（单位负责人）身份证复印件。")
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
        + note("附：法定代表人（单位负责人）身份证复印件及委托代理人身份证复印件。")
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
            "附：以现金或支票形式提交的，附从基本账户转出的付款凭证复印件和基本账户开户证明；以保函形式提交的，附保函。"
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
               "2. 单价与合价均以招标文件规定的报价口径为准。")
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
        + note("注：本表内容与投标函、分项报价表一致，并按招标文件规定随投标文件一并提交。")
        + gap()
        + signed()
    )


def basic_info() -> str:
    w = (1900, 1200, 1745, 1300, 1200, 1500)
    certificates = (2300, 3145, 1900, 1500)
    return (
        heading("七、资格审查资料")
        + heading("基本情况表", 2)
        + grid(
            w,
            row(w, label("投标人名称"), Cell("{{ bidder.name }}", 5)),
            row(w, label("统一社会信用代码"), Cell("{{ bidder.credit_code }}", 5)),
            row(w, label("注册资金"), Cell("{{ bidder.capital }}", 2), label("成立时间"), Cell("{{ bidder.established }}", 2)),
            row(w, label("注册地址"), Cell("{{ bidder.address }}", 5)),
            row(w, label("邮政编码"), Cell("{{ bidder.postcode }}", 2), label("员工总数"), Cell("{{ bidder.staff }}人", 2)),
            row(w, label("联系方式", merge="restart"), label("联系人"), "{{ signer.name }}", label("电话"), Cell("{{ bidder.phone }}", 2)),
            row(w, label("", merge="continue"), label("传真"), "{{ bidder.fax }}", label("网址"), Cell("{{ bidder.website }}", 2)),
            row(w, label("", merge="continue"), label("电子邮箱"), Cell("{{ bidder.email }}", 4)),
            row(w, label("法定代表人（单位负责人）"), label("姓名"), "{{ bidder.legal_representative }}", label("身份证号"),
                Cell("{{ bidder.legal_representative_id }}", 2)),
            row(w, label("基本账户开户银行"), Cell("{{ bidder.bank }}", 5)),
            row(w, label("基本账户银行账号"), Cell("{{ bidder.account }}", 5)),
            row(w, label("投标关联企业情况"), Cell("{{ affiliates }}", 5)),
        )
        + note("注：投标关联企业包括但不限于与投标人法定代表人（单位负责人）为同一人，或者存在控股、管理关系的不同单位。")
        + heading("资质证书", 2)
        + table(certificates, ["证书名称", "证书编号", "有效期至", "备注"],
                each(certificates, "certificate in qualifications", "{{ certificate.name }}", "{{ certificate.number }}",
                     Cell("{{ certificate.valid_to }}", align="center"), "证书复印件附后", empty="无"))
    )  # fmt: skip


def finance() -> str:
    w = (1245, 1900, 1900, 1900, 1900)
    return (
        heading("近年财务状况", 2)
        + plain("金额单位：人民币万元")
        + table(w, ["年度", "资产总额", "负债总额", "营业收入", "净利润"],
                each(w, "year in extra.finance", Cell("{{ year.year }}", align="center"), Cell("{{ year.assets }}", align="right"),
                     Cell("{{ year.liabilities }}", align="right"), Cell("{{ year.revenue }}", align="right"),
                     Cell("{{ year.profit }}", align="right"), empty="招标文件未要求提供"))
        + note("附：经会计师事务所或审计机构审计的财务会计报表，包括资产负债表、现金流量表、利润表和财务情况说明书的复印件。")
    )  # fmt: skip


def projects(title: str, loop: str) -> str:
    w = (600, 2245, 2200, 1500, 1300, 1000)
    return (
        heading(title, 2)
        + table(w, ["序号", "项目名称", "买方名称", "合同金额（元）", "签订日期", "买方联系人"],
                each(w, f"contract in {loop}", Cell("{{ loop.index }}", align="center"), "{{ contract.project }}", "{{ contract.buyer }}",
                     Cell("{{ contract.amount }}", align="right"), Cell("{{ contract.signed }}", align="center"),
                     "{{ contract.contact }}", empty="无"))
        + note("附：中标通知书和（或）合同协议书、设备进场验收证书等的复印件。")
    )  # fmt: skip


def litigation() -> str:
    w = (700, 1800, 3345, 3000)
    return (
        heading("近年发生的诉讼及仲裁情况", 2)
        + table(w, ["序号", "发生时间", "案由及相对人", "处理结果"],
                each(w, "matter in extra.litigation", Cell("{{ loop.index }}", align="center"), Cell("{{ matter.date }}", align="center"),
                     "{{ matter.matter }}", "{{ matter.result }}", empty="无"))
        + note("注：近年发生的诉讼和仲裁情况仅限于投标人败诉的，且与履行设备采购合同有关的案件，不包括调解结案以及未裁决的仲裁或未终审判决的诉讼。")
    )  # fmt: skip


def qualification() -> str:
    """Part seven as one document, so that its headings count through."""
    return (
        basic_info()
        + finance()
        + projects("近年完成的类似项目情况", "track_record")
        + projects("正在供货和新承接的项目情况", "extra.running_projects")
        + litigation()
    )


def authorisation() -> str:
    """One letter per manufacturer, for the manufacturer to sign; the signed scan follows in the volume."""
    return (
        para("{%p for authorisation in authorisations %}")
        + heading("七、资格审查资料（制造商授权书）")
        + plain(BUYER)
        + para(
            "我方[[{{ authorisation.manufacturer }}]]（制造商名称）兹授权[[{{ bidder.name }}]]（投标人名称），"
            "以我方制造的[[{{ authorisation.models }}]]（设备型号）参加"
            f"{PROJECT}（招标编号：[[{{{{ project.number }}}}]]，标段：[[{{{{ lot.id }}}}]]）的投标，"
            "并在其中标后签订和履行合同。"
        )
        + para(
            "我方保证为上述设备的供货、技术服务和质保期服务与投标人共同和分别承担招标文件规定的责任。本授权书有效期至[[{{ authorisation.valid_to }}]]。"
        )
        + gap()
        + sign("制造商：", "{{ authorisation.manufacturer }}", SEAL, left=420)
        + sign("法定代表人（单位负责人）或其委托代理人：", "", SIGNATURE, left=420)
        + "".join(sign(title, "", left=420) for title in ("地址：", "电话：", "日期："))
        + para("{%p if not loop.last %}")
        + new_page()
        + para("{%p endif %}")
        + para("{%p endfor %}")
    )


def description() -> str:
    w = (700, 3000, 2245, 900, 900, 1100)
    return (
        heading("八、投标设备技术性能指标的详细描述")
        + heading("投标设备一览", 2)
        + table(w, ["序号", "设备名称", "型号规格", "单位", "数量", "标段"],
                each(w, "item in items", Cell("{{ item.no }}", align="center"), "{{ item.name }}", "{{ item.model }}",
                     Cell("{{ item.unit }}", align="center"), Cell("{{ item.quantity }}", align="center"),
                     Cell("{{ lot.id }}", align="center")))
        + heading("说明", 2)
        + para("投标设备的结构、性能、配置和技术参数由投标人技术部门编制，附于本页之后；对招标文件技术条款的逐条响应见“技术要求响应表”。")
    )  # fmt: skip


def clause_response() -> str:
    w = (1000, 700, 4000, 3577, 1300, 3200)
    return (
        heading("八、投标设备技术性能指标的详细描述（技术要求响应表）")
        + table(w, ["条款号", "类别", "招标要求", "投标响应", "偏差", "证明材料及页码位置"],
                each(w, "line in clauses", Cell("{{ line.clause }}", align="center"), Cell("{{ line.mark }}", align="center"),
                     "{{ line.requirement }}", "{{ line.response }}", Cell("{{ line.deviation }}", align="center"),
                     "{{ line.evidence }} {{ line.place }}"))
        + note("注：★为实质性要求，▲为重要参数。")
        + signed()
    )  # fmt: skip


def support() -> str:
    w = (1200, 4445, 3200)
    return (
        heading("九、技术支持资料")
        + para("下列制造商技术资料、检测报告和证书附于本页之后，作为对招标文件技术要求的证明：")
        + table(w, ["条款号", "证明材料", "页码位置"],
                each(w, "line in clauses", Cell("{{ line.clause }}", align="center"), "{{ line.evidence }}", "{{ line.place }}",
                     only="line.evidence"))
    )  # fmt: skip


def service_plan() -> str:
    w = (2000, 3422, 3423)
    v = (2000, 6845)
    return (
        heading("十、技术服务和质保期服务计划")
        + heading("技术服务", 2)
        + para("我方自合同生效之日起为本项目提供设计联络、出厂检验配合、到货开箱检验、安装指导、调试、性能考核配合和操作维护培训，直至设备验收合格。")
        + table(w, ["阶段", "服务内容", "交付成果"],
                row(w, Cell("设计联络", align="center"), "确认平面布置、接口和供电条件", "经双方签认的布置图和接口清单"),
                row(w, Cell("出厂检验", align="center"), "按合同技术要求逐项检验，买方可派员见证", "出厂检验报告、合格证"),
                row(w, Cell("安装调试", align="center"), "现场安装指导、单机调试、联动调试", "调试记录"),
                row(w, Cell("培训", align="center"), "操作、日常维护和故障处理培训", "培训教材、签到表、考核记录"),
                row(w, Cell("验收", align="center"), "配合性能考核和验收", "验收资料一套"))
        + heading("质保期服务", 2)
        + para("质量保证期为自验收合格之日起[[{{ lot.warranty_months }}]]个月。质保期内设备因设计、材料、工艺原因出现缺陷的，我方免费修理或更换。")
        + table(v, ["服务项目", "约定"],
                row(v, Cell("服务联系人", align="center"), "{{ signer.name }}，电话{{ signer.phone }}"),
                row(v, Cell("质保期内", align="center"), "缺陷设备免费修理或更换，修理或更换部分的质保期自重新验收合格之日起计算"),
                row(v, Cell("质保期满后", align="center"), "提供有偿维修和备品备件供应，价格按届时的服务价目执行"))
        + heading("服务承诺", 2)
        + para("我方按[[{{ lot.delivery_days }}]]天的交货期供货，并按合同约定履行上述技术服务和质保期服务。")
        + signed()
    )  # fmt: skip


def others() -> str:
    return (
        heading("十一、其他资料")
        + heading("投标文件一致性承诺", 2)
        + plain(BUYER)
        + para(
            f"我方参加{PROJECT}（招标编号：[[{{{{ project.number }}}}]]）投标，承诺所递交的投标文件正本、副本与电子文件内容一致；"
            "电子文件的文档属性、页眉页脚和附件均由我方独立编制，未由其他投标人代为编制。"
        )
        + gap()
        + signed()
        + heading("招标文件要求提交的其他资料", 2)
        + para("招标文件要求提交的其他资料附于本页之后；未要求的，无。")
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
