"""A signed record: one line of canonical JSON, then its SSH signature; `head` and `tail` take it apart."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import sshsig
from storage.canonical import canonical, parse
from storage.errors import StorageError

VERSION = 1
"""The version of every signed format (`v`); a change that old readers would misread gets the next number."""


class NewerFormat(StorageError):
    """A record was written by a newer version of this software, in a format that this one would misread."""


def write(value: Mapping[str, Any], key: Ed25519PrivateKey, namespace: str) -> bytes:
    """Return the record: canonical JSON, a line feed, the armored signature over the JSON alone."""
    text = canonical(value)
    return text + b"\n" + sshsig.sign(text, key, namespace).encode()


def read(record: bytes, namespace: str) -> tuple[dict[str, Any], str]:
    """Return the value and the line of the key that signed it. Whether that key may is the caller's question.

    Raises:
        SignatureRefused: no valid signature in this namespace.
        NotCanonical: signed, but not in the form that we sign.
        NewerFormat: signed, and of a version that we do not know.
    """
    text, _, armored = record.partition(b"\n")
    signer = sshsig.verify(text, armored.decode("ascii", errors="replace"), namespace)
    value = parse(text)
    version = value.get("v", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise NewerFormat(
            "{what}: found format version {found}, expected at most {expected}; next: use the newer version of this "
            "software that wrote it",
            what=namespace.partition("@")[0],
            found=version,
            expected=VERSION,
        )
    return value, signer
