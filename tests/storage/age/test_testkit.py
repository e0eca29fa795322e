"""The official test vectors of the age format (C2SP/CCTV), all 143 of them."""

import hashlib
import io
import zlib
from pathlib import Path

import pytest

from storage.age import (
    AgeError,
    ArmorError,
    ArmorReader,
    HeaderError,
    HeaderMacError,
    Identity,
    NoMatchError,
    PayloadError,
    ScryptIdentity,
    armor,
    dearmor,
    decrypt,
    parse_identity,
    read_header,
)

VECTORS = 143
OUTCOMES: dict[str, type[AgeError]] = {
    "header failure": HeaderError,
    "no match": NoMatchError,
    "HMAC failure": HeaderMacError,
    "payload failure": PayloadError,
    "armor failure": ArmorError,
}
KEYS = {"expect", "payload", "file key", "identity", "passphrase", "armored", "compressed", "comment"}

pytestmark = pytest.mark.cases


class Vector:
    """One file of the kit: what is expected, and the age file."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        head, _, body = path.read_bytes().partition(b"\n\n")
        self.fields: dict[str, list[str]] = {}
        for line in head.decode().splitlines():
            key, _, value = line.partition(": ")
            self.fields.setdefault(key, []).append(value)
        assert self.fields.keys() <= KEYS, self.name
        self.body = zlib.decompress(body) if "compressed" in self.fields else body
        self.expect = self.fields["expect"][0]
        self.armored = "armored" in self.fields

    @property
    def identities(self) -> list[Identity]:
        keys: list[Identity] = [parse_identity(text) for text in self.fields.get("identity", [])]
        return keys + [ScryptIdentity(text) for text in self.fields.get("passphrase", [])]

    def outcome(self) -> tuple[str, str]:
        """What happened, and the digest of all plain text that came out before it did."""
        source, target = io.BytesIO(self.body), io.BytesIO()
        try:
            decrypt(ArmorReader(source) if self.armored else source, target, self.identities)
            happened = "success"
        except AgeError as error:
            happened = next((name for name, kind in OUTCOMES.items() if type(error) is kind), repr(error))
        return happened, hashlib.sha256(target.getvalue()).hexdigest()

    def expected(self) -> tuple[str, str]:
        return self.expect, self.fields.get("payload", [hashlib.sha256(b"").hexdigest()])[0]


@pytest.fixture(scope="module")
def vectors(cases: Path) -> list[Vector]:
    found = [Vector(path) for path in sorted((cases / "age-testkit").iterdir())]
    assert len(found) == VECTORS
    return found


def test_every_vector_ends_as_the_kit_expects_with_the_plain_text_it_expects(vectors: list[Vector]) -> None:
    outcomes = {vector.name: (vector.outcome(), vector.expected()) for vector in vectors}
    wrong = {name: pair for name, pair in outcomes.items() if pair[0] != pair[1]}
    assert not wrong
    assert len(outcomes) == VECTORS
    print(f"\n{len(outcomes)} of {VECTORS} vectors as expected")


def test_every_header_that_parses_encodes_to_the_same_bytes(vectors: list[Vector]) -> None:
    binary = [v for v in vectors if v.expect not in ("header failure", "armor failure") and not v.armored]
    for vector in binary:
        assert vector.body.startswith(read_header(io.BytesIO(vector.body)).encode()), vector.name
    assert len(binary) >= 50


def test_every_armored_success_encodes_to_the_same_armor(vectors: list[Vector]) -> None:
    armored = [v for v in vectors if v.armored and v.expect == "success"]
    for vector in armored:
        assert armor(dearmor(vector.body)).split() == vector.body.split(), vector.name
    assert len(armored) >= 6
