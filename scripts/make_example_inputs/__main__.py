# ruff: noqa: E501 (a row of a paper is one line)
"""Writes the documents of the example tender that people would deliver: `python scripts/make_example_inputs`.

The technical response is Word, the reports and certificates PDF, the contracts scans. They are committed; LibreOffice
stamps its PDFs with a time, so a new run gives other bytes and the same pages.
"""

import papers
from response import technical_response

EXAMPLE = papers.ROOT / "examples" / "warehouse-agv"


def main() -> None:
    lifting, carrying = ("智能升降AGV", "SL-AGV-L40（示例）"), ("背负型AGV", "SL-AGV-B06（示例）")
    made = {
        "inputs/technical-response.docx": technical_response(),
        "inputs/proof-1.12.pdf": papers.pdf(papers.report("EX-T-0112", "1.12", *lifting, [
            ("旋转激光单个覆盖角度", "≥180°", "270°", "合格"), ("障碍物检出距离（满速）", "≥3.0 m", "4.2 m", "合格"),
            ("停止区触发制动", "停车", "停车", "合格")])),
        "inputs/proof-1.14.pdf": papers.pdf(papers.report("EX-T-0114", "1.14", "混合调度系统", "SL-RCS（示例）", [
            ("两种车型同一系统登录", "支持", "支持", "合格"), ("7台混合运行4 h无死锁", "0次", "0次", "合格"),
            ("任务完成率", "100%", "100%", "合格")])),
        "inputs/proof-2.3.pdf": papers.pdf(papers.report("EX-T-0203", "2.3", *carrying, [
            ("二维码导航", "支持", "支持", "合格"), ("二维码识读成功率", "≥99.9%", "100%", "合格"),
            ("停位偏差", "±10 mm", "±8 mm", "合格")])),
        "commercial/licence.pdf": papers.pdf(papers.licence()),
        "commercial/iso9001.pdf": papers.pdf(papers.iso9001()),
        "commercial/contract-2023.pdf": papers.scan(papers.contract(
            "EX-C-2023-05", "示例医药物流有限公司", "自动化立体库AGV系统（示例）", "1,860,000.00", "壹佰捌拾陆万元整", "2023年5月4日")),
        "commercial/contract-2025.pdf": papers.scan(papers.contract(
            "EX-C-2025-09", "示例血站", "血液冷库搬运AGV（示例）", "1,275,000.00", "壹佰贰拾柒万伍仟元整", "2025年9月18日")),
    }  # fmt: skip
    for name, content in made.items():
        path = EXAMPLE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
