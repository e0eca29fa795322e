"""Where an archive lies, a folder or a bucket, and what its refusals mean."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from pyarrow import fs

from storage.errors import StorageError


class ArchiveError(StorageError):
    """The price archive refused or failed."""


class ArchiveBusy(ArchiveError):
    """Other writers kept winning, or the store did not answer; trying again helps."""

    transient = True


_AUTHORITIES = "SSL_CERT_FILE"
_ONE_AT_A_TIME = threading.Lock()


class Credential(Protocol):
    """What a key of the object store says about itself."""

    @property
    def endpoint(self) -> str:
        """`http[s]://host:port`, or `host:port` for plain HTTP."""

    @property
    def access_key(self) -> str: ...

    @property
    def secret_key(self) -> str: ...


@dataclass(frozen=True)
class Place:
    """A folder, or `s3://bucket[/prefix]` with deltalake's storage options.

    `ca` is the file of the authorities that the store's certificate is held against; None: those of the system.
    """

    location: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca: Path | None = None

    @classmethod
    def of_credential(
        cls,
        credential: Credential,
        bucket: str,
        *,
        secure: bool = False,
        region: str = "us-east-1",
        ca: Path | None = None,
    ) -> "Place":
        """Return the place of `bucket` as `credential` sees it; `secure` speaks TLS where the endpoint does not say."""
        scheme = "https" if secure else "http"
        endpoint = credential.endpoint if "://" in credential.endpoint else f"{scheme}://{credential.endpoint}"
        options = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": credential.access_key,
            "AWS_SECRET_ACCESS_KEY": credential.secret_key,
            "AWS_REGION": region,
            "AWS_ALLOW_HTTP": str(endpoint.startswith("http://")).lower(),
            "aws_conditional_put": "etag",
        }
        return cls(f"s3://{bucket}", options, ca)

    @property
    def is_local(self) -> bool:
        """Whether this is a folder of this machine."""
        return not self.location.startswith("s3://")

    def uri(self, table: str) -> str:
        """Return where a table lies."""
        return f"{self.location}/{table}"

    def open(self, table: str, version: int | None = None) -> DeltaTable | None:
        """Return a table, now or at a version; None when nothing was ever archived.

        Raises:
            ArchiveError: the key may not read, the version does not exist, the store does not answer.
        """
        with translated(table):
            try:
                with self._trusting():
                    return DeltaTable(self.uri(table), version=version, storage_options=dict(self.options) or None)
            except TableNotFoundError:
                return None

    def create(self, table: str, kinds: pa.Schema, partitions: Sequence[str]) -> DeltaTable:
        """Return a table, made where it is missing."""
        if self.is_local:
            Path(self.location).mkdir(parents=True, exist_ok=True)
        options = dict(self.options) or None
        with self._trusting():
            DeltaTable.create(
                self.uri(table), kinds, mode="ignore", partition_by=list(partitions), storage_options=options
            )
            return DeltaTable(self.uri(table), storage_options=options)

    @contextmanager
    def _trusting(self) -> Iterator[None]:
        """Let a client made now trust the place's authorities, which deltalake takes from SSL_CERT_FILE alone."""
        if self.ca is None:
            yield
            return
        with _ONE_AT_A_TIME:
            before = os.environ.get(_AUTHORITIES)
            os.environ[_AUTHORITIES] = str(self.ca)
            try:
                yield
            finally:
                os.environ.pop(_AUTHORITIES)
                if before is not None:
                    os.environ[_AUTHORITIES] = before

    def files(self) -> tuple[fs.FileSystem, str]:
        """Return the file system of the place and the path of the archive in it."""
        if self.is_local:
            return fs.LocalFileSystem(), str(Path(self.location))
        endpoint = urlsplit(self.options["AWS_ENDPOINT_URL"])
        s3 = fs.S3FileSystem(
            access_key=self.options["AWS_ACCESS_KEY_ID"],
            secret_key=self.options["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=endpoint.netloc,
            scheme=endpoint.scheme,
            region=self.options["AWS_REGION"],
            tls_ca_file_path=None if self.ca is None else str(self.ca),
        )
        return s3, self.location.removeprefix("s3://")


_REFUSED = ("accessdenied", "forbidden", "permission", "failed to parse parquet")
_UNTRUSTED = ("certificate", "unknownissuer", "ssl connect error")
_SILENT = ("error sending request", "connection refused", "timed out", "connect error")


@contextmanager
def translated(table: str) -> Iterator[None]:
    """Say plainly what the engines' errors mean; a lost race (`CommitFailedError`) passes as it is.

    A write with a reader's key shows in deltalake as "Failed to parse parquet": it reads the refusal as data.
    """
    try:
        yield
    except (CommitFailedError, TableNotFoundError):
        raise
    except (DeltaError, OSError) as error:
        text = str(error).lower()
        if any(sign in text for sign in _UNTRUSTED):
            raise ArchiveError(
                "price archive: the certificate of the store is not trusted, expected one of TENDERFLOW_S3_CA; "
                "next: correct that file, or the certificate"
            ) from error
        if any(sign in text for sign in _REFUSED):
            raise ArchiveError(
                "price archive: this key may not do that with {table}, an analyst's only reads; next: use one that may",
                table=table,
            ) from error
        if any(sign in text for sign in _SILENT):
            raise ArchiveBusy(
                "price archive: the object store does not answer; next: start it, then try again"
            ) from error
        raise ArchiveError("price archive: {table}: {detail}", table=table, detail=type(error).__name__) from error
