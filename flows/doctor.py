"""Looks an installation over: what is wrong, what was expected, and what to do."""

import email.utils
import shutil
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import TenderError
from flows.settings import WORKERS, Settings, object_store, store_credential
from flows.supervise_control import LEAST_DISK_BYTES, status
from flows.supervise_health import ask
from flows.supervise_state import Phase
from storage.embedded import ROLES
from storage.errors import StorageError
from storage.probe import probe

CLOCK_SECONDS = 60.0
PYTHON = (3, 11)
OFFICE_SECONDS = 30


@dataclass(frozen=True)
class Finding:
    """One look.

    Attributes:
        what: What was looked at.
        found, expected: In words; message ids where they are fixed.
        ok: Whether they agree.
        next: What to do if not.
    """

    what: str
    found: str
    expected: str
    ok: bool
    next: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Return every finding, good and bad. Reads only, but for the probe of the store in a bucket of its own."""
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _disk,
        _office,
        _fonts,
        _keys,
        _processes,
        _prefect,
        _store,
    )
    return [finding for look in looks for finding in look(settings)]


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", version, ">= 3.11", sys.version_info >= PYTHON, "install Python 3.11 or newer, make setup")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    expected = f">= {LEAST_DISK_BYTES // 1_000_000} MB"
    yield Finding("Disk", f"{free // 1_000_000} MB", expected, free >= LEAST_DISK_BYTES, "make room on the home's disk")


def _office(_: Settings) -> Iterator[Finding]:
    program = shutil.which("soffice")
    advice = "install libreoffice-writer and libreoffice-calc"
    if program is None:
        yield Finding("LibreOffice", "not installed", "soffice on the PATH", ok=False, next=advice)
        return
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=OFFICE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        yield Finding("LibreOffice", "silent", "its version", ok=False, next=advice)
        return
    yield Finding("LibreOffice", answer.stdout.strip()[:60], "its version", answer.returncode == 0, advice)


def _fonts(_: Settings) -> Iterator[Finding]:
    from templates import fonts

    missing = fonts.missing()
    found = ", ".join(face.name for face in missing) or "all installed"
    advice = "; ".join(dict.fromkeys(face.next_step for face in missing))
    yield Finding("Fonts", found, "all installed", not missing, advice)


def _keys(settings: Settings) -> Iterator[Finding]:
    advice = "tender up makes what is missing; chmod 600 what others may read"
    for role in WORKERS:
        folder = settings.keys_home / f"worker-{role}"
        private = [folder / name for name in ("identity.age", "id_ed25519")]
        missing = [path.name for path in private if not path.exists()]
        exposed = [path.name for path in private if path.exists() and _is_exposed(path)]
        found = ", ".join([f"{name} missing" for name in missing] + [f"{name} readable by others" for name in exposed])
        yield Finding(f"Keys of worker {role}", found or "present, 0600", "present, 0600", not found, advice)


def _is_exposed(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _processes(settings: Settings) -> Iterator[Finding]:
    now = status(settings)
    dead = sorted(name for name, pid in now.running.items() if pid is None)
    ok = now.phase is Phase.READY and not dead
    found = now.phase.value + (f" (not running: {', '.join(dead)})" if dead else "")
    yield Finding("Processes", found, Phase.READY.value, ok, "tender up; logs are in the home's folder logs")


def _prefect(settings: Settings) -> Iterator[Finding]:
    try:
        answer = ask(settings, "/health")
        known = ask(settings, "/work_pools/pricing") is not None
    except TenderError as error:
        yield Finding("Prefect server", "not set up", "healthy", ok=False, next=str(error).rpartition("next: ")[2])
        return
    found = "healthy" if answer is not None else "no answer"
    yield Finding("Prefect server", found, "healthy", answer is not None, "tender up; see logs/prefect.log")
    found = "open to us" if known else "refused or unknown"
    yield Finding("Work pools", found, "open to us", known, "tender up; check TENDERFLOW_PREFECT_AUTH")


def _store(settings: Settings) -> Iterator[Finding]:
    advice = "tender up; for an external S3 check TENDERFLOW_S3_ENDPOINT and its keys"
    try:
        yield _clock(settings)
        for finding in probe(object_store(settings, "admin")):
            yield Finding(f"Store: {finding.what}", finding.found, finding.expected, finding.ok, "use another S3")
        for role in ROLES:
            store_credential(settings, role)
    except (StorageError, TenderError, OSError) as error:
        yield Finding("Object store", str(error).partition("; next:")[0], "an answer", ok=False, next=advice)


def _clock(settings: Settings) -> Finding:
    """Compare this clock with the store's; signatures and retention depend on it, and S3 refuses 15 minutes."""
    endpoint = store_credential(settings, "admin").endpoint
    url = f"{'https' if settings.s3_endpoint and settings.s3_secure else 'http'}://{endpoint}/"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            date = answer.headers["Date"]
    except urllib.error.HTTPError as error:  # an anonymous question is refused, with a date
        date = error.headers["Date"]
        error.close()
    skew = abs((datetime.now(UTC) - email.utils.parsedate_to_datetime(date)).total_seconds())
    expected = f"<= {CLOCK_SECONDS:.0f} s"
    return Finding("Clock against the store", f"{skew:.0f} s", expected, skew <= CLOCK_SECONDS, "set this clock (NTP)")
