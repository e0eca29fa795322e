"""Puts the parts of an installation together: settings, store, identity, register, and a tender opened for a holder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from flows import settings as settings_module
from flows.acts.house import HOUSE
from flows.case import Case, case_of
from flows.errors import TenderError
from flows.first_keys import CUSTODIAN
from flows.i18n import _, say
from flows.settings import Settings, embedded_store, object_store, store_credential
from storage.embedded.rights import PEOPLE as STORE_ROLES
from storage.identity import FileIdentity, Holder, IdentityRefused, provider
from storage.ledger import BUCKET as LEDGER_BUCKET
from storage.objects import ObjectStore
from storage.people import People, PeopleRegister, Person
from storage.policy import NOTICE
from storage.sealed_cache import SealedCache

if TYPE_CHECKING:
    from storage.prices import PriceArchive

# Of several roles the one whose store credential reaches furthest into what the person decides on.
ROLE_ORDER = (
    "pricing",
    "reviewer",
    "submitter",
    "clerk",
    "auditor",
    "executive",
    "leader",
    "handler",
    "technical",
    "panel",
    "analyst",
)


class UnknownTender(TenderError):
    """There is no ledger of this tender."""


class NoPassphrase(TenderError):
    """The file that should hold a person's passphrase is not there."""


class UnknownPerson(TenderError):
    """The register of people does not know who wants to act."""


def settings() -> Settings:
    """Return the settings of this process."""
    return settings_module.load()


@dataclass(frozen=True)
class Seat:
    """Who works here, with what is loaded once to open many ledgers.

    Attributes:
        cache: the holder's own folder on this host.
    """

    store: ObjectStore
    people: People
    holder: Holder
    cache: Path

    def case(self, ledger_id: str) -> Case:
        """Return a ledger as this holder sees it; nothing is read yet."""
        return case_of(self.store, ledger_id, self.holder, self.people, self.cache)


def seat(*, worker: str = "", person: str = "") -> Seat:
    """Load store, register and identity of a worker or a person; see `open_case` for arguments and errors."""
    config = settings()
    if worker:
        store = object_store(config, worker)
        people = register(config, store).load()
        holder = worker_identity(config, worker)
    else:
        people = register(config, object_store(config, "person")).load()
        store = object_store(config, store_role(people, person))
        holder = person_identity(config, person)
    return Seat(store, people, holder, cache_of(config, holder))


def open_case(tender: str, *, worker: str = "", person: str = "", new: bool = False) -> Case:
    """Open a tender for a worker or a person.

    Args:
        tender: its id.
        worker: `assembly`, `pricing` or `archive`; its identity and store credential are those of this process.
        person: id of a person whose identity lies in the keys folder; the passphrase is asked for unless set.
        new: the tender need not exist yet.

    Raises:
        UnknownTender: it has no ledger.
        UnknownPerson, IdentityRefused: no such person, or the keys do not open.
        StoreUnreachable: the store does not answer.
    """
    here = seat(worker=worker, person=person)
    if not new and not exists(here.store, tender):
        raise UnknownTender(
            "Tender {tender}: found no ledger, expected it opened before; next: tender list, tender open DIR",
            tender=tender,
        )
    return here.case(tender)


def pdf_cache(holder: Holder) -> SealedCache:
    """Return where a worker keeps the PDFs of documents that it rendered lately, sealed to its own key."""
    return SealedCache(cache_of(settings(), holder) / "pdf", holder)


def cache_of(config: Settings, holder: Holder) -> Path:
    """Return where a holder's sealed records that were read already lie on this host."""
    return config.home / "cache" / holder.name.replace(":", "-")


def exists(store: ObjectStore, tender: str) -> bool:
    """Tell whether a tender has a ledger."""
    return next(iter(store.list(LEDGER_BUCKET, f"{tender}/")), None) is not None


def register(config: Settings, store: ObjectStore) -> PeopleRegister:
    """Return the register of people, trusted from the pinned custodian key."""
    return PeopleRegister(store, custodian_key(config))


def custodian_key(config: Settings) -> str:
    """Return the pinned key of the first custodian."""
    pinned = config.home / "custodian.pub"
    if config.custodian_key:
        return config.custodian_key
    if not pinned.exists():
        raise UnknownPerson(
            "Register of people: found no custodian key, expected TENDERFLOW_CUSTODIAN_KEY or {file}; next: tender up",
            file=pinned.name,
        )
    return pinned.read_text("utf-8").strip()


def department_of(person: str) -> str:
    """Return the department of a person by the register; UnknownPerson where it does not know them."""
    config = settings()
    return _row(register(config, object_store(config, "person")).load(), person).department


def store_role(people: People, person: str) -> str:
    """Return the store role of a person: that of the first of their roles in `ROLE_ORDER`."""
    held = _row(people, person).roles
    roles = [role for role in ROLE_ORDER if role in held]
    return STORE_ROLES[roles[0]] if roles else STORE_ROLES["handler"]


def _row(people: People, person: str) -> Person:
    row = people.find(f"person:{person}", datetime.now(UTC))
    if row is None:
        raise UnknownPerson(
            "Person {person}: not in the register of people, expected one who is; "
            "next: tender people list, tender people add",
            person=person or "?",
        )
    return row


def person_identity(config: Settings, person: str) -> Holder:
    """Load a person's keys from the keys folder.

    Raises:
        IdentityRefused: no keys, or another passphrase; it names the person.
        NoPassphrase: the file that the settings name is not there.
    """
    try:
        return FileIdentity(config.keys_home / person, passphrase_of(config, person)).load()
    except IdentityRefused as refused:
        raise IdentityRefused("Keys of {person}: {why}", person=person, why=say(refused)) from None


def worker_identity(config: Settings, worker: str) -> Holder:
    """Load this worker's own keys, from TENDERFLOW_IDENTITY or the keys folder.

    A passphrase beside the keys is theirs. TENDERFLOW_PASSPHRASE_FILE belongs to TENDERFLOW_IDENTITY where that is set;
    else it may be that of the person who runs a command.
    """
    folder = config.keys_home / f"worker-{worker}"
    secret = folder / "passphrase"
    place = config.identity or str(folder)
    found = [secret if secret.exists() else None, config.passphrase_file]
    first, second = reversed(found) if config.identity else found
    return provider(place, first or second).load()


def passphrase_of(config: Settings, person: str) -> Path | None:
    """Return the file with the passphrase of a person's keys, or a way to ask for it.

    The first custodian's was made with the keys and lies beside them, whatever TENDERFLOW_PASSPHRASE_FILE says of
    whoever sits here.
    """
    beside = config.keys_home / person / "passphrase"
    if person == CUSTODIAN and beside.exists():
        return beside
    if config.passphrase_file is not None:
        if not config.passphrase_file.is_file():
            raise NoPassphrase(
                "Passphrase of {person}: no file {file} found, expected the one of TENDERFLOW_PASSPHRASE_FILE; "
                "next: correct it, or unset it to be asked",
                person=person,
                file=str(config.passphrase_file),
            )
        return config.passphrase_file
    return beside if beside.exists() else _Asked(person)  # type: ignore[return-value]


class _Asked:
    """Asks for a passphrase at the terminal."""

    def __init__(self, person: str) -> None:
        self._person = person

    def __call__(self) -> str:
        import getpass

        return getpass.getpass(_("Passphrase of {person}: ").format(person=self._person))


def price_archive(role: str) -> "PriceArchive":
    """Return the price archive as a role sees it."""
    from storage.prices import PriceArchive  # its engines take half a second, and most commands need none

    config = settings()
    credential = store_credential(config, role)
    if not config.s3_endpoint:
        return PriceArchive.s3(credential)
    bucket = f"{config.bucket_prefix}prices"
    return PriceArchive.s3(credential, bucket, secure=config.s3_secure, region=config.s3_region, ca=config.s3_ca)


def tenders() -> list[str]:
    """Return the ids of every tender in the store."""
    store = object_store(settings(), "person")
    return sorted(ledger for ledger in store.folders(LEDGER_BUCKET) if is_tender(ledger))


def is_tender(ledger: str) -> bool:
    """Tell whether a ledger is a tender's: neither the house's nor one whose prefix says what it is."""
    return ledger != HOUSE and "." not in ledger and not ledger.startswith(NOTICE)


@contextmanager
def prefect_api() -> Iterator[None]:
    """Speak to the Prefect server of this installation; a process that Prefect started is already connected."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from flows.supervise import prefect_connection

    url, auth = prefect_connection(settings())
    with temporary_settings({PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: auth}):
        yield


def ui_url(run: UUID) -> str:
    """Return the address of a run in the Prefect UI."""
    from flows.supervise import prefect_connection

    url, _auth = prefect_connection(settings())
    return f"{url.removesuffix('/api')}/runs/flow-run/{run}"


__all__ = ["embedded_store", "open_case", "price_archive", "settings"]
