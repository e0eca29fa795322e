"""What an S3 store answers when it says no, as the errors of the contract."""

from storage.errors import StorageError
from storage.objects import AccessDenied, AlreadyExists, ObjectMissing, StoreRefused, StoreUnreachable

MISSING = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "ResourceNotFound", "MethodNotAllowed"}
"""`MethodNotAllowed` is how S3 answers a read of a delete marker."""
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled", "ObjectLocked"}
BUSY = {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "TooManyRequests"}


def from_code(code: str, bucket: str, key: str) -> StorageError:
    """Return the error for an S3 error code."""
    where = {"bucket": bucket, "key": key, "code": code}
    if code in MISSING:
        return ObjectMissing("{bucket}/{key}: nothing found ({code}), expected an object; next: tender verify", **where)
    if code in TAKEN:
        return AlreadyExists("{bucket}/{key}: found an object, expected a free key; next: read what stands", **where)
    if code in DENIED:
        return AccessDenied(
            "{bucket}/{key}: the store refused this credential ({code}), expected one that may; "
            "next: tender doctor, or ask who holds the right",
            **where,
        )
    if code == "RequestTimeTooSkewed":
        return StoreRefused(
            "Clock: found more than 15 minutes between this machine and the store, expected less; "
            "next: set the clock of this machine",
        )
    if code in BUSY:
        return unreachable(code, bucket, key)
    return StoreRefused("{bucket}/{key}: the store refused ({code}); next: tender doctor", **where)


def from_status(status: int, bucket: str, key: str) -> StorageError:
    """Return the error for an answer that is no S3 answer, by its HTTP status."""
    if status in (401, 403):
        return from_code("AccessDenied", bucket, key)
    if status >= 500:
        return unreachable(f"HTTP {status}", bucket, key)
    return from_code(f"HTTP {status}", bucket, key)


def unreachable(kind: str, bucket: str, key: str) -> StoreUnreachable:
    """Return the error for a store that does not answer, or says that it cannot at the moment."""
    return StoreUnreachable(
        "{bucket}/{key}: no answer from the object store ({kind}), expected one; next: tender status, disk and network",
        bucket=bucket,
        key=key,
        kind=kind,
    )


def untrusted(why: str, bucket: str, key: str) -> StoreRefused:
    """Return the error for a store whose certificate no trusted authority signed for this host."""
    return StoreRefused(
        "{bucket}/{key}: the store's certificate is refused ({why}), expected one of a trusted authority "
        "for this host; next: name the authority's file in TENDERFLOW_S3_CA",
        bucket=bucket,
        key=key,
        why=why,
    )
