"""300 pictures of 216 MB in one document: this engine beside python-docx, and how memory follows the bytes.

python bench/bench_images.py [--rounds 3] [--pictures 300] [--megabytes 216] [--python-docx 30]

The pictures are made for the run: whole JPEGs with EXIF, filled to their size with incompressible segments that a
decoder skips. python-docx hashes every picture again for each one it adds, so it gets only its first pictures.
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

SEGMENT = 65_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=216)
    parser.add_argument("--python-docx", type=int, default=30, dest="theirs")
    parser.add_argument("--one", nargs=3, metavar=("ENGINE", "FOLDER", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(options.one[0], Path(options.one[1]), int(options.one[2]), options.rounds)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, options.pictures, options.megabytes * 1_000_000 // options.pictures)
        print(f"{'engine':16}{'pictures':>9}{'MB':>7}{'seconds':>10}{'peak MB':>9}   medians of {options.rounds}")
        for engine, count in (
            ("this engine", options.pictures),
            ("this engine", options.theirs),
            ("python-docx", options.theirs),
        ):
            measure(engine, folder, count, options.rounds)


def measure(engine: str, folder: Path, count: int, rounds: int) -> None:
    """Run an engine in a fresh process, check that every picture is in the document, print a line."""
    command = [sys.executable, __file__, "--rounds", str(rounds), "--one", engine, str(folder), str(count)]
    printed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with zipfile.ZipFile(folder / "out.docx") as package:
        media = [entry for entry in package.infolist() if entry.filename.startswith("word/media/")]
    if len(media) != count:
        raise SystemExit(f"{engine}: {len(media)} pictures of {count} in the document")
    megabytes = sum(entry.file_size for entry in media) / 1_000_000
    print(
        f"{engine:16}{count:9}{megabytes:7.0f}{statistics.median(printed['seconds']):10.3f}{printed['megabytes']:9.1f}"
    )


def run_one(engine: str, folder: Path, count: int, rounds: int) -> None:
    """Run one engine in this process and print its seconds and its peak memory as JSON."""
    files = sorted((folder / "pictures").iterdir())[:count]
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        {"this engine": ours, "python-docx": python_docx}[engine](folder, files)
        seconds.append(time.perf_counter() - started)
    # VmHWM and not ru_maxrss, which on Linux counts the memory of the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


def ours(folder: Path, files: list[Path]) -> None:
    from templates import fill
    from templates.images import Image

    fill.fill(folder / "tags.docx", {"pictures": [Image(file, width_mm=150) for file in files]}, folder / "out.docx")


def python_docx(folder: Path, files: list[Path]) -> None:
    import docx
    from docx.shared import Mm

    document = docx.Document()
    for file in files:
        document.add_picture(str(file), width=Mm(150))
    document.save(str(folder / "out.docx"))


def prepare(folder: Path, count: int, size: int) -> None:
    """Write the template and `count` different pictures of about `size` bytes."""
    import docx
    from PIL import Image

    document = docx.Document()
    for text in ("{%p for picture in pictures %}", "{{ picture }}", "{%p endfor %}"):
        document.add_paragraph(text)
    document.save(str(folder / "tags.docx"))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (1654, 2339), "white").save(buffer, "JPEG", exif=exif)
    small = buffer.getvalue()
    (folder / "pictures").mkdir()
    for number in range(count):
        (folder / "pictures" / f"{number:04}.jpg").write_bytes(fill_up(small, size))


def fill_up(picture: bytes, size: int) -> bytes:
    """A JPEG brought to a size with random data in an APP14 segment, which cleaning keeps."""
    segments = []
    left = size - len(picture)
    while left > 4:
        length = min(left - 4, SEGMENT)
        segments.append(b"\xff\xee" + (length + 2).to_bytes(2, "big") + os.urandom(length))
        left -= length + 4
    scan = picture.index(b"\xff\xda")
    return picture[:scan] + b"".join(segments) + picture[scan:]


if __name__ == "__main__":
    main()
