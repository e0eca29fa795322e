"""Our composer beside docxcompose on the merge parts of the case data: seconds, medians of three, one run."""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from docx import Document
from docxcompose.composer import Composer

from templates.compose import compose

CASES = Path(os.environ.get("TENDER_CASES", Path(__file__).parents[1] / "../shared/cases")) / "merge-parts"


def ours(parts: list[Path]) -> None:
    compose(parts, io.BytesIO(), discard_comments=True)


def theirs(parts: list[Path]) -> None:
    composer = Composer(Document(str(parts[0])))
    for part in parts[1:]:
        composer.append(Document(str(part)))
    composer.save(io.BytesIO())


def median(work: Callable[[list[Path]], None], parts: list[Path], runs: int = 3) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work(parts)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    parts = sorted(CASES.glob("*.docx"))
    if not parts:
        sys.exit(f"bench: no merge parts in {CASES.name}; next: set TENDER_CASES")
    mine, other = median(ours, parts), median(theirs, parts)
    print(
        f"{len(parts)} documents, n = 3   compose {mine:.2f} s   docxcompose {other:.2f} s   ratio {other / mine:.1f}"
    )


if __name__ == "__main__":
    main()
