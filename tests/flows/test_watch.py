"""What the sweeper takes for dead: processes that are gone, numbers used again, runs that never began."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Pending, Running

from flows.watch import BEGIN_WITHIN, REPORTED_WITHIN, never_began, process_gone, run_gone

HERE = socket.gethostname()


def test_a_process_that_ended_is_gone_and_one_that_lives_is_not() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not process_gone(f"{HERE}:{child.pid}", datetime.now(UTC))
    child.communicate(b"\n")
    assert process_gone(f"{HERE}:{child.pid}", datetime.now(UTC))


def test_a_number_that_another_process_bears_since_is_gone_too() -> None:
    assert process_gone(f"{HERE}:{os.getpid()}", datetime.now(UTC) - timedelta(days=1))


@pytest.mark.parametrize("pid", [None, "", "17", "another-host:1", f"{HERE}:x"])
def test_what_cannot_be_seen_from_here_is_left_alone(pid: str | None) -> None:
    assert not process_gone(pid, datetime.now(UTC))


@pytest.mark.parametrize(
    ("state", "age", "gone"),
    [(Pending, BEGIN_WITHIN + timedelta(seconds=1), True), (Pending, timedelta(seconds=20), False),
     (Running, timedelta(days=2), False)],
)  # fmt: skip
def test_a_run_that_never_began_is_given_back(state: Callable[..., State], age: timedelta, gone: bool) -> None:
    run = FlowRun(id=uuid4(), flow_id=uuid4(), state=state(timestamp=datetime.now(UTC) - age))
    assert never_began(run) is gone


@pytest.mark.parametrize(
    ("state", "age", "gone"),
    [(Running, REPORTED_WITHIN + timedelta(seconds=1), True), (Running, timedelta(seconds=1), False),
     (Pending, timedelta(minutes=1), False)],
)  # fmt: skip
def test_a_resumed_run_is_not_taken_for_dead_by_the_process_before_it(
    state: Callable[..., State], age: timedelta, gone: bool
) -> None:
    before = subprocess.Popen([sys.executable, "-c", ""])
    before.wait()
    run = FlowRun(id=uuid4(), flow_id=uuid4(), state=state(timestamp=datetime.now(UTC) - age),
                  infrastructure_pid=f"{HERE}:{before.pid}")  # fmt: skip
    assert run_gone(run) is gone
