"""A holder's two private keys, one that opens and one that signs, and where they are loaded from."""

import os
import shlex
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from storage import age
from storage.age import X25519Identity
from storage.age.scrypt import DEFAULT_WORK_FACTOR
from storage.canonical import canonical, parse
from storage.errors import StorageError
from storage.sshsig import public_line

IDENTITY_FILE = "identity.age"
SIGNING_FILE = "id_ed25519"
PUBLIC_FILE = "public.json"
BCRYPT_ROUNDS = 24
"""Rounds of OpenSSH's key derivation, as `ssh-keygen` of today uses."""
_OPENSSH_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
_EXEC_SECONDS = 60.0
_LIMIT = 64 * 1024  # bytes of an identity text; a real one has about 700


class IdentityRefused(StorageError):
    """An identity cannot be loaded: missing, open to others, a wrong passphrase, or broken."""


@dataclass(frozen=True)
class Holder:
    """Whoever owns keys: ``person:zhao.min`` or ``worker:pricing``."""

    name: str
    age: X25519Identity = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    @property
    def ssh_key(self) -> str:
        """The public signing key as an OpenSSH line."""
        return public_line(self.signing.public_key())

    @property
    def recipient(self) -> str:
        """The public half of the age identity, ``age1…``."""
        return str(self.age.recipient())

    def to_text(self) -> str:
        """Return both private keys as one text, which a secret store may hold; `read_holder` reads it."""
        private = _openssh(self.signing, NoEncryption())
        return f"# holder: {self.name}\n{self.age.to_text()}\n{private}"


class IdentityProvider(Protocol):
    """Where a process gets its holder from."""

    def load(self) -> Holder:
        """Return the holder.

        Raises:
            IdentityRefused: it cannot be had.
        """


@dataclass(frozen=True)
class FileIdentity:
    """A folder that `create_holder` wrote.

    Args:
        folder: with ``identity.age``, ``id_ed25519`` and ``public.json``.
        passphrase: a function that asks for it, a file (0600) that holds it, or None when the keys have none.
    """

    folder: Path
    passphrase: Callable[[], str] | Path | None = field(default=None, repr=False)

    def load(self) -> Holder:
        """Return the holder. See `IdentityProvider`."""
        public, secret = read_public(self.folder), self._passphrase()
        identity = _open_age(_read_private(self.folder / IDENTITY_FILE), secret)
        holder = Holder(public["name"], identity, _open_ssh(_read_private(self.folder / SIGNING_FILE), secret))
        if (holder.recipient, holder.ssh_key) != (public["recipient"], public["ssh_key"]):
            raise IdentityRefused("identity of {name}: private and public keys differ", name=holder.name)
        return holder

    def _passphrase(self) -> str | None:
        if isinstance(self.passphrase, Path):
            return _read_private(self.passphrase).decode().rstrip("\r\n")
        return self.passphrase() if self.passphrase else None


@dataclass(frozen=True)
class CredentialIdentity:
    """A text of `Holder.to_text` that systemd (``LoadCredential=``) or Docker (secrets) hands to the process.

    Args:
        name: of the credential, such as ``worker-pricing``.
        folders: where to look; by default ``$CREDENTIALS_DIRECTORY``, then ``/run/secrets``.
    """

    name: str
    folders: tuple[Path, ...] = ()

    def load(self) -> Holder:
        """Return the holder. See `IdentityProvider`."""
        given = os.environ.get("CREDENTIALS_DIRECTORY")
        folders = self.folders or (*([Path(given)] if given else []), Path("/run/secrets"))
        for folder in folders:
            if (folder / self.name).is_file():
                return read_holder(_read_small(folder / self.name).decode(errors="replace"))
        raise IdentityRefused(
            "credential {name}: not found in {folders}; next: LoadCredential= or a Docker secret of that name",
            name=self.name,
            folders=", ".join(map(str, folders)),
        )


@dataclass(frozen=True)
class ExecIdentity:
    """Any command that prints a text of `Holder.to_text`: Vault, a KMS, a password manager.

    Args:
        command: run without a shell; its output is never shown.
    """

    command: str

    def load(self) -> Holder:
        """Return the holder. See `IdentityProvider`."""
        try:
            words = shlex.split(self.command) or [""]
            done = subprocess.run(words, stdout=subprocess.PIPE, timeout=_EXEC_SECONDS, check=False)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise IdentityRefused("identity command: {kind}; next: run it by hand", kind=type(error).__name__) from None
        if done.returncode or len(done.stdout) > _LIMIT:
            raise IdentityRefused("identity command: exit code {code}; next: run it by hand", code=done.returncode)
        return read_holder(done.stdout.decode(errors="replace"))


def provider(place: str, passphrase: Callable[[], str] | Path | None = None) -> IdentityProvider:
    """Return the provider that a setting names: ``exec:COMMAND``, ``credential:NAME`` or a folder."""
    kind, _, rest = place.partition(":")
    if kind == "exec":
        return ExecIdentity(rest)
    return CredentialIdentity(rest) if kind == "credential" else FileIdentity(Path(place), passphrase)


def create_holder(folder: Path, name: str, passphrase: str | None, *, work_factor: int = DEFAULT_WORK_FACTOR) -> Holder:
    """Make both key pairs and write them to a new folder (0700), private files 0600.

    Args:
        folder: must not hold an identity yet.
        name: ``person:<id>`` or ``worker:<name>``.
        passphrase: protects both private keys; None only where the disk itself is the protection.
        work_factor: scrypt's, as the base-two logarithm of its rounds.

    Raises:
        IdentityRefused: there is one already.
    """
    holder = Holder(name, age.generate_identity(), Ed25519PrivateKey.generate())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write_new(folder / IDENTITY_FILE, _seal_age(holder.age, passphrase, work_factor), 0o600)
    _write_new(folder / SIGNING_FILE, _openssh(holder.signing, _protection(passphrase)).encode(), 0o600)
    _write_new(folder / f"{SIGNING_FILE}.pub", f"{holder.ssh_key} {name}\n".encode(), 0o644)
    public = {"name": name, "recipient": holder.recipient, "ssh_key": holder.ssh_key}
    _write_new(folder / PUBLIC_FILE, canonical(public) + b"\n", 0o644)
    return holder


def read_public(folder: Path) -> Mapping[str, str]:
    """Return ``{name, recipient, ssh_key}`` of the holder in a folder, without any private key.

    Raises:
        IdentityRefused: there is no identity.
    """
    value = parse(_read_small(folder / PUBLIC_FILE).rstrip(b"\n"))
    if set(value) != {"name", "recipient", "ssh_key"}:
        raise IdentityRefused("{path}: found other fields than expected", path=str(folder / PUBLIC_FILE))
    return value


def read_holder(text: str) -> Holder:
    """Read the text of `Holder.to_text`.

    Raises:
        IdentityRefused: broken; the message never repeats any of it.
    """
    head, begin, private = text.partition(_OPENSSH_BEGIN)
    names = [line.removeprefix("# holder: ") for line in head.splitlines() if line.startswith("# holder: ")]
    if len(names) != 1 or not begin:
        raise IdentityRefused("identity text: expected a line `# holder:`, an age identity and an OpenSSH key")
    signing = _open_ssh((begin + private).encode(), None)
    return Holder(names[0].strip(), _open_age(head.encode(), None), signing)


def _seal_age(identity: X25519Identity, passphrase: str | None, work_factor: int) -> bytes:
    text = f"# public key: {identity.recipient()}\n{identity.to_text()}\n".encode()
    if passphrase is None:
        return text
    return age.encrypt_bytes(text, [age.ScryptRecipient(passphrase, work_factor=work_factor)])


def _open_age(data: bytes, passphrase: str | None) -> X25519Identity:
    try:
        if passphrase is not None:
            data = age.decrypt_bytes(data, [age.ScryptIdentity(passphrase)])
        identities = age.parse_identities(data.decode())
    except (age.AgeError, UnicodeDecodeError):
        raise IdentityRefused("age identity: it does not open; next: check the passphrase") from None
    if len(identities) != 1 or not isinstance(identities[0], X25519Identity):
        raise IdentityRefused("age identity: expected exactly one X25519 identity")
    return identities[0]


def _open_ssh(data: bytes, passphrase: str | None) -> Ed25519PrivateKey:
    try:
        key = load_ssh_private_key(data, passphrase.encode() if passphrase is not None else None)
    except (ValueError, TypeError):
        raise IdentityRefused("signing key: it does not open; next: check the passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityRefused("signing key: expected Ed25519; next: make one with `tender keys new`")
    return key


def _openssh(key: Ed25519PrivateKey, protection: KeySerializationEncryption) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, protection).decode()


def _protection(passphrase: str | None) -> KeySerializationEncryption:
    if passphrase is None:
        return NoEncryption()
    return PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(BCRYPT_ROUNDS).build(passphrase.encode())


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise IdentityRefused("{path}: it exists; next: choose another folder", path=str(path)) from None
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(data)


def _read_private(path: Path) -> bytes:
    data = _read_small(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise IdentityRefused("{path}: others may read it; next: chmod 600 {path}", path=str(path))
    return data


def _read_small(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LIMIT:
            raise IdentityRefused("{path}: too large for an identity", path=str(path))
        return path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise IdentityRefused("{path}: {reason}; next: `tender keys new`", path=str(path), reason=reason) from None
