"""Formats of a newer version are refused with a clear word, never misread."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import signed
from storage.manifest import Manifest, ManifestRefused
from storage.signed import NewerFormat

ROOM = Path(__file__).parents[2] / "storage"
NAMESPACES = sorted(
    {
        found
        for path in ROOM.glob("*.py")
        for found in re.findall(r'NAMESPACE = "([a-z-]+@v1)"', path.read_text("utf-8"))
    }
)


def test_every_signed_format_of_this_room_is_tried() -> None:
    assert {"tender-event@v1", "tender-keyring@v1", "tender-people@v1", "tender-restored@v1"} <= set(NAMESPACES)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_record_of_a_newer_format_is_refused_and_says_what_to_use(namespace: str) -> None:
    key = Ed25519PrivateKey.generate()
    assert signed.read(signed.write({"v": 1, "a": "b"}, key, namespace), namespace)[0] == {"v": 1, "a": "b"}
    with pytest.raises(NewerFormat, match=r"found format version 2, expected at most 1; next: use the newer version"):
        signed.read(signed.write({"v": 2, "a": "b"}, key, namespace), namespace)


def test_a_manifest_of_a_newer_format_is_refused() -> None:
    fields = dict.fromkeys(("tender", "compartment", "name", "object", "sha256", "media_type", "by"), "x")
    manifest = {**fields, "v": 2, "version": 1, "size": 1, "at": "2026-11-01T00:00:00+00:00"}
    with pytest.raises(ManifestRefused, match="found version 2, expected 1"):
        Manifest.from_event({"manifest": manifest, "signature": "", "bucket": "drafts"})
