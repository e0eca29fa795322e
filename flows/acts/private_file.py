"""Writes what was opened into one new file that only its owner reads."""

import os
from pathlib import Path

from flows.errors import TenderError


class FileExists(TenderError):
    """A file stands where one would be written."""


def require_free(path: Path) -> None:
    """Refuse a path where something stands, before work is done whose result would go there.

    Raises:
        FileExists: it does.
    """
    if path.exists():
        raise FileExists(
            "{path}: something is there already, expected none; nothing was written; next: name another file",
            path=str(path),
        )


def write_new(path: Path, data: bytes) -> None:
    """Write a file (0600) that must not be there yet.

    Raises:
        FileExists: it is; nothing was written.
    """
    require_free(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
