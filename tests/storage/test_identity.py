"""Identities: what is written is readable by `age` and `ssh-keygen`, protected, and loaded from every kind of place."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage import age
from storage.identity import (
    CredentialIdentity,
    ExecIdentity,
    FileIdentity,
    Holder,
    IdentityRefused,
    create_holder,
    provider,
    read_holder,
    read_public,
)

NAME, SECRET, QUICK = "person:zhao.min", "correct horse", 4


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Holder]:
    folder = tmp_path / "zhao.min"
    return folder, create_holder(folder, NAME, SECRET, work_factor=QUICK)


def same(one: Holder, other: Holder) -> bool:
    return (one.name, one.age.to_text(), one.ssh_key) == (other.name, other.age.to_text(), other.ssh_key)


def test_a_folder_gives_back_the_holder_it_was_made_for(made: tuple[Path, Holder]) -> None:
    folder, holder = made
    assert same(FileIdentity(folder, lambda: SECRET).load(), holder)
    assert dict(read_public(folder)) == {"name": NAME, "recipient": holder.recipient, "ssh_key": holder.ssh_key}


def test_private_files_are_for_their_owner_alone(made: tuple[Path, Holder]) -> None:
    folder, _ = made
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"identity.age": 0o600, "id_ed25519": 0o600, "id_ed25519.pub": 0o644, "public.json": 0o644}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["identity.age", "id_ed25519"])
def test_a_private_file_that_others_may_read_is_refused(made: tuple[Path, Holder], name: str) -> None:
    folder, _ = made
    (folder / name).chmod(0o640)
    with pytest.raises(IdentityRefused, match="others may read it; next: chmod 600"):
        FileIdentity(folder, lambda: SECRET).load()


def test_a_wrong_or_missing_passphrase_is_refused_without_repeating_it(made: tuple[Path, Holder]) -> None:
    folder, _ = made
    for source in (lambda: "wrong guess", None):
        with pytest.raises(IdentityRefused) as refused:
            FileIdentity(folder, source).load()
        assert "wrong guess" not in str(refused.value)


def test_the_passphrase_may_lie_in_a_credential_file_of_its_owner(made: tuple[Path, Holder], tmp_path: Path) -> None:
    folder, holder = made
    credential = tmp_path / "passphrase"
    credential.write_text(SECRET + "\n")
    credential.chmod(0o600)
    assert same(FileIdentity(folder, credential).load(), holder)
    credential.chmod(0o644)
    with pytest.raises(IdentityRefused, match="others may read it"):
        FileIdentity(folder, credential).load()


def test_no_private_key_lies_in_the_clear_or_shows_in_a_repr(made: tuple[Path, Holder]) -> None:
    folder, holder = made
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (holder.age.to_text(), SECRET):
        assert secret.encode() not in written
        assert secret not in repr(holder) + repr(FileIdentity(folder, lambda: SECRET))


def test_ssh_keygen_opens_the_signing_key_and_agrees_on_its_public_half(made: tuple[Path, Holder]) -> None:
    folder, holder = made
    command = ["ssh-keygen", "-y", "-P", SECRET, "-f", "id_ed25519"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=20)
    assert shown.stdout.split()[:2] == holder.ssh_key.split()
    wrong = subprocess.run(
        [*command[:3], "wrong", *command[4:]], cwd=folder, capture_output=True, check=False, timeout=20
    )
    assert wrong.returncode != 0


def test_the_age_program_opens_files_with_an_unprotected_identity(tmp_path: Path) -> None:
    holder = create_holder(tmp_path / "w", "worker:assembly", None)
    sealed = age.encrypt_bytes(b"draft", [holder.age.recipient()])
    command = ["age", "-d", "-i", str(tmp_path / "w" / "identity.age")]
    assert subprocess.run(command, input=sealed, capture_output=True, check=True, timeout=20).stdout == b"draft"


def test_a_second_identity_does_not_overwrite_the_first(made: tuple[Path, Holder]) -> None:
    folder, holder = made
    with pytest.raises(IdentityRefused, match="it exists"):
        create_holder(folder, NAME, "other", work_factor=QUICK)
    assert same(FileIdentity(folder, lambda: SECRET).load(), holder)


def test_exchanged_public_keys_are_noticed(made: tuple[Path, Holder], tmp_path: Path) -> None:
    folder, _ = made
    other = tmp_path / "other"
    create_holder(other, NAME, SECRET, work_factor=QUICK)
    (folder / "public.json").write_bytes((other / "public.json").read_bytes())
    with pytest.raises(IdentityRefused, match="differ"):
        FileIdentity(folder, lambda: SECRET).load()


def test_systemd_and_docker_credentials_are_found(
    made: tuple[Path, Holder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, holder = made
    (tmp_path / "worker-pricing").write_text(holder.to_text())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert same(CredentialIdentity("worker-pricing").load(), holder)
    assert same(CredentialIdentity("worker-pricing", (tmp_path / "no", tmp_path)).load(), holder)
    with pytest.raises(IdentityRefused, match="credential absent: not found"):
        CredentialIdentity("absent").load()


def test_any_command_that_prints_the_identity_is_a_provider(made: tuple[Path, Holder], tmp_path: Path) -> None:
    _, holder = made
    (tmp_path / "secret").write_text(holder.to_text())
    assert same(ExecIdentity(f"cat {tmp_path / 'secret'}").load(), holder)


@pytest.mark.parametrize(
    "command", ["false", "no-such-program-here", "echo hello", "", "'unbalanced", f"{sys.executable} -c 'print(1)'"]
)
def test_a_command_that_prints_no_identity_is_refused(command: str) -> None:
    with pytest.raises(IdentityRefused):
        ExecIdentity(command).load()


def test_settings_name_a_provider_by_its_prefix(tmp_path: Path) -> None:
    assert provider("exec:vault read x") == ExecIdentity("vault read x")
    assert provider("credential:worker-pricing") == CredentialIdentity("worker-pricing")
    assert provider(str(tmp_path)) == FileIdentity(tmp_path)


def test_a_broken_identity_text_is_refused_without_repeating_it(made: tuple[Path, Holder]) -> None:
    text = made[1].to_text()
    secret = made[1].age.to_text()
    for broken in ("", text[:-100], text.replace("# holder", "# hold"), text.replace("AGE-SECRET-KEY-1", "AGE-X-")):
        with pytest.raises(IdentityRefused) as refused:
            read_holder(broken)
        assert secret[20:40] not in str(refused.value)
