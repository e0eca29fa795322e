"""What a holder keeps on the local disk for a while: sealed to their own key, under names that tell nothing."""

import hmac
import os
import time
from pathlib import Path

from storage import age
from storage.identity import Holder
from storage.whole_file import write_whole

DAYS = 7.0
MOST = 500


class SealedCache:
    """Content by the digest of what it was made from.

    A digest of clear text would let whoever reads the disk try prices, so a file is named by a keyed digest.

    Args:
        folder: made when needed, for its owner alone.
        holder: who keeps it; nobody else opens it.
        days: after so long without use a file is removed, so that what is shredded is soon gone from here as well.
        most: so many files are kept; the ones used longest ago go first.
    """

    def __init__(self, folder: Path, holder: Holder, *, days: float = DAYS, most: int = MOST) -> None:
        self._folder = folder
        self._holder = holder
        self._seconds = days * 86_400
        self._most = most

    def get(self, digest: str, /) -> bytes | None:
        """Return what is kept under a digest; None when nothing is, or when it does not open."""
        path = self._path(digest)
        try:
            content = age.decrypt_bytes(path.read_bytes(), [self._holder.age], expect_context=self._context(path))
        except FileNotFoundError:
            return None
        except age.AgeError:
            path.unlink(missing_ok=True)  # spoilt or exchanged: it is made anew
            return None
        os.utime(path)
        return content

    def put(self, digest: str, content: bytes, /) -> None:
        """Keep content under a digest; the file appears whole or not at all."""
        self.sweep()
        path = self._path(digest)
        sealed = age.encrypt_bytes(content, [self._holder.age.recipient()], context=self._context(path))
        write_whole(path, sealed)

    def sweep(self) -> None:
        """Remove what was not used for long, and the oldest of too many."""
        found = sorted((path.stat().st_mtime, path) for path in self._folder.glob("*.age"))
        latest = time.time() - self._seconds
        for place, (used, path) in enumerate(found):
            if used < latest or place < len(found) - self._most:
                path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        secret = self._holder.age.to_text().encode()
        return self._folder / f"{hmac.digest(secret, f'sealed cache {digest}'.encode(), 'sha256').hex()}.age"

    def _context(self, path: Path) -> age.ContextStanza:
        return age.ContextStanza("cache", path.stem[:32], 1, "cache")
