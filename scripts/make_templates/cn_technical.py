# ruff: noqa: E501 (a clause of a document is one line)
"""Parts eight to eleven of the standard equipment bid: description, responses, proofs, services, others."""

from blocks import Cell, each, gap, heading, note, para, plain, row, table
from cn_signed import BUYER, PROJECT, signed


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
        + note("注：★为实质性要求，▲为重要参数。", signed_below=True)
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
