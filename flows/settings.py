"""The settings of an installation, from TENDERFLOW_… variables or a file `tenderflow.env` in the working directory.

The language of messages (TENDERFLOW_LANG) is read by `flows.i18n` alone, before any command is loaded.
"""

import json
import stat
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.errors import TenderError
from storage.embedded import EmbeddedStore, StoreCredential
from storage.minio_objects import MinioObjects
from storage.objects import ObjectStore

WORKERS = ("assembly", "pricing", "archive")
"""The work pools of a tender; each has one kind of worker with an identity and a store credential of its own."""
BACKUP = "backup"
"""The pool of the nightly backup; its worker holds no identity and runs where `TENDERFLOW_BACKUP` names a folder."""


class SettingsWrong(TenderError):
    """A setting has a value that cannot be used."""


class Settings(BaseSettings):
    """What may differ between installations; every field is a variable TENDERFLOW_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="TENDERFLOW_", env_file="tenderflow.env")

    home: Path = Field(
        default=Path(".tenderflow"), description="Folder of everything that `tender up` keeps on this host."
    )
    keys: Path | None = Field(
        default=None, description="Folder of the identities, one sub-folder each; default <home>/keys."
    )
    identity: str = Field(
        default="", description="Where a worker loads its identity: a folder, credential:NAME, exec:COMMAND."
    )

    passphrase_file: Path | None = Field(
        default=None, description="File (0600) with the passphrase of the identity in use; else it is asked for."
    )
    custodian_key: str = Field(
        default="",
        description="ssh-ed25519 line that signed the first register of people; default <home>/custodian.pub.",
    )

    s3_endpoint: str = Field(default="", description="host:port of an external S3; empty means the embedded store.")
    s3_secure: bool = Field(default=True, description="Whether the external S3 speaks TLS.")
    s3_region: str = Field(default="us-east-1", description="Region of the external S3.")
    s3_ca: Path | None = Field(default=None, description="File of the certificate authorities of the external S3.")
    s3_access_key: SecretStr = Field(default=SecretStr(""), description="This process's own access key.")
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="This process's own secret key.")
    s3_credentials: Path | None = Field(
        default=None, description='File (0600) with a key per role: {"pricing": {"access": "…", "secret": "…"}, …}.'
    )
    bucket_prefix: str = Field(
        default="", pattern=r"^[a-z0-9-]{0,40}$", description="Put before every bucket name of the external S3."
    )
    retention_days: int = Field(
        default=3650, ge=1, description="Default retention of ledger, anchors, archive and registers."
    )

    prefect_api_url: str = Field(default="", description="…/api of an external Prefect server; empty means our own.")
    prefect_auth: SecretStr = Field(default=SecretStr(""), description="user:password of the external Prefect server.")
    prefect_database: SecretStr = Field(
        default=SecretStr(""),
        description="postgresql+asyncpg://… for our own Prefect server; empty means SQLite in the home.",
    )
    prefect_port: int = Field(
        default=0, ge=0, le=65535, description="Port of our own Prefect server; 0 finds a free one."
    )
    price_rules: Path | None = Field(
        default=None, description="Folder of the company's decision rights over prices; empty means those built in."
    )
    backup: Path | None = Field(
        default=None, description="Folder of the nightly backup; empty means that no backup is made."
    )
    backup_days: int = Field(default=90, ge=1, description="How long a nightly backup is kept.")
    snapshot: Path | None = Field(
        default=None, description="Folder of the nightly copy of the price archive in the clear; empty means none."
    )
    calendars: Path | None = Field(
        default=None, description="Folder of yearly working-day calendars <year>.yaml; empty means those shipped."
    )
    notice_days: dict[str, int] = Field(
        default_factory=dict,
        description='Standard lead time of notices by kind, in working days: {"support": 5, "bid": 10, …}.',
    )
    smtp_host: str = Field(default="", description="Mail server of reminders; empty means that none are mailed.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the mail server is spoken to; none only on a trusted network."
    )
    smtp_ca: Path | None = Field(default=None, description="File of the certificate authorities of the mail server.")
    smtp_user: str = Field(default="", description="User at the mail server; empty means no login.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail server.")
    smtp_from: str = Field(default="", description="Sender of reminders; needed where smtp_host is set.")
    worker_limit: int = Field(default=4, ge=1, description="How many runs one worker carries out at a time.")
    sweep_seconds: float = Field(default=30.0, gt=0, description="Time between two looks of the sweeper.")

    @field_validator(
        "home",
        "keys",
        "passphrase_file",
        "s3_ca",
        "s3_credentials",
        "price_rules",
        "backup",
        "snapshot",
        "calendars",
        "smtp_ca",
    )
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @property
    def keys_home(self) -> Path:
        """Folder of the identities: `<keys>/worker-pricing`, `<keys>/zhao.min`, …"""
        return self.keys or self.home / "keys"

    @property
    def store_home(self) -> Path:
        """Folder of the embedded store."""
        return self.home / "store"

    @property
    def prefect_home(self) -> Path:
        """Folder of our own Prefect server."""
        return self.home / "prefect"

    @property
    def one_host(self) -> bool:
        """Whether every worker runs here: the Prefect server is ours and keeps its SQLite."""
        return not (self.prefect_api_url or self.prefect_database.get_secret_value())

    @property
    def run_folder(self) -> Path:
        """Folder of locks and of the supervisor's state."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """Folder of the logs of every process."""
        return self.home / "logs"

    def as_environment(self) -> dict[str, str]:
        """Return the settings that were given, as the variables of a child that works in another folder."""
        given = self.model_dump(exclude_unset=True, exclude_none=True)
        return {f"TENDERFLOW_{name}".upper(): _text(value) for name, value in given.items()} | {
            "TENDERFLOW_HOME": str(self.home)
        }


def _text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def load() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsWrong: names the first variable that cannot be used, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        if first["type"] == "extra_forbidden":
            raise SettingsWrong(
                "tenderflow.env: found {name}, which is no setting of an installation; "
                "next: correct it (docs/operations.md lists them), or set it in the shell if it is a person's own",
                name=str(first["loc"][0]).upper(),
            ) from None
        raise SettingsWrong(
            "Setting TENDERFLOW_{name}: {found}; next: correct the variable or tenderflow.env",
            name="_".join(map(str, first["loc"])).upper(),
            found=first["msg"],
        ) from None


def pools(settings: Settings) -> tuple[str, ...]:
    """Return the work pools that this installation serves."""
    return (*WORKERS, BACKUP) if settings.backup else WORKERS


def embedded_store(settings: Settings) -> EmbeddedStore:
    """Return the embedded store of this installation, started or not."""
    return EmbeddedStore(settings.store_home, retention_days=settings.retention_days)


def store_credential(settings: Settings, role: str) -> StoreCredential:
    """Return with which key this process speaks to the store for a role in `storage.embedded.ROLES`.

    Its own key when one is set (then the role does not matter), else the role's key from the credentials file of the
    external S3, else that of the embedded store.

    Raises:
        SettingsWrong: an external S3 without a key for the role.
    """
    if settings.s3_access_key.get_secret_value():
        access, secret = settings.s3_access_key.get_secret_value(), settings.s3_secret_key.get_secret_value()
        return StoreCredential(settings.s3_endpoint, access, secret)
    if not settings.s3_endpoint:
        return embedded_store(settings).credentials(role)
    keys = _credentials(settings.s3_credentials).get(role)
    if keys is None:
        raise SettingsWrong(
            "External S3: found no key for role {role}, expected one in TENDERFLOW_S3_CREDENTIALS; "
            "next: add it to that file",
            role=role,
        )
    return StoreCredential(settings.s3_endpoint, keys["access"], keys["secret"])


def object_store(settings: Settings, role: str) -> ObjectStore:
    """Return the object store as a role sees it, see `store_credential`."""
    credential = store_credential(settings, role)
    return MinioObjects(
        credential.endpoint,
        credential.access_key,
        credential.secret_key,
        secure=settings.s3_secure if settings.s3_endpoint else False,
        region=settings.s3_region,
        ca=settings.s3_ca,
        bucket_prefix=settings.bucket_prefix if settings.s3_endpoint else "",
    )


def _credentials(path: Path | None) -> dict[str, dict[str, str]]:
    if path is None:
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsWrong("{file}: found it readable by others, expected mode 0600; next: chmod 600", file=path.name)
    return dict(json.loads(path.read_text()))
