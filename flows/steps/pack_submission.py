"""Packs the final documents of a lot into one reproducible ZIP with a manifest of what is in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from flows.errors import TenderError
from flows.steps.copies import Copies

# The earliest date a ZIP entry can carry: same files, same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifest.json"


class BrokenPackage(TenderError):
    """A package whose manifest or a file in it is not what it says."""


@dataclass(frozen=True)
class PackedFile:
    """One final document: file name, digest of its reviewed manifest (empty: made while packing), content, pages."""

    name: str
    manifest: str
    data: bytes
    pages: int | None = None


def pack(tender: str, lot: str, files: Sequence[PackedFile], copies: Copies | None = None) -> bytes:
    """Return a ZIP of the files and `manifest.json`: name, size, SHA-256, reviewed manifest, pages of each, copies."""
    ordered = sorted(files, key=lambda f: f.name)
    listed = [
        {"name": f.name, "size": len(f.data), "sha256": sha256(f.data).hexdigest(), "manifest": f.manifest}
        | ({} if f.pages is None else {"pages": f.pages})
        for f in ordered
    ]
    value = {"v": 1, "tender": tender, "lot": lot, "files": listed} | ({"copies": vars(copies)} if copies else {})
    index = json.dumps(value, ensure_ascii=False, indent=2)
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, data in [(MANIFEST, index.encode()), *[(f.name, f.data) for f in ordered]]:
            archive.writestr(ZipInfo(name, EPOCH), data)
    return target.getvalue()


def unpack(package: bytes) -> tuple[PackedFile, ...]:
    """Return the files of a package, each held against the digest that the manifest names.

    Raises:
        BrokenPackage: no package, or a file that is missing, added or changed.
    """
    try:
        with ZipFile(BytesIO(package)) as archive:
            listed = {entry["name"]: entry for entry in json.loads(archive.read(MANIFEST))["files"]}
            found = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
    except (BadZipFile, KeyError, ValueError):
        raise _broken(MANIFEST) from None
    for name in sorted(listed.keys() | found.keys()):
        if name not in listed or name not in found or sha256(found[name]).hexdigest() != listed[name]["sha256"]:
            raise _broken(name)
    return tuple(PackedFile(name, entry["manifest"], found[name], entry.get("pages")) for name, entry in listed.items())


def _broken(name: str) -> BrokenPackage:
    return BrokenPackage(
        "Package: {name} is not what the manifest lists, or no manifest is there; next: tender get ID package/LOT",
        name=name,
    )
