"""Packs the final documents of a lot into one reproducible ZIP with a manifest of what is in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

# The earliest date a ZIP entry can carry: same files, same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class PackedFile:
    """One final document: file name, digest of its reviewed manifest, content."""

    name: str
    manifest: str
    data: bytes


def pack(tender: str, lot: str, files: Sequence[PackedFile]) -> bytes:
    """Return a ZIP of the files and `manifest.json`, which lists name, size, SHA-256 and reviewed manifest of each."""
    listed = [
        {"name": f.name, "size": len(f.data), "sha256": sha256(f.data).hexdigest(), "manifest": f.manifest}
        for f in sorted(files, key=lambda f: f.name)
    ]
    index = json.dumps({"v": 1, "tender": tender, "lot": lot, "files": listed}, ensure_ascii=False, indent=2)
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, data in [
            ("manifest.json", index.encode()),
            *[(f.name, f.data) for f in sorted(files, key=lambda f: f.name)],
        ]:
            archive.writestr(ZipInfo(name, EPOCH), data)
    return target.getvalue()
