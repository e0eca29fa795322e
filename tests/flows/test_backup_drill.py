"""The drill: an installation backed up by command, restored elsewhere by command, and proven."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from flows import first_keys, wiring
from flows.acts import intake
from flows.steps.read_tender import read
from storage import age
from storage.embedded import EmbeddedStore
from tests.flows.conftest import EXAMPLE, Installation

pytestmark = pytest.mark.server

TENDER = "drill-1"


def tender(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator would, in a home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TENDERFLOW_")}
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli.main import main; main()", *arguments],
        env=environment | {"TENDERFLOW_HOME": str(home), "TENDERFLOW_RETENTION_DAYS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, age.X25519Identity]:
    """The home of an installation with a tender in it, its backup, and the offline key."""
    home, folder = tmp_path_factory.mktemp("old") / "home", tmp_path_factory.mktemp("backup") / "copies"
    home.mkdir(mode=0o700)
    store = EmbeddedStore(home / "store", retention_days=1)
    store.start()
    offline = age.generate_identity()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TENDERFLOW_HOME", str(home))
            patch.setenv("TENDERFLOW_RETENTION_DAYS", "1")
            first_keys.prepare(wiring.settings())
            Installation(wiring.settings()).people()
            record = read(EXAMPLE).model_copy(update={"tender": TENDER})
            intake.open_tender(wiring.open_case(TENDER, person="zhao.min", new=True), record, EXAMPLE)
        done = tender(home, "backup", str(folder), "--keys-to", str(offline.recipient()), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["versions"]["ledger"] > 5
    finally:
        store.stop()
    return home, folder, offline


def test_a_restored_installation_is_proven_by_command(
    backed_up: tuple[Path, Path, age.X25519Identity], tmp_path: Path
) -> None:
    _, folder, offline = backed_up
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (sealed,) = folder.glob("keys-*.tar.age")
    with tarfile.open(fileobj=io.BytesIO(age.decrypt_bytes(sealed.read_bytes(), [offline]))) as tar:
        tar.extractall(home, filter="data")
    done = tender(home, "restore", str(folder), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["proven"] == {TENDER: True}
    again = tender(home, "restore", str(folder))
    assert again.returncode == 1
    assert "expected an empty store" in again.stderr


def test_without_the_keys_a_restore_says_what_to_put_back(
    backed_up: tuple[Path, Path, age.X25519Identity], tmp_path: Path
) -> None:
    done = tender(tmp_path / "home", "restore", str(backed_up[1]))
    assert done.returncode == 1
    assert "next: put keys/ and custodian.pub back" in done.stderr


def test_a_backup_holds_no_clear_text_and_its_keys_open_with_the_offline_key_alone(
    backed_up: tuple[Path, Path, age.X25519Identity],
) -> None:
    home, folder, offline = backed_up
    title = read(EXAMPLE).title.encode()
    assert title in age.decrypt_bytes(age.encrypt_bytes(title, [offline.recipient()]), [offline])
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    private = (home / "keys" / "custodian" / "id_ed25519").read_text().splitlines()[1:-1]
    for path in files:
        data = path.read_bytes()
        assert title not in data
        assert not any(line.encode() in data for line in private)
    (sealed,) = folder.glob("keys-*.tar.age")
    with pytest.raises(age.NoMatchError):
        age.decrypt_bytes(sealed.read_bytes(), [age.generate_identity()])
