"""Bench: the board over many tenders. The first look, a look when nothing changed, and when some did.

Run as `python bench/bench_board.py [TENDERS] [EVENTS]` (default 1,000 tenders of 12 events more than an opening makes).
Each tender is a real ledger with signed events on the embedded store, opened from the example; what has no bearing on
the board (forms, clauses, files) is left out. Figures are medians.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flows import board, first_keys, wiring
from flows.acts.intake import HOLDERS
from flows.acts.sealing import JSON, as_json, seal
from flows.case import Case, named_people
from flows.steps import procedure_versions
from flows.steps.read_tender import read
from flows.steps.tender import Tender
from storage.embedded import ROLES, EmbeddedStore
from storage.ledger import OPENED
from tests.flows.conftest import EXAMPLE, Installation

LIMIT_SECONDS = 2.0
ROUNDS = 5
CHANGED = 10


def install(home: Path, embedded: EmbeddedStore) -> Installation:
    """Make an installation on the store: keys for everyone, the register."""
    admin = embedded.credentials("admin")
    keys = home / "credentials.json"
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({role: {"access": admin.access_key, "secret": admin.secret_key} for role in ROLES}))
    os.environ |= {
        "TENDERFLOW_HOME": str(home),
        "TENDERFLOW_S3_ENDPOINT": admin.endpoint,
        "TENDERFLOW_S3_SECURE": "false",
        "TENDERFLOW_S3_CREDENTIALS": str(keys),
    }
    settings = wiring.settings()
    first_keys.prepare(settings)
    made = Installation(settings)
    made.people()
    return made


def open_small(case: Case, tender: Tender, events: int) -> None:
    """Open a tender with its record alone, and let its ledger grow by some more events."""
    people = named_people(tender.people)
    persons = sorted({f"person:{person}" for role in HOLDERS["procedure"][0] for person in people.get(role, ())})
    case.keyrings.create("procedure", case.recipients(*persons, "worker:assembly"))
    body = {
        "record": {"sha256": "0" * 64, "department": tender.department},
        "people": {role: list(ids) for role, ids in people.items()},
        "procedure": procedure_versions.shipped()[-1].id,
    }
    case.ledger.append(OPENED, body, key=OPENED)
    record = tender.record()
    seal(
        case,
        "procedure",
        "record",
        as_json({**record, "lots": [{**lot, "clauses": []} for lot in record["lots"]]}),
        JSON,
    )
    for number in range(events):
        grow(case, number)


def grow(case: Case, number: int) -> None:
    """Append an event that the board may not overlook."""
    case.ledger.append("decision.requested", {"decision": "screening", "subjects": [], "roles": []}, key=f"b/{number}")


def timed(work: object, rounds: int = ROUNDS) -> float:
    """Return the median of the seconds that some work takes."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(count: int, events: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        embedded = EmbeddedStore(Path(folder) / "store", retention_days=1)
        embedded.start()
        try:
            install(home, embedded)
            measure(count, events)
        finally:
            embedded.stop()


def measure(count: int, events: int) -> None:
    """Seed the ledgers, look at them, print what it took."""
    example = read(EXAMPLE).model_copy(update={"deadline": datetime.now(UTC) + timedelta(days=30)})
    handler, leader = wiring.seat(person="zhao.min"), wiring.seat(person="qian.wei")
    names = [f"b-{number:05d}" for number in range(count)]

    def make(name: str) -> None:
        open_small(handler.case(name), example.model_copy(update={"tender": name}), events)

    start = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, names))
    print(f"{count} tenders seeded in {time.perf_counter() - start:.0f} s")
    start = time.perf_counter()
    found, broken = board.rows(leader)
    assert (len(found), broken) == (count, [])
    print(f"first look, every ledger read  {time.perf_counter() - start:7.2f} s")
    same = timed(lambda: board.rows(leader))
    print(f"nothing changed                {same:7.2f} s  (limit {LIMIT_SECONDS} s)")

    def changed() -> None:
        for name in names[:CHANGED]:
            grow(handler.case(name), time.monotonic_ns())

    taken = []
    for _ in range(ROUNDS):
        changed()
        taken.append(timed(lambda: board.rows(leader), rounds=1))
    print(f"{CHANGED} ledgers changed             {statistics.median(taken):7.2f} s")
    command = [str(Path(sys.executable).parent / "tender"), "board", "--json", "--as", "qian.wei"]
    whole = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    print(f"the whole command              {whole:7.2f} s")
    if whole > LIMIT_SECONDS:
        sys.exit("slower than the limit")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [1000, 12][len(numbers) :]))
