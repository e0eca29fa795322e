"""Writes what an outsider needs to check a tender offline, with `ssh-keygen`, `sha256sum` and a shell, and how."""

import base64
import stat
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from storage import anchor, decision, event, keyring, manifest, merkle
from storage.canonical import canonical
from storage.errors import StorageError
from storage.event import Event
from storage.identity import Holder
from storage.keyring import Keyrings
from storage.ledger import BUCKET, Ledger
from storage.manifest import Manifest
from storage.objects import ObjectStore
from storage.people import NAMESPACE as PEOPLE_NAMESPACE
from storage.people import People
from storage.vault import RESEALED, SEALED

_SPACES = (event.NAMESPACE, manifest.NAMESPACE, keyring.NAMESPACE, decision.NAMESPACE, PEOPLE_NAMESPACE)
_PROOF = "c2sp.org/tlog-proof@v1"
_SCRIPT = "check_evidence.sh"


class EvidenceExists(StorageError):
    """The folder for the evidence holds something already."""


def export_evidence(store: ObjectStore, tender: str, holder: Holder, people: People, folder: Path) -> None:
    """Write the evidence of a tender into a new folder (0700) with ``check.sh``, which checks all of it.

    It holds every event in the clear, which everyone in the tender may read, and no content of any sealed object.

    Args:
        store: the object store.
        tender: its id.
        holder: someone who may open the ``procedure`` compartment.
        people: the register, as `PeopleRegister.load` verified it.
        folder: must not exist, or be empty.

    Raises:
        EvidenceExists: it is not empty.
        StorageError: as `Ledger.events`; a tender that does not verify has no evidence.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise EvidenceExists("{path}: not empty; next: name another folder", path=str(folder))
    keyrings = Keyrings(store, tender, holder, people)
    ledger = Ledger(store, tender, holder, keyrings, people)
    events = ledger.events()
    _write(folder / "allowed_signers", people.allowed_signers(_SPACES))
    _write_records(store, tender, keyrings, events, folder)
    _write_manifests(events, folder)
    _write_decisions(events, folder)
    checkpoints = anchor.load(store, tender, people)
    for checkpoint in checkpoints:
        _write(folder / "checkpoints" / f"{checkpoint.size:08d}", checkpoint.note)
    if checkpoints:
        _write_proofs(ledger.leaves(), max(checkpoints, key=lambda each: each.size), folder)
    script = resources.files("storage").joinpath(_SCRIPT).read_text("utf-8")
    _write(folder / "check.sh", script)
    (folder / "check.sh").chmod(stat.S_IRWXU)


def _write_records(store: ObjectStore, tender: str, keyrings: Keyrings, events: Iterable[Event], folder: Path) -> None:
    """Write each record as it is stored, and its clear text and signature beside it."""
    identities = keyrings.open("procedure")
    keys = {each.seq: f"{tender}/{each.seq:08d}" for each in events}
    records = store.get_many(BUCKET, keys.values())
    for seq, key in keys.items():
        text, _, signature = event.open_clear(tender, seq, records[key], identities).partition(b"\n")
        _write(folder / "records" / f"{seq:08d}.age", records[key])
        _write(folder / "events" / f"{seq:08d}.json", text)
        _write(folder / "events" / f"{seq:08d}.sig", signature)


def _write_manifests(events: Iterable[Event], folder: Path) -> None:
    """Write each manifest at the place of its object, and the list that ``sha256sum -c`` takes in a copied bucket."""
    replaced, sums = set(), []
    found = [(each, Manifest.from_event(each.body)) for each in events if each.type in (SEALED, RESEALED)]
    for made, item in found:
        if made.type == RESEALED:
            replaced.add(made.body["old"])
        _write(folder / "manifests" / item.bucket / f"{item.key}.json", item.statement())
        _write(folder / "manifests" / item.bucket / f"{item.key}.sig", item.signature)
    for _, item in found:
        if item.digest not in replaced:
            sums.append(f"{item.sha256}  {item.bucket}/{item.key}\n")
    _write(folder / "objects.sha256", "".join(sums))


def _write_decisions(events: Iterable[Event], folder: Path) -> None:
    for each in events:
        if each.type == "decision.signed":
            _write(folder / "decisions" / f"{each.seq:08d}.json", canonical(each.body["statement"]))
            _write(folder / "decisions" / f"{each.seq:08d}.sig", each.body["signature"])


def _write_proofs(leaves: Sequence[bytes], checkpoint: anchor.Checkpoint, folder: Path) -> None:
    """Write for each record under a checkpoint that it is in the tree, so that one can be shown without the others."""
    under = leaves[: checkpoint.size]
    for index in range(len(under)):
        path = "".join(f"{base64.b64encode(each).decode()}\n" for each in merkle.inclusion_proof(under, index))
        _write(folder / "proofs" / f"{index:08d}", f"{_PROOF}\nindex {index}\n{path}\n{checkpoint.note}")


def _write(path: Path, data: bytes | str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
