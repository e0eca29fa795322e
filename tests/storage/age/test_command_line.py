"""`python -m storage.age` beside the `age` program: same flags, same exits, files that go both ways."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.age import HybridIdentity, X25519Identity, encrypt_bytes

OURS = [sys.executable, "-m", "storage.age"]
AGE = ["age"]
PROGRAMS = [pytest.param(OURS, id="ours"), pytest.param(AGE, id="age")]
CONTENT = os.urandom(150_000)
TAKE_TERMINAL = "import os, sys; os.open(sys.argv[1], os.O_RDWR); os.execvp(sys.argv[2], sys.argv[2:])"

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")


def run(command: list[str], *arguments: object, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a program in a session of its own, so that it has no terminal."""
    line = [*command, *map(str, arguments)]
    return subprocess.run(line, input=data, capture_output=True, start_new_session=True, check=False)


def run_at_terminal(command: list[str], *arguments: object, typed: list[str]) -> int:
    """Runs a program at a terminal where a person answers each prompt; returns its exit status."""
    controller, terminal = pty.openpty()
    name = os.ttyname(terminal)
    line = [sys.executable, "-c", TAKE_TERMINAL, name, *command, *map(str, arguments)]
    process = subprocess.Popen(line, start_new_session=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for answer in typed:
        shown = b""
        while not shown.rstrip().endswith(b":"):
            shown += os.read(controller, 1_000)
        os.write(controller, answer.encode() + b"\n")
    status = process.wait(timeout=60)
    os.close(terminal)
    os.close(controller)
    return status


@pytest.fixture
def folder(tmp_path: Path, identity: X25519Identity) -> Path:
    (tmp_path / "key.txt").write_text(f"# a comment\n{identity.to_text()}\n")
    (tmp_path / "recipients.txt").write_text(f"# a comment\n\n{identity.recipient()}\n")
    (tmp_path / "content").write_bytes(CONTENT)
    return tmp_path


@needs_age
@pytest.mark.parametrize(("sealer", "opener"), [(OURS, OURS), (OURS, AGE), (AGE, OURS)])
@pytest.mark.parametrize("armor", [[], ["-a"]])
def test_files_go_both_ways_through_pipes(
    sealer: list[str], opener: list[str], armor: list[str], folder: Path, identity: X25519Identity
) -> None:
    sealed = run(sealer, *armor, "-r", identity.recipient(), data=CONTENT)
    assert (sealed.returncode, sealed.stdout.startswith(b"-----BEGIN")) == (0, bool(armor))
    opened = run(opener, "-d", "-i", folder / "key.txt", data=sealed.stdout)
    assert (opened.returncode, opened.stdout) == (0, CONTENT)


@pytest.mark.parametrize("flags", [("-R", "recipients.txt"), ("-e", "-i", "key.txt"), ("-e", "--identity=key.txt")])
def test_recipients_come_from_files(flags: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert run(OURS, *flags, "-o", "sealed", "content").returncode == 0
    assert run(OURS, "--decrypt", "-i", "key.txt", "--output", "opened", "sealed").returncode == 0
    assert Path("opened").read_bytes() == CONTENT


def test_a_post_quantum_recipient_is_used_like_any_other(folder: Path) -> None:
    key = HybridIdentity.generate()
    (folder / "key.txt").write_text(key.to_text())
    sealed = run(OURS, "-r", key.recipient(), data=CONTENT)
    assert run(OURS, "-d", "-i", folder / "key.txt", data=sealed.stdout).stdout == CONTENT


@needs_age
@pytest.mark.parametrize(("sealer", "opener"), [(OURS, AGE), (AGE, OURS)])
def test_passphrases_are_asked_for_at_the_terminal(sealer: list[str], opener: list[str], folder: Path) -> None:
    sealed, opened = folder / "sealed", folder / "opened"
    arguments = ("-o", sealed, folder / "content")
    assert run_at_terminal(sealer, "-p", *arguments, typed=["correct horse", "correct horse"]) == 0
    assert run_at_terminal(opener, "-d", "-o", opened, sealed, typed=["correct horse"]) == 0
    assert opened.read_bytes() == CONTENT


def test_a_wrong_or_mistyped_passphrase_is_refused(folder: Path) -> None:
    sealed, opened = folder / "sealed", folder / "opened"
    assert run_at_terminal(OURS, "-p", "-o", sealed, folder / "content", typed=["one", "two"]) == 1
    assert not sealed.exists()
    assert run_at_terminal(OURS, "-p", "-o", sealed, folder / "content", typed=["one", "one"]) == 0
    assert run_at_terminal(OURS, "-d", "-o", opened, sealed, typed=["two"]) == 1
    assert not opened.exists()


def test_a_key_file_may_be_sealed_to_a_passphrase(folder: Path, identity: X25519Identity) -> None:
    (folder / "sealed").write_bytes(encrypt_bytes(CONTENT, [identity.recipient()]))
    assert run_at_terminal(OURS, "-p", "-a", "-o", folder / "key.age", folder / "key.txt", typed=["one", "one"]) == 0
    arguments = ("-d", "-i", folder / "key.age", "-o", folder / "opened", folder / "sealed")
    assert run_at_terminal(OURS, *arguments, typed=["one"]) == 0
    assert (folder / "opened").read_bytes() == CONTENT


@needs_age
@pytest.mark.parametrize("command", PROGRAMS)
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 1),
        (("-d",), 1),
        (("-d", "-r", "age1x"), 1),
        (("-d", "-p"), 1),
        (("-d", "-a"), 1),
        (("-p", "-R", "recipients.txt"), 1),
        (("-i", "key.txt"), 1),
        (("-r", "age1x"), 1),
        (("-R", "no such file"), 1),
        (("-d", "-i", "content"), 1),
        (("-d", "-i", "key.txt", "no such file"), 1),
        (("-d", "-i", "key.txt", "content"), 1),
        (("-p",), 1),
        (("--no-such-flag",), 2),
    ],
)
def test_what_age_refuses_is_refused_with_the_same_exit_status(
    command: list[str], arguments: tuple[str, ...], status: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    ended = run(command, *arguments, "-o", "result")
    assert ended.returncode == status
    assert not (folder / "result").exists()
    assert b"Traceback" not in ended.stderr
    assert ended.stderr.strip()


def test_a_damaged_file_exits_with_1_and_leaves_no_file(folder: Path, identity: X25519Identity) -> None:
    sealed = encrypt_bytes(CONTENT, [identity.recipient()])
    ended = run(OURS, "-d", "-i", folder / "key.txt", "-o", folder / "opened", data=sealed[:-1])
    assert ended.returncode == 1
    assert b"age payload: chunk 2 was altered or cut" in ended.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["content", "key.txt", "recipients.txt"]


def test_a_full_output_exits_with_1_and_says_so(identity: X25519Identity) -> None:
    with open("/dev/full", "wb") as full:
        line = [*OURS, "-r", str(identity.recipient())]
        ended = subprocess.run(line, input=CONTENT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 1
    assert ended.stderr == b"age: error: input or output: No space left on device\n"


def test_binary_is_not_written_to_a_terminal(folder: Path, identity: X25519Identity) -> None:
    controller, terminal = pty.openpty()
    line = [*OURS, "-r", str(identity.recipient()), str(folder / "content")]
    ended = subprocess.run(line, stdout=terminal, stderr=subprocess.PIPE, check=False)
    os.close(terminal)
    os.close(controller)
    assert ended.returncode == 1
    assert b"not writing binary to a terminal" in ended.stderr


def test_the_help_explains_every_flag_and_shows_an_example() -> None:
    shown = run(OURS, "--help").stdout.decode()
    for flag in ("-e", "-d", "-o", "-a", "-p", "-r", "-R", "-i"):
        assert f"\n  {flag}" in shown
    assert "example:" in shown
    assert "age-keygen" in shown
