"""The keys without which an installation cannot begin: a custodian, the three workers, the first register of people."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from flows.settings import WORKERS, Settings, load, object_store
from storage.buckets import make_buckets
from storage.identity import FileIdentity, Holder, create_holder, read_public
from storage.people import Department, People, PeopleRegister, Person
from storage.probe import require_sound

CUSTODIAN = "custodian"
# A worker's passphrase has 192 random bits: a slow derivation would protect nothing and cost each run a second.
WORKER_WORK_FACTOR = 10


def prepare(settings: Settings) -> bool:
    """Make what is missing of custodian, workers and first register; return whether the register was published.

    The custodian's key is pinned in `<home>/custodian.pub`. In an installation of several hosts the custodian makes
    these keys once and hands each worker its own folder.
    """
    pinned = make_keys(settings)
    register = PeopleRegister(object_store(settings, "admin"), pinned)
    if register.versions():
        return False
    now = datetime.now(UTC)
    rows = [_person(settings.keys_home / CUSTODIAN, CUSTODIAN, "custody", ("custodian",), now)]
    rows += [_person(settings.keys_home / f"worker-{w}", f"worker:{w}", "workers", (), now) for w in WORKERS]
    custodian = _holder(settings.keys_home / CUSTODIAN, f"person:{CUSTODIAN}")
    register.publish(People(tuple(rows), (Department("custody"), Department("workers"))), custodian)
    return True


def make_keys(settings: Settings) -> str:
    """Make the key pairs that are missing; return the custodian's key, which everyone pins."""
    custodian = _holder(settings.keys_home / CUSTODIAN, f"person:{CUSTODIAN}")
    for worker in WORKERS:
        _holder(settings.keys_home / f"worker-{worker}", f"worker:{worker}")
    pinned = settings.home / "custodian.pub"
    if not pinned.exists():
        pinned.write_text(custodian.ssh_key + "\n", "utf-8")
    return pinned.read_text("utf-8").strip()


def _holder(folder: Path, name: str) -> Holder:
    secret = folder / "passphrase"
    if not (folder / "public.json").exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24), "utf-8")
        return create_holder(folder, name, secret.read_text("utf-8"), work_factor=WORKER_WORK_FACTOR)
    return FileIdentity(folder, secret).load()


def _person(folder: Path, id_: str, department: str, roles: tuple[str, ...], since: datetime) -> Person:
    public = read_public(folder)
    return Person(id_, department, roles, public["ssh_key"], public["recipient"], since)


def main() -> None:
    """Make the buckets of an external S3 and publish the first register: once, on the custodian's host."""
    settings = load()
    store = object_store(settings, "admin")
    require_sound(store)
    make_buckets(store, settings.retention_days)
    print("published" if prepare(settings) else "stands already")


if __name__ == "__main__":
    main()
