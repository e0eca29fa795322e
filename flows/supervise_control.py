"""Brings an installation up, takes it down, and says how it stands: what `tender up`, `down` and `status` do."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flows.errors import TenderError
from flows.settings import Settings, pools
from flows.supervise_parts import lock_of, pid_of, stop_all
from flows.supervise_prefect import NotSetUp, base_environment, prefect_connection
from flows.supervise_state import Phase, State, read_state, write_state
from storage.embedded import locked

READY_SECONDS = 300.0
STOP_SECONDS = 120.0
LEAST_DISK_BYTES = 1_000_000_000
SUPERVISOR = "supervisor"


class NotUp(TenderError):
    """The installation could not be brought up."""


class NoDisk(TenderError):
    """The disk is full, or the home cannot be written."""


@dataclass(frozen=True)
class Up:
    """A running installation.

    Attributes:
        ui: Address of the Prefect UI.
        seconds: How long it took until ready.
        already: Whether it ran before.
    """

    ui: str
    seconds: float
    already: bool


@dataclass(frozen=True)
class Status:
    """How an installation stands.

    Attributes:
        phase: Where it stands as a whole.
        running: Process number of each process; None for one that does not live.
        restarts: How often each was started again since the last `tender up`.
        ui, store: Addresses; empty when nothing was set up yet.
    """

    phase: Phase
    running: dict[str, int | None]
    restarts: dict[str, int] = field(default_factory=dict)
    ui: str = ""
    store: str = ""


def up(settings: Settings, *, tell: Callable[[list[str]], None] = lambda _: None) -> Up:
    """Bring an installation up and return when it is ready; one that is ready stays as it is.

    Args:
        settings: The installation.
        tell: Called with the names of what is up, whenever that grows.

    Raises:
        NotUp, NoDisk: with what to do; nothing is left running.
    """
    started = time.monotonic()
    already = pid_of(settings, SUPERVISOR) is not None
    if not already:
        _make_home(settings)
        write_state(settings.home, State(phase=Phase.STARTING))
        _spawn(settings)
    _await(settings, tell)
    url, _ = prefect_connection(settings)
    return Up(url.removesuffix("/api"), round(time.monotonic() - started, 1), already)


def down(settings: Settings) -> list[str]:
    """End the installation's processes in order, wait until they have ended, and return their names.

    Raises:
        StillRunning: a process outlived SIGKILL.
    """
    running = [name for name, pid in status(settings).running.items() if pid]
    signals = ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0))
    locked.stop(lock_of(settings.home, SUPERVISOR), signals=signals)
    stop_all(settings)  # what a supervisor that was killed has left
    if running:
        write_state(settings.home, State(phase=Phase.DOWN))
    return running


def status(settings: Settings) -> Status:
    """Return how the installation stands, by what lives and not by what was written down."""
    state = read_state(settings.home)
    running = {name: pid_of(settings, name) for name in _names(settings)}
    if not settings.s3_endpoint:
        running["store"] = locked.pid_of(settings.store_home / "store.pid")
    phase = state.phase
    if running[SUPERVISOR] is None and phase is not Phase.FAILED:
        phase = Phase.DOWN
    try:
        ui = prefect_connection(settings)[0].removesuffix("/api")
    except NotSetUp:
        return Status(phase, running, state.restarts)
    return Status(phase, running, state.restarts, ui, _store_address(settings))


def _store_address(settings: Settings) -> str:
    from flows.settings import embedded_store

    return settings.s3_endpoint or embedded_store(settings).endpoint()


def _names(settings: Settings) -> list[str]:
    server = [] if settings.prefect_api_url else ["prefect"]
    return [SUPERVISOR, *server, *(f"worker-{role}" for role in pools(settings)), "watch"]


def _make_home(settings: Settings) -> None:
    try:
        for folder in (settings.home, settings.run_folder, settings.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.home).free
    except OSError as error:
        raise NoDisk(
            "Home {home}: cannot be made ({reason}), expected a folder that can be written; next: set TENDERFLOW_HOME",
            home=str(settings.home),
            reason=error.strerror,
        ) from error
    if free < LEAST_DISK_BYTES:
        raise NoDisk(
            "Disk of {home}: found {found} MB free, expected at least {expected} MB; next: make room",
            home=str(settings.home),
            found=free // 1_000_000,
            expected=LEAST_DISK_BYTES // 1_000_000,
        )


def _spawn(settings: Settings) -> None:
    given = {name: value for name, value in os.environ.items() if name.startswith("TENDERFLOW_")}
    environment = base_environment() | given | settings.as_environment()
    log = settings.logs / f"{SUPERVISOR}.log"
    command = [sys.executable, "-m", "flows.supervise"]
    locked.spawn(command, lock_of(settings.home, SUPERVISOR), log=log, cwd=settings.home, env=environment)


def _await(settings: Settings, tell: Callable[[list[str]], None]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    told: list[str] = []
    while True:
        state = read_state(settings.home)
        if state.done != told:
            told = state.done
            tell(told)
        alive = pid_of(settings, SUPERVISOR) is not None
        if state.phase is Phase.READY and alive:
            return
        if state.phase is Phase.FAILED and not alive:
            raise NotUp(state.message, **state.values)
        if not alive or time.monotonic() > deadline:
            raise NotUp(
                "Installation: found it {phase} after {seconds} s, expected ready; next: see logs/supervisor.log",
                phase=state.phase if alive else "ended",
                seconds=int(READY_SECONDS - deadline + time.monotonic()),
            )
        time.sleep(0.1)
