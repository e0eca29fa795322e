"""Sealing and opening beside pyrage in one run: 256 MiB streams, 20 KiB objects, and the memory that 1 GiB takes.

python bench/bench_age.py [--rounds 3] [--mib 256]
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyrage

from storage.age import ContextStanza, decrypt, decrypt_bytes, encrypt, encrypt_bytes, generate_identity

MIB = 1024 * 1024
IDENTITY = generate_identity()
RECIPIENT = IDENTITY.recipient()
THEIR_IDENTITY = pyrage.x25519.Identity.from_str(IDENTITY.to_text())
THEIR_RECIPIENT = THEIR_IDENTITY.to_public()
CONTEXT = ContextStanza("agv-2024", "0" * 32, 1, "technical")

MEMORY_PROGRAM = """
from storage.age import OpenedReader, SealedReader, generate_identity

class Zeros:
    left = int({mib}) * 1024 * 1024
    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

key = generate_identity()
opened, total = OpenedReader(SealedReader(Zeros(), [key.recipient()]), [key]), 0
while part := opened.read(65536):
    total += len(part)
assert total == {mib} * 1024 * 1024
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""  # VmHWM and not ru_maxrss, which on Linux counts the memory of the process that started this one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mib", type=int, default=256)
    options = parser.parse_args()
    print(f"{'':32}{'ours':>12}{'pyrage':>12}{'ratio':>8}   (medians; ratio above 1: ours is faster)")
    streams(options.mib, options.rounds)
    objects(1000)
    memory(1024)


def streams(mib: int, rounds: int) -> None:
    """Files in memory, so that no disk is measured."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        plain, ours, theirs, out = (Path(folder) / name for name in ("plain", "ours", "theirs", "out"))
        block = os.urandom(16 * MIB)
        with plain.open("wb") as file:
            for _ in range(mib // 16):
                file.write(block)
        steps = {
            "ours seal": lambda: _piped(plain, ours, lambda x, y: encrypt(x, y, [RECIPIENT])),
            "pyrage seal": lambda: _piped(plain, theirs, lambda x, y: pyrage.encrypt_io(x, y, [THEIR_RECIPIENT])),
            "ours open": lambda: _piped(ours, out, lambda x, y: decrypt(x, y, [IDENTITY])),
            "pyrage open": lambda: _piped(theirs, out, lambda x, y: pyrage.decrypt_io(x, y, [THEIR_IDENTITY])),
        }
        _report(f"{mib} MiB", _alternating(steps, rounds), lambda seconds: f"{mib / seconds:.0f} MiB/s", rounds)


def objects(count: int) -> None:
    """Small objects: the cost of a header and its key agreement."""
    content = os.urandom(20 * 1024)
    ours, theirs = encrypt_bytes(content, [RECIPIENT], context=CONTEXT), pyrage.encrypt(content, [THEIR_RECIPIENT])
    steps = {
        "ours seal": lambda: encrypt_bytes(content, [RECIPIENT], context=CONTEXT),
        "pyrage seal": lambda: pyrage.encrypt(content, [THEIR_RECIPIENT]),
        "ours open": lambda: decrypt_bytes(ours, [IDENTITY], expect_context=CONTEXT),
        "pyrage open": lambda: pyrage.decrypt(theirs, [THEIR_IDENTITY]),
    }
    _report("20 KiB object", _alternating(steps, count), lambda seconds: f"{seconds * 1e6:.0f} us", count)


def memory(mib: int) -> None:
    """The peak of a process that seals and opens at once."""
    line = [sys.executable, "-c", MEMORY_PROGRAM.format(mib=mib)]
    peak = int(subprocess.run(line, capture_output=True, check=True, text=True).stdout) / 1024
    print(f"{f'{mib} MiB sealed and opened, peak':32}{peak:>8.1f} MiB   (limit 64; Python included; n=1)")


def _piped(source: Path, target: Path, work: Callable[[io.BufferedReader, io.BufferedWriter], object]) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        work(reader, writer)


def _alternating(steps: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of each step, taken in turns so that a slow moment hits all."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()
    for _ in range(rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def _report(what: str, medians: dict[str, float], shown: Callable[[float], str], rounds: int) -> None:
    for verb in ("seal", "open"):
        ours, theirs = medians[f"ours {verb}"], medians[f"pyrage {verb}"]
        print(f"{f'{verb} {what}':32}{shown(ours):>12}{shown(theirs):>12}{theirs / ours:>8.2f}   (n={rounds})")


if __name__ == "__main__":
    main()
