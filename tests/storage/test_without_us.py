"""What FORMAT.md promises: with the rescue key, public tools and a copied bucket everything opens without us."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from storage import age
from storage.objects import ObjectMissing, ObjectStore
from storage.people import PeopleRegister
from storage.rescue import export_rescue
from tests.storage.builders import Office

TOOLS = (
    "age", "ssh-keygen", "sha256sum",
    "bash", "cat", "cut", "dirname", "grep", "head", "ls", "mkdir", "sed", "tail", "tr",
)  # fmt: skip
CONTENT = {
    ("technical", "input/1/response/技术响应.docx", 1): "技术".encode() * 50_000,
    ("technical", "input/1/response/技术响应.docx", 2): b"second version",
    ("commercial", "commercial/1/licence.pdf", 1): b"%PDF licence\n\x00\xff",
    ("price", "offer/1", 1): b'{"total":"1250000.00"}',
    ("price", "offer/1", 2): b"ends with padding's own byte\x80",
    ("archive", "no-bid/1", 1): b"",
}
WRITERS = {
    "technical": "person:li.na",
    "commercial": "person:zhao.min",
    "price": "person:sun.li",
    "archive": "worker:assembly",
}


def recipe() -> str:
    """Return the shell lines of FORMAT.md's last chapter."""
    text = (Path(__file__).parents[2] / "storage" / "FORMAT.md").read_text("utf-8")
    chapter = text.split("## When this software is gone")[1]
    return "set -eu -o pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL))


def copy_buckets(store: ObjectStore, tender: str, target: Path) -> None:
    """Copy the newest version of everything of a tender, and the register, into folders."""
    prefixes = dict.fromkeys(("ledger", "keys", "drafts", "archive"), f"{tender}/") | {"registers": "people/"}
    for bucket, prefix in prefixes.items():
        for info in list(store.list(bucket, prefix)):
            path = target / bucket / info.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(store.get(bucket, info.key))


@pytest.fixture
def left_behind(office: Office, fresh_store: ObjectStore, tmp_path: Path) -> tuple[Path, str]:
    """A folder with a copied bucket, the rescue key and rescue files; and the tender in it."""
    house = Office(fresh_store, office.holders, office.people)
    PeopleRegister(fresh_store, office.holders["person:wei.hao"].ssh_key).publish(
        office.people, office.holders["person:wei.hao"]
    )
    tender = house.open_tender()
    for (compartment, name, _version), data in CONTENT.items():
        vault = house.desk(WRITERS[compartment], tender).vault
        vault.seal(compartment, name, data, media_type="x/y", step_key=None)
    rescue = age.generate_identity()
    (tmp_path / "rescue.key").write_text(rescue.to_text() + "\n")
    (tmp_path / "rescue").mkdir()
    for who in ("person:zhao.min", "worker:pricing"):
        exported = export_rescue(house.desk(who, tender).keyrings, rescue.recipient())
        (tmp_path / "rescue" / f"{who.replace(':', '-')}.age").write_bytes(exported)
    copy_buckets(fresh_store, tender, tmp_path)
    return tmp_path, tender


def run_recipe(folder: Path, tender: str) -> subprocess.CompletedProcess[str]:
    """Run the documented lines where nothing but the public tools can be found."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in TOOLS:
        if not (tools / name).exists():
            (tools / name).symlink_to(str(shutil.which(name)))
    environment = {"PATH": str(tools), "TENDER": tender, "HOME": str(folder)}
    command = [str(tools / "bash"), "-c", recipe()]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_everything_opens_without_our_software(left_behind: tuple[Path, str]) -> None:
    folder, tender = left_behind
    done = run_recipe(folder, tender)
    assert done.returncode == 0, done.stdout + done.stderr
    opened = {key: (folder / "opened" / key[0] / f"{key[1]}@{key[2]}").read_bytes() for key in CONTENT}
    assert opened == CONTENT
    events = len(list((folder / "events").glob("*.json")))
    assert (
        done.stdout.count('Good "tender-event@v1" signature')
        == events
        == len(list((folder / "ledger" / tender).iterdir()))
    )
    assert done.stdout.count(": OK") == len(CONTENT)


def test_the_documented_lines_stop_at_an_altered_object(left_behind: tuple[Path, str]) -> None:
    folder, tender = left_behind
    victim = next(path for path in (folder / "drafts" / tender / "price").rglob("0001"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    done = run_recipe(folder, tender)
    assert done.returncode != 0
    assert "FAILED" in done.stdout


def test_the_documented_lines_stop_at_an_exchanged_event(left_behind: tuple[Path, str]) -> None:
    folder, tender = left_behind
    records = sorted((folder / "ledger" / tender).iterdir())
    records[3].write_bytes(records[2].read_bytes())
    done = run_recipe(folder, tender)
    assert done.returncode != 0
    assert not (folder / "opened").exists()


def test_a_draft_that_was_sealed_again_opens_from_its_new_object(office: Office, tender: str, tmp_path: Path) -> None:
    house = office.desk("person:sun.li", tender)
    first = house.vault.seal("price", "offer/1", b"1", media_type="x/y", step_key=None)
    office.desk("worker:pricing", tender).compartments.rotate("price", reason="lost laptop")
    house.ledger.refresh()
    newest = house.vault.latest("offer/1")
    assert newest is not None
    with pytest.raises(ObjectMissing):
        office.store.get("drafts", first.key)
    rescue = age.generate_identity()
    (tmp_path / "rescue.key").write_text(rescue.to_text())
    exported = export_rescue(office.desk("worker:pricing", tender).keyrings, rescue.recipient())
    (tmp_path / "identities").write_bytes(open_with_age(tmp_path / "rescue.key", exported))
    opened = open_with_age(tmp_path / "identities", office.store.get("drafts", newest.key))
    assert opened.rstrip(b"\0") == b"1\x80"


def open_with_age(identities: Path, sealed: bytes) -> bytes:
    command = ["age", "-d", "-i", str(identities)]
    return subprocess.run(command, input=sealed, capture_output=True, check=True, timeout=20).stdout
