"""Sealed files in the age v1 format (c2sp.org/age), with a context stanza of our own."""

from storage.age.armor import ArmorReader, ArmorWriter, armor, dearmor
from storage.age.context import ContextStanza
from storage.age.errors import (
    AgeError,
    ArmorError,
    ContextMismatch,
    HeaderError,
    HeaderMacError,
    KeyTextError,
    NoMatchError,
    PayloadError,
    RecipientsError,
)
from storage.age.header import Header, Stanza
from storage.age.hybrid import HybridIdentity, HybridRecipient
from storage.age.keytext import (
    generate_identity,
    parse_identities,
    parse_identity,
    parse_recipient,
    parse_recipients,
)
from storage.age.opening import OpenedReader, decrypt, decrypt_bytes, decrypt_to_file, read_header
from storage.age.recipients import Identity, Recipient
from storage.age.scrypt import ScryptIdentity, ScryptRecipient
from storage.age.sealing import SealedReader, encrypt, encrypt_bytes, sealed_length
from storage.age.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "AgeError",
    "ArmorError",
    "ArmorReader",
    "ArmorWriter",
    "ContextMismatch",
    "ContextStanza",
    "Header",
    "HeaderError",
    "HeaderMacError",
    "HybridIdentity",
    "HybridRecipient",
    "Identity",
    "KeyTextError",
    "NoMatchError",
    "OpenedReader",
    "PayloadError",
    "Recipient",
    "RecipientsError",
    "ScryptIdentity",
    "ScryptRecipient",
    "SealedReader",
    "Stanza",
    "X25519Identity",
    "X25519Recipient",
    "armor",
    "dearmor",
    "decrypt",
    "decrypt_bytes",
    "decrypt_to_file",
    "encrypt",
    "encrypt_bytes",
    "generate_identity",
    "parse_identities",
    "parse_identity",
    "parse_recipient",
    "parse_recipients",
    "read_header",
    "sealed_length",
]
