# ruff: noqa: E501 (a clause of a document is one line)
"""Part seven of the standard equipment bid: who the bidder is, what it did, whose goods it may sell."""

from blocks import Cell, each, gap, grid, heading, label, new_page, note, para, plain, row, sign, table
from cn_signed import BUYER, PROJECT, SEAL, SIGNATURE


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
    w = (700, 1795, 1750, 1400, 1750, 1450)
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
