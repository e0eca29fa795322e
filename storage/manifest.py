"""A manifest: what a sealed object is, signed by its writer. Decisions and steps refer to its digest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from storage import sshsig
from storage.canonical import canonical, digest, read_time, stamp
from storage.errors import StorageError
from storage.identity import Holder
from storage.people import People

NAMESPACE = "tender-manifest@v1"


class ManifestRefused(StorageError):
    """A manifest is broken, unsigned, unknown to the ledger, or not that of the stored object."""


@dataclass(frozen=True)
class Manifest:
    """What is known of one version of one object without opening it.

    Attributes:
        name: ``<kind>/<lot>/<rest>``.
        object: 32 hex digits, random.
        version: ordinal within the name, from 1.
        sha256: of the sealed file.
        size: of the sealed file, in bytes.
        by: the writer's holder name.
        signature: the writer's SSH signature over the canonical JSON of all of the above.
        bucket: where the sealed file lies; the ledger says it, the signature does not.
    """

    tender: str
    compartment: str
    name: str
    object: str
    version: int
    sha256: str
    size: int
    media_type: str
    by: str
    at: datetime
    signature: str = field(default="", compare=False, repr=False)
    bucket: str = field(default="drafts", compare=False)

    @property
    def key(self) -> str:
        """The key of the sealed file in its bucket."""
        return f"{self.tender}/{self.compartment}/{self.object}/{self.version:04d}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, lower-case hex."""
        return digest(self.statement())

    def statement(self) -> bytes:
        """Return the canonical JSON that is signed."""
        value = {**asdict(self), "v": 1, "at": stamp(self.at)}
        return canonical({key: each for key, each in value.items() if key not in ("signature", "bucket")})

    def signed_by(self, writer: Holder) -> "Manifest":
        """Return the manifest with the signature of its writer."""
        signature = sshsig.sign(self.statement(), writer.signing, NAMESPACE)
        return Manifest(**{**vars_of(self), "signature": signature})

    def verify(self, people: People) -> None:
        """Check that the writer it names signed it, with a key that was theirs at the time.

        Raises:
            SignatureRefused, PeopleRefused, ManifestRefused: they did not.
        """
        signer = sshsig.verify(self.statement(), self.signature, NAMESPACE)
        if people.holder_for_key(signer, self.at).holder != self.by:
            raise ManifestRefused("manifest of {name}: signed by another holder than it says", name=self.name)

    def event_body(self) -> dict[str, Any]:
        """Return the body of the event ``object.sealed``."""
        value = {key: each for key, each in vars_of(self).items() if key not in ("signature", "bucket")}
        return {
            "manifest": {**value, "v": 1, "at": stamp(self.at)},
            "signature": self.signature,
            "bucket": self.bucket,
        }

    @classmethod
    def from_event(cls, body: Mapping[str, Any]) -> "Manifest":
        """Read the body of an event ``object.sealed`` or ``object.resealed``.

        Raises:
            ManifestRefused: a field is missing, unknown, or of another version.
        """
        try:
            value = dict(body["manifest"])
            version, at = value.pop("v"), read_time(value.pop("at"))
            made = cls(**value, at=at, signature=body["signature"], bucket=body["bucket"])
        except (KeyError, TypeError) as error:
            raise ManifestRefused("manifest: broken at {place}", place=str(error)) from None
        if version != 1:
            raise ManifestRefused("manifest: found version {found}, expected 1", found=version)
        return made


def vars_of(manifest: Manifest) -> dict[str, Any]:
    """Return the fields of a manifest, without what was derived from them."""
    return {key: value for key, value in vars(manifest).items() if key != "digest"}
