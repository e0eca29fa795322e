"""Sealed records kept on the local disk. They are verified like those from the store, so nothing here is trusted."""

import contextlib
import os
from pathlib import Path

from storage.whole_file import write_whole


class RecordCache:
    """Records of one row, one file per number.

    Args:
        folder: made when needed, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def count(self) -> int:
        """Return how many records from 0 on are here without a gap."""
        try:
            names = {name for name in os.listdir(self._folder) if name.isdecimal()}
        except FileNotFoundError:
            return 0
        count = 0
        while f"{count:08d}" in names:
            count += 1
        return count

    def read(self, start: int, stop: int) -> list[bytes]:
        """Return the records from ``start`` on, as many as are here without a gap, up to ``stop``."""
        records: list[bytes] = []
        with contextlib.suppress(FileNotFoundError):
            for number in range(start, stop):
                records.append((self._folder / f"{number:08d}").read_bytes())
        return records

    def write(self, number: int, record: bytes) -> None:
        """Keep a record; the file appears whole or not at all."""
        path = self._folder / f"{number:08d}"
        if path.exists():
            return
        write_whole(path, record)

    def drop(self) -> None:
        """Remove every record."""
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)
