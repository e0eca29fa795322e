# ruff: noqa: E501 (a row of a paper is one line)
"""The example's papers: licence, certificate, contracts and test reports, every one marked as an example."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "scripts" / "make_templates"))

from blocks import Cell, grid, label, note, para, plain, right, row, table  # noqa: E402
from package import write  # noqa: E402
from styles import CHINESE  # noqa: E402

from templates.pdf import to_pdf  # noqa: E402

COMPANY = "示例智能物流装备有限公司"
MARK = "示例文件：仅用于软件演示，公司、编号、数值和结论均为虚构，不具有任何证明效力。"


def pdf(body: str) -> bytes:
    """Return a paper as PDF."""
    path = Path("/dev/shm") / "example-paper.docx"
    write(path, CHINESE, body, "", "upright")
    try:
        return to_pdf(path.read_bytes())
    finally:
        path.unlink()


def scan(body: str) -> bytes:
    """Return a paper as a scanner gives it: pictures of pages, a little askew, without text."""
    pages = [page.render(scale=150 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf(body))]
    askew = [page.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=255) for page in pages]
    out = io.BytesIO()
    askew[0].save(out, "PDF", save_all=True, append_images=askew[1:], resolution=150, quality=60)
    return out.getvalue()


def licence() -> str:
    return _certificate("营业执照（示例）", [
        ("统一社会信用代码", "91430100MAEXAMPLEC"), ("名称", COMPANY), ("类型", "有限责任公司"), ("法定代表人", "钱示例"),
        ("注册资本", "5000万元"), ("成立日期", "2009年3月16日"), ("营业期限", "至2039年3月15日"),
        ("住所", "湖南省长沙市示例区示例路1号"), ("经营范围", "物料搬运装备的研发、制造、销售和安装（示例）"),
    ], "示例登记机关", "2009年3月16日")  # fmt: skip


def iso9001() -> str:
    return _certificate("质量管理体系认证证书（示例）", [
        ("证书编号", "EX-QMS-0001"), ("获证组织", COMPANY), ("认证标准", "GB/T 19001（示例）"),
        ("认证范围", "自动导引车的设计、制造和服务"), ("首次发证", "2020年7月1日"), ("有效期至", "2029年6月30日"),
    ], "示例认证机构", "2026年7月1日")  # fmt: skip


def contract(number: str, buyer: str, project: str, amount: str, words: str, signed: str) -> str:
    rows = [("合同编号", number), ("买方", buyer), ("卖方", COMPANY), ("合同名称", project),
            ("合同总价", f"¥{amount}（人民币{words}）"), ("签订日期", signed), ("交货地点", "买方指定地点"), ("质量保证期", "24个月")]  # fmt: skip
    return (
        para("设备采购合同（示例）", "BidTitle")
        + _facts(rows)
        + para(
            "买卖双方经协商一致，就上述设备的供货、安装调试和技术服务签订本合同。设备的型号、数量和技术要求见合同附件。"
        )
        + para("买方在合同签订后支付30%，验收合格后支付65%，质量保证期满后支付5%。卖方在合同生效后60天内交货。")
        + plain("买方（盖章）：示例印章　　　　　　卖方（盖章）：示例印章")
        + right(signed)
        + note(MARK)
    )


def report(number: str, clause: str, name: str, model: str, rows: Sequence[tuple[str, str, str, str]]) -> str:
    w = (2800, 2245, 2300, 1500)
    return (
        para("检测报告（示例）", "BidTitle")
        + _facts([("报告编号", number), ("对应条款", clause), ("产品名称", name), ("型号", model), ("委托单位", COMPANY),
                  ("检测机构", "示例检测中心"), ("检测日期", "2026年9月10日至2026年9月12日"), ("环境条件", "温度23 ℃，相对湿度45%")])
        + para("检测结果", "Heading3")
        + table(w, ["检测项目", "要求", "结果", "判定"],
                *(row(w, first, Cell(asked, align="center"), Cell(found, align="center"), Cell(verdict, align="center"))
                  for first, asked, found, verdict in rows))
        + para("检测方法：在水平混凝土地面试验场，设备满电，按委托方提供的检测大纲进行，每项重复3次取最不利值。")
        + plain("检测：示例甲　　　审核：示例乙　　　批准：示例丙")
        + right("2026年9月15日")
        + note(MARK)
    )  # fmt: skip


def _certificate(title: str, rows: Sequence[tuple[str, str]], issuer: str, at: str) -> str:
    return para(title, "BidTitle") + _facts(rows) + right(issuer) + right(at) + note(MARK)


def _facts(rows: Sequence[tuple[str, str]]) -> str:
    w = (2600, 6245)
    return grid(w, *(row(w, label(name), value) for name, value in rows))
