"""`tender keys …` and `tender verify` against a real store, as people and the pricing worker use them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from flows import wiring
from flows.acts import deciding, intake
from flows.acts.admitting import NothingToAdmit
from flows.acts.deciding import Wish
from flows.acts.named import NotNamed
from flows.acts.price_votes import VoteClosed
from flows.anchors import publish_all
from flows.case import UnknownHolder
from flows.cli.main import build
from flows.price_volume import make_price_keys
from flows.steps.naming import NamingWrong
from flows.steps.procedure import GATES, State, Verdict
from flows.steps.tender import Tender
from storage import age, anchor
from storage.errors import StorageError
from storage.identity import create_holder
from storage.keyring import NotForYou
from storage.policy import PolicyRefused
from tests.flows.conftest import PASSPHRASE, Installation

pytestmark = pytest.mark.server


def tender(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(build(), list(words))
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def opened(installation: Installation, example: tuple[Tender, Path]) -> str:
    """The example tender, opened by its handler and with the price key made; its id."""
    made, folder = example
    intake.open_tender(installation.case(made.tender, person="zhao.min", new=True), made, folder)
    return made.tender


def verify(tender_id: str, person: str, *words: str, code: int = 0) -> dict[str, int]:
    """Return how much `tender verify` looked at, by what; the exit code says whether all is well."""
    report = json.loads(tender("verify", tender_id, "--as", person, "--json", *words, code=code))
    return {finding["what"]: finding["count"] for finding in report["findings"]}


def test_a_price_decision_still_counts_after_the_price_key_was_changed(
    installation: Installation, opened: str, example: tuple[Tender, Path], tmp_path: Path
) -> None:
    """A new key seals the offer again under another manifest; what was decided on is still the same offer."""
    make_price_keys(installation.case(opened, worker="pricing"), "-")
    intake.deliver(installation.case(opened, person="li.na"), *example)
    deciding.sign(installation.case(opened, person="zhao.min"), Wish("clauses", "1"))
    intake.deliver_cost(installation.case(opened, person="li.na"), "1", example[1] / "cost.xlsx")
    offer = intake.propose(installation.case(opened, person="sun.li"), "1", example[1] / "cost.xlsx")
    for person in ("sun.li", "zhou.jie"):
        deciding.sign(installation.case(opened, person=person), Wish("price", "1"))
    before = judged(installation, opened)
    asked = installation.case(opened, worker="pricing").request_key(GATES["price"], "1")

    told = tender("keys", "rotate", opened, "price", "--reason", "a laptop was lost", "--worker", "pricing")

    case = installation.case(opened, worker="pricing")
    assert "price: keyring version 2" in told
    assert case.manifests("offer/1")["offer/1"].version == offer.version + 1
    assert (before.state, judged(installation, opened)) == (State.PASSED, before)
    assert case.request_key(GATES["price"], "1") == asked
    with pytest.raises(VoteClosed, match=r"sun\.li, zhou\.jie have decided"):
        deciding.sign(installation.case(opened, person="wu.fang"), Wish("price", "1"))
    intake.propose(installation.case(opened, person="sun.li"), "1", dearer(example[1] / "cost.xlsx", tmp_path))
    assert judged(installation, opened).state is State.WAITING


def judged(installation: Installation, opened: str) -> Verdict:
    return installation.case(opened, worker="assembly").judge("price", "1")


def dearer(sheet: Path, folder: Path) -> Path:
    """Return the workbook with another unit price."""
    book = openpyxl.load_workbook(sheet)
    book["offer"]["B2"] = 357000
    book.save(folder / "offer.xlsx")
    return folder / "offer.xlsx"


def test_the_same_file_brought_again_after_a_new_key_makes_no_new_version(
    installation: Installation, opened: str, example: tuple[Tender, Path]
) -> None:
    made, folder = example
    brought = {b.name: b.version for b in intake.deliver(installation.case(opened, person="li.na"), made, folder)}
    tender("keys", "rotate", opened, "technical", "--reason", "a laptop was lost", "--as", "zhao.min")
    again = {b.name: b.version for b in intake.deliver(installation.case(opened, person="li.na"), made, folder)}
    assert again == {name: version + 1 for name, version in brought.items()}
    events = installation.case(opened, person="li.na").ledger.find(type="object.sealed")
    assert len([e for e in events if e.body["manifest"]["name"] in brought]) == len(brought)


def test_a_holder_taken_out_by_rotate_opens_what_comes_later_no_more(
    installation: Installation, opened: str, example: tuple[Tender, Path]
) -> None:
    made, folder = example
    intake.deliver(installation.case(opened, person="li.na"), made, folder)
    tender(
        "keys", "rotate", opened, "technical", "--reason", "left", "--without", "person:qian.wei", "--as", "zhao.min"
    )
    listed = {
        row["compartment"]: row for row in json.loads(tender("keys", "list", opened, "--as", "zhao.min", "--json"))
    }
    assert (listed["technical"]["version"], listed["technical"]["reason"]) == (2, "left")
    assert "person:qian.wei" not in listed["technical"]["holders"]
    with pytest.raises(NotForYou):
        installation.case(opened, person="qian.wei").read("clauses/1", purpose="test")
    assert installation.case(opened, person="li.na").read("clauses/1", purpose="test")


def test_someone_without_the_right_rotates_and_shreds_nothing(installation: Installation, opened: str) -> None:
    for verb in (("rotate",), ("shred", "--confirm", opened)):
        done = CliRunner().invoke(
            build(), ["keys", verb[0], opened, "technical", "--reason", "x", "--as", "li.na", *verb[1:]]
        )
        assert isinstance(done.exception, PolicyRefused), verb
    assert installation.case(opened, person="li.na").keyrings.current("technical").version == 1


def test_what_was_shredded_opens_for_nobody_and_the_tender_still_verifies(
    installation: Installation, opened: str, example: tuple[Tender, Path]
) -> None:
    made, folder = example
    intake.deliver(installation.case(opened, person="li.na"), made, folder)
    tender("keys", "shred", opened, "technical", "--reason", "x", "--confirm", "other", "--as", "zhao.min", code=2)
    assert installation.case(opened, person="li.na").read("clauses/1", purpose="test")
    told = tender("keys", "shred", opened, "technical", "--reason", "over", "--confirm", opened, "--as", "zhao.min")
    assert "technical: 1 keyring versions deleted; backups forget it when they expire." in told
    for holder in ({"person": "li.na"}, {"person": "zhao.min"}, {"worker": "assembly"}, {"worker": "archive"}):
        with pytest.raises(StorageError):
            installation.case(opened, **holder).read("clauses/1", purpose="test")
    verify(opened, "zhao.min")
    assert json.loads(tender("keys", "list", opened, "--as", "zhao.min", "--json"))[-1]["shredded"] is True


def test_the_rescue_file_opens_with_the_offline_key_and_age_alone(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    rescue = age.generate_identity()
    (tmp_path / "rescue.key").write_text(rescue.to_text() + "\n")
    out = tmp_path / "rescue.age"
    tender("keys", "export-rescue", opened, "--to", str(rescue.recipient()), "--out", str(out), "--as", "zhao.min")
    done = subprocess.run(["age", "-d", "-i", tmp_path / "rescue.key", out], capture_output=True, text=True, check=True)
    keys = age.parse_identities(done.stdout)
    ring = installation.case(opened, person="zhao.min").keyrings.current("technical")
    assert ring.recipient in {str(key.recipient()) for key in keys}


def test_an_auditor_verifies_a_tender_and_an_outsider_the_evidence(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    deciding.sign(installation.case(opened, person="zhao.min"), Wish("notice", "-"))
    counts = verify(opened, "chu.bo", "--out", str(tmp_path / "evidence"))
    assert counts["decisions signed by people in their role"] == 1
    assert min(counts["events signed by their authors, in an unbroken chain"], len(counts)) > 0
    done = subprocess.run([tmp_path / "evidence" / "check.sh"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_signature_is_followed_by_a_checkpoint_and_the_nightly_flow_covers_the_rest(
    installation: Installation, opened: str
) -> None:
    for person in ("zhao.min", "qian.wei"):
        tender("sign", opened, "notice", "--as", person)
    store = installation.case(opened, person="chu.bo").store
    assert opened not in anchor.behind(store)
    installation.case(opened, person="qian.wei").read("record", purpose="test")
    assert opened in anchor.behind(store)
    assert not [failed for failed in publish_all() if failed.startswith(opened)]
    assert opened not in anchor.behind(store)
    newest = checkpoints(opened)
    assert (newest["count"], newest["by"], newest["size"]) == (3, "worker:archive", events_of(installation, opened))
    publish_all()
    assert checkpoints(opened)["count"] == 3


def test_a_signature_stands_and_the_person_is_told_when_no_checkpoint_can_be_published(
    installation: Installation, opened: str
) -> None:
    case = installation.case(opened, person="zhao.min")
    now = events_of(installation, opened)
    for more in range(1, 9):  # the signature is one event, what is read for it are others
        case.store.put("anchors", f"{opened}/{now + more:08d}", b"something else")
    told = tender("sign", opened, "notice", "--as", "zhao.min")
    assert "zhao.min signed notice" in told
    assert "no checkpoint was published: checkpoint of" in told
    assert len(installation.case(opened, person="zhao.min").ledger.find(type="decision.signed")) == 1


def checkpoints(opened: str) -> dict[str, Any]:
    report = json.loads(tender("verify", opened, "--as", "chu.bo", "--json"))
    return next(each for each in report["findings"] if each["what"].startswith("checkpoints"))


def events_of(installation: Installation, opened: str) -> int:
    return len(installation.case(opened, worker="assembly").ledger.events())


def test_a_checkpoint_that_was_mailed_is_held_against_the_ledger(
    installation: Installation, opened: str, tmp_path: Path
) -> None:
    tender("sign", opened, "notice", "--as", "zhao.min")
    case = installation.case(opened, person="chu.bo")
    key = max(info.key for info in case.store.list("anchors", f"{opened}/"))
    note = tmp_path / "checkpoint"
    note.write_bytes(case.store.get("anchors", key))
    assert verify(opened, "chu.bo", "--checkpoint", str(note))[
        "checkpoints handed over, that the ledger still begins with"
    ]
    note.write_bytes(note.read_bytes().replace(b"\n", b"\n1", 1))
    verify(opened, "chu.bo", "--checkpoint", str(note), code=1)


def test_a_stored_object_that_was_exchanged_makes_verify_fail(installation: Installation, opened: str) -> None:
    case = installation.case(opened, worker="assembly")
    notice = case.manifests("notice/-/bid")["notice/-/bid"]
    case.store.put(notice.bucket, notice.key, b"another")
    verify(opened, "zhao.min", code=1)


def newcomer(installation: Installation, person: str, role: str) -> None:
    """Make keys for someone and have the custodian add them to the register."""
    folder = installation.settings.keys_home / person
    create_holder(folder, f"person:{person}", PASSPHRASE, work_factor=2)
    (folder / "passphrase").touch(mode=0o600)
    (folder / "passphrase").write_text(PASSPHRASE)
    tender("people", "add", person, "--department", "marketing-1", "--role", role)


def test_a_reviewer_is_replaced_let_in_and_reviews_instead_of_the_first(
    installation: Installation, opened: str
) -> None:
    newcomer(installation, "he.jing", "reviewer")
    for role, who, by in (("reviewer", "he.jing", "zhao.min"), ("reviewer", "li.na", "qian.wei"),
                          ("technical", "he.jing", "qian.wei"), ("boss", "he.jing", "qian.wei")):  # fmt: skip
        done = CliRunner().invoke(build(), ["people", "name", opened, role, who, "--reason", "leave", "--as", by])
        assert isinstance(done.exception, NotNamed | NamingWrong), (role, who, by)
    told = tender("people", "name", opened, "reviewer", "he.jing", "--reason", "leave", "--as", "qian.wei")
    assert f"he.jing is reviewer of {opened} from now on. Next: tender keys admit {opened} he.jing" in told

    told = tender("keys", "admit", opened, "he.jing", "--reason", "leave", "--as", "zhao.min")
    assert [line.split(":")[0] for line in told.splitlines()] == ["procedure", "technical", "commercial"]
    case = installation.case(opened, person="he.jing")
    assert case.named("reviewer") == ["person:he.jing"]
    assert case.record.people.reviewer == "he.jing"
    rings = json.loads(tender("keys", "list", opened, "--as", "he.jing", "--json"))
    technical = next(ring for ring in rings if ring["compartment"] == "technical")
    assert ("person:he.jing" in technical["holders"], "person:zheng.yun" in technical["holders"]) == (True, False)
    verify(opened, "chu.bo")


def test_an_auditor_who_is_registered_later_is_let_into_a_ledger_by_its_handler(
    installation: Installation, opened: str
) -> None:
    newcomer(installation, "gu.yan", "auditor")
    with pytest.raises(NotForYou):
        installation.case(opened, person="gu.yan").ledger.events()
    tender("keys", "admit", opened, "gu.yan", "--reason", "audit", "--as", "zhao.min")
    verify(opened, "gu.yan")


def test_nobody_is_let_in_by_someone_who_writes_no_keyring_or_without_being_registered(
    installation: Installation, opened: str
) -> None:
    for who, by, refused in (("wu.fang", "li.na", NothingToAdmit), ("nobody", "zhao.min", UnknownHolder)):
        done = CliRunner().invoke(build(), ["keys", "admit", opened, who, "--reason", "x", "--as", by])
        assert isinstance(done.exception, refused), who


@pytest.mark.server
def test_a_command_with_a_workers_keys_is_not_misled_by_the_passphrase_file_of_a_person(
    installation, tmp_path, monkeypatch
):
    persons = tmp_path / "passphrase"
    persons.touch(mode=0o600)
    persons.write_text("a person's own")
    monkeypatch.setenv("TENDERFLOW_PASSPHRASE_FILE", str(persons))

    assert wiring.worker_identity(wiring.settings(), "pricing").name == "worker:pricing"
    monkeypatch.delenv("TENDERFLOW_PASSPHRASE_FILE")
    monkeypatch.setenv("TENDERFLOW_IDENTITY", str(installation.settings.keys_home / "worker-pricing"))
    assert wiring.worker_identity(wiring.settings(), "pricing").name == "worker:pricing"
