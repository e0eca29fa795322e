"""The scrypt recipient type: a passphrase instead of a key pair (c2sp.org/age, RFC 7914)."""

import os
import re

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.age import base64, keywrap
from storage.age.errors import HeaderError, RecipientsError
from storage.age.header import Stanza
from storage.age.recipients import binary_argument, check_arguments

TYPE = "scrypt"
SALT_SIZE = 16
DEFAULT_WORK_FACTOR = 18
"""2^18 rounds: 256 MiB and about a second, as the `age` program does."""
MAX_WORK_FACTOR = 20
"""2^20 rounds need 1 GiB; a file that asks for more is refused before any work."""
_LABEL = b"age-encryption.org/v1/scrypt"
_DECIMAL = re.compile(r"[1-9][0-9]*")


class ScryptRecipient:
    """Seals to a passphrase.

    Args:
        passphrase: text, used as UTF-8.
        work_factor: base-two logarithm of the rounds, 1 to MAX_WORK_FACTOR.

    Raises:
        RecipientsError: an empty passphrase, or a work factor out of range.
    """

    def __init__(self, passphrase: str, *, work_factor: int = DEFAULT_WORK_FACTOR) -> None:
        if not passphrase:
            raise RecipientsError("age passphrase: empty; next: give one")
        if not 1 <= work_factor <= MAX_WORK_FACTOR:
            raise RecipientsError(
                "age work factor: found {found}, expected 1 to {limit}", found=work_factor, limit=MAX_WORK_FACTOR
            )
        self._passphrase = passphrase.encode()
        self._work_factor = work_factor

    def wrap(self, file_key: bytes) -> Stanza:
        salt = os.urandom(SALT_SIZE)
        return self._stanza(salt, keywrap.wrap(_derive(self._passphrase, salt, self._work_factor), file_key))

    def blank(self) -> Stanza:
        return self._stanza(bytes(SALT_SIZE), bytes(keywrap.WRAPPED_SIZE))

    def _stanza(self, salt: bytes, body: bytes) -> Stanza:
        return Stanza((TYPE, base64.encode(salt), str(self._work_factor)), body)

    def __repr__(self) -> str:
        return f"ScryptRecipient(work_factor={self._work_factor})"


class ScryptIdentity:
    """Opens what was sealed to a passphrase.

    Args:
        passphrase: text, used as UTF-8.
        max_work_factor: files that ask for more rounds are refused; never above MAX_WORK_FACTOR.
    """

    def __init__(self, passphrase: str, *, max_work_factor: int = MAX_WORK_FACTOR) -> None:
        self._passphrase = passphrase.encode()
        self._max_work_factor = min(max_work_factor, MAX_WORK_FACTOR)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        if stanza.type != TYPE:
            return None
        check_arguments(stanza, 3)
        salt = binary_argument(stanza, 1, SALT_SIZE)
        keywrap.check_body(stanza.body, TYPE)
        return keywrap.unwrap(_derive(self._passphrase, salt, self._work_factor_of(stanza)), stanza.body)

    def _work_factor_of(self, stanza: Stanza) -> int:
        text = stanza.arguments[2]
        if not _DECIMAL.fullmatch(text):
            raise HeaderError("age scrypt stanza: the work factor is no decimal number")
        if len(text) > 2 or int(text) > self._max_work_factor:
            raise HeaderError("age scrypt stanza: the work factor exceeds {limit}", limit=self._max_work_factor)
        return int(text)

    def __repr__(self) -> str:
        return f"ScryptIdentity(max_work_factor={self._max_work_factor})"


def _derive(passphrase: bytes, salt: bytes, work_factor: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1).derive(passphrase)
