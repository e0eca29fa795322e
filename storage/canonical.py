"""The one JSON that is signed: RFC 8785 canonical form, and nothing else is accepted back."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from storage.errors import StorageError

_BEYOND_BASIC_PLANE = 0xF0
"""First byte of UTF-8 for characters from U+10000 on; no other character holds a byte as large."""
_LARGEST_WHOLE = 2**53 - 1


class NotCanonical(StorageError):
    """A signed JSON text is broken, or not in the canonical form that a signature needs."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 form of a JSON object; floats are refused, money is text.

    Raises:
        NotCanonical: a value that JSON cannot hold, or a float.
    """
    _refuse_floats(value)
    try:
        return rfc8785.dumps(dict(value))
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise NotCanonical(
            "signed JSON: found a value that cannot be written ({kind})", kind=type(error).__name__
        ) from None


def parse(text: bytes) -> dict[str, Any]:
    """Read a canonical JSON object; any other spelling of the same object is refused.

    Raises:
        NotCanonical: not JSON, not an object, or not the canonical form.
    """
    try:
        value = json.loads(text, parse_float=_no_number, parse_constant=_no_number, parse_int=_whole_number)
        if not isinstance(value, dict) or _spelled(value, text) != text:
            raise NotCanonical("signed JSON: found another spelling than RFC 8785; next: treat the file as altered")
    except (ValueError, RecursionError):
        raise NotCanonical("signed JSON: cannot be read; next: treat the file as altered") from None
    return value


def _spelled(value: Mapping[str, Any], text: bytes) -> bytes:
    """Return the RFC 8785 form of what was read from a text without binary fractions.

    Python's own writer gives the same, ten times faster, but for the order of keys beyond the basic plane (3.2.3).
    """
    if max(text) >= _BEYOND_BASIC_PLANE:
        return canonical(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _no_number(text: str) -> None:
    raise NotCanonical("signed JSON: found a binary fraction, expected text or a whole number")


def _whole_number(text: str) -> int:
    value = int(text)
    if abs(value) > _LARGEST_WHOLE:
        raise NotCanonical("signed JSON: found a whole number beyond 2^53, expected text")
    return value


def digest(data: bytes) -> str:
    """Return the SHA-256 of the bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def now() -> datetime:
    """Return the present time in UTC, aware, to the microsecond."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """Write an aware time in RFC 3339.

    Raises:
        ValueError: a time without a zone, which is a fault in the caller.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.isoformat()


def read_time(text: str) -> datetime:
    """Read an RFC 3339 time with its zone.

    Raises:
        NotCanonical: no time, or no zone.
    """
    try:
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise NotCanonical("time: found {found}, expected RFC 3339 with a zone", found=text) from None
    if at.tzinfo is None:
        raise NotCanonical("time: found {found}, expected a zone", found=text)
    return at


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise NotCanonical("signed JSON: found a binary fraction, expected text or a whole number")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
