"""The processes of an installation: what each one runs, in which environment, and how it is ended."""

import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flows.settings import BACKUP, WORKERS, Settings, embedded_store, store_credential
from flows.supervise_prefect import client_environment, prepare_server, server_command, server_environment
from storage.embedded import locked
from storage.embedded.ports import require_free

PORT_SETTING = "TENDERFLOW_PREFECT_PORT"
GRACE_SECONDS = 20.0
"""How long a worker may let its runs finish; what is cut short goes on from the ledger at the next start."""


@dataclass(frozen=True)
class Part:
    """One process of the installation.

    Attributes:
        name: As it appears in `tender status`.
        arguments: Arguments to this Python.
        environment: Its whole environment.
        folder: The installation's home, which holds its lock and log.
        port: Loopback port that it will listen on and that must be free.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    port: int | None = None

    @property
    def lock(self) -> Path:
        """File that is locked while the process lives."""
        return lock_of(self.folder, self.name)

    @property
    def log(self) -> Path:
        """File of its output."""
        return self.folder / "logs" / f"{self.name}.log"

    def pid(self) -> int | None:
        """Return its process number while it lives."""
        return locked.pid_of(self.lock)

    def start(self) -> None:
        """Start it in its own session.

        Raises:
            NoFreePort: another program has its port.
        """
        if self.port is not None:
            require_free({self.name: self.port}, (0,), file=f"prefect/port or {PORT_SETTING}")
        command = [sys.executable, *self.arguments]
        locked.spawn(command, self.lock, log=self.log, cwd=self.folder, env=self.environment)


HEARTBEAT_SECONDS = 30
"""How often a run says that it lives; `deploy/automations/no-heartbeat.yaml` waits for three."""
WORKER_SIGNALS = ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""A worker takes the first SIGTERM as a request to finish, the second as the order to end."""
PLAIN_SIGNALS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
ENDING = (
    ("watch", "deploy"),
    tuple(f"worker-{role}" for role in (*WORKERS, BACKUP)),
    ("prefect",),
)
"""The order in which the processes end, some at the same time; the store is last."""


_OF_NOTICES = "TENDERFLOW_NOTICE_DAYS"


def lock_of(home: Path, name: str) -> Path:
    """Return the lock file of a process."""
    return home / "run" / f"{name}.pid"


def pid_of(settings: Settings, name: str) -> int | None:
    """Return the number of a process while it lives."""
    return locked.pid_of(lock_of(settings.home, name))


def server(settings: Settings) -> Part:
    """Return our own Prefect server."""
    port = prepare_server(settings)
    return Part("prefect", server_command(port), server_environment(settings), settings.home, port)


def deploy(settings: Settings) -> Part:
    """Return the process that applies `prefect.yaml` and ends."""
    environment = client_environment(settings, "deploy") | _places(settings)
    alone = ("--one-host",) if settings.one_host else ()
    return Part("deploy", ("-m", "flows.supervise_deploy", *alone), environment, settings.home)


def worker(settings: Settings, role: str) -> Part:
    """Return the worker of a pool, with the identity and store credential of its role alone."""
    name = f"worker-{role}"
    environment = client_environment(settings, name) | _places(settings) | _store(settings, role)
    environment |= _reminders(settings) if role == "assembly" else {}
    environment |= {
        "TENDERFLOW_IDENTITY": str(settings.keys_home / name),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
    }
    return Part(name, ("-m", "flows.worker", role), environment, settings.home)


def watch(settings: Settings) -> Part:
    """Return the sweeper; it looks at the ledger with the assembly worker's store credential and opens nothing."""
    environment = client_environment(settings, "watch") | _places(settings) | _store(settings, "assembly")
    arguments = ("-m", "flows.watch", "--every", str(settings.sweep_seconds))
    return Part("watch", arguments, environment, settings.home)


def is_serving(settings: Settings, role: str) -> bool:
    """Tell whether the worker that lives now has announced that it serves its pool."""
    ready = settings.run_folder / f"worker-{role}.ready"
    pid = pid_of(settings, f"worker-{role}")
    return pid is not None and ready.exists() and ready.read_text() == str(pid)


def stop_all(settings: Settings) -> list[str]:
    """End whatever runs, in order, and wait until it has; return what was ended.

    Raises:
        StillRunning: a process outlived SIGKILL.
    """
    stopped: list[str] = []
    with ThreadPoolExecutor(len(WORKERS) + 1) as pool:
        for names in ENDING:
            ended = pool.map(lambda name: _stop(settings, name), names)
            stopped += [name for name, ran in zip(names, ended, strict=True) if ran]
    if (settings.store_home / "store.pid").exists() and embedded_store(settings).stop():
        stopped.append("store")
    return stopped


def _stop(settings: Settings, name: str) -> bool:
    signals = WORKER_SIGNALS if name.startswith("worker-") else PLAIN_SIGNALS
    return locked.stop(lock_of(settings.home, name), signals=signals)


def _places(settings: Settings) -> dict[str, str]:
    return {
        "TENDERFLOW_HOME": str(settings.home),
        "TENDERFLOW_KEYS": str(settings.keys_home),
        "TENDERFLOW_CUSTODIAN_KEY": settings.custodian_key,
        "TENDERFLOW_WORKER_LIMIT": str(settings.worker_limit),
        "TENDERFLOW_RETENTION_DAYS": str(settings.retention_days),
        "TENDERFLOW_BACKUP_DAYS": str(settings.backup_days),
        **{f"TENDERFLOW_{name}": str(folder) for name, folder in _folders(settings) if folder},
    }


def _reminders(settings: Settings) -> dict[str, str]:
    """What the worker that reminds people needs: the mail server with its password, lead times."""
    given = settings.as_environment()
    return {name: value for name, value in given.items() if name.startswith(("TENDERFLOW_SMTP_", _OF_NOTICES))}


def _folders(settings: Settings) -> tuple[tuple[str, Path | None], ...]:
    return (
        ("PRICE_RULES", settings.price_rules),
        ("CALENDARS", settings.calendars),
        ("BACKUP", settings.backup),
        ("SNAPSHOT", settings.snapshot),
    )


def _store(settings: Settings, role: str) -> dict[str, str]:
    credential = store_credential(settings, role)
    return {
        "TENDERFLOW_S3_ENDPOINT": credential.endpoint,
        "TENDERFLOW_S3_ACCESS_KEY": credential.access_key,
        "TENDERFLOW_S3_SECRET_KEY": credential.secret_key,
        "TENDERFLOW_S3_SECURE": str(settings.s3_secure if settings.s3_endpoint else False).lower(),
        "TENDERFLOW_S3_REGION": settings.s3_region,
        "TENDERFLOW_BUCKET_PREFIX": settings.bucket_prefix if settings.s3_endpoint else "",
        **({"TENDERFLOW_S3_CA": str(settings.s3_ca)} if settings.s3_ca else {}),
    }
