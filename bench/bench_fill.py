"""Filling a price list of 100, 1,000 and 10,000 rows: this engine, docxtpl and a written-out floor in one run.

python bench/bench_fill.py [--rounds 3] [--rows 100,1000,10000]

Every engine runs in a process of its own: one warm-up, then the rounds. "This engine" is its public door, which keeps a
template compiled for as long as its bytes are the same; "cold" parses and compiles it in every round. The floor is the
row as a format string, streamed into the same deflate level 6, without escaping or checks; other parts are copied.
docxtemplater and carbone stand beside them where Node is present and `npm install` was done in this folder.
"""

import argparse
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLUMNS = ("no", "name", "model", "unit", "quantity", "unit_price", "total")
HEADINGS = ("序号", "名称", "型号", "单位", "数量", "单价", "合计")
DOCUMENT = "word/document.xml"
OURS, COLD, THEIRS, FLOOR = "this engine", "this engine, cold", "docxtpl", "floor"

HERE = Path(__file__).parent
NODE = {  # the head and the tail of a repeating row, by engine
    "docxtemplater": ([f"{{{name}}}" for name in COLUMNS], ("{#lines}", "{/lines}")),
    "carbone": ([f"{{d.lines[i].{name}}}" for name in COLUMNS], ("", "")),
}

Step = Callable[[], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", default="100,1000,10000")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(options.one[0], Path(options.one[1]), options.rounds)
        return
    print(f"{'rows':>7} {'engine':24}{'seconds':>10}{'× floor':>9}{'× ours':>8}{'peak MB':>9}")
    for rows in map(int, options.rows.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), rows)
            names = (FLOOR, OURS, COLD, THEIRS, *node_engines())
            report(rows, {name: measure(name, Path(folder), options.rounds) for name in names})
    for name in sorted(NODE.keys() - node_engines()):
        print(f"{name}: not present; next: install Node, then npm install in bench")
    print(f"medians of {options.rounds} rounds")


def report(rows: int, found: dict[str, tuple[float, float]]) -> None:
    """Print a line for each engine: seconds and peak memory in MB of the process."""
    floor, ours = found[FLOOR][0], found[OURS][0]
    for name, (seconds, megabytes) in found.items():
        print(f"{rows:7} {name:24}{seconds:10.4f}{seconds / floor:9.2f}{seconds / ours:8.2f}{megabytes:9.1f}")


def measure(engine: str, folder: Path, rounds: int) -> tuple[float, float]:
    """Median seconds and peak MB of an engine in a fresh process."""
    command = [sys.executable, __file__, "--rounds", str(rounds), "--one", engine, str(folder)]
    if engine in NODE:
        command = ["node", str(HERE / "fill.cjs"), engine, str(folder), str(rounds)]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    check_output(folder)
    return statistics.median(printed["seconds"]), printed["megabytes"]


def node_engines() -> list[str]:
    """The engines for Node that are installed here."""
    return [name for name in NODE if shutil.which("node") and (HERE / "node_modules" / name).is_dir()]


def check_output(folder: Path) -> None:
    """An engine that skips rows would look fast."""
    fields = json.loads((folder / "fields.json").read_text("utf-8"))
    with zipfile.ZipFile(folder / "out.docx") as package:
        xml = package.read(DOCUMENT).decode()
    missing = [line["name"] for line in (fields["lines"][0], fields["lines"][-1]) if f">{line['name']}<" not in xml]
    if missing or xml.count("<w:tr>") + xml.count("<w:tr ") < len(fields["lines"]):
        raise SystemExit(f"the output lacks rows: {missing}")


def run_one(engine: str, folder: Path, rounds: int) -> None:
    """Run one engine in this process and print its seconds and its peak memory as JSON."""
    fields = json.loads((folder / "fields.json").read_text("utf-8"))
    step = {FLOOR: floor, OURS: ours, COLD: ours_cold, THEIRS: docxtpl}[engine](folder, fields)
    step()
    print(json.dumps({"seconds": [_timed(step) for _ in range(rounds)], "megabytes": _peak_megabytes()}))


def _timed(step: Step) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def _peak_megabytes() -> float:
    # VmHWM and not ru_maxrss, which on Linux counts the memory of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def ours(folder: Path, fields: dict[str, Any]) -> Step:
    """The public door, guard included for a template it has not seen."""
    from templates import fill

    return lambda: fill.fill(folder / "tags.docx", fields, folder / "out.docx")


def ours_cold(folder: Path, fields: dict[str, Any]) -> Step:
    """Everything from the template's bytes on but the guard, in every round: parse, compile, render."""
    from templates.fill import Template

    return lambda: Template("t", (folder / "tags.docx").read_bytes()).render(fields, folder / "out.docx")


def docxtpl(folder: Path, fields: dict[str, Any]) -> Step:
    """docxtpl as its manual says, with autoescape, without which it loses text."""
    from docxtpl import DocxTemplate

    def step() -> None:
        template = DocxTemplate(folder / "tags.docx")
        template.render(fields, autoescape=True)
        template.save(folder / "out.docx")

    return step


def floor(folder: Path, fields: dict[str, Any]) -> Step:
    """The row as a format string, written into deflate level 6."""
    from templates.raw_copy import copy_entry

    with zipfile.ZipFile(folder / "tags.docx") as package:
        head, row, tail = split_row(package.read(DOCUMENT).decode())
    form = re.sub(r"\{\{ line\.\w+ \}\}", "%s", row.replace("%", "%%"))

    def step() -> None:
        with zipfile.ZipFile(folder / "tags.docx") as package, zipfile.ZipFile(folder / "out.docx", "w") as out:
            for name in package.namelist():
                if name != DOCUMENT:
                    copy_entry(package, name, out)
            entry = zipfile.ZipInfo(DOCUMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with out.open(entry, "w") as stream:
                stream.write(head.encode())
                for start in range(0, len(fields["lines"]), 200):
                    lines = fields["lines"][start : start + 200]
                    stream.write("".join([form % tuple([line[name] for name in COLUMNS]) for line in lines]).encode())
                stream.write(tail.encode())

    return step


def split_row(xml: str) -> tuple[str, str, str]:
    """What stands before the repeating row, the row, and what follows; the rows of the tags are left out."""
    rows = list(re.finditer(r"<w:tr>.*?</w:tr>", xml, re.DOTALL))
    return xml[: rows[1].start()], rows[2][0], xml[rows[3].end() :]


def prepare(folder: Path, rows: int) -> None:
    """Write the template and the fields."""
    lines = [line(n) for n in range(1, rows + 1)]
    (folder / "fields.json").write_text(json.dumps({"lines": lines}), "utf-8")
    tagged = [f"{{{{ line.{name} }}}}" for name in COLUMNS]
    template(folder / "tags.docx", ["{%tr for line in lines %}"], tagged, ["{%tr endfor %}"])
    for name, (cells, (head, tail)) in NODE.items():
        repeating = [head + cells[0], *cells[1:-1], cells[-1] + tail]
        following = [[cell.replace("[i]", "[i+1]") for cell in cells]] if name == "carbone" else []
        template(folder / f"{name}.docx", repeating, *following)


def line(number: int) -> dict[str, str]:
    """A made-up line of a price list."""
    return {
        "no": str(number),
        "name": f"智能升降机器人{number}",
        "model": f"AGV-{number * 7919 % 997}",
        "unit": "台",
        "quantity": str(number % 9 + 1),
        "unit_price": f"{number * 3701 % 900000:,}.00",
        "total": f"{number * 9173 % 9000000:,}.00",
    }


def template(file: Path, *rows: list[str]) -> None:
    """A Word file with the headings and these rows of tags."""
    import docx

    document = docx.Document()
    document.add_heading("报价明细表", 1)
    table = document.add_table(1 + len(rows), len(COLUMNS), "Table Grid")
    for row, texts in zip(table.rows, [HEADINGS, *rows], strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    file.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main()
