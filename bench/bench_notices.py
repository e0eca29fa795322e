"""Bench: a register of many notices. The first look, a look when nothing changed, and when some did.

Run as `python bench/bench_notices.py [NOTICES]` (default 2,000, one in ten of them open). Each is a real ledger with
signed events and a number of the register, on the embedded store; papers, without bearing on a list, are left out.
"""

import secrets
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.bench_board import install, timed
from flows import wiring
from flows.acts import registers
from flows.acts.notice_index import briefs
from flows.acts.notices import KIND, REGISTERED
from flows.case import Case
from flows.steps import procedure_versions
from flows.steps.notices.notice import Notice, from_record
from storage.embedded import EmbeddedStore
from storage.ledger import OPENED
from storage.register import Register

ROUNDS = 5
CHANGED = 10
OPEN_ONES = 10
YEAR = datetime.now(UTC).year


def notice(number: int) -> Notice:
    """A notice as its author writes it."""
    return from_record(
        {
            "kind": "support", "department": "marketing-1", "customer": f"示例客户 {number}", "source": "电话",
            "project": "自动化仓储物流建设", "received": f"{YEAR}-01-05T09:20", "due": f"{YEAR}-12-15",
            "author": "zhao.min", "leader": "qian.wei", "handler": "zhao.min", "undertaker": "technical",
            "lines": [{"text": "额定载重不小于180 kg"}],
        }
    )  # fmt: skip


def open_small(case: Case, book: Register, number: int) -> None:
    """Open a notice without its papers; most are cancelled, so that they are over."""
    said = notice(number)
    case.keyrings.create("procedure", case.recipients("person:zhao.min", "person:qian.wei", "person:li.na"))
    body = {
        "kind": KIND,
        "record": {"sha256": "0" * 64, "department": said.department},
        "people": {"handler": ["zhao.min"], "leader": ["qian.wei"], "technical": ["li.na"]},
        "procedure": procedure_versions.shipped()[-1].id,
        "notice": said.record(),
        "files": {},
    }
    case.ledger.append(OPENED, body, key=OPENED)
    due = said.due.date().isoformat()
    entry = book.append(
        case.holder, {"kind": "support", "matter": case.tender, "entry": "in", "due": due}, key=f"in/{case.tender}"
    )
    noted = {"entry": "in", "number": entry.name, "kind": "support", "due": due}
    case.ledger.append(REGISTERED, noted, key=f"{REGISTERED}/in")
    if number % OPEN_ONES:
        case.ledger.append("notice.cancelled", {"reason": "bench"}, key="notice.cancelled")


def main() -> None:
    """Make the notices, look at them, print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        store = EmbeddedStore(Path(folder) / "store", retention_days=1)
        store.start()
        try:
            measure(home, store, count)
        finally:
            store.stop()


def measure(home: Path, store: EmbeddedStore, count: int) -> None:
    """Print how long the first, second and later looks take."""
    made = install(home, store)
    ids = [f"n-{secrets.token_hex(8)}" for _ in range(count)]
    here = wiring.seat(person="zhao.min")
    book = Register(here.store, "marketing-1", YEAR, "in", here.people)
    begun = time.perf_counter()
    for number, notice_id in enumerate(ids):
        open_small(here.case(notice_id), book, number)
    print(f"{count} notices made in {time.perf_counter() - begun:.0f} s", flush=True)

    def look() -> None:
        assert len(registers.rows(wiring.seat(person="zhao.min"), "marketing-1", YEAR, ("in",))) == count

    print(f"register, first look: {timed(look, 1):.1f} s", flush=True)
    print(f"register, nothing changed: {timed(look):.2f} s", flush=True)
    print(f"list, nothing changed: {timed(lambda: briefs(wiring.seat(person='zhao.min'))):.2f} s", flush=True)
    for notice_id in ids[: CHANGED * OPEN_ONES : OPEN_ONES]:
        case = made.case(notice_id, person="zhao.min")
        case.ledger.append("notice.cancelled", {"reason": "bench"}, key="notice.cancelled")
    print(f"register, {CHANGED} changed: {timed(look, 1):.2f} s")


if __name__ == "__main__":
    main()
