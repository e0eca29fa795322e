"""Private folders in memory for programs that can only read files: 0700, removed after use, swept when left over."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from templates.errors import TemplateError

_MEMORY = {"tmpfs", "ramfs"}


class NoScratch(TemplateError):
    """No folder in memory for the plain text of a document."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A new private folder in memory, gone at the end; folders that a killed process left are removed first."""
    base = _base()
    with _locked(base / "lock"):
        _sweep(base)
        folder = Path(tempfile.mkdtemp(dir=base))
        own = _try_lock(folder / "lock")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if own is not None:
            os.close(own)


def _base() -> Path:
    """`TENDERFLOW_SCRATCH` (the user answers for it), else a folder of this user under a file system in memory."""
    if chosen := os.environ.get("TENDERFLOW_SCRATCH"):
        base = Path(chosen)
    else:
        places = [Path("/dev/shm"), Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")]
        place = next((p for p in places if os.access(p, os.W_OK) and _file_system(p) in _MEMORY), None)
        if place is None:
            raise NoScratch(
                "scratch folder: found no writable tmpfs at {places}, expected one; next: mount a tmpfs at /dev/shm "
                "or set TENDERFLOW_SCRATCH to a folder whose disk may hold plain text",
                places=", ".join(map(str, places)),
            )
        base = place / f"tenderflow-{os.getuid()}"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = base.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise NoScratch(
            "scratch folder {path}: found open to others, expected mode 0700 and this user; next: remove it",
            path=base,
        )
    return base


def _file_system(path: Path) -> str:
    """The type of the file system that holds `path`, by the longest mount point."""
    mounts = [line.split(" ")[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [(len(point), kind) for point, kind in mounts if path.resolve().is_relative_to(point)]
    return max(holding, default=(0, ""))[1]


def _sweep(base: Path) -> None:
    """Remove the folders whose owner is gone: the kernel drops a lock with the process that held it."""
    for folder in base.iterdir():
        if folder.is_dir() and (lock := _try_lock(folder / "lock")) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _try_lock(path: Path) -> int | None:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
