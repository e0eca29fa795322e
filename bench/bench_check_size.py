"""A long bid through all rejection rules: seconds and memory over pages and price lines, with an index of 600 names.

`python bench/bench_check_size.py [pages]`: 300 by default, ten price lines to three pages, and half and twice that.
"""

import random
import resource
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from mutants import bids  # noqa: E402

from flows.steps.checks import BidUnderCheck, run  # noqa: E402

PARAGRAPHS = 18  # a page of text
TEXT = "本设备采用模块化结构，额定载荷为1000公斤，行走速度为90米每分钟；并提供第{number}份验收记录，详见技术文件。"


def main(pages: int = 300) -> None:
    """Print a line per size; the figure to reach is 5 s and 300 MiB at 300 pages and 1,000 lines."""
    print(f"{'pages':>6}{'lines':>7}{'seconds':>9}{'cpu s':>7}{'peak MiB':>10}")
    for size in (pages // 2, pages, pages * 2):
        bid = long_bid(size, size * 10 // 3)
        start, cpu = time.perf_counter(), time.process_time()
        run(bid)
        seconds, used = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:6}{size * 10 // 3:7,}{seconds:9.2f}{used:7.2f}{peak:10,.0f}")


def long_bid(pages: int, lines: int) -> BidUnderCheck:
    """Return the clerk's bid with a description of `pages` pages and a schedule of `lines` lines."""
    good = bids.plain()
    long = {"technical/描述": bids._document(lambda d: _describe(d, pages)),
            "price/分项报价表": bids._document(lambda d: _price(d, lines))}  # fmt: skip
    names = [f"示例第{n}号血液中心自动化仓储" for n in range(300)] + [f"CSXY-20{n % 30:02}-{n:04}" for n in range(300)]
    return replace(good, documents={**good.documents, **long}, residue=[*(good.residue or ()), *names])


def _describe(document: Any, pages: int) -> None:
    document.add_heading("投标设备技术性能指标的详细描述", 1)
    for page in range(pages):
        document.add_heading(f"{page // 20 + 1}.{page % 20 + 1} 设备说明", 2)
        for number in range(PARAGRAPHS):
            document.add_paragraph(TEXT.format(number=page * PARAGRAPHS + number))


def _price(document: Any, lines: int) -> None:
    rng, total = random.Random(1), Decimal(0)
    rows = [["项号", "货物名称", "规格型号", "计量单位", "数量", "含税单价（元）", "含税合价（元）"]]
    for number in range(1, lines + 1):
        quantity, price = rng.randint(1, 9), Decimal(rng.randint(10_000, 9_999_999)) / 100
        total += quantity * price
        rows.append(
            [str(number), f"货物{number}", f"M-{number:04}", "台", str(quantity), f"{price:,}", f"{quantity * price:,}"]
        )
    rows.append(["合计", "", "", "", "", "", f"{total:,}"])
    document.add_heading("分项报价表", 1)
    bids._table(document, rows)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
