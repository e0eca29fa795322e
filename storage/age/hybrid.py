"""The MLKEM768-X25519 recipient type: secure also against a future quantum computer (c2sp.org/age, RFC 9180)."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from storage.age import base64, bech32, keywrap
from storage.age.errors import HeaderError, RecipientsError
from storage.age.header import Stanza
from storage.age.recipients import binary_argument, check_arguments

TYPE = "mlkem768x25519"
SEED_SIZE = 32
MLKEM_PUBLIC_SIZE = 1184
MLKEM_CIPHERTEXT_SIZE = 1088
PUBLIC_SIZE = MLKEM_PUBLIC_SIZE + 32
ENCAPSULATED_SIZE = MLKEM_CIPHERTEXT_SIZE + 32
RECIPIENT_PREFIX = "age1pq"
IDENTITY_PREFIX = "AGE-SECRET-KEY-PQ-"
_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class HybridRecipient:
    """A public key, 1,216 bytes; its text is `age1pq1…`."""

    def __init__(self, public: bytes) -> None:
        self.public = public
        self._key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_SIZE:]),
        )

    def wrap(self, file_key: bytes) -> Stanza:
        """Wraps a file key with an encapsulation of its own.

        Raises:
            RecipientsError: the X25519 half of the public key is a low-order point.
        """
        try:
            sealed = _SUITE.encrypt(file_key, self._key, _INFO)
        except ValueError:
            raise RecipientsError("age recipient of type {kind}: an invalid public key", kind=TYPE) from None
        return Stanza((TYPE, base64.encode(sealed[:ENCAPSULATED_SIZE])), sealed[ENCAPSULATED_SIZE:])

    def blank(self) -> Stanza:
        return Stanza((TYPE, base64.encode(bytes(ENCAPSULATED_SIZE))), bytes(keywrap.WRAPPED_SIZE))

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HybridRecipient) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)


class HybridIdentity:
    """A private key, 32 bytes from which both halves derive; its text is `AGE-SECRET-KEY-PQ-1…`."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        halves = hashlib.shake_256(seed).digest(96)
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(halves[:64])
        self._x25519 = X25519PrivateKey.from_private_bytes(halves[64:])
        self._key = MLKEM768X25519PrivateKey(self._mlkem, self._x25519)

    @classmethod
    def generate(cls) -> "HybridIdentity":
        """A new key from the system's random source."""
        return cls(os.urandom(SEED_SIZE))

    def recipient(self) -> HybridRecipient:
        """The public half."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return HybridRecipient(mlkem + self._x25519.public_key().public_bytes_raw())

    def to_text(self) -> str:
        """The secret itself, as key files hold it."""
        return bech32.encode(IDENTITY_PREFIX, self._seed)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        if stanza.type != TYPE:
            return None
        check_arguments(stanza, 2)
        encapsulated = binary_argument(stanza, 1, ENCAPSULATED_SIZE)
        keywrap.check_body(stanza.body, TYPE)
        self._check_share(encapsulated[MLKEM_CIPHERTEXT_SIZE:])
        try:
            return _SUITE.decrypt(encapsulated + stanza.body, self._key, _INFO)
        except InvalidTag:
            return None

    def _check_share(self, share: bytes) -> None:
        """HPKE reports a low-order point as a wrong tag; the format wants it named as malformed."""
        try:
            self._x25519.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            raise HeaderError("age {kind} stanza: its share is a low-order point", kind=TYPE) from None

    def __repr__(self) -> str:
        return "HybridIdentity()"
