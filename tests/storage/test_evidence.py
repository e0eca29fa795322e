"""Evidence: an outsider checks it with a shell, ssh-keygen and sha256sum, and sees every change to it."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest

from storage import anchor, merkle
from storage.canonical import now
from storage.decision import Decision, sign_decision
from storage.evidence import EvidenceExists, export_evidence
from tests.storage.builders import Office

CANARY = b"1250000.00"


@pytest.fixture
def evidence(office: Office, tender: str, tmp_path: Path) -> Path:
    """The evidence of a tender with an offer, a new key, a decision, checkpoints; the buckets copied beside it."""
    office.desk("person:li.na", tender).vault.seal("technical", "input/1/a/a.txt", b"a", media_type="x/y", step_key="a")
    desk = office.desk("person:sun.li", tender)
    offer = desk.vault.seal("price", "offer/1", CANARY, media_type="x/y", step_key=None)
    subjects = {offer.digest: "offer/1@1"}
    decision = Decision(tender, "1", "price", "approve", "sun.li", "pricing", subjects, now(), "rule")
    desk.ledger.append("decision.signed", sign_decision(decision, desk.holder), lot="1")
    anchor.publish(office.store, desk.ledger, desk.holder)
    office.desk("worker:pricing", tender).compartments.rotate("price", reason="lost laptop")
    anchor.publish(office.store, desk.ledger, desk.holder)
    export_evidence(office.store, tender, office.holders["person:chu.bo"], office.people, tmp_path / "evidence")
    for info in list(office.store.list("drafts", f"{tender}/")):
        path = tmp_path / "buckets" / "drafts" / info.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(office.store.get("drafts", info.key))
    return tmp_path / "evidence"


def check(evidence: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", "check.sh", "../buckets"]
    return subprocess.run(command, cwd=evidence, capture_output=True, text=True, check=False, timeout=120)


def test_an_outsider_finds_everything_in_order(evidence: Path, office: Office) -> None:
    done = check(evidence)
    assert done.returncode == 0, done.stdout + done.stderr
    events = len(list((evidence / "events").glob("*.json")))
    assert done.stdout.splitlines() == [
        f"events signed and in order: {events}",
        "checkpoints with the root of these records: 2",
        "manifests signed by their writers: 3",
        "decisions signed by their people: 1",
        "stored objects as sealed: 2",
    ]


def test_one_record_is_proven_without_the_others(evidence: Path, office: Office) -> None:
    """Index, path and checkpoint stand in one file; only the record itself is needed beside it."""
    accepted = {True: 0, False: 0}
    proofs = sorted((evidence / "proofs").iterdir())
    for proof in proofs:
        head, _, note = proof.read_text().partition("\n\n")
        kind, index, *path = head.splitlines()
        tender = note.splitlines()[0].partition("/")[2]
        checkpoint = anchor.read_note(note, tender, office.people)
        record = (evidence / "records" / f"{proof.name}.age").read_bytes()
        hashes = [base64.b64decode(line) for line in path]
        assert (kind, index) == ("c2sp.org/tlog-proof@v1", f"index {int(proof.name)}")
        for data, honest in ((record, True), (record + b"x", False)):
            leaf = merkle.leaf_hash(hashlib.sha256(data).digest())
            accepted[honest] += merkle.included(leaf, int(proof.name), checkpoint.size, hashes, checkpoint.root)
    assert accepted == {True: checkpoint.size, False: 0}


def test_evidence_holds_no_price_and_is_for_its_owner_alone(evidence: Path) -> None:
    assert all(CANARY not in path.read_bytes() for path in evidence.rglob("*") if path.is_file())
    assert evidence.stat().st_mode & 0o077 == 0


def test_evidence_never_goes_over_what_is_there(evidence: Path, office: Office, tender: str) -> None:
    with pytest.raises(EvidenceExists, match="not empty"):
        export_evidence(office.store, tender, office.holders["person:chu.bo"], office.people, evidence)


def first(folder: Path, pattern: str) -> Path:
    return sorted(folder.rglob(pattern))[0]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("events/00000003.json", "not signed by"),
        ("events/00000003.sig", "not signed by"),
        ("records/00000002.age", "does not follow"),
        ("manifests/**/*.json", "not signed by"),
        ("decisions/*.json", "not signed by"),
        ("../buckets/**/0001", "not the one that was sealed"),
    ],
)
def test_every_change_to_it_is_seen(evidence: Path, place: str, message: str) -> None:
    victim = first(evidence.parent / "buckets", "0001") if place.startswith("..") else sorted(evidence.glob(place))[0]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(bytes(data))
    done = check(evidence)
    assert done.returncode != 0
    assert message in done.stderr


@pytest.mark.parametrize(
    ("letters", "message"), [(b"AB", "the records give another root"), (b"**", "the root, is not base64")]
)
def test_every_change_to_a_root_is_seen(evidence: Path, letters: bytes, message: str) -> None:
    victim = sorted(evidence.glob("checkpoints/*"))[0]
    lines = victim.read_bytes().split(b"\n")
    other = letters[:1] if lines[2][2:3] != letters[:1] else letters[1:]
    lines[2] = lines[2][:2] + other + lines[2][3:]
    victim.write_bytes(b"\n".join(lines))
    done = check(evidence)
    assert done.returncode != 0
    assert f"{victim.relative_to(evidence)}: " in done.stderr
    assert message in done.stderr


def test_a_missing_event_is_seen(evidence: Path) -> None:
    (evidence / "events" / "00000004.json").unlink()
    assert "event 00000004 is missing" in check(evidence).stderr
