"""Keys as text: single recipients and identities, and the files that list them."""

from collections.abc import Callable
from typing import TypeVar

from storage.age import bech32, hybrid, x25519
from storage.age.errors import KeyTextError
from storage.age.hybrid import HybridIdentity, HybridRecipient
from storage.age.x25519 import X25519Identity, X25519Recipient

_Key = TypeVar("_Key")


def generate_identity() -> X25519Identity:
    """A new X25519 key pair."""
    return X25519Identity.generate()


def parse_recipient(text: str) -> X25519Recipient | HybridRecipient:
    """A recipient from its text, `age1…` or `age1pq1…`.

    Raises:
        KeyTextError: another kind of text, a typing error, or no valid key.
    """
    prefix, data = bech32.decode(text)
    if prefix == x25519.RECIPIENT_PREFIX and len(data) == x25519.KEY_SIZE:
        return X25519Recipient(data)
    if prefix == hybrid.RECIPIENT_PREFIX and len(data) == hybrid.PUBLIC_SIZE:
        return _hybrid_recipient(data)
    raise KeyTextError("age recipient: expected age1… or age1pq1…, found the kind {prefix!r}", prefix=prefix)


def parse_identity(text: str) -> X25519Identity | HybridIdentity:
    """An identity from its text, `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`. Errors never repeat it.

    Raises:
        KeyTextError: another kind of text, or a typing error.
    """
    prefix, data = bech32.decode(text)
    if prefix == x25519.IDENTITY_PREFIX and len(data) == x25519.KEY_SIZE:
        return X25519Identity(data)
    if prefix == hybrid.IDENTITY_PREFIX and len(data) == hybrid.SEED_SIZE:
        return HybridIdentity(data)
    raise KeyTextError("age identity: expected AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…")


def parse_recipients(text: str) -> list[X25519Recipient | HybridRecipient]:
    """The recipients of a file: one a line, with empty lines and `#` comments.

    Raises:
        KeyTextError: a line that is none, by its number, or no recipient at all.
    """
    return _parse_lines(text, parse_recipient)


def parse_identities(text: str) -> list[X25519Identity | HybridIdentity]:
    """The identities of a key file: one a line, with empty lines and `#` comments.

    Raises:
        KeyTextError: a line that is none, by its number, or no identity at all.
    """
    return _parse_lines(text, parse_identity)


def _parse_lines(text: str, parse: Callable[[str], _Key]) -> list[_Key]:
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(parse(line.strip()))
            except KeyTextError as error:
                raise KeyTextError("age key file: line {line}: {reason}", line=number, reason=str(error)) from None
    if not keys:
        raise KeyTextError("age key file: no key in it")
    return keys


def _hybrid_recipient(data: bytes) -> HybridRecipient:
    try:
        return HybridRecipient(data)
    except ValueError:
        raise KeyTextError("age recipient of type {kind}: an invalid public key", kind=hybrid.TYPE) from None
