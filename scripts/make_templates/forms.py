# ruff: noqa: E501 (a clause of a document is one line)
"""Our own forms under the rule SJE/ZY/GK-02, from the notice to the statement of conformance."""

from blocks import Cell, each, grid, label, new_page, note, row, table
from form_rows import SIX, center, number, pair, part, signatures, tall, title, whole

HEADER = "《营销技术支持管理制度》 SJE/ZY/GK-02\t{{ form.number }}"


def support_notice() -> str:
    lines = (700, 700, 3345, 1600, 700, 1000, 800)
    files = (700, 4545, 3600)
    return (
        title("技术支持通知单")
        + grid(SIX,
            pair("编号", "{{ form.number }}", "收发", "{{ notice.direction }}"),
            pair("类别", "{{ notice.kind }}", "编制部门", "{{ notice.department }}"),
            pair("客户", "{{ notice.customer }}", "信息来源", "{{ notice.source }}"),
            whole("项目", "{{ notice.project }}"),
            pair("收到时间", "{{ notice.received }}", "要求完成时间", "{{ notice.due }}"),
            pair("承办部门", "{{ notice.undertaker }}", "承办人", "{{ notice.assignee }}"))
        + part("技术要求")
        + table(lines, ["序号", "类别", "要求", "参数", "关系", "数值", "单位"],
            each(lines, "line in notice.lines", center("{{ loop.index }}"), center("{{ line.mark }}"), "{{ line.text }}", "{{ line.parameter }}",
                 center("{{ line.relation }}"), center("{{ line.value }}"), center("{{ line.unit }}")))
        + part("附件")
        + table(files, ["序号", "文件名", "SHA-256"],
            each(files, "file in notice.attachments", center("{{ loop.index }}"), "{{ file.name }}", "{{ file.digest }}", empty="无"))
        + signatures()
        + part("处理结果")
        + grid(SIX,
            row(SIX, label("结果"), tall("{{ notice.result }}", 5)),
            pair("完成时间", "{{ notice.completed }}", "反馈送达时间", "{{ notice.feedback }}"),
            pair("填写人签收", "{{ notice.acknowledged_by }}", "签收时间", "{{ notice.acknowledged }}"))
        + note("注：技术要求须逐条填写，写“见附件”的须附文件；本单由了解客户信息的人员和负责领导两人签字后发出；无结果和完成时间的不得关闭。")
    )  # fmt: skip


def bid_notice() -> str:
    lots = (700, 2045, 2400, 1500, 1100, 1100)
    return (
        title("投标通知单")
        + grid(SIX,
            pair("编号", "{{ form.number }}", "编制部门", "{{ department }}"),
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "招标人", "{{ project.buyer }}"),
            pair("招标代理机构", "{{ project.agency }}", "招标文件发出日期", "{{ issued }}"),
            pair("投标截止时间", "{{ deadline }}", "投标有效期", "{{ validity_days }}天"),
            row(SIX, Cell("{%tr if bond %}", 6)),
            pair("投标保证金", "{{ bond.amount }}元（{{ bond.form }}）", "保证金截止日期", "{{ bond.due }}"),
            row(SIX, Cell("{%tr endif %}", 6)))
        + part("标段")
        + table(lots, ["标段", "名称", "设备及数量", "最高投标限价（元）", "交货期（天）", "质保期（月）"],
            each(lots, "lot in lots", center("{{ lot.id }}"), "{{ lot.name }}", "{{ lot.goods }}", number("{{ lot.ceiling }}"),
                 center("{{ lot.delivery_days }}"), center("{{ lot.warranty_months }}")))
        + part("分工")
        + grid(SIX,
            pair("投标经办人", "{{ people.handler }}", "负责领导", "{{ people.leader }}"),
            pair("技术部门", "{{ people.technical }}", "报价小组", "{{ people.pricing }}"),
            pair("最终审查人", "{{ people.reviewer }}", "递交人", "{{ people.submitter }}"))
        + part("技术部门应提供")
        + deliverables()
        + signatures()
        + note("注：本通知单由投标经办人提出，经办人与负责领导两人签字后生效（第3.1条）；投标文件编制期间经办人为联络人，全体参与人员严格保密（第3.4条）。")
    )  # fmt: skip


def deliverables() -> str:
    w = (700, 5145, 3000)
    return table(w, ["序号", "资料", "完成时间"],
        each(w, "deliverable in deliverables", center("{{ loop.index }}"), "{{ deliverable.name }}", center("{{ deliverable.due }}"), empty="无"))  # fmt: skip


def feedback() -> str:
    w = (700, 4045, 4100)
    return (
        title("技术支持反馈单")
        + grid(SIX,
            pair("编号", "{{ form.number }}", "原通知单编号", "{{ notice.number }}"),
            pair("致（通知单填写人）", "{{ notice.author }}", "承办部门", "{{ notice.undertaker }}"),
            pair("客户", "{{ notice.customer }}", "项目", "{{ notice.project }}"),
            pair("要求完成时间", "{{ notice.due }}", "实际完成时间", "{{ notice.completed }}"))
        + part("逐条答复")
        + table(w, ["序号", "技术要求", "答复"],
            each(w, "line in feedback.lines", center("{{ loop.index }}"), "{{ line.requirement }}", "{{ line.answer }}"))
        + part("结果")
        + grid(SIX, row(SIX, label("结果"), tall("{{ feedback.result }}", 5)),
            whole("附件", "{{ feedback.attachments }}"),
            pair("送达时间", "{{ feedback.delivered }}", "签收时间", "{{ feedback.acknowledged }}"))
        + signatures()
        + note("注：处理情况和结果以书面形式及时反馈给通知单填写人（第2.4条）。")
    )  # fmt: skip


def screening() -> str:
    knock = (700, 3945, 1200, 3000)
    criteria = (700, 2545, 1200, 900, 1000, 2500)
    opinions = (1200, 1200, 1000, 3145, 2300)
    return (
        title("投标评审表")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("招标人", "{{ project.buyer }}", "投标截止时间", "{{ deadline }}"),
            pair("客户信用", "{{ screening.customer_credit }}", "合同条款风险", "{{ screening.contract_risk }}"))
        + part("否决项")
        + table(knock, ["序号", "条件", "是否满足", "说明"],
            each(knock, "item in screening.knockouts", center("{{ loop.index }}"), "{{ item.name }}", center("{{ item.answer }}"), "{{ item.remark }}", empty="无"))
        + part("评分项")
        + table(criteria, ["序号", "评分项", "权重（%）", "评分", "加权分", "说明"],
            each(criteria, "item in screening.criteria", center("{{ loop.index }}"), "{{ item.name }}", number("{{ item.weight }}"), number("{{ item.score }}"),
                 number("{{ item.weighted }}"), "{{ item.remark }}", empty="无"),
            row(criteria, label("合计", 2), number("100"), "", number("{{ screening.total }}"), "通过线：{{ screening.threshold }}"))
        + part("评审意见")
        + table(opinions, ["部门", "评审人", "意见", "理由", "时间"],
            each(opinions, "opinion in screening.opinions", center("{{ opinion.department }}"), center("{{ opinion.person }}"), center("{{ opinion.verdict }}"),
                 "{{ opinion.reason }}", center("{{ opinion.at }}"), empty="无"))
        + part("决定")
        + grid(SIX, pair("是否投标", "{{ screening.decision }}", "决定时间", "{{ screening.decided }}"),
            row(SIX, label("理由"), tall("{{ screening.reason }}", 5)))
        + signatures()
        + note("注：由营销、技术、生产、财务、法务人员评审并决定是否投标（第3.2条）；不投标的，理由归档。")
    )  # fmt: skip


def price_approval() -> str:
    cost = (700, 3645, 2500, 2000)
    lines = (700, 2100, 1700, 700, 745, 1450, 1450)
    even = (1474, 1474, 1475, 1474, 1474, 1474)
    votes = (1700, 1300, 3445, 2400)
    return (
        title("报价审批表")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("报价轮次", "{{ approval.round }}", "币种", "{{ price.currency }}"),
            pair("最高投标限价", "{{ lot.ceiling }}", "底价", "{{ approval.floor }}"))
        + part("成本")
        + table(cost, ["序号", "成本项目", "金额", "占成本比例"],
            each(cost, "line in approval.cost", center("{{ loop.index }}"), "{{ line.name }}", number("{{ line.amount }}"), number("{{ line.share }}")),
            row(cost, label("成本合计", 2), number("{{ approval.cost_total }}"), number("100%")))
        + part("测算")
        + grid(even, row(even, label("方案"), label("低"), label("中"), label("高"), label("毛利率"), label("下浮率")),
            row(even, label("投标总价"), number("{{ approval.low }}"), number("{{ approval.base }}"), number("{{ approval.high }}"),
                number("{{ approval.margin }}"), number("{{ approval.discount }}")))
        + part("最终报价")
        + table(lines, ["序号", "名称", "型号", "单位", "数量", "单价", "合价"],
            each(lines, "line in price.lines", center("{{ line.no }}"), "{{ line.name }}", "{{ line.model }}", center("{{ line.unit }}"), number("{{ line.quantity }}"),
                 number("{{ line.unit_price }}"), number("{{ line.total }}")),
            row(lines, label("投标总报价", 6), number("{{ price.total }}")),
            row(lines, label("大写", 2), Cell("{{ price.total_words }}", 5)))
        + part("报价小组表决")
        + table(votes, ["成员", "意见", "理由", "时间"],
            each(votes, "vote in approval.votes", center("{{ vote.person }}"), center("{{ vote.verdict }}"), "{{ vote.reason }}", center("{{ vote.at }}"), empty="无"))
        + note("法定人数：{{ approval.quorum }}人；审批权限：{{ approval.tier }}；低于底价的特批：{{ approval.exception }}")
        + signatures()
        + note("注：报价小组的决定是任何文件中价格的唯一来源（第3.3条）。本表只存于报价分区，开标前不得外传（第3.4条）。")
    )  # fmt: skip


def negotiation() -> str:
    people = (2200, 2200, 2245, 2200)
    points = (700, 1700, 2245, 2200, 2000)
    moves = (700, 3145, 2500, 2500)
    actions = (700, 4645, 1700, 1800)
    return (
        title("谈判记录")
        + grid(SIX,
            pair("编号", "{{ form.number }}", "轮次", "{{ negotiation.round }}"),
            whole("项目", "{{ negotiation.project }}"),
            pair("客户", "{{ negotiation.customer }}", "重大项目", "{{ negotiation.major }}"),
            pair("时间", "{{ negotiation.at }}", "地点", "{{ negotiation.place }}"),
            whole("领导批准", "{{ negotiation.approval }}"))
        + part("参加人员")
        + table(people, ["姓名", "单位或部门", "职务", "是否技术支持"],
            each(people, "person in negotiation.people", center("{{ person.name }}"), center("{{ person.party }}"), center("{{ person.title }}"), center("{{ person.technical }}")))
        + part("谈判事项")
        + table(points, ["序号", "事项", "对方要求", "我方意见", "结果及让步"],
            each(points, "point in negotiation.points", center("{{ loop.index }}"), "{{ point.topic }}", "{{ point.demand }}", "{{ point.position }}", "{{ point.result }}"))
        + part("价格变动")
        + table(moves, ["序号", "内容", "变动前", "变动后"],
            each(moves, "move in negotiation.moves", center("{{ loop.index }}"), "{{ move.what }}", number("{{ move.before }}"), number("{{ move.after }}"), empty="无"))
        + part("后续工作")
        + table(actions, ["序号", "工作", "负责人", "完成时间"],
            each(actions, "action in negotiation.actions", center("{{ loop.index }}"), "{{ action.what }}", center("{{ action.who }}"), center("{{ action.due }}"), empty="无"))
        + signatures()
        + note("注：重大项目的谈判须经领导批准，领导和技术部门参加（第4条）。")
    )  # fmt: skip


def result() -> str:
    w = (700, 2445, 1500, 850, 850, 850, 850, 800)
    return (
        title("投标结果表")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("开标时间", "{{ outcome.opened }}", "结果", "{{ outcome.result }}"),
            pair("中标人", "{{ outcome.winner }}", "中标价（元）", "{{ outcome.winning_price }}"),
            whole("中标候选人", "{{ outcome.candidates }}"),
            whole("资料来源", "{{ outcome.source }}"))
        + part("开标记录及评分")
        + table(w, ["排名", "投标人", "投标报价（元）", "价格分", "技术分", "商务分", "总分", "状态"],
            each(w, "bid in outcome.bids", center("{{ bid.rank }}"), "{{ bid.bidder }}", number("{{ bid.price }}"), number("{{ bid.price_score }}"),
                 number("{{ bid.technical_score }}"), number("{{ bid.commercial_score }}"), number("{{ bid.total_score }}"), center("{{ bid.status }}"), empty="无"))
        + part("原因与经验")
        + grid(SIX, row(SIX, label("原因分析"), tall("{{ outcome.reasons }}", 5)), row(SIX, label("经验教训"), tall("{{ outcome.lessons }}", 5)))
        + signatures()
        + note("注：投标结束后，结果、竞争对手报价等资料归档（第3.5条）。")
    )  # fmt: skip


def check_report() -> str:
    w = (700, 900, 1900, 1700, 1800, 1845)
    return (
        title("投标文件检查报告")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("检查时间", "{{ report.at }}", "结论", "{{ report.verdict }}"),
            pair("不合格", "{{ report.failed }}项", "需人工确认", "{{ report.human }}项"))
        + part("检查结果")
        + table(w, ["规则", "结论", "文件及位置", "发现", "应为", "处理办法"],
            each(w, "check in report.checks", center("{{ check.rule }}"), center("{{ check.verdict }}"), "{{ check.document }} {{ check.place }}", "{{ check.found }}",
                 "{{ check.expected }}", "{{ check.fix }}"))
        + signatures()
        + note("注：不合格项只能由审查人签署书面豁免并说明理由后放行。")
    )  # fmt: skip


def conformance() -> str:
    w = (700, 3345, 700, 900, 1700, 1500)
    return (
        title("制度执行情况表")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "所属部门", "{{ conformance.department }}"),
            pair("制度版本", "{{ conformance.procedure }}", "出具时间", "{{ conformance.at }}"),
            pair("符合", "{{ conformance.satisfied }}项", "未完成", "{{ conformance.open }}项"),
            pair("不符合", "{{ conformance.broken }}项", "不适用", "{{ conformance.not_applicable }}项"))
        + part("逐条情况")
        + table(w, ["条款", "要求", "标段", "情况", "依据（事件号）", "说明"],
            each(w, "row in conformance.rows", center("{{ row.article }}"), "{{ row.requirement }}", center("{{ row.lot }}"), center("{{ row.state }}"),
                 "{{ row.events }}", "{{ row.note }}"))
        + signatures()
        + note("注：本表由经签名的事件逐条得出；事件号指本项目台账中的记录。解释登记号见“说明”（第5条）。")
    )  # fmt: skip


def handover() -> str:
    w = (700, 1300, 2145, 1900, 1900, 900)
    return (
        title("投标承诺与合同核对表")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("合同编号", "{{ handover.contract }}", "合同签订日期", "{{ handover.signed }}"),
            pair("承诺", "{{ handover.count }}项", "不一致", "{{ handover.differing }}项"))
        + part("逐项核对")
        + table(w, ["序号", "来源", "承诺内容", "投标文件", "合同", "结论"],
            each(w, "row in handover.rows", center("{{ loop.index }}"), "{{ row.source }}", "{{ row.promise }}", "{{ row.offered }}", "{{ row.contract }}",
                 center("{{ row.state }}")))
        + signatures()
        + note("注：承诺来自条款响应表、偏差表、交货期和质保条款；不一致的项目由投标经办人与客户澄清后移交执行部门。")
    )  # fmt: skip


def packing_list() -> str:
    pieces = (700, 1300, 1300, 3345, 1100, 1100)
    tag = (8845,)
    return (
        title("投标文件装箱单")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("招标人", "{{ project.buyer }}", "投标截止时间", "{{ deadline }}"),
            whole("投标人", "{{ bidder.name }}"))
        + part("装箱内容")
        + table(pieces, ["序号", "份别", "编号", "分册", "页数", "密封"],
            each(pieces, "piece in packing.pieces", center("{{ loop.index }}"), center("{{ piece.kind }}"), center("{{ piece.no }}"),
                 "{{ piece.volume }}", center("{{ piece.pages }}"), ""))
        + note("合计：正本{{ packing.originals }}份，副本{{ packing.copies }}份，U盘{{ packing.usb }}个。“密封”栏由装箱人逐件勾选。")
        + table((2845, 6000), ["文件", "SHA-256"],
            each((2845, 6000), "file in packing.files", "{{ file.name }}", "{{ file.digest }}"))
        + signatures()
        + new_page()
        + part("封套标签")
        + grid(tag, each(tag, "piece in packing.labels",
            Cell("{{ piece.kind }}　{{ piece.no }}\n项目名称：{{ project.name }}\n招标编号：{{ project.number }}　标段：{{ lot.id }}\n"
                 "招标人：{{ project.buyer }}\n投标人：{{ bidder.name }}（盖章）\n内容：{{ piece.volumes }}\n"
                 "在{{ deadline }}前不得启封", height=2600)))
    )  # fmt: skip


def waiver() -> str:
    w = (700, 800, 3445, 1200, 2700)
    return (
        title("豁免审批单")
        + grid(SIX,
            whole("项目名称", "{{ project.name }}"),
            pair("招标编号", "{{ project.number }}", "标段", "{{ lot.id }}　{{ lot.name }}"),
            pair("审核人", "{{ people.reviewer }}", "投标经办人", "{{ people.handler }}"))
        + part("豁免的检查规则")
        + table(w, ["序号", "规则", "理由", "审批人", "时间"],
            each(w, "waiver in waivers", center("{{ loop.index }}"), center("{{ waiver.rule }}"), "{{ waiver.reason }}", center("{{ waiver.person }}"),
                 center("{{ waiver.at }}"), empty="无"))
        + part("所依据的检查报告")
        + table((5345, 3500), ["检查报告", "清单摘要（SHA-256 前16位）"],
            each((5345, 3500), "report in reports", "{{ report.name }}", center("{{ report.digest }}"), empty="无"))
        + note("注：豁免只对所列检查报告有效；文件改动后重新检查的，须重新审批。投标经办人不得审批自己的投标（第3.3条）。")
        + signatures()
    )  # fmt: skip


def documents() -> dict[str, tuple[str, str, str]]:
    """File name to body, header, page."""
    made = {
        "support-notice": support_notice(), "bid-notice": bid_notice(), "feedback": feedback(), "screening": screening(),
        "price-approval": price_approval(), "negotiation": negotiation(), "result": result(), "check-report": check_report(),
        "conformance": conformance(), "handover": handover(), "packing-list": packing_list(),
        "waiver": waiver(),
    }  # fmt: skip
    return {name: (body, HEADER, "form") for name, body in made.items()}
