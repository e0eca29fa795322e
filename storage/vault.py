"""The vault of one tender: seals content into compartments and opens it again, manifest first, every read on record."""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from storage import age, policy
from storage.canonical import now
from storage.errors import StorageError
from storage.identity import Holder
from storage.keyring import Keyrings
from storage.ledger import Ledger
from storage.manifest import Manifest, ManifestRefused
from storage.objects import AlreadyExists, ObjectStore
from storage.padding import PaddedReader, cut_padding
from storage.people import People

PADDED = frozenset({"price", "proposals", "rounds", "submission"})
"""Compartments whose content has its length hidden."""
SEALED, RESEALED, READ, REFUSED = "object.sealed", "object.resealed", "object.read", "object.refused"
_CONDITIONAL = 10 * 1024 * 1024  # bytes; a longer upload goes in parts, and those know no condition
_IN_MEMORY = 8 * 1024 * 1024  # bytes of a sealed file held in memory before it goes to a temporary file
_BLOCK = 1024 * 1024


class Vault:
    """Sealed objects of one tender, as one holder reads and writes them.

    Args:
        store: the object store.
        tender: its id.
        holder: who seals and opens.
        keyrings: give the public halves to seal to and, to its holders, the private ones.
        ledger: says which manifests are true and takes the record of every read.
        people: the register that writers are held against.
    """

    def __init__(
        self, store: ObjectStore, tender: str, holder: Holder, keyrings: Keyrings, ledger: Ledger, people: People
    ) -> None:
        self._store = store
        self._tender = tender
        self._holder = holder
        self._keyrings = keyrings
        self._ledger = ledger
        self._people = people
        self._manifests: list[Manifest] = []
        self._older: dict[str, str] = {}
        self._seen = 0

    def seal(
        self,
        compartment: str,
        name: str,
        data: bytes | BinaryIO,
        *,
        media_type: str,
        step_key: str | None,
    ) -> Manifest:
        """Seal content as the next version of a name: the object first, then its event.

        Args:
            compartment: whose public half it is sealed to.
            name: ``<kind>/<lot>/<rest>``.
            data: bytes, or a file that can seek, read from where it stands to its end.
            media_type: of the content.
            step_key: business key of the event; when its event stands, nothing is written. None: always a new version.

        Returns:
            The manifest that stands under the key.

        Raises:
            PolicyRefused: the holder may not write an object of this name into this compartment.
        """
        if step_key is not None and (found := self._ledger.find(key=step_key)):
            return Manifest.from_event(found[0].body)
        self._check_writer(compartment, name, self._holder.name)
        manifest = self._store_sealed(compartment, name, _seekable(data), media_type, policy.bucket_of(name))
        event = self._ledger.append(SEALED, manifest.event_body(), key=step_key or f"sealed/{manifest.digest}")
        return Manifest.from_event(event.body)

    def open(self, manifest: Manifest, *, purpose: str) -> bytes:
        """Return the content of an object. See `open_to`."""
        target = io.BytesIO()
        self._logged(manifest, purpose, lambda: self._decrypt(manifest, target))
        return target.getvalue()

    def open_to(self, manifest: Manifest, target: Path, *, purpose: str) -> None:
        """Write the content of an object to a file (0600) that appears only once it is whole.

        Checked in this order: the ledger knows the manifest, its signature, its writer's right, digest and size of the
        stored file, context, payload. The read is on record before anything is given out, also a refused one.

        Args:
            manifest: as `latest` or `versions` gave it.
            target: where plain text may lie.
            purpose: what the record says the read is for.

        Raises:
            ManifestRefused, SignatureRefused, PolicyRefused, AgeError: the object is not what the ledger says.
            NotForYou: the holder may not open the compartment.
        """
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".opening-")
        try:
            with os.fdopen(descriptor, "w+b") as file:
                self._logged(manifest, purpose, lambda: self._decrypt(manifest, file))
            os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)

    def latest(self, name: str) -> Manifest | None:
        """Return the newest manifest of a name, or None."""
        versions = self.versions(name)
        return versions[-1] if versions else None

    def newest(self, pattern: str = "*") -> dict[str, Manifest]:
        """Return the newest manifest of every name that fits a shell pattern, by name."""
        return {m.name: m for m in self.manifests() if fnmatchcase(m.name, pattern)}

    def versions(self, name: str) -> tuple[Manifest, ...]:
        """Return every manifest of a name, in the order of the ledger."""
        return tuple(manifest for manifest in self.manifests() if manifest.name == name)

    def manifests(self) -> tuple[Manifest, ...]:
        """Return every manifest that the ledger holds, in its order.

        Raises:
            ManifestRefused: one is broken, or says that it was sealed again from another object.
        """
        events = self._ledger.events(refresh=False)
        for event in events[self._seen :]:
            if event.type in (SEALED, RESEALED):
                manifest = Manifest.from_event(event.body)
                if event.type == RESEALED:
                    check_origin(manifest, event.body["old"], self._manifests)
                    self._older[manifest.digest] = event.body["old"]
                self._manifests.append(manifest)
            self._seen += 1
        return tuple(self._manifests)

    def origin(self, manifest_digest: str) -> str:
        """Return the digest of the manifest that was sealed first, before any change of the compartment's key.

        A decision over that one stands for the re-encrypted object as well.
        """
        self.manifests()
        while manifest_digest in self._older:
            manifest_digest = self._older[manifest_digest]
        return manifest_digest

    def reseal(self, manifest: Manifest) -> Manifest:
        """Seal an object again to the present key of its compartment; the event maps the old manifest to the new one.

        Raises:
            As `open_to`; PolicyRefused also when the holder may not change the compartment's key.
        """
        key = f"resealed/{manifest.digest}/{self._keyrings.recipient(manifest.compartment)}"
        if found := self._ledger.find(key=key):
            return Manifest.from_event(found[0].body)
        plain = io.BytesIO(self.open(manifest, purpose="reseal"))
        new = self._store_sealed(manifest.compartment, manifest.name, plain, manifest.media_type, manifest.bucket)
        body = {**new.event_body(), "compartment": manifest.compartment, "old": manifest.digest}
        return Manifest.from_event(self._ledger.append(RESEALED, body, key=key).body)

    def _store_sealed(self, compartment: str, name: str, source: BinaryIO, media_type: str, bucket: str) -> Manifest:
        before, start = self.latest(name), source.tell()
        object_id, version = before.object if before else uuid4().hex, before.version + 1 if before else 1
        while True:
            source.seek(start)
            context = age.ContextStanza(self._tender, object_id, version, compartment)
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as sealed:
                sha256, size = self._encrypt(source, cast(BinaryIO, sealed), compartment, context)
                manifest = Manifest(
                    self._tender, compartment, name, object_id, version, sha256, size, media_type, self._holder.name,
                    now(), bucket=bucket,
                )  # fmt: skip
                if size > _CONDITIONAL and before is not None and object_id == before.object:
                    object_id = uuid4().hex  # a fresh key instead of a condition
                    continue
                try:
                    self._put(manifest, cast(BinaryIO, sealed))
                except AlreadyExists:
                    version += 1  # another writer, or one that died before its event
                    continue
            return manifest.signed_by(self._holder)

    def _encrypt(
        self, source: BinaryIO, sealed: BinaryIO, compartment: str, context: age.ContextStanza
    ) -> tuple[str, int]:
        content = PaddedReader(source) if compartment in PADDED else source
        age.encrypt(content, sealed, [self._keyrings.recipient(compartment)], context=context)
        size, sha256 = sealed.tell(), hashlib.sha256()
        sealed.seek(0)
        while block := sealed.read(_BLOCK):
            sha256.update(block)
        return sha256.hexdigest(), size

    def _put(self, manifest: Manifest, sealed: BinaryIO) -> None:
        sealed.seek(0)
        conditional = manifest.size <= _CONDITIONAL
        self._store.put(manifest.bucket, manifest.key, sealed, length=manifest.size, if_absent=conditional)

    def _logged(self, manifest: Manifest, purpose: str, work: Callable[[], None]) -> None:
        """Do the work and put the read on record before the caller gets anything."""
        body = {"object": manifest.object, "version": manifest.version, "name": manifest.name}
        try:
            work()
        except StorageError as error:
            if not error.transient:
                self._ledger.append(REFUSED, {**body, "purpose": purpose, "reason": type(error).__name__})
            raise
        self._ledger.append(READ, {**body, "purpose": purpose})

    def _decrypt(self, manifest: Manifest, target: BinaryIO) -> None:
        self._check(manifest)
        context = age.ContextStanza(self._tender, manifest.object, manifest.version, manifest.compartment)
        identities = self._keyrings.open(manifest.compartment)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as sealed:
            self._fetch(manifest, cast(BinaryIO, sealed))
            age.decrypt(cast(BinaryIO, sealed), target, identities, expect_context=context)
        if manifest.compartment in PADDED:
            cut_padding(target)

    def _check(self, manifest: Manifest) -> None:
        if all(manifest.digest != known.digest for known in self.versions(manifest.name)):
            self._ledger.refresh()
        if all(manifest.digest != known.digest for known in self.versions(manifest.name)):
            raise ManifestRefused(
                "object {name}: the ledger does not know this manifest; next: treat it as forged", name=manifest.name
            )
        manifest.verify(self._people)
        self._check_writer(manifest.compartment, manifest.name, manifest.by, manifest)

    def _fetch(self, manifest: Manifest, sealed: BinaryIO) -> None:
        """Fetch the sealed file and hold it against the manifest before anything is opened."""
        sha256, size = hashlib.sha256(), 0
        with self._store.open(manifest.bucket, manifest.key) as stream:
            while size <= manifest.size and (block := stream.read(_BLOCK)):
                sha256.update(block)
                sealed.write(block)
                size += len(block)
        if (sha256.hexdigest(), size) != (manifest.sha256, manifest.size):
            raise ManifestRefused(
                "object {name}: what is stored is not what was sealed; next: treat it as exchanged", name=manifest.name
            )
        sealed.seek(0)

    def _check_writer(self, compartment: str, name: str, writer: str, manifest: Manifest | None = None) -> None:
        at = manifest.at if manifest else now()
        roles = policy.object_writers(compartment, name)
        if manifest and manifest.digest in self._older:
            roles = policy.KEYRING_WRITERS.get(compartment, frozenset())
        policy.check(self._ledger.team, writer, roles, at, f"{compartment}: object {name}")


def check_origin(manifest: Manifest, old: str, before: Iterable[Manifest]) -> None:
    """Check that an object sealed again comes from an earlier version of itself, for decisions over that one stand.

    Raises:
        ManifestRefused: it does not.
    """
    own = {each.digest for each in before if (each.name, each.compartment) == (manifest.name, manifest.compartment)}
    if old not in own:
        raise ManifestRefused(
            "object {name}: sealed again from another object; next: treat it as forged", name=manifest.name
        )


def _seekable(data: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(data) if isinstance(data, bytes) else data
