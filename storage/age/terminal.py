"""Passphrases from the terminal, never from standard input, which carries the content."""

import getpass

from storage.age.errors import AgeError
from storage.age.header import Stanza
from storage.age.scrypt import TYPE, ScryptIdentity


def ask_passphrase(prompt: str) -> str:
    """What the person at the terminal types, unseen.

    Raises:
        AgeError: there is no terminal.
    """
    try:
        with open("/dev/tty", "rb"):  # else getpass would fall back to standard input
            return getpass.getpass(prompt + ": ")
    except OSError:
        raise AgeError("passphrase: no terminal to ask at; next: run this in one") from None


def ask_new_passphrase() -> str:
    """A passphrase typed twice.

    Raises:
        AgeError: the two differ, or there is no terminal.
    """
    passphrase = ask_passphrase("Enter passphrase")
    if ask_passphrase("Confirm passphrase") != passphrase:
        raise AgeError("passphrase: the two did not match; next: try again")
    return passphrase


class AskedIdentity:
    """Asks for the passphrase only when a file turns out to need one."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        return ScryptIdentity(ask_passphrase("Enter passphrase")).unwrap(stanza) if stanza.type == TYPE else None
