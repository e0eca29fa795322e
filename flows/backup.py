"""Backup and restore of an installation: buckets, keys, Prefect's database; and the nightly flow of the backup pool."""

import io
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow

from flows import wiring
from flows.errors import TenderError
from flows.first_keys import CUSTODIAN
from flows.settings import Settings, embedded_store, object_store
from flows.stepping import flow_border
from flows.supervise_control import status
from storage import backup as copies
from storage.age import encrypt_bytes, parse_recipient
from storage.backup import Copied
from storage.backup_copy import BackupFolder
from storage.buckets import make_buckets
from storage.identity import FileIdentity
from storage.ledger import BUCKET as LEDGER
from storage.objects import ObjectStore
from storage.probe import require_sound
from storage.restored import vouch
from storage.verify import Report, verify_tender


class RestoreRefused(TenderError):
    """The installation is not one that a backup may be put into."""


@flow(name="backup", flow_run_name="backup", persist_result=False, log_prints=False)
def backup() -> None:
    """Copy what is new in every bucket to the folder of the settings; drop copies that are over their time."""
    with flow_border("backup", "all buckets"):
        config = wiring.settings()
        if config.backup is not None:
            back_up(config, config.backup)
            prune(config.backup, config.backup_days)


def back_up(config: Settings, folder: Path) -> Copied:
    """Copy the buckets, sealed as they are, with the credential of the role `backup`.

    Raises:
        StorageError: the folder is something else, or the store does not answer; earlier copies stay whole.
    """
    return copies.take(object_store(config, "backup"), BackupFolder(folder, create=True))


def prune(folder: Path, days: int) -> list[str]:
    """Drop copies older than some days, but never the newest; return their names.

    Only then is a shredded key gone from the backups too.
    """
    return BackupFolder(folder).prune(timedelta(days=days), datetime.now(UTC))


def seal_keys(config: Settings, folder: Path, recipient: str) -> Path:
    """Write the identities, the custodian's pin and nothing else as a tar file, sealed to a key that is kept offline.

    `age -d -i offline.key FILE | tar -x -C <home>` puts them back without this software.

    Args:
        recipient: age recipient, `age1…`.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(config.keys_home, arcname="keys")
        tar.add(config.home / "custodian.pub", arcname="custodian.pub")
    sealed = encrypt_bytes(packed.getvalue(), [parse_recipient(recipient)])
    return _write(folder / f"keys-{_stamp()}.tar.age", sealed)


def copy_prefect(config: Settings, folder: Path) -> Path:
    """Copy the SQLite database of our own Prefect server while it runs; it holds ids, never words."""
    target = _write(folder / f"prefect-{_stamp()}.db", b"")
    with (
        closing(sqlite3.connect(config.prefect_home / "prefect.db")) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def put_back(config: Settings, folder: Path, copy: str = "") -> tuple[Copied, dict[str, Report]]:
    """Put a copy into an empty store, have the custodian vouch for its dates, and prove every ledger.

    Args:
        config: An installation that is down, with `keys/` and `custodian.pub` of the one that was backed up.
        copy: Name of a copy; empty means the newest.

    Returns:
        What was copied, and the proof of every ledger as `tender verify` gives it.

    Raises:
        RestoreRefused: it runs, or has no keys.
        BackupRefused: the store is not empty, or the backup is not whole.
    """
    source = BackupFolder(folder)
    custodian = config.keys_home / CUSTODIAN
    if not (custodian / "public.json").exists():
        raise RestoreRefused(
            "Restore: found no keys in {home}, expected those of the installation that was backed up; "
            "next: put keys/ and custodian.pub back",
            home=config.home.name,
        )
    with _bare_store(config) as store:
        copied = copies.restore(store, source, copy)
        vouch(store, source.lines(copied.copy), FileIdentity(custodian, custodian / "passphrase").load())
        return copied, prove(config, store)


def prove(config: Settings, store: ObjectStore) -> dict[str, Report]:
    """Verify every ledger of a store as the archive worker; return the reports by ledger."""
    people = wiring.register(config, store).load()
    holder = wiring.worker_identity(config, "archive")
    ledgers = sorted({info.key.partition("/")[0] for info in store.list(LEDGER)})
    return {ledger: verify_tender(store, ledger, holder, people) for ledger in ledgers}


@contextmanager
def _bare_store(config: Settings) -> Iterator[ObjectStore]:
    """Have the store up without anything that would write into it."""
    if any(status(config).running.values()):
        raise RestoreRefused("Restore: the installation is running, expected it down; next: tender down")
    if config.s3_endpoint:
        external = object_store(config, "admin")
        require_sound(external)
        make_buckets(external, config.retention_days)
        yield external
        return
    store = embedded_store(config)
    store.start()
    try:
        yield store.objects("admin")
    finally:
        store.stop()


def _write(path: Path, data: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
