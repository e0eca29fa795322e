"""Pages: 743 pages merged and stamped, and a 2,000-page bid (10,000 price rows, 300 scans) from data to stamped PDF."""

import io
import itertools
import multiprocessing
import resource
import time
from collections.abc import Iterable

import pikepdf
from fpdf import FPDF
from PIL import Image

from templates import normalise, stamp
from templates.drawn_table import Cell, draw
from templates.volume.scans import page_of

ROWS, SCANS, PAGES = 10_000, 300, 2_000
HEADS = ("序号", "设备名称", "规格型号", "单位", "数量", "单价（元）", "合价（元）", "备注")
WIDTHS = (11, 44, 36, 12, 16, 26, 30, 22)
LINE = ("智能升降AGV部件", "AGV-1500", "台", "4", "12,345.00", "49,380.00", "")


def text_pages(count: int) -> bytes:
    drawing = FPDF()
    drawing.set_font("helvetica", size=11)
    for number in range(count):
        drawing.add_page()
        drawing.multi_cell(0, 6, f"page {number} " * 200)
    return bytes(drawing.output())


def scan(seed: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1240, 1754), 20 + seed % 50).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()


def merge_and_stamp(pdfs: Iterable[bytes]) -> tuple[int, bytes]:
    with pikepdf.new() as merged:
        for pdf in pdfs:
            with pikepdf.open(io.BytesIO(pdf)) as part:
                merged.pages.extend(part.pages)
        stamp.stamp(merged, stamp.page_line("技术文件", "zh-CN"))
        normalise.clean(merged, company="company", title="volume")
        return len(merged.pages), normalise.save(merged)


def merging() -> None:
    """743 pages: texts and scans that stand ready, merged, stamped and saved."""
    texts = [text_pages(20)] * 22 + [text_pages(3)]
    pictures = [scan(seed) for seed in range(SCANS)]
    clock = time.perf_counter
    start = clock()
    pages = [page_of(picture, "scan") for picture in pictures]
    scanned = clock()
    count, _ = merge_and_stamp([*texts, *pages])
    done = clock()
    print(
        f"scans to pages  {SCANS} in {scanned - start:.2f} s; merge and stamp  {count} pages in {done - scanned:.2f} s"
    )


def bid() -> None:
    """The whole bid, with the memory of its own process."""
    pictures = [scan(seed) for seed in range(SCANS)]
    given = sum(map(len, pictures)) / 1e6
    clock = time.perf_counter
    start = clock()
    heads = [[Cell(text, align="C") for text in HEADS]]
    rows = ([Cell(text) for text in (str(n), *LINE)] for n in range(1, ROWS + 1))
    prices = draw(heads, rows, WIDTHS, title="分项报价表")
    drawn = clock()
    drawing = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with pikepdf.open(io.BytesIO(prices)) as document:
        rest = PAGES - SCANS - len(document.pages)
    filler = text_pages(rest)
    made = clock()
    scans = (page_of(picture, "scan") for picture in pictures)
    count, pdf = merge_and_stamp(itertools.chain([prices], scans, [filler]))
    done = clock()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"bid of {count} pages, {len(pdf) / 1e6:.0f} MB: {ROWS} price rows {drawn - start:.1f} s,")
    print(f"  {SCANS} scans ({given:.0f} MB given), merge, stamp, save {done - made:.1f} s;")
    print(f"  peak memory {memory:.0f} MB ({drawing:.0f} MB when the rows were drawn); n = 1")


def main() -> None:
    """Each part in a process of its own: a peak of memory is that of a process."""
    for part in (merging, bid):
        process = multiprocessing.get_context("spawn").Process(target=part)
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
