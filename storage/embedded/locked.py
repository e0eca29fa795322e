"""A background process of which at most one lives, known by a lock that the kernel frees when it dies.

The child inherits the locked file, so a stale process number can never be mistaken for a living one.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from storage.errors import StorageError

_children: list[subprocess.Popen[bytes]] = []


class AlreadyRunning(StorageError):
    """Another process holds the lock."""


class StillRunning(StorageError):
    """A process did not end, not even after SIGKILL."""


def spawn(
    command: Sequence[str], lock: Path, *, log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Start a command in its own session with its output appended to a log, and leave it running.

    Args:
        command: Program and arguments.
        lock: File that holds the process number, locked while the process lives.
        log: File for its output, made readable to its owner only.
        cwd, env: Working directory and whole environment of the child.

    Raises:
        AlreadyRunning: the lock is held.
    """
    held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(held, lock)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=env,
                pass_fds=(held,),
                start_new_session=True,
            )
        finally:
            os.close(output)
        os.ftruncate(held, 0)
        os.pwrite(held, str(child.pid).encode(), 0)
    finally:
        os.close(held)
    _reap()
    _children.append(child)


def _take(held: int, lock: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyRunning(
            "{name}: found it running already (process {pid}), expected none; next: tender status, tender down",
            name=lock.stem,
            pid=pid_of(lock),
        ) from error


def pid_of(lock: Path) -> int | None:
    """Return the number of the living process behind a lock file, or None."""
    try:
        held = os.open(lock, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(held, 20, 0) or b"0") or None
    else:
        return None
    finally:
        os.close(held)


def stop(lock: Path, *, signals: Sequence[tuple[signal.Signals, float]]) -> bool:
    """End the process behind a lock: each signal in turn, with the seconds it is given; return whether one lived.

    Raises:
        StillRunning: it outlived the last signal.
    """
    pid = pid_of(lock)
    if pid is None:
        return False
    for number, seconds in signals:
        with suppress(ProcessLookupError):  # it ended between the two looks; the lock says so
            os.kill(pid, number)
        if _gone(lock, seconds):
            with suppress(ProcessLookupError):  # what it started and left behind in its session
                os.killpg(pid, signal.SIGKILL)
            return True
    raise StillRunning("{name}: found process {pid} alive after {last}", name=lock.stem, pid=pid, last=number.name)


def _gone(lock: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if pid_of(lock) is None:
            _reap()
            return True
        time.sleep(0.05)
    return False


def _reap() -> None:
    """Let go of our own children that have ended, or they would stay as zombies."""
    _children[:] = [child for child in _children if child.poll() is None]
