"""The X25519 recipient type: one key pair, made once and used for any number of files (c2sp.org/age)."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.age import base64, bech32, keywrap
from storage.age.errors import HeaderError, RecipientsError
from storage.age.header import Stanza
from storage.age.recipients import binary_argument, check_arguments

TYPE = "X25519"
KEY_SIZE = 32
RECIPIENT_PREFIX = "age"
IDENTITY_PREFIX = "AGE-SECRET-KEY-"
_INFO = b"age-encryption.org/v1/X25519"


class X25519Recipient:
    """A public key, 32 bytes; its text is `age1…`."""

    def __init__(self, public: bytes) -> None:
        self.public = public
        self._key = X25519PublicKey.from_public_bytes(public)

    def wrap(self, file_key: bytes) -> Stanza:
        """Wraps a file key with a key agreement of its own.

        Raises:
            RecipientsError: the public key is a low-order point, so anyone could open the file.
        """
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            secret = ephemeral.exchange(self._key)
        except ValueError:
            raise RecipientsError("age recipient {recipient}: an invalid public key", recipient=str(self)) from None
        key = keywrap.derive_key(secret, share + self.public, _INFO)
        return Stanza((TYPE, base64.encode(share)), keywrap.wrap(key, file_key))

    def blank(self) -> Stanza:
        return Stanza((TYPE, base64.encode(bytes(KEY_SIZE))), bytes(keywrap.WRAPPED_SIZE))

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)

    def __repr__(self) -> str:
        return f"X25519Recipient({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)


class X25519Identity:
    """A private key, 32 bytes; its text is `AGE-SECRET-KEY-1…` and shows only by `to_text`."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "X25519Identity":
        """A new key from the system's random source."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    def recipient(self) -> X25519Recipient:
        """The public half."""
        return X25519Recipient(self._public)

    def to_text(self) -> str:
        """The secret itself, as key files hold it."""
        return bech32.encode(IDENTITY_PREFIX, self._secret)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        if stanza.type != TYPE:
            return None
        check_arguments(stanza, 2)
        share = binary_argument(stanza, 1, KEY_SIZE)
        keywrap.check_body(stanza.body, TYPE)
        try:
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:
            raise HeaderError("age X25519 stanza: its share is a low-order point") from None
        return keywrap.unwrap(keywrap.derive_key(secret, share + self._public, _INFO), stanza.body)

    def __repr__(self) -> str:
        return f"X25519Identity(of {self.recipient()})"
