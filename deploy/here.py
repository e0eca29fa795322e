"""A PostgreSQL and a Redis of this machine's packages in temporary folders, for trying the layout of several hosts."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PACKAGES = "apt-get install --no-install-recommends postgresql redis-server"


class ProgramMissing(RuntimeError):
    """A server is not installed here."""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def program(name: str) -> str:
    """Return the path of a program, also where Debian hides PostgreSQL's.

    Raises:
        ProgramMissing: it is not installed.
    """
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(hidden[-1]) if hidden else shutil.which(name)
    if found is None:
        raise ProgramMissing(f"{name}: not installed; next: {PACKAGES}")
    return found


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL on the loopback; yield the address of an empty database `prefect` with a password."""
    folder = Path(tempfile.mkdtemp(prefix="tenderflow-postgres-"))
    port, password = free_port(), secrets.token_hex(12)
    other = _other_user(folder)  # PostgreSQL refuses to run as root
    (folder / "password").write_text(password)
    shutil.chown(folder / "password", *_owner(folder))
    data = str(folder / "data")
    _run([*other, program("initdb"), "-D", data, "-U", "prefect", f"--pwfile={folder / 'password'}",
          "--auth=scram-sha-256", "-E", "UTF8"])  # fmt: skip
    command = [*other, program("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder),
               "-c", "max_connections=200"]  # fmt: skip
    log = (folder / "log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        _await(lambda: subprocess.run([program("pg_isready"), "-h", "127.0.0.1", "-p", str(port)],
                                      capture_output=True, check=False).returncode == 0)  # fmt: skip
        _run([program("createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "prefect", "prefect"], PGPASSWORD=password)
        yield f"postgresql+asyncpg://prefect:{password}@127.0.0.1:{port}/prefect"
    finally:
        _run([*other, program("pg_ctl"), "-D", data, "-m", "immediate", "stop"])
        server.wait(30)
        log.close()
        shutil.rmtree(folder)


@contextmanager
def redis() -> Iterator[int]:
    """Run a Redis on the loopback; yield its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="tenderflow-redis-")), free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _await(lambda: _listens(port))
        yield port
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _other_user(folder: Path) -> list[str]:
    """Hand the folder to the user `postgres` where we are root; return how to run as that user."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _owner(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_uid, found.st_gid


def _run(command: Sequence[str], **environment: str) -> None:
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[-1]).name}: {done.stderr.strip()[-300:]}")


def _await(true: object, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("a server did not come up")
        time.sleep(0.2)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
