"""Remakes the workbooks of examples/warehouse-agv: clause matrix, cost sheet, opening record.

Requirements come from the published notice; our answers, costs and all bidders are invented and marked 示例.
"""

# ruff: noqa: E501 - one clause a line
from decimal import Decimal
from pathlib import Path

from flows.steps.clauses import derived_deviation, write_clauses
from flows.steps.credit_code import check_digit
from flows.steps.tender import Clause
from flows.steps.workbook import write

FOLDER = Path(__file__).parents[1] / "examples" / "warehouse-agv"

# clause, mark, requirement, parameter, relation, value, unit, response, offered, evidence
CLAUSES = [
    ("1.1", "", "升降高度3.5–4.0 m，适应多种货架（≥5层）", "升降高度", "range", "3.5–4.0", "m", "满足，升降高度4.0 m，适应5层及以上货架", "4.0", ""),
    ("1.2", "", "柔性夹抱，适应多种规格的纸箱、周转箱", "", "text", "", "", "满足，夹抱机构可调，适应多种规格纸箱与周转箱", "", ""),
    ("1.3", "", "行走速度0–1800 mm/s，可按现场调节", "行走速度", "range", "0–1800", "mm/s", "满足，行走速度0–1800 mm/s，按现场调节", "0–1800", ""),
    ("1.4", "", "回转直径1850–2000 mm", "回转直径", "range", "1850–2000", "mm", "满足，回转直径1900 mm", "1900", ""),
    ("1.5", "", "巷道宽度1100 mm", "巷道宽度", "=", "1100", "mm", "满足，适应巷道宽度1100 mm", "1100", ""),
    ("1.6", "", "额定载荷≥180 kg", "额定载荷", "≥", "180", "kg", "满足，额定载荷200 kg", "200", ""),
    ("1.7", "", "二维码导航，提供证明材料", "", "text", "", "", "满足，二维码导航，证明材料见技术响应文件", "", "technical-response.docx"),
    ("1.8", "", "货架超出检测；取货高度300–3450 mm", "取货高度", "range", "300–3450", "mm", "满足，具备货架超出检测，取货高度300–3450 mm", "300–3450", ""),
    ("1.9", "", "行走方向激光避障、急停、声光报警", "", "text", "", "", "满足，行走方向激光避障，急停按钮，声光报警", "", ""),
    ("1.10(1)", "", "定位精度±10 mm，双向行走，原地旋转", "定位精度", "±", "10", "mm", "满足，定位精度±8 mm，双向行走，原地旋转", "8", ""),
    ("1.10(2)", "", "角度精度±1°", "角度精度", "±", "1", "°", "满足，角度精度±1°", "1", ""),
    ("1.11", "", "数字触摸屏", "", "text", "", "", "满足，配数字触摸屏", "", ""),
    ("1.12", "▲", "旋转激光避障装置，单个激光覆盖≥180°，提供证明材料", "激光覆盖角", "≥", "180", "°", "满足，单个激光覆盖270°", "270", "检测报告 proof-1.12.pdf"),
    ("1.13", "", "空闲时自动充电；单次充电工作时间6–8 h", "工作时间", "range", "6–8", "h", "满足，空闲时自动充电，单次充电工作时间8 h", "8", ""),
    ("1.14", "▲", "与第2项设备在同一系统中混合调度", "", "text", "", "", "满足，同一调度系统混合调度两种AGV", "", "系统说明 proof-1.14.pdf"),
    ("2.1(1)", "", "回转直径996–1050 mm", "回转直径", "range", "996–1050", "mm", "满足，回转直径1000 mm", "1000", ""),
    ("2.1(2)", "", "举升高度50–60 mm", "举升高度", "range", "50–60", "mm", "满足，举升高度60 mm", "60", ""),
    ("2.1(3)", "", "离地间隙25–40 mm", "离地间隙", "range", "25–40", "mm", "满足，离地间隙30 mm", "30", ""),
    ("2.1(4)", "", "额定载荷500–600 kg", "额定载荷", "range", "500–600", "kg", "满足，额定载荷600 kg", "600", ""),
    ("2.2", "", "行走方向激光避障、急停、声光报警", "", "text", "", "", "满足，行走方向激光避障，急停按钮，声光报警", "", ""),
    ("2.3", "▲", "二维码导航，提供证明材料", "", "text", "", "", "满足，二维码导航", "", "导航说明 proof-2.3.pdf"),
    ("2.4", "", "空闲时自动充电；单次充电工作时间6–8 h", "工作时间", "range", "6–8", "h", "满足，空闲时自动充电，单次充电工作时间8 h", "8", ""),
]  # fmt: skip
FIELDS = ("clause", "mark", "requirement", "parameter", "relation", "value", "unit", "response", "offered", "evidence")

COSTS = [
    ("1", "materials", "388000", "380000", "402000"), ("1", "bought-in", "412000", "405000", "420000"),
    ("1", "wages", "96000", "96000", "104000"), ("1", "manufacturing", "61000", "61000", "61000"),
    ("2", "materials", "176000", "172000", "181000"), ("2", "bought-in", "204000", "200000", "211000"),
    ("2", "wages", "48000", "48000", "52000"), ("2", "manufacturing", "30000", "30000", "30000"),
    ("-", "freight", "18000", "16000", "21000"), ("-", "installation", "52000", "50000", "58000"),
    ("-", "service", "21000", "21000", "21000"), ("-", "warranty", "34000", "30000", "42000"),
    ("-", "management", "58000", "58000", "58000"), ("-", "finance", "12000", "12000", "12000"),
    ("-", "risk", "20000", "10000", "40000"), ("-", "tax", "172000", "172000", "172000"),
    ("-", "bidding", "9000", "9000", "9000"), ("-", "profit", "329000", "250000", "329000"),
]  # fmt: skip
OFFER = [("1", "358000.00"), ("2", "236000.00")]

OPENING_HEADER = ["标段", "投标人", "统一社会信用代码", "投标报价", "币种", "单位", "交货期", "排名", "价格分", "技术分", "商务分", "总分",
                  "状态", "否决原因", "备注", "来源"]  # fmt: skip
OPENING = [
    ("示例智能物流装备有限公司", "91430100MAEXAMPLE", "2140000.00", "60", "1", "40.00", "43.50", "9.00", "92.50", "valid", ""),
    ("示例甲机器人有限公司", "91110000MAEXAMPA1", "2198000.00", "60", "2", "38.94", "42.00", "9.00", "89.94", "valid", ""),
    ("示例乙自动化股份有限公司", "91310000MAEXAMPB2", "2236000.00", "55", "3", "38.28", "40.50", "8.50", "87.28", "valid", ""),
    ("示例丙物流科技有限公司", "91440000MAEXAMPC3", "2249000.00", "60", "", "", "", "", "", "rejected", "未提供1.12条证明材料"),
]  # fmt: skip


def clauses() -> bytes:
    """Return the clause matrix with the deviations that the numbers give."""
    plain = [Clause(**dict(zip(FIELDS, row, strict=True)), owner="li.na", place=_place(row[-1])) for row in CLAUSES]
    return write_clauses(clause.model_copy(update={"deviation": derived_deviation(clause)}) for clause in plain)


def _place(evidence: str) -> str:
    return "技术支持资料" if evidence.endswith(".pdf") else "技术响应文件" if evidence else ""


def cost() -> bytes:
    """Return the cost sheet; the first sheet says how it is filled in."""
    notes = [
        ["说明"],
        [
            "示例成本，均为虚构。cost：每项成本一行，序号为 - 的属整个标段，金额含税。offer：每个货物的单价。数字单元格只写数字。"
        ],
    ]
    lines = [["item no", "cost line", "amount", "low", "high", "remark"]]
    rows = [[no, line, *(Decimal(n) for n in numbers), "示例"] for no, line, *numbers in COSTS]
    prices = [["item no", "unit price", "remark"], *([no, Decimal(price), ""] for no, price in OFFER)]
    return write({"说明": notes, "cost": [*lines, *rows], "offer": prices}, widths=(12, 18, 16, 16, 16, 24))


def opening() -> bytes:
    """Return the opening record of the example, as a clerk would copy it from the reading out."""
    rows: list[list[str | Decimal]] = []
    for name, code, price, delivery, rank, price_score, technical, commercial, total, status, reason in OPENING:
        scores = [Decimal(n) if n else "" for n in (price_score, technical, commercial, total)]
        row = ["1", name, code + check_digit(code), Decimal(price), "CNY", "元", delivery, rank, *scores]
        rows.append([*row, status, reason, "示例", "示例开标记录"])
    return write({"opening": [list(OPENING_HEADER), *rows]}, widths=(6, 30, 24, 16, 8, 8, 10, 8))


if __name__ == "__main__":
    for name, content in (("clauses.xlsx", clauses()), ("cost.xlsx", cost()), ("opening.xlsx", opening())):
        (FOLDER / name).write_bytes(content)
