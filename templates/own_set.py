"""A tender's own template set as one file: packed to be sealed with the tender's record, unpacked where it is used."""

import atexit
import io
import re
import zipfile
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from templates import catalogue
from templates.adopt.folder import TABLE
from templates.errors import TemplateError
from templates.pdf_scratch import scratch

OWN = "own-"
"""What the names of tenders' own sets begin with; a digest of the content follows."""
MAX_FILES, MAX_BYTES = 200, 64 * 1024 * 1024
_NAME = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*\.(?:docx|toml)")
_DATE = (1980, 1, 1, 0, 0, 0)
_unpacked: set[str] = set()
_kept = ExitStack()
atexit.register(_kept.close)


class OwnSetWrong(TemplateError):
    """A tender's own set that cannot be taken in: foreign files, too many, or too large."""


def pack(folder: Path) -> bytes:
    """Return the set of a folder as a ZIP, the same bytes for the same files.

    Raises:
        UnknownName, SetError: the folder holds no set, or a wrong one.
        OwnSetWrong: links, files of another kind than .docx and .toml, or too much.
    """
    catalogue.load(folder)
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir() and path.name != TABLE)
    names = [path.relative_to(folder).as_posix() for path in paths]
    for path, name in zip(paths, names, strict=True):
        if path.is_symlink() or not _NAME.fullmatch(name):
            raise _wrong(folder, name)
    if len(paths) > MAX_FILES or sum(path.stat().st_size for path in paths) > MAX_BYTES:
        raise _wrong(folder, f"{len(paths)} files")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # stored: another compressor would give other bytes
        for path, name in zip(paths, names, strict=True):
            archive.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes())
    return packed.getvalue()


def name_of(packed: bytes) -> str:
    """Return the name of a packed set: it says which content it is."""
    return OWN + sha256(packed).hexdigest()[:32]


def take_in(folder: Path) -> str:
    """Make the set of a tender folder known to `catalogue.load`; return its name.

    Raises:
        As `pack`.
    """
    name = name_of(pack(folder))
    catalogue.register(name, folder)
    return name


def unpack(packed: bytes) -> str:
    """Make a packed set known to `catalogue.load`, from a private folder in memory that is gone with the process.

    Raises:
        OwnSetWrong: it holds what `pack` would not have written.
    """
    name = name_of(packed)
    if name in _unpacked:
        return name
    folder = _kept.enter_context(scratch()) / "set"
    folder.mkdir()
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise _wrong(folder, f"{len(entries)} files")
            for entry in entries:
                if not _NAME.fullmatch(entry.filename):
                    raise _wrong(folder, entry.filename)
                (folder / entry.filename).parent.mkdir(exist_ok=True)
                (folder / entry.filename).write_bytes(archive.read(entry))
    except zipfile.BadZipFile:
        raise _wrong(folder, "no ZIP") from None
    catalogue.register(name, folder)
    _unpacked.add(name)
    return name


def _wrong(folder: Path, found: str) -> OwnSetWrong:
    return OwnSetWrong(
        "{set}: found {found}, expected a set.toml and .docx files, at most {files} of them and {size} MB; "
        "next: keep other files elsewhere",
        set=folder.name,
        found=found,
        files=MAX_FILES,
        size=MAX_BYTES // 1024**2,
    )
