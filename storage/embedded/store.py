"""Starts, prepares and stops the embedded store in a folder of its own."""

import os
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path

from storage.buckets import BUCKETS, make_buckets
from storage.embedded import config, locked, ports
from storage.embedded.config import StoreCredential
from storage.errors import StorageError
from storage.minio_objects import MinioObjects
from storage.objects import ObjectMissing, StoreUnreachable

START_SECONDS = 60
SHELL_SECONDS = 10
TRY_OUT_SECONDS = 15
"""What cannot be read by then is damaged; that is for `tender verify` to tell, and no reason to stay down."""
STOP = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))
"""SeaweedFS needs up to ten seconds to write its indexes out."""


class StoreDidNotStart(StorageError):
    """The embedded store ended, or did not answer in time."""


class EmbeddedStore:
    """SeaweedFS in a folder: private keys, certificates, ports and data, kept between starts.

    Args:
        home: The store's own folder, made with mode 0700.
        retention_days: Default COMPLIANCE retention of the buckets under Object Lock, in days.
    """

    def __init__(self, home: Path, *, retention_days: int) -> None:
        self.home = home.absolute()
        self.log = self.home / "store.log"
        self._retention_days = retention_days
        self._lock = self.home / "store.pid"

    def start(self) -> None:
        """Start the store unless it runs; return when buckets, rights and fsync are in place.

        Raises:
            NoFreePort: a port kept from the last start is taken.
            StoreDidNotStart: it ended or did not answer in time; its log says why.
        """
        if self.pid() is None:
            self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start the process and return at once; `await_ready` does the rest."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "data").mkdir(mode=0o700, exist_ok=True)
        ports.require_free(self._ports, file="store/ports.json")
        config.write_identities(self.home / "identities.json", self._keys)
        config.write_security(self.home)
        command = config.command(self._ports)
        locked.spawn(command, self._lock, log=self.log, cwd=self.home, env=self._environment())

    def await_ready(self) -> None:
        """Return when the store has its buckets, writes through to the disk and gives back what it was given."""
        deadline = time.monotonic() + START_SECONDS
        while not self._write_through():
            self._wait(deadline)
        store = self.objects("admin")
        while True:
            try:
                make_buckets(store, self._retention_days)
                break
            except StoreUnreachable:
                self._wait(deadline)
        tried_out = time.monotonic() + TRY_OUT_SECONDS
        while not _gives_back(store) and time.monotonic() < tried_out:
            self._wait(deadline)

    def stop(self) -> bool:
        """End the store and wait until it has; return whether it ran."""
        return locked.stop(self._lock, signals=STOP)

    def pid(self) -> int | None:
        """Return the number of the store's process while it lives."""
        return locked.pid_of(self._lock)

    def endpoint(self) -> str:
        """Return `127.0.0.1:<port>` of the S3 interface."""
        return f"127.0.0.1:{self._ports['s3']}"

    def credentials(self, role: str) -> StoreCredential:
        """Return the credential of a role in `ROLES`."""
        keys = self._keys[role]
        return StoreCredential(self.endpoint(), keys["access"], keys["secret"])

    def objects(self, role: str) -> MinioObjects:
        """Return the store as one role sees it."""
        credential = self.credentials(role)
        return MinioObjects(credential.endpoint, credential.access_key, credential.secret_key, secure=False)

    @cached_property
    def _ports(self) -> dict[str, int]:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ports.load_or_find(self.home / "ports.json")

    @cached_property
    def _keys(self) -> dict[str, dict[str, str]]:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return config.load_keys(self.home / "credentials.json")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.home), "GOMEMLIMIT": config.MEMORY_LIMIT}

    def _write_through(self) -> bool:
        """Ask for one fsync per write under /buckets/; it is kept with the data, so ask only once."""
        done = self.home / "data" / "write-through"
        if done.exists():
            return True
        master = self._ports["master"]
        shell = [config.program(), "shell", f"-master=127.0.0.1:{master}.{master + ports.GRPC_OFFSET}"]
        try:
            answer = subprocess.run(
                shell,
                input=b"fs.configure -locationPrefix=/buckets/ -fsync -apply\nfs.configure\n",
                capture_output=True,
                cwd=self.home,
                env=self._environment(),
                timeout=SHELL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        if b'"fsync"' not in answer.stdout:
            return False
        done.touch()
        return True

    def _wait(self, deadline: float) -> None:
        """Pause between two looks; raise when the process has ended or its time is over."""
        if self.pid() is None or time.monotonic() > deadline:
            raise StoreDidNotStart(
                "Object store: found it {state}, expected it to answer within {seconds} s; next: see {log}",
                state="silent" if self.pid() else "ended",
                seconds=START_SECONDS,
                log=self.log.name,
            )
        time.sleep(0.1)


def _gives_back(store: MinioObjects) -> bool:
    """Tell whether an object of each bucket can be read: a store that has just begun may know names and no contents."""
    try:
        for bucket in BUCKETS:
            first = next(iter(store.list(bucket.name)), None)
            if first is not None:
                store.get(bucket.name, first.key)
    except (StoreUnreachable, ObjectMissing):
        return False
    return True
