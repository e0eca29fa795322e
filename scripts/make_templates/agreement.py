# ruff: noqa: E501 (a clause of a document is one line)
"""技术协议, the technical agreement: from general provisions to the signatures of buyer, user and seller."""

from blocks import Cell, each, gap, heading, note, para, plain, row, sign, table

HEADER = "{{ project.name }}　技术协议\t{{ bidder.name }}"


def center(text: str) -> Cell:
    return Cell(text, align="center")


def number(text: str) -> Cell:
    return Cell(text, align="right")


def cover() -> str:
    return (
        para("{{ project.name }}", "CoverName")
        + para("技 术 协 议", "CoverTitle")
        + para("{{ lot.name }}", "CoverVolume")
        + sign("协议编号：", "{{ extra.agreement_number }}", style="CoverText", to=7600)
        + sign("买方：", "{{ project.buyer }}", style="CoverText", to=7600)
        + sign("卖方：", "{{ bidder.name }}", style="CoverText", to=7600)
        + para("{{ sign_date }}", "CoverText", '<w:spacing w:before="900"/><w:jc w:val="center"/>')
    )


def chapter(title: str, *texts: str) -> str:
    return heading(title, 2) + "".join(para(text) for text in texts)


def listed(widths: tuple[int, ...], head: list[str], loop: str, *cells: Cell | str) -> str:
    return table(widths, head, each(widths, loop, *cells, empty="无"))


def first_half() -> str:
    two = (700, 2600, 5545)
    goods = (700, 3045, 2500, 900, 900, 800)
    values = (1000, 700, 3745, 3400)
    return (
        chapter("总则",
            "本技术协议适用于[[{{ project.name }}]]（招标编号：[[{{ project.number }}]]，标段：[[{{ lot.id }}]]）所供设备的设计、结构、性能、制造、检验、安装和试验。本协议是合同的附件，与合同具有同等效力。",
            "本协议提出的是最低限度的技术要求，卖方提供符合本协议和现行标准的优质产品。对标准要求不一致的，按较高标准执行。",
            "设备采用的专利涉及的全部费用已包含在设备价格中，卖方保证买方不承担有关设备专利的一切责任。")
        + chapter("规范和标准", "设备按下列标准的现行版本设计、制造和检验：")
        + listed(two, ["序号", "标准号", "名称"], "standard in extra.standards", center("{{ loop.index }}"), "{{ standard.code }}", "{{ standard.title }}")
        + chapter("使用条件")
        + listed(two, ["序号", "项目", "条件"], "condition in extra.conditions", center("{{ loop.index }}"), "{{ condition.name }}", "{{ condition.value }}")
        + chapter("供货范围", "供货范围包括主机、随机备品备件、专用工具和技术资料。")
        + heading("主机", 3)
        + listed(goods, ["序号", "设备名称", "型号规格", "单位", "数量", "备注"], "item in items", center("{{ item.no }}"), "{{ item.name }}", "{{ item.model }}", center("{{ item.unit }}"), center("{{ item.quantity }}"), "")
        + heading("备品备件", 3)
        + listed(goods, ["序号", "名称", "型号规格", "单位", "数量", "备注"], "spare in extra.spares", center("{{ loop.index }}"), "{{ spare.name }}", "{{ spare.model }}", center("{{ spare.unit }}"), center("{{ spare.quantity }}"), "")
        + heading("专用工具", 3)
        + listed(goods, ["序号", "名称", "型号规格", "单位", "数量", "备注"], "tool in extra.tools", center("{{ loop.index }}"), "{{ tool.name }}", "{{ tool.model }}", center("{{ tool.unit }}"), center("{{ tool.quantity }}"), "")
        + chapter("技术参数和保证值", "卖方保证设备达到下表所列技术参数；标有★、▲的为保证值，性能考核时逐项验证。")
        + listed(values, ["条款号", "类别", "技术要求", "卖方保证"], "line in clauses", center("{{ line.clause }}"), center("{{ line.mark }}"), "{{ line.requirement }}", "{{ line.response }}")
        + chapter("外购件品牌")
        + listed((700, 3545, 2900, 1700), ["序号", "部件", "品牌及型号", "产地"], "part in extra.brands", center("{{ loop.index }}"), "{{ part.name }}", "{{ part.brand }}", center("{{ part.origin }}"))
    )  # fmt: skip


def second_half() -> str:
    papers = (700, 4745, 1700, 1700)
    return (
        chapter("设计联络和图纸资料",
            "合同生效后双方召开设计联络会，确认布置、接口、供电和土建条件，形成会议纪要。经双方签认的纪要是制造依据。",
            "卖方按下表提交图纸资料，资料使用法定计量单位和简体中文：")
        + listed(papers, ["序号", "资料名称", "份数", "提交时间"], "paper in extra.papers", center("{{ loop.index }}"), "{{ paper.name }}", center("{{ paper.copies }}"), center("{{ paper.due }}"))
        + chapter("监造和出厂检验",
            "买方有权派员到卖方制造现场监造，卖方提供工作和查阅资料的便利。监造不解除卖方的质量责任。",
            "设备出厂前，卖方按本协议和标准逐台检验，出具检验记录和合格证。需买方见证的检验项目，卖方提前7天书面通知买方。")
        + chapter("包装和运输",
            "设备包装符合防潮、防震、防锈要求，适合长途运输和多次装卸。包装箱内附装箱单、合格证和说明书。",
            "卖方负责将设备运至买方指定地点，运输和保险费用已包含在设备价格中。交货期为[[{{ lot.delivery_days }}]]天。")
        + chapter("安装和调试",
            "卖方派出合格的技术人员到现场负责安装、单机调试和联动调试，买方提供水、电和场地条件。",
            "调试完成后，卖方提交调试记录，双方签字确认。")
        + chapter("性能考核和违约责任",
            "设备连续运行[[{{ extra.trial_days }}]]天后进行性能考核，由双方共同进行，考核项目为本协议“技术参数和保证值”所列各项。",
            "性能考核不合格的，卖方在[[{{ extra.remedy_days }}]]天内免费整改并再次考核；经两次考核仍不合格的，买方有权按合同约定要求更换、减价或解除合同。",
            "延期交货和性能不达标的违约金按合同约定计算。")
        + chapter("培训",
            "卖方在现场对买方的操作和维护人员进行培训，内容包括操作、点检、维护和故障处理，使受训人员能独立操作和维护设备。培训教材和培训费用由卖方承担。")
        + chapter("质量保证",
            "质量保证期为自验收合格之日起[[{{ lot.warranty_months }}]]个月。质保期内因设计、材料、工艺造成的缺陷，卖方免费修理或更换，并承担由此发生的费用。",
            "修理或更换的部件，其质保期自重新验收合格之日起重新计算。")
        + chapter("供货界限", "双方的供货和工作界限如下：")
        + listed((700, 3145, 2500, 2500), ["序号", "项目", "卖方", "买方"], "limit in extra.limits", center("{{ loop.index }}"), "{{ limit.name }}", "{{ limit.seller }}", "{{ limit.buyer }}")
        + chapter("其他",
            "本协议未尽事宜由双方协商解决，协商一致的书面文件是本协议的组成部分。",
            "本协议一式[[{{ extra.copies }}]]份，双方各执半数，经双方签字盖章后与合同同时生效。")
    )  # fmt: skip


def signatures() -> str:
    w = (4422, 4423)
    names = ["名称：{{ project.buyer }}\n（盖章）", "名称：{{ bidder.name }}\n（盖章）"]
    rows = [names, ["代表人（签字）：", "代表人（签字）："], ["地址：{{ project.buyer_address }}", "地址：{{ bidder.address }}"],
            ["电话：", "电话：{{ bidder.phone }}"], ["日期：", "日期：{{ sign_date }}"]]  # fmt: skip
    return (
        heading("签署", 2)
        + table(w, ["买方", "卖方"], *(row(w, *(Cell(text, height=620) for text in line)) for line in rows))
        + note("注：本协议由买卖双方授权代表签署。")
    )


def documents() -> dict[str, tuple[str, str, str]]:
    """File name to body, header, page."""
    body = (
        heading("技术协议")
        + plain("买方：{{ project.buyer }}")
        + plain("卖方：{{ bidder.name }}")
        + gap()
        + first_half()
        + second_half()
        + signatures()
    )
    return {"cover": (cover(), "", "upright"), "agreement": (body, HEADER, "upright")}
