"""Our own Prefect server: the API of Prefect in a process whose garbage is collected beside its event loop."""

import argparse
import gc
import threading
import time
from itertools import count

import uvicorn

EVERY = 1.0
"""Seconds between two collections of what is young."""
ALL_EVERY = 60
"""So many collections until one of everything."""


def collect_aside(every: float = EVERY) -> None:
    """Collect cyclic garbage in a thread of its own from now on, never in the one that happens to allocate.

    What an error leaves behind holds cursors of SQLite. To free one waits until the connection's own thread is out of
    SQLite, and that waits, a minute at most, for whoever writes. In the event loop's thread it stopped the writer with
    all others, so that nothing went on for that minute.

    Args:
        every: seconds between two collections.
    """
    gc.disable()

    def collect() -> None:
        for number in count(1):
            time.sleep(every)
            gc.collect(2 if number % ALL_EVERY == 0 else 1)

    threading.Thread(target=collect, name="garbage", daemon=True).start()


def main() -> None:
    """Serve the API and the pages on the loopback until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m flows.prefect_server", description="Serve Prefect's API.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    port = parser.parse_args().port
    collect_aside()
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=port,
        timeout_keep_alive=5,
        access_log=False,
    )


if __name__ == "__main__":
    main()
