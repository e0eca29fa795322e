"""Breaks good bids one defect at a time and counts what the rejection rules see: detection and false alarms per rule.

`python bench/bench_checks.py [mutants per rule] [near-misses per rule]` prints the table and writes it to docs/checks.md.
"""  # noqa: E501

import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from mutants import prices, terms, texts  # noqa: E402, F401 - they register their generators
from mutants.bids import all_bids  # noqa: E402
from mutants.registry import MUTANTS, NEAR_MISSES, Generator  # noqa: E402

from flows.steps.checks import BidUnderCheck, Verdict, bid, registered, run  # noqa: E402
from flows.steps.checks.run import BROKEN  # noqa: E402

PAGE = ROOT / "docs" / "checks.md"
START, END = "<!-- bench: begin -->", "<!-- bench: end -->"
# These two ask a person about what they see; the others FAIL.
ALARM = {"R10": Verdict.HUMAN, "R25": Verdict.HUMAN}


@dataclass
class Count:
    """How many bids of one kind were judged, and how many raised the alarm."""

    made: int = 0
    alarms: int = 0


def main(mutants: int = 105, near_misses: int = 55) -> int:
    """Run the bench; exit 1 when a target is missed."""
    # The same bytes are read once: only the broken document of each mutant is new.
    bid.read_docx = lru_cache(maxsize=400)(bid.read_docx)  # type: ignore[attr-defined]
    bids = all_bids()
    for name, good in bids.items():
        failed = run(good).failed_rules()
        if failed:
            print(f"{name}: good bid fails {', '.join(failed)}")
            return 1
    started = time.perf_counter()
    rows = {rule: (measure(rule, MUTANTS[rule], bids, mutants), measure(rule, NEAR_MISSES[rule], bids, near_misses))
            for rule in registered()}  # fmt: skip
    table, reached = report(rows, list(bids))
    print(table)
    print(f"{time.perf_counter() - started:.0f} s")
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    PAGE.write_text(f"{head}{START}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0 if reached else 1


def measure(rule: str, generators: list[Generator], bids: Mapping[str, BidUnderCheck], wanted: int) -> Count:
    """Make `wanted` bids by the generators in turn over random good bids and judge each by the rule."""
    bids = {name: good for name, good in bids.items() if good.template_set is None or rule in good.template_set.rules}
    rng, count, tries = random.Random(rule + str(wanted)), Count(), 0
    alarm = ALARM.get(rule, Verdict.FAIL)
    while count.made < wanted and tries < wanted * 12:
        tries += 1
        name = rng.choice(list(bids))
        made = generators[tries % len(generators)](bids[name], rng) if generators else None
        if made is None:
            continue
        count.made += 1
        report = run(made, [rule])
        if any(finding.place == BROKEN for finding in report.findings):
            raise SystemExit(f"{rule} breaks on {name}, generator {tries % len(generators)}")
        raised = report.verdict(rule) is alarm
        count.alarms += raised
        if "-v" in sys.argv and raised != (generators is MUTANTS[rule]):
            print(f"  {rule} {name} generator {tries % len(generators)}")
    return count


def report(rows: Mapping[str, tuple[Count, Count]], bids: list[str]) -> tuple[str, bool]:
    """Return the table in Markdown and whether the targets are reached."""
    lines = [f"Good bids: {', '.join(bids)}.", "", "| rule | defect | mutants | seen | near-misses | false alarms |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for rule, (broken, near) in rows.items():
        seen = f"{broken.alarms / broken.made:.1%}" if broken.made else "–"
        lines.append(f"| {rule} | {registered()[rule].title} | {broken.made} | {seen} | {near.made} | {near.alarms} |")
    made, seen_all = sum(b.made for b, _n in rows.values()), sum(b.alarms for b, _n in rows.values())
    near_all, false = sum(n.made for _b, n in rows.values()), sum(n.alarms for _b, n in rows.values())
    lines.append(f"| all | | {made} | {seen_all / made:.2%} | {near_all} | {false} ({false / near_all:.2%}) |")
    lowest = min(b.alarms / b.made if b.made else 0.0 for b, _n in rows.values())
    return "\n".join(lines), seen_all / made >= 0.99 and false / near_all <= 0.005 and lowest >= 0.95


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:] if argument.isdigit())))
