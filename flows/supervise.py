"""Starts an installation's processes, starts again what dies, and ends them in order: `python -m flows.supervise`.

It stays light (no Prefect here) and holds nothing that is lost with it: each process is known by its own lock, so a new
supervisor takes over what still runs.
"""

import logging
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from flows import first_keys, supervise_parts
from flows.errors import TenderError
from flows.settings import WORKERS, Settings, embedded_store, load, object_store, pools
from flows.supervise_deploy import is_deployed
from flows.supervise_health import ask
from flows.supervise_parts import stop_all
from flows.supervise_prefect import prefect_connection
from flows.supervise_state import Phase, State, write_state
from storage.buckets import make_buckets
from storage.embedded import EmbeddedStore
from storage.errors import StorageError
from storage.probe import require_sound

TICK_SECONDS = 0.2
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
"""A process that lived this long starts again without delay."""
GIVE_UP = 4
"""So many deaths of one process before the installation was ever ready mean that waiting does not help."""
LOG_BYTES = 20_000_000
LOG_EVERY_SECONDS = 60.0
LOG = logging.getLogger("tenderflow.supervise")

__all__ = ["PartFailed", "Supervisor", "prefect_connection"]


class PartFailed(TenderError):
    """A process ends again and again."""


class Supervisor:
    """Carries one installation from nothing to ready and keeps it there until told to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._state = State(phase=Phase.STARTING)
        self._stopping = threading.Event()
        self._failure: TenderError | StorageError | None = None
        self._born: dict[str, float] = {}
        self._died: dict[str, float] = {}
        self._deaths: dict[str, int] = {}
        self._logs_seen = time.monotonic()

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask the loop to end; also the handler of SIGTERM and SIGINT."""
        self._stopping.set()

    def run(self) -> bool:
        """Keep the installation up until stopped, then end it; return False if it could not be brought up."""
        try:
            self._loop()
        except (TenderError, StorageError) as error:
            self._failure = error
        self._state.phase = Phase.STOPPING
        write_state(self._settings.home, self._state)
        stop_all(self._settings)
        self._state = State(phase=Phase.DOWN)
        if self._failure:
            LOG.error("%s", self._failure)
            self._state = State(Phase.FAILED, message=self._failure.message, values=dict(self._failure.values))
        write_state(self._settings.home, self._state)
        return self._failure is None

    def _loop(self) -> None:
        settings = self._settings
        write_state(settings.home, self._state)
        store = None if settings.s3_endpoint else embedded_store(settings)
        if store:
            self._keep("store", store.pid, store.launch)
        threading.Thread(target=self._prepare, args=(store,)).start()
        parts = [] if settings.prefect_api_url else [supervise_parts.server(settings)]
        parts += [supervise_parts.worker(settings, role) for role in pools(settings)]
        deploy, watch = supervise_parts.deploy(settings), supervise_parts.watch(settings)
        while not self._stopping.wait(TICK_SECONDS) and self._failure is None:
            if store:
                self._keep("store", store.pid, store.launch)
            if not is_deployed(settings):
                self._keep(deploy.name, deploy.pid, deploy.start)
            for part in [*parts, watch] if self._can_watch() else parts:
                self._keep(part.name, part.pid, part.start)
            self._look()
            self._bound_logs()

    def _prepare(self, store: EmbeddedStore | None) -> None:
        """Bring the store to where the first keys and the register of people can stand in it."""
        try:
            if store:
                store.await_ready()
            else:
                external = object_store(self._settings, "admin")
                require_sound(external)
                make_buckets(external, self._settings.retention_days)
            first_keys.prepare(self._settings)
        except (TenderError, StorageError) as error:
            self._failure = error
        else:
            self._done("store")

    def _keep(self, name: str, pid: Callable[[], int | None], start: Callable[[], object]) -> None:
        """Start a process that does not live, after a pause that grows with its deaths."""
        if pid() is not None:
            self._born.setdefault(name, time.monotonic())
            return
        now = time.monotonic()
        if name in self._born:
            steady = now - self._born.pop(name) > STEADY_SECONDS
            self._died[name], self._deaths[name] = now, 1 if steady else self._deaths.get(name, 0) + 1
            self._note_death(name)
        pause = BACK_OFF_SECONDS[min(self._deaths.get(name, 1), len(BACK_OFF_SECONDS)) - 1]
        if name not in self._died or now - self._died[name] > pause:
            start()
            self._born[name] = now
            LOG.info("started %s", name)

    def _note_death(self, name: str) -> None:
        LOG.warning("%s ended", name)
        if self._state.phase is Phase.STARTING and self._deaths[name] >= GIVE_UP:
            raise PartFailed(
                "{part}: found it ended {deaths} times, expected it to stay up; next: see logs/{part}.log",
                part=name,
                deaths=self._deaths[name],
            )
        self._state.restarts[name] = self._state.restarts.get(name, 0) + 1
        write_state(self._settings.home, self._state)

    def _look(self) -> None:
        """Note what has come up; ready is when all of it has."""
        if self._state.phase is Phase.READY:
            return
        settings = self._settings
        if "prefect" not in self._state.done and ask(settings, "/health") is not None:
            self._done("prefect")
        if is_deployed(settings) and "prefect" in self._state.done:
            self._done("deployments")
        for role in WORKERS:
            if supervise_parts.is_serving(settings, role):
                self._done(f"worker-{role}")
        if supervise_parts.pid_of(settings, "watch") and len(self._state.done) == len(EXPECTED):
            self._state.phase = Phase.READY
            write_state(settings.home, self._state)

    def _can_watch(self) -> bool:
        return {"store", "deployments"} <= set(self._state.done)

    def _done(self, name: str) -> None:
        if name not in self._state.done:
            self._state.done.append(name)
            write_state(self._settings.home, self._state)

    def _bound_logs(self) -> None:
        """Keep every log and its predecessor below `LOG_BYTES`; the writer goes on at the new end."""
        if time.monotonic() - self._logs_seen < LOG_EVERY_SECONDS:
            return
        self._logs_seen = time.monotonic()
        for log in [*self._settings.logs.glob("*.log"), self._settings.store_home / "store.log"]:
            if log.exists() and log.stat().st_size > LOG_BYTES:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                log.write_bytes(b"")


EXPECTED = ("store", "prefect", "deployments", *(f"worker-{role}" for role in WORKERS))
"""What must be up before an installation is ready."""


def main() -> None:
    """Supervise the installation of the settings until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no child leaves a picture of its memory behind
    supervisor = Supervisor(load())
    signal.signal(signal.SIGTERM, supervisor.stop)
    signal.signal(signal.SIGINT, supervisor.stop)
    sys.exit(0 if supervisor.run() else 1)


if __name__ == "__main__":
    main()
