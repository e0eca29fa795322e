"""Keyrings: the private half of a compartment's key, in an age file for its holders, under a signed statement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import age, policy, signed
from storage.canonical import digest, now, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.objects import AlreadyExists, ObjectStore
from storage.people import People

BUCKET = "keys"
NAMESPACE = "tender-keyring@v1"
_ARMOR_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_NO_KEYRING = "0" * 64


class KeyringRefused(StorageError):
    """A keyring is missing, altered, rolled back, or by someone who may not write it."""


class NotForYou(StorageError):
    """The holder does not stand in the keyring of the compartment."""


def not_for_you(compartment: str, ledger: str, holder: Holder) -> NotForYou:
    """Return the refusal of a holder who does not stand in the keyring of a compartment."""
    return NotForYou(
        "compartment {compartment} of {ledger}: {name} does not stand in its keyring (SJE/ZY/GK-02 art. 3.4); "
        "next: ask the handler to let you in (tender keys admit); a price opens through the procedure alone",
        compartment=compartment,
        ledger=ledger,
        name=holder.name,
    )


@dataclass(frozen=True)
class Keyring:
    """One verified version of a compartment's keyring.

    Attributes:
        recipient: the public half that writers seal to, ``age1…``.
        holders: name → age recipient of those who can open it.
        sealed: the armored age file with the private halves, the newest first.
        digest: of the stored record.
    """

    compartment: str
    version: int
    recipient: str
    holders: Mapping[str, str]
    by: str
    at: datetime
    reason: str
    sealed: bytes
    digest: str

    def event_body(self) -> dict[str, Any]:
        """Return what the ledger says of this version."""
        return {
            "compartment": self.compartment,
            "recipient": self.recipient,
            "holders": sorted(self.holders),
            "version": self.version,
            "reason": self.reason,
            "keyring": self.digest,
        }


class Keyrings:
    """The keyrings of one tender, as one holder sees them.

    Args:
        store: the object store.
        tender: its id.
        holder: who opens and writes.
        people: the register that signers and holders are held against.
    """

    def __init__(self, store: ObjectStore, tender: str, holder: Holder, people: People) -> None:
        self._store = store
        self.tender = tender
        self._holder = holder
        self._known: dict[str, dict[int, str]] = {}
        self._public: dict[str, str] = {}
        self._chains: dict[str, list[Keyring]] = {}
        self.team = policy.team_before(people, tender)
        self.record: Callable[[Keyring], None] = lambda _keyring: None
        """Called with each new version; the ledger puts its event there."""

    def exists(self, compartment: str) -> bool:
        """Say whether the compartment has a keyring in the store."""
        return any(True for _ in self._store.list(BUCKET, f"{self.tender}/{compartment}/"))

    def mine(self) -> tuple[Keyring, ...]:
        """Return the present keyring of every compartment whose keyring the holder may write."""
        return tuple(
            self.current(name)
            for name, roles in policy.KEYRING_WRITERS.items()
            if self.team.has(self._holder.name, roles, now()) and self.exists(name)
        )

    def current(self, compartment: str) -> Keyring:
        """Return the present version, with the whole chain before it verified.

        Raises:
            KeyringRefused: none, altered, rolled back behind what the ledger knows, or by the wrong writer.
        """
        return self.chain(compartment)[-1]

    def recipient(self, compartment: str) -> age.X25519Recipient:
        """Return the public half that writers seal to.

        Once the ledger was read it is the one that the ledger names, so a writer need not be allowed to read keyrings.
        See `current` for errors.
        """
        return _x25519(self._public.get(compartment) or self.current(compartment).recipient)

    def open(self, compartment: str) -> tuple[age.X25519Identity, ...]:
        """Return the private halves, the present one first, then those of before a change of the key.

        Raises:
            NotForYou: the holder does not stand in it.
        """
        keyring = self.current(compartment)
        if self._holder.name not in keyring.holders:
            self.forget(compartment)
            keyring = self.current(compartment)
        return self._open(keyring)

    def create(
        self, compartment: str, holders: Mapping[str, age.X25519Recipient], *, reason: str = "created"
    ) -> age.X25519Recipient:
        """Make the key pair of a compartment; the maker sees the private half whether or not they are a holder.

        Returns:
            The public half.

        Raises:
            PolicyRefused: the holder may not make it, or one of ``holders`` may never open it.
            KeyringRefused: it exists.
        """
        if self.exists(compartment):
            raise KeyringRefused("keyring of {compartment}: it exists", compartment=compartment)
        keyring = self._write(compartment, [age.generate_identity()], holders, reason)
        return _x25519(keyring.recipient)

    def change(
        self,
        compartment: str,
        *,
        add: Mapping[str, age.X25519Recipient] | None = None,
        remove: Iterable[str] = (),
        reason: str,
        new_key: bool = False,
    ) -> Keyring:
        """Write a new version with other holders; content is not touched.

        Taking a holder away makes a new key, for what is written from now on: see `Compartments.withdraw` for what
        stands. Holders stay with the key that the register has of them now; who has lost the right to the compartment
        is taken away too. Nothing to change writes nothing.

        Raises:
            PolicyRefused: the holder may not change it, or one of ``add`` may never open it.
            NotForYou: the holder cannot open it.
        """
        self._check_writer(compartment, self._holder.name, now())
        keyring = self.current(compartment)
        kept = {name: each for name, each in self._still_allowed(keyring).items() if name not in set(remove)}
        holders = kept | dict(add or {})
        gone = set(keyring.holders) - set(holders)
        if not new_key and {name: str(each) for name, each in holders.items()} == dict(keyring.holders):
            self.record(keyring)
            return keyring
        identities = list(self._open(keyring))
        if gone or new_key:
            identities.insert(0, age.generate_identity())
        return self._write(compartment, identities, holders, reason)

    def shred(self, compartment: str) -> int:
        """Delete every version of the keyring for good; without it nothing of the compartment opens.

        Returns:
            How many versions were deleted. Backups forget it when they expire.
        """
        self.forget(compartment)
        versions = list(self._store.versions(BUCKET, f"{self.tender}/{compartment}/"))
        for version in versions:
            self._store.delete(BUCKET, version.key, version_id=version.version_id)
        return len(versions)

    def expect(self, compartment: str, version: int, recipient: str, keyring_digest: str) -> None:
        """Learn from the ledger which record a version is; another one, or an older newest one, is refused."""
        self._known.setdefault(compartment, {})[version] = keyring_digest
        self._public[compartment] = recipient
        chain = self._chains.get(compartment)
        if chain is not None and len(chain) < version:
            self.forget(compartment)

    def chain(self, compartment: str) -> list[Keyring]:
        """Return every version, verified, oldest first. See `current`."""
        if compartment not in self._chains:
            keys = sorted(each.key for each in self._store.list(BUCKET, f"{self.tender}/{compartment}/"))
            if not keys:
                raise KeyringRefused(
                    "keyring of {compartment}: none; next: whoever makes that key makes it", compartment=compartment
                )
            records = self._store.get_many(BUCKET, keys)
            chain: list[Keyring] = []
            for key in keys:
                chain.append(self._verified(compartment, records[key], chain[-1] if chain else None))
            self._chains[compartment] = chain
        self._check_known(compartment, self._chains[compartment])
        return self._chains[compartment]

    def _still_allowed(self, keyring: Keyring) -> dict[str, age.X25519Recipient]:
        at, roles, found = now(), policy.OPENERS[keyring.compartment], {}
        for name, text in keyring.holders.items():
            row = self.team.people.find(name, at)
            if name == policy.RESCUE:
                found[name] = _x25519(text)
            elif row is not None and self.team.has(name, roles, at):
                found[name] = _x25519(row.age_recipient)
        return found

    def _write(
        self,
        compartment: str,
        identities: list[age.X25519Identity],
        holders: Mapping[str, age.X25519Recipient],
        reason: str,
    ) -> Keyring:
        at, chain = now(), self.chain(compartment) if self.exists(compartment) else []
        names = {name: str(recipient) for name, recipient in sorted(holders.items())}
        self._check_writer(compartment, self._holder.name, at)
        policy.check_openers(self.team, compartment, names, at)
        text = "".join(f"{each.to_text()}\n" for each in identities)
        sealed = age.armor(age.encrypt_bytes(text.encode(), list(holders.values())))
        statement = {
            "v": 1,
            "tender": self.tender,
            "compartment": compartment,
            "version": len(chain) + 1,
            "prev": chain[-1].digest if chain else _NO_KEYRING,
            "recipient": str(identities[0].recipient()),
            "holders": names,
            "sha256": digest(sealed),
            "by": self._holder.name,
            "at": stamp(at),
            "reason": reason,
        }
        record = signed.write(statement, self._holder.signing, NAMESPACE) + sealed
        self._put(compartment, len(chain) + 1, record)
        keyring = self._verified(compartment, record, chain[-1] if chain else None)
        self._chains[compartment] = [*chain, keyring]
        self.record(keyring)
        return keyring

    def _put(self, compartment: str, version: int, record: bytes) -> None:
        key = f"{self.tender}/{compartment}/{version:04d}"
        try:
            self._store.put(BUCKET, key, record, if_absent=True)
        except AlreadyExists:
            self.forget(compartment)
            raise KeyringRefused(
                "keyring of {compartment}: someone else changed it just now; next: look and try again",
                compartment=compartment,
            ) from None

    def _verified(self, compartment: str, record: bytes, before: Keyring | None) -> Keyring:
        head, begin, rest = record.partition(_ARMOR_BEGIN)
        statement, signer = signed.read(head, NAMESPACE)
        expected = {
            "v": 1,
            "tender": self.tender,
            "compartment": compartment,
            "version": before.version + 1 if before else 1,
            "prev": before.digest if before else _NO_KEYRING,
            "sha256": digest(begin + rest),
        }
        for field, value in expected.items():
            if statement.get(field) != value:
                raise KeyringRefused(
                    "keyring of {compartment}: {field} differs from what stands here; next: treat it as exchanged",
                    compartment=compartment,
                    field=field,
                )
        at = read_time(statement["at"])
        if self.team.people.holder_for_key(signer, at).holder != statement["by"]:
            raise KeyringRefused("keyring of {compartment}: signed by another key", compartment=compartment)
        self._check_writer(compartment, statement["by"], at)
        policy.check_openers(self.team, compartment, statement["holders"], at)
        return Keyring(
            compartment,
            statement["version"],
            statement["recipient"],
            statement["holders"],
            statement["by"],
            at,
            statement["reason"],
            begin + rest,
            digest(record),
        )

    def _check_writer(self, compartment: str, holder: str, at: datetime) -> None:
        roles = policy.KEYRING_WRITERS.get(compartment, frozenset())
        policy.check(self.team, holder, roles, at, f"writing the keyring of {compartment}")

    def _check_known(self, compartment: str, chain: list[Keyring]) -> None:
        for version, expected in self._known.get(compartment, {}).items():
            if version > len(chain) or chain[version - 1].digest != expected:
                raise KeyringRefused(
                    "keyring of {compartment}: version {version} of the ledger is not in the store; "
                    "next: treat the keyring as rolled back",
                    compartment=compartment,
                    version=version,
                )

    def _open(self, keyring: Keyring) -> tuple[age.X25519Identity, ...]:
        try:
            text = age.decrypt_bytes(age.dearmor(keyring.sealed), [self._holder.age])
        except age.NoMatchError:
            raise not_for_you(keyring.compartment, self.tender, self._holder) from None
        identities = [each for each in age.parse_identities(text.decode()) if isinstance(each, age.X25519Identity)]
        if str(identities[0].recipient()) != keyring.recipient:
            raise KeyringRefused(
                "keyring of {compartment}: private and public half differ", compartment=keyring.compartment
            )
        return tuple(identities)

    def forget(self, compartment: str) -> None:
        """Read the keyring again when it is next needed."""
        self._chains.pop(compartment, None)


def _x25519(text: str) -> age.X25519Recipient:
    recipient = age.parse_recipient(text)
    if not isinstance(recipient, age.X25519Recipient):
        raise KeyringRefused("keyring: found a key of another kind than X25519")
    return recipient
