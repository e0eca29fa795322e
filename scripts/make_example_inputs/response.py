# ruff: noqa: E501 (a sentence of a document is one line)
"""The example's technical response, with the habits of a technical department: its own styles, header, tables, drawings."""

import io
from collections.abc import Sequence

import drawings
from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

COMPANY = "示例智能物流装备有限公司"
LIFTING = [
    ("1.1", "升降高度", "3.5–4.0 m，货架不少于5层", "4.0 m，适应5层及以上货架"),
    ("1.2", "夹抱方式", "柔性夹抱，多种规格纸箱、周转箱", "夹抱机构可调，适应多种规格纸箱与周转箱"),
    ("1.3", "行走速度", "0–1800 mm/s，可调", "0–1800 mm/s，按现场调节"),
    ("1.4", "回转直径", "1850–2000 mm", "1900 mm"),
    ("1.5", "巷道宽度", "1100 mm", "1100 mm"),
    ("1.6", "额定载荷", "≥180 kg", "200 kg"),
    ("1.7", "导航方式", "二维码导航", "二维码导航，见3.3节"),
    ("1.8", "取货高度", "300–3450 mm，货架超出检测", "300–3450 mm，具备货架超出检测"),
    ("1.9", "安全防护", "行走方向激光避障、急停、声光报警", "激光避障、急停按钮、声光报警"),
    ("1.10", "定位精度", "±10 mm；±1°；双向行走、原地旋转", "±8 mm；±1°；双向行走、原地旋转"),
    ("1.11", "人机界面", "数字触摸屏", "数字触摸屏"),
    ("1.12", "旋转激光覆盖", "单个激光≥180°", "单个激光270°，见检测报告"),
    ("1.13", "充电与续航", "空闲自动充电；单次6–8 h", "空闲自动充电；单次8 h"),
    ("1.14", "混合调度", "与第2项设备同一系统混合调度", "同一调度系统混合调度，见第5章"),
]
CARRYING = [
    ("2.1", "回转直径", "996–1050 mm", "1000 mm"),
    ("2.1", "举升高度", "50–60 mm", "60 mm"),
    ("2.1", "离地间隙", "25–40 mm", "30 mm"),
    ("2.1", "额定载荷", "500–600 kg", "600 kg"),
    ("2.2", "安全防护", "行走方向激光避障、急停、声光报警", "激光避障、急停按钮、声光报警"),
    ("2.3", "导航方式", "二维码导航", "二维码导航，见检测报告"),
    ("2.4", "充电与续航", "空闲自动充电；单次6–8 h", "空闲自动充电；单次8 h"),
]
STANDARDS = [
    ("GB/T 20721", "自动导引车 通用技术条件"),
    ("GB/T 30029", "自动导引车（AGV）设计通则"),
    ("GB/T 5226.1", "机械电气安全 机械电气设备 第1部分：通用技术条件"),
    ("GB/T 4208", "外壳防护等级（IP代码）"),
]
SUPPLY = [
    ("1", "智能升降AGV", "SL-AGV-L40（示例）", "台", "4"),
    ("2", "背负型AGV", "SL-AGV-B06（示例）", "台", "3"),
    ("3", "自动充电桩", "SL-CH-30（示例）", "台", "3"),
    ("4", "混合调度系统软件", "SL-RCS（示例）", "套", "1"),
    ("5", "随机备件及专用工具", "见随机清单", "套", "1"),
]
TESTS = [
    ("外观与尺寸", "目视、量具", "逐台", "检验记录"),
    ("行走速度与制动", "场地实测，空载和额定载荷", "逐台", "试验报告"),
    ("定位精度", "激光跟踪仪，往返各20次", "逐台", "试验报告"),
    ("额定载荷与举升", "1.0倍额定载荷连续100次", "逐台", "试验报告"),
    ("激光避障与急停", "静态障碍物和行人模型", "逐台", "试验报告"),
    ("混合调度", "两种车型7台同场运行4 h", "整套", "联调报告"),
]
PLAN = [
    ("设计联络", "第1–7天", "确认布置图、二维码点位、网络和供电"),
    ("制造与出厂检验", "第8–38天", "整机装配、逐台试验、联调"),
    ("包装运输", "第39–43天", "防潮、防震包装，送达现场"),
    ("安装调试", "第44–54天", "二维码铺设、单机调试、混合调度联调"),
    ("培训与验收", "第55–60天", "操作和维护培训、性能考核、交付资料"),
]


def technical_response() -> bytes:
    """Return the Word file."""
    word = Document()
    _look(word)
    _title(word)
    _general(word)
    _lifting(word)
    _carrying(word)
    _system(word)
    _delivery(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _look(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    for name, size, east in (
        ("Normal", 11, "宋体"),
        ("Heading 1", 16, "黑体"),
        ("Heading 2", 13, "黑体"),
        ("Title", 24, "黑体"),
    ):
        _face(word.styles[name], size, east)
    normal = word.styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = 1.35, Pt(4)
    header = section.header.paragraphs[0]
    header.text = f"{COMPANY} 技术部　　技术响应文件（示例）"
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    properties = word.core_properties
    properties.author, properties.title, properties.comments = "示例技术部", "技术响应文件", ""


def _face(style: ParagraphStyle, size: int, east: str) -> None:
    style.font.name, style.font.size, style.font.color.rgb = "Times New Roman", Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _title(word: Word) -> None:
    word.add_paragraph("投标设备技术性能指标的详细描述", "Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in (
        "长沙血液中心自动化仓储物流建设（仓储）项目",
        "第1标段　智能升降AGV与背负型AGV",
        f"{COMPANY} 技术部（示例数据）",
    ):
        word.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _general(word: Word) -> None:
    word.add_heading("1 概述", 1)
    _texts(word,
        "本文件对招标文件第1标段的智能升降AGV（4台）和背负型AGV（3台）的结构、性能、配置和技术参数作出详细描述，并逐条响应招标文件的技术要求。文中公司、型号、数值和报告均为示例。",
        "两种车型采用同一导航方式、同一电池和充电接口、同一调度系统，运行在同一张地图上，可以按任务混合调度，减少备件种类和维护工作。",
        "血液制品及耗材的出入库作业要求取放平稳、定位准确、人员与设备同场时安全可靠。设备选型据此以低速启停冲击、夹抱力闭环控制和全方向避障为重点。")  # fmt: skip
    word.add_heading("2 设计依据和标准", 1)
    _texts(word, "设备按下列标准的现行版本设计、制造和检验：")
    _table(word, (4, 12), ("标准号", "名称"), STANDARDS)


def _lifting(word: Word) -> None:
    word.add_heading("3 智能升降AGV", 1)
    word.add_heading("3.1 结构组成", 2)
    _texts(word,
        "整机由底盘、升降门架、柔性夹抱货叉、导航与避障装置、电池及电气控制系统组成，见图1。底盘采用双轮差速驱动，可双向行走和原地旋转。",
        "门架为两级同步升降，升降高度4.0 m，适应5层及以上货架。货叉设夹抱力检测，纸箱和周转箱的规格由任务下发，夹抱力随之设定。")  # fmt: skip
    _figure(word, drawings.lifting(), "图1 智能升降AGV侧视示意图（示例）")
    word.add_heading("3.2 主要技术参数", 2)
    _table(word, (1.6, 3, 5.6, 5.8), ("条款", "项目", "招标要求", "投标响应"), LIFTING)
    word.add_heading("3.3 导航与定位", 2)
    _texts(word,
        "采用地面二维码导航：车体底部相机识读二维码，惯性单元在两码之间推算，停位时由二维码校正，定位精度±8 mm、角度精度±1°。",
        "取货前由货叉前端传感器检测货架和货位，货架超出或货位占用时停止取货并上报调度系统。取货高度300–3450 mm。")  # fmt: skip
    word.add_heading("3.4 安全防护", 2)
    _texts(word,
        "行走方向设旋转式激光避障装置，单个激光覆盖270°，按速度分级设定减速区和停止区；设急停按钮和声光报警，急停为安全回路硬线切断。",
        "门架设防坠和超程保护，夹抱力丢失时货叉锁定并报警。车体四周设防撞触边，触发后立即停车，人工复位后继续运行。")  # fmt: skip
    word.add_heading("3.5 充电与续航", 2)
    _texts(
        word,
        "空闲或电量低于设定值时自动前往充电桩充电，单次充电工作时间8 h。电池管理系统监测电压、电流和温度，异常时停止充电并报警。",
    )


def _carrying(word: Word) -> None:
    word.add_heading("4 背负型AGV", 1)
    word.add_heading("4.1 结构组成", 2)
    _texts(word, "车体低矮，由货架下方进入后举升行走，见图2。举升平台与车体可相对旋转，转弯时货架方向不变。")
    _figure(word, drawings.carrying(), "图2 背负型AGV侧视示意图（示例）")
    word.add_heading("4.2 主要技术参数", 2)
    _table(word, (1.6, 3, 5.6, 5.8), ("条款", "项目", "招标要求", "投标响应"), CARRYING)
    word.add_heading("4.3 导航、避障与充电", 2)
    _texts(word, "导航方式、激光避障、急停、声光报警和自动充电与智能升降AGV一致，单次充电工作时间8 h。")


def _system(word: Word) -> None:
    word.add_heading("5 混合调度系统", 1)
    _texts(word,
        "智能升降AGV与背负型AGV由同一套调度系统混合调度，见图3。调度系统接收仓储管理系统的任务，完成车辆选择、路径规划、交通管制、充电管理和故障处理。",
        "窄巷道（1100 mm）内按单向通行管制，路口按先到先行和任务优先级放行。通信中断时车辆在当前二维码停车，恢复后自动续行。")  # fmt: skip
    _figure(word, drawings.scheduling(), "图3 系统结构图（示例）")


def _delivery(word: Word) -> None:
    word.add_heading("6 配置清单", 1)
    _table(word, (1.5, 5.5, 5, 2, 2), ("序号", "名称", "型号", "单位", "数量"), SUPPLY)
    word.add_heading("7 质量控制与出厂检验", 1)
    _texts(word, "每台设备出厂前按下表检验，检验记录随机交付，买方可派员见证。")
    _table(word, (4, 6, 2.5, 3.5), ("检验项目", "方法", "范围", "记录"), TESTS)
    word.add_heading("8 供货与实施计划", 1)
    _texts(word, "自合同生效之日起60天内完成供货、安装调试和验收准备：")
    _table(word, (4, 4, 8), ("阶段", "时间", "工作内容"), PLAN)
    word.add_heading("9 培训与服务", 1)
    _texts(word,
        "在现场对操作人员和维护人员分别培训，内容包括日常操作、点检、常见故障处理和安全规程，培训后考核。",
        "质量保证期24个月。质保期内免费更换因设计、材料和工艺原因损坏的零部件，并提供调度系统软件的缺陷修复。")  # fmt: skip


def _texts(word: Word, *texts: str) -> None:
    for text in texts:
        word.add_paragraph(text).paragraph_format.first_line_indent = Pt(22)


def _figure(word: Word, png: bytes, caption: str) -> None:
    picture = word.add_paragraph()
    picture.alignment, picture.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    picture.add_run().add_picture(io.BytesIO(png), width=Cm(13))
    word.add_paragraph(caption).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _table(word: Word, widths: Sequence[float], header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = word.add_table(1, len(header), "Table Grid")
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(table._tbl.makeelement(qn("w:tblHeader"), {}))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for _ in rows:
        table.add_row()
    for row, texts in zip(table.rows, [header, *rows], strict=True):
        for cell, width, text in zip(row.cells, widths, texts, strict=True):
            cell.width, cell.text = Cm(width), text
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].runs[0].font.size = Pt(10.5)
            cell.paragraphs[0].runs[0].bold = texts is header
    word.add_paragraph()
