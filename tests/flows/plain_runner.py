"""The bid, price and opening flows run as plain functions, without Prefect: for measuring it, and for dying in between.

`run_deployment` becomes a call, a suspension an exception that ends the call; everything else is the real code, on the
real store, with real keys.
"""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.exceptions import Pause

from flows import bid, gates, price_volume, runs, stepping, visible
from storage.event import NO_NEWS_MARK
from storage.minio_objects import MinioObjects

FLOWS: dict[str, Callable[..., Any]] = {runs.BID: bid.bid.fn, runs.PRICE_VOLUME: price_volume.price_volume.fn}


@contextmanager
def without_prefect() -> Iterator[None]:
    """Let the flows run in this process, each as far as it comes."""
    started: set[str] = set()

    def start(deployment: str, tender: str, *, parameters: dict[str, str], attempt: str, name: str = "") -> UUID:
        del tender
        key = f"{deployment}:{name}:{attempt}"
        if key not in started:
            FLOWS[deployment](**parameters)
            started.add(key)
        return uuid4()

    def suspend(seen: int) -> None:
        del seen
        raise Pause

    def plain_task(**_: object) -> Callable[[Callable[[], None]], Callable[[], None]]:
        return lambda body: body

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "false")  # a call of Prefect's API is an error here
        patch.setattr(runs, "start", start)
        patch.setattr(runs, "suspend", suspend)
        patch.setattr(runs, "nudge", lambda _tender: False)
        patch.setattr(runs, "live", lambda _name: [])
        patch.setattr(runs, "resume", lambda _run: False)
        patch.setattr(stepping, "task", plain_task)
        patch.setattr(gates, "flow_run", type("Run", (), {"id": str(UUID(int=0))}))
        for shown in ("show_table", "show_progress"):
            patch.setattr(visible, shown, lambda *_: None)
        yield


def advance(tender: str) -> bool:
    """Carry the bid on until it waits or ends; return whether it ended."""
    try:
        bid.bid.fn(tender)
    except Pause:
        return False
    return True


def advance_and_die(tender: str, writes: int, trace: Path, bucket: str = "") -> None:
    """Carry the bid on and die by SIGKILL right after a write of this process was acknowledged.

    Args:
        writes: After which write; with more than it makes the process comes to its end. Records of reads do not count:
            each life writes them anew, so that lives of so many writes might never come further.
        trace: File that gets the bucket of the last write.
        bucket: Count only writes into this one; an object's write is the moment between object and event.
    """
    put, counted = MinioObjects.put, itertools.count(1)

    def dying_put(self: MinioObjects, *arguments: Any, **options: Any) -> Any:
        done = put(self, *arguments, **options)
        no_news = options.get("metadata") == NO_NEWS_MARK
        if bucket in ("", arguments[0]) and not no_news and next(counted) == writes:  # several threads write
            with trace.open("a") as file:
                file.write(f"{arguments[0]}\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    MinioObjects.put = dying_put  # type: ignore[method-assign]
    with without_prefect():
        advance(tender)
