"""An object store over any S3, through the `minio` client: the only module that imports it.

What the client lacks or defaults badly is set here: conditional writes, timeouts, bounded retries, part size,
and one family of errors.
"""

import base64
import hashlib
import io
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from storage.many_reads import find_many, read_many
from storage.objects import AlreadyExists, ObjectInfo, ObjectMissing, ObjectVersion, StoreRefused
from storage.s3_errors import from_code, from_status, unreachable, untrusted

PART_BYTES = 10 * 1024 * 1024
"""Size of one part of an upload, and the largest object that goes as one request."""

CONNECT_SECONDS, READ_SECONDS = 15, 60
"""The first also bounds the sending of one whole part, so it must not be small."""

SIGNED_FOR = timedelta(minutes=15)
"""How long the address of a small object may be read: as long as a store takes any signature."""

RETRIES = urllib3.Retry(
    total=3, connect=3, read=1, status=3, backoff_factor=0.2, status_forcelist=[502, 503, 504], raise_on_status=False
)


_METADATA = "x-amz-meta-"


class MinioObjects:
    """The objects of one S3 endpoint, seen with one credential.

    Args:
        endpoint: `host:port`, without scheme.
        access_key, secret_key: The credential; what it may do is the store's policy.
        secure: Whether to speak TLS.
        region: Named so that the client does not ask the store for it on every bucket.
        ca: File of the certificate authorities to trust; None means the usual ones.
        bucket_prefix: Put before every bucket name, so that several installations share a store.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        *,
        secure: bool = True,
        region: str = "us-east-1",
        ca: Path | None = None,
        bucket_prefix: str = "",
    ) -> None:
        authorities = str(ca) if ca else certifi.where()
        self._tls = ssl.create_default_context(cafile=authorities) if secure else None
        pool = urllib3.PoolManager(
            maxsize=32,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=RETRIES,
            cert_reqs="CERT_REQUIRED",
            ca_certs=authorities,
        )
        self._client = Minio(endpoint, access_key, secret_key, secure=secure, region=region, http_client=pool)
        self._prefix = bucket_prefix

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes | BinaryIO,
        *,
        length: int | None = None,
        if_absent: bool = False,
        retain_until: datetime | None = None,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """See `ObjectStore.put`. A conditional write is one request, so at most `PART_BYTES` long."""
        retention = Retention(COMPLIANCE, retain_until.astimezone(UTC)) if retain_until else None
        shown = {"Content-Type": content_type, **{_METADATA + name: text for name, text in (metadata or {}).items()}}
        body = data if isinstance(data, bytes) else _small(data, length, must=if_absent)
        if body is None:
            return self._put_stream(bucket, key, cast(BinaryIO, data), length, retention, shown)
        if len(body) > PART_BYTES:
            if if_absent:
                raise _too_long_for_condition(len(body))
            return self._put_stream(bucket, key, io.BytesIO(body), len(body), retention, shown)
        return self._put_once(bucket, key, body, if_absent, retention, shown)

    def _put_once(
        self, bucket: str, key: str, body: bytes, if_absent: bool, retention: Retention | None, shown: dict[str, str]
    ) -> ObjectInfo:
        headers = {**shown, "Content-MD5": _md5(body)}
        if if_absent:
            headers["If-None-Match"] = "*"
        if retention:
            headers["x-amz-object-lock-mode"] = retention.mode
            headers["x-amz-object-lock-retain-until-date"] = retention.retain_until_date.strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            with translated(bucket, key):
                # `put_object` knows no conditional header; as metadata it would be ignored in silence.
                written = self._client._put_object(self._prefix + bucket, key, body, cast(Any, headers))
        except AlreadyExists as error:
            if not self._is_own_retry(bucket, key, body, error):
                raise
            return self.stat(bucket, key)
        return self._written(bucket, key, written, len(body))

    def _is_own_retry(self, bucket: str, key: str, body: bytes, error: AlreadyExists) -> bool:
        """Tell whether a refused write was a repeated request whose first sending had arrived."""
        cause = error.__cause__
        history = getattr(getattr(cause.response, "retries", None), "history", ()) if isinstance(cause, S3Error) else ()
        return bool(history) and self.get(bucket, key) == body

    def _put_stream(
        self,
        bucket: str,
        key: str,
        stream: BinaryIO,
        length: int | None,
        retention: Retention | None,
        shown: dict[str, str],
    ) -> ObjectInfo:
        counted = _Counted(stream, length)
        with translated(bucket, key):
            written = self._client.put_object(
                self._prefix + bucket,
                key,
                cast(BinaryIO, counted),
                -1 if length is None else length,
                content_type=shown["Content-Type"],
                metadata=cast(Any, shown),
                part_size=PART_BYTES,
                num_parallel_uploads=1,  # parts wait in memory otherwise
                retention=retention,
            )
        return self._written(bucket, key, written, counted.size)

    def _written(self, bucket: str, key: str, written: Any, size: int) -> ObjectInfo:
        at = parsedate_to_datetime(written.http_headers["date"])
        return ObjectInfo(bucket, key, written.version_id or "", size, written.etag or "", at)

    def get(self, bucket: str, key: str, *, version_id: str | None = None) -> bytes:
        """See `ObjectStore.get`."""
        with self.open(bucket, key, version_id=version_id) as stream:
            return stream.read()

    @contextmanager
    def open(self, bucket: str, key: str, *, version_id: str | None = None) -> Iterator[BinaryIO]:
        """See `ObjectStore.open`."""
        with translated(bucket, key):
            response = self._client.get_object(self._prefix + bucket, key, version_id=version_id)
            try:
                # Reads of the caller pass through the response, which raises when the content ends early.
                yield cast(BinaryIO, response)
            finally:
                response.close()
                response.release_conn()

    def get_many(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> dict[str, bytes]:
        """See `ObjectStore.get_many`."""
        wanted = list(dict.fromkeys(keys))

        def sign(key: str) -> str:
            return str(self._client.presigned_get_object(self._prefix + bucket, key, expires=SIGNED_FOR))

        with translated(bucket, ""):
            found = read_many(wanted, sign, workers=workers, seconds=READ_SECONDS, context=self._tls)
        return {key: found[key] if key in found else self.get(bucket, key) for key in wanted}

    def metadata(self, bucket: str, key: str) -> Mapping[str, str]:
        """See `ObjectStore.metadata`."""
        with translated(bucket, key):
            found = self._client.stat_object(self._prefix + bucket, key).metadata or {}
        lower = {name.lower(): text for name, text in found.items()}
        return {name.removeprefix(_METADATA): text for name, text in lower.items() if name.startswith(_METADATA)}

    def existing(self, bucket: str, keys: Iterable[str], *, workers: int = 16) -> set[str]:
        """See `ObjectStore.existing`."""
        wanted = list(dict.fromkeys(keys))

        def sign(key: str) -> str:
            return str(self._client.get_presigned_url("HEAD", self._prefix + bucket, key, expires=SIGNED_FOR))

        with translated(bucket, ""):
            found = find_many(wanted, sign, workers=workers, seconds=READ_SECONDS, context=self._tls)
        return {key for key in wanted if (found[key] if key in found else self._exists(bucket, key))}

    def _exists(self, bucket: str, key: str) -> bool:
        try:
            self.stat(bucket, key)
        except ObjectMissing:
            return False
        return True

    def folders(self, bucket: str) -> Iterator[str]:
        """See `ObjectStore.folders`."""
        with translated(bucket, ""):
            for found in self._client.list_objects(self._prefix + bucket):
                if found.is_dir:
                    yield str(found.object_name).rstrip("/")

    def stat(self, bucket: str, key: str, *, version_id: str | None = None) -> ObjectInfo:
        """See `ObjectStore.stat`."""
        with translated(bucket, key):
            return _info(bucket, self._client.stat_object(self._prefix + bucket, key, version_id=version_id))

    def list(self, bucket: str, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore.list`."""
        with translated(bucket, prefix):
            for found in self._client.list_objects(self._prefix + bucket, prefix, recursive=True):
                yield _info(bucket, found)

    def versions(self, bucket: str, prefix: str = "") -> Iterator[ObjectVersion]:
        """See `ObjectStore.versions`."""
        with translated(bucket, prefix):
            for found in self._client.list_objects(self._prefix + bucket, prefix, recursive=True, include_version=True):
                info = _info(bucket, found)
                yield ObjectVersion(**vars(info), is_delete_marker=found.is_delete_marker, is_latest=_is_latest(found))

    def delete(self, bucket: str, key: str, *, version_id: str | None = None) -> None:
        """See `ObjectStore.delete`."""
        with translated(bucket, key):
            self._client.remove_object(self._prefix + bucket, key, version_id=version_id)

    def ensure_bucket(
        self, bucket: str, *, object_lock: bool, default_retention_days: int | None = None, versioned: bool = True
    ) -> None:
        """See `ObjectStore.ensure_bucket`."""
        name = self._prefix + bucket
        with translated(bucket, ""):
            if not self._client.bucket_exists(name):
                self._client.make_bucket(name, object_lock=object_lock)
            if versioned:
                self._client.set_bucket_versioning(name, VersioningConfig(ENABLED))
        if object_lock:
            self._lock(bucket, default_retention_days)

    def _lock(self, bucket: str, days: int | None) -> None:
        name = self._prefix + bucket
        config = ObjectLockConfig(COMPLIANCE, days, DAYS) if days else ObjectLockConfig(None, None, None)
        with translated(bucket, ""):
            self._client.set_object_lock_config(name, config)
            found = self._client.get_object_lock_config(name)
        if days and (found.mode, found.duration) != (COMPLIANCE, days):
            raise StoreRefused(
                "Bucket {bucket}: found default retention {found}, expected COMPLIANCE for {days} days; "
                "next: use a store that keeps Object Lock",
                bucket=bucket,
                found=found.mode,
                days=days,
            )


@contextmanager
def translated(bucket: str, key: str) -> Iterator[None]:
    """Raise the contract's errors for whatever the client, the HTTP library or the socket raises."""
    try:
        yield
    except S3Error as error:
        raise from_code(error.code or "", bucket, key) from error
    except ServerError as error:
        raise from_status(error.status_code, bucket, key) from error
    except InvalidResponseError as error:
        raise from_status(error._code, bucket, key) from error
    except urllib3.exceptions.MaxRetryError as error:
        if isinstance(error.reason, urllib3.exceptions.SSLError):
            raise untrusted(str(error.reason.args[0]), bucket, key) from error
        raise unreachable(type(error).__name__, bucket, key) from error
    except (urllib3.exceptions.HTTPError, OSError, MinioException) as error:
        raise unreachable(type(error).__name__, bucket, key) from error


class _Counted:
    """A stream that knows how many bytes were read from it, and refuses to end before the length announced."""

    def __init__(self, stream: BinaryIO, length: int | None) -> None:
        self._stream, self._length, self.size = stream, length, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.size += len(chunk)
        if not chunk and size:
            _require_whole(self.size, self._length)
        return chunk


def _small(stream: BinaryIO, length: int | None, *, must: bool) -> bytes | None:
    """Return the whole stream when it is known, or has, to fit one request; None when it goes in parts."""
    if length is not None and length <= PART_BYTES:
        body = stream.read(length)
        _require_whole(len(body), length)
        return body
    if not must:
        return None
    body = stream.read(PART_BYTES + 1)
    if len(body) > PART_BYTES:
        raise _too_long_for_condition(length)
    return body


def _require_whole(found: int, expected: int | None) -> None:
    if expected is not None and found < expected:
        raise StoreRefused(
            "Upload: found {found} bytes in the stream, expected {expected}; next: read the source again",
            found=found,
            expected=expected,
        )


def _too_long_for_condition(length: int | None) -> StoreRefused:
    return StoreRefused(
        "Conditional write: found {found} bytes, expected at most {expected} in one request; "
        "next: write under a new random key without the condition",
        found="more" if length is None else length,
        expected=PART_BYTES,
    )


def _md5(body: bytes) -> str:
    """Return the transport check that S3 asks of every write under Object Lock."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _info(bucket: str, found: Any) -> ObjectInfo:
    return ObjectInfo(
        bucket, found.object_name, found.version_id or "", found.size or 0, found.etag or "", found.last_modified
    )


def _is_latest(found: Any) -> bool:
    return str(found.is_latest).lower() == "true"
