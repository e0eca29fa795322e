"""A tender's own set: packed the same for the same files, unpacked whole, and nothing foreign comes in with it."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from templates import catalogue, own_set
from templates.catalogue import SETS
from templates.own_set import OwnSetWrong


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of a tender's own, a copy of one of ours under another name."""
    made = tmp_path / "buyer-set"
    shutil.copytree(SETS / "cn-goods-87", made)
    manifest = made / "set.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"cn-goods-87"', '"buyer-form"', 1), "utf-8")
    return made


def test_what_was_packed_is_found_by_the_name_of_its_content(folder: Path) -> None:
    packed = own_set.pack(folder)
    name = own_set.unpack(packed)
    assert name == own_set.name_of(packed)
    there = catalogue.load(name)
    assert there.name == "buyer-form"
    assert own_set.pack(there.folder) == packed
    assert [s.id for _, s in there.sections()] == [s.id for _, s in catalogue.load(folder).sections()]


def test_the_same_files_give_the_same_name_wherever_they_lie_and_a_change_another(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    (elsewhere / "blanks.xlsx").write_bytes(b"the table that a person went through")
    assert own_set.take_in(elsewhere) == own_set.take_in(folder)
    with (elsewhere / "set.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("\n# changed\n")
    assert own_set.take_in(elsewhere) != own_set.take_in(folder)


@pytest.mark.parametrize("name", ["notes.txt", "a/b/c.docx", ".hidden.docx", "run.py"])
def test_foreign_files_are_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")
    with pytest.raises(OwnSetWrong, match="found"):
        own_set.pack(folder)


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.docx").write_bytes(b"x")
    (folder / "linked.docx").symlink_to(tmp_path / "secret.docx")
    with pytest.raises(OwnSetWrong):
        own_set.pack(folder)


@pytest.mark.parametrize("name", ["../x.docx", "/tmp/x.docx", "a/../../x.docx", "x.sh", "a/b/c.docx"])
def test_a_pack_made_by_another_hand_writes_nothing_outside(name: str, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(OwnSetWrong):
        own_set.unpack(made.getvalue())
    with pytest.raises(OwnSetWrong):
        own_set.unpack(b"no zip")


def test_too_many_or_too_large_files_are_refused(folder: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.docx", bytes(own_set.MAX_BYTES + 1))
    with pytest.raises(OwnSetWrong):
        own_set.unpack(made.getvalue())
    for number in range(own_set.MAX_FILES):
        (folder / f"f{number}.docx").write_bytes(b"x")
    with pytest.raises(OwnSetWrong, match="files"):
        own_set.pack(folder)
