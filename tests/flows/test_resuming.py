"""A suspended run is resumed although the server aborts some tries, as SQLite makes it; crashes are counted."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Completed, Crashed, Running, Suspended

from flows import runs


class BusyServer:
    """A Prefect client whose server aborts the first resumes: when that happens cannot be said of a real one."""

    def __init__(self, aborted: int) -> None:
        self.aborted, self.asked = aborted, 0

    def __enter__(self) -> "BusyServer":
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""

    def read_flow_run(self, _run: object) -> SimpleNamespace:
        return SimpleNamespace(state=Suspended())

    def resume_flow_run(self, _run: object) -> SimpleNamespace:
        self.asked += 1
        return SimpleNamespace(status=SetStateStatus.ABORT if self.asked <= self.aborted else SetStateStatus.ACCEPT)


@pytest.mark.parametrize(("aborted", "resumed", "asked"), [(0, True, 1), (2, True, 3), (99, False, 6)])
def test_a_resume_that_the_server_aborts_is_tried_again_and_then_left_to_the_sweeper(
    monkeypatch: pytest.MonkeyPatch, aborted: int, resumed: bool, asked: int
) -> None:
    server = BusyServer(aborted)
    monkeypatch.setattr(runs, "get_client", lambda **_: server)
    assert runs.resume(uuid4()) is resumed
    assert server.asked == asked


def test_crashes_are_counted_from_where_the_run_last_came_as_far_as_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    class Server(BusyServer):
        def read_flow_run_states(self, _run: object) -> list[object]:
            return states

    monkeypatch.setattr(runs, "get_client", lambda **_: Server(0))
    run = FlowRun(id=uuid4(), flow_id=uuid4())
    states = [Running(), Crashed(), Running(), Crashed()]
    assert runs.crashes(run) == 2
    states += [Running(), Suspended(), Running(), Crashed()]
    assert runs.crashes(run) == 1
    states += [Running(), Completed()]
    assert runs.crashes(run) == 1
