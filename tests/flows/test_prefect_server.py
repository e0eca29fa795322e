"""Garbage of our own Prefect server that holds a cursor of SQLite stops nobody who writes."""

import subprocess
import sys
from pathlib import Path

import pytest

SCENE = """
import gc, sqlite3, sys, threading, time
from flows.prefect_server import collect_aside

gc.disable()
if sys.argv[2] == "aside":
    collect_aside(0.05)
writer = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False)
writer.execute("CREATE TABLE t (n)")
waiting = sqlite3.connect(sys.argv[1], isolation_level=None, check_same_thread=False, timeout=3)

def leave_a_cursor():
    rows = waiting.execute("VALUES (1), (2)")
    rows.fetchone()
    cycle = [rows]
    cycle.append(cycle)

leave_a_cursor()
writer.execute("BEGIN IMMEDIATE")
failed = []

def wait():
    try:
        waiting.execute("INSERT INTO t VALUES (2)")
    except sqlite3.OperationalError as error:
        failed.append(error)

other = threading.Thread(target=wait)
other.start()
time.sleep(0.5)  # it is in SQLite now and waits for the writer
if sys.argv[2] == "here":
    gc.collect()  # as any allocation of the event loop's thread would
writer.execute("COMMIT")
other.join()
print("failed" if failed else "written")
"""


@pytest.mark.parametrize(("where", "end"), [("here", "failed"), ("aside", "written")])
def test_garbage_that_holds_a_cursor_is_freed_beside_the_thread_that_writes(
    tmp_path: Path, where: str, end: str
) -> None:
    """The first case shows that the second is about something: freed in the writer's thread it stops the writer."""
    told = subprocess.run(
        [sys.executable, "-c", SCENE, str(tmp_path / "server.db"), where], capture_output=True, text=True, timeout=60
    )
    assert (told.stdout.strip(), told.stderr) == (end, "")
