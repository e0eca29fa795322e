"""The set-up of a machine without LibreOffice by someone who may not install it, is told what to do."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "system.sh"
NOBODY = 65534
TOOLS = ("bash", "dirname", "readlink", "id", "fc-list", "fc-match", "grep", "apt-get", "mkdir", "mktemp")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everyone may read, with the script and a `bin` of all tools but LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "scripts").mkdir()
        shutil.copy(SCRIPT, place / "scripts")
        (place / "bin").mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            if found:
                (place / "bin" / tool).symlink_to(found)
        yield place


def test_without_root_and_libreoffice_the_packages_and_the_command_are_named_and_it_ends(place: Path) -> None:
    done = subprocess.run(
        [place / "scripts" / "system.sh"],
        env={"PATH": str(place / "bin")},
        user=NOBODY if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "missing Debian packages: libreoffice-writer-nogui" in done.stderr
    assert "next: sudo apt-get install --no-install-recommends libreoffice-writer-nogui" in done.stderr
    assert {entry.name for entry in place.iterdir()} == {"scripts", "bin"}
