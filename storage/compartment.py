"""What is done to a compartment after it was made: taking holders away, a new key, and its end."""

from collections.abc import Iterable, Mapping
from typing import Any

from storage.age import X25519Recipient
from storage.keyring import Keyring, Keyrings
from storage.ledger import Ledger
from storage.objects import ObjectStore
from storage.vault import Vault


class Compartments:
    """Key changes of one tender together with what they mean for content.

    Args:
        store: the object store.
        keyrings, ledger, vault: of the tender, for a holder who may change the keys.
    """

    def __init__(self, store: ObjectStore, keyrings: Keyrings, ledger: Ledger, vault: Vault) -> None:
        self._store = store
        self._keyrings = keyrings
        self._ledger = ledger
        self._vault = vault

    def admit(self, compartment: str, holders: Mapping[str, X25519Recipient], *, reason: str) -> Keyring:
        """Let holders in, each with the key that the register has of them now: someone new, or with new keys.

        Who lost the right to the compartment meanwhile is taken out, as by `withdraw`.
        """
        before = self._keyrings.current(compartment).recipient
        keyring = self._change(compartment, add=holders, reason=reason)
        if keyring.recipient != before:
            self._reseal(compartment)
        return keyring

    def withdraw(self, compartment: str, holders: Iterable[str], *, reason: str) -> Keyring:
        """Take the right to open away: a new key without these holders, and live objects sealed to it again.

        What they opened before they may have copied; no key changes that.
        """
        keyring = self._change(compartment, remove=holders, reason=reason)
        self._reseal(compartment)
        return keyring

    def rotate(self, compartment: str, *, reason: str) -> Keyring:
        """Make a new key for the same holders, after a compromise, and seal live objects to it again.

        Each re-encryption is an event that maps the old manifest to the new one, so decisions stand.
        """
        keyring = self._change(compartment, new_key=True, reason=reason)
        self._reseal(compartment)
        return keyring

    def shred(self, compartment: str, *, reason: str) -> int:
        """Delete every version of the keyring: nothing of the compartment opens any more, for nobody.

        Returns:
            How many keyring versions were deleted.
        """
        body = {"compartment": compartment, "reason": reason}
        self._ledger.append("compartment.shredded", body, key=f"shredded/{compartment}")
        return self._keyrings.shred(compartment)

    def _change(self, compartment: str, **how: Any) -> Keyring:
        self._ledger.refresh()  # it says who has which role in this tender now
        return self._keyrings.change(compartment, **how)

    def _reseal(self, compartment: str) -> None:
        """Seal the newest version of each object again; a draft under the old key is deleted afterwards."""
        for manifest in self._vault.newest().values():
            if manifest.compartment != compartment:
                continue
            if self._vault.reseal(manifest) != manifest and manifest.bucket == "drafts":
                for version in self._store.versions(manifest.bucket, manifest.key):
                    self._store.delete(manifest.bucket, version.key, version_id=version.version_id)
