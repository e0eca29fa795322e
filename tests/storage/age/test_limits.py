"""A hostile file costs its reader little: at most 10 ms of processor time and 64 MiB, whatever it claims."""

import io
import os
import time
import tracemalloc
from collections.abc import Callable

import pytest

from storage.age import (
    AgeError,
    ArmorError,
    ArmorReader,
    HeaderError,
    HybridIdentity,
    Identity,
    PayloadError,
    RecipientsError,
    ScryptIdentity,
    ScryptRecipient,
    Stanza,
    X25519Identity,
    dearmor,
    decrypt,
    decrypt_bytes,
    encrypt_bytes,
)
from storage.age.header import MAX_HEADER, MAX_STANZAS, VERSION_LINE

MAC_LINE = b"--- " + b"A" * 43 + b"\n"
SHARE = "A" * 42 + "E"  # 32 bytes that are no low-order point


def file_of(*stanzas: Stanza) -> bytes:
    return VERSION_LINE + b"".join(stanza.encode() for stanza in stanzas) + MAC_LINE + bytes(64)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "as many key agreements as fit": lambda: file_of(*[Stanza(("X25519", SHARE), bytes(32))] * MAX_STANZAS),
    "as many post-quantum ones as fit": lambda: file_of(
        *[Stanza(("mlkem768x25519", "A" * 1451 + SHARE[1:]), bytes(32))] * (MAX_HEADER // 1600)
    ),
    "more stanzas than the limit": lambda: file_of(*[Stanza(("x",), b"")] * (MAX_STANZAS + 1)),
    "as many stanzas as fit": lambda: file_of(*[Stanza(("x",), b"")] * (MAX_HEADER // 6)),
    "one body as long as fits": lambda: file_of(Stanza(("x",), bytes(MAX_HEADER * 3 // 4 - 2_000))),
    "as many arguments as fit": lambda: file_of(Stanza(("x",) * (MAX_HEADER // 2 - 100), b"")),
    "as many lines as fit": lambda: VERSION_LINE + b"\n" * MAX_HEADER,
    "a header that never ends": lambda: VERSION_LINE + b"-> x\n\n" * 400_000,
    "a line that never ends": lambda: VERSION_LINE + b"-> " + b"x" * 2_000_000,
    "a work factor of 2^21": lambda: file_of(Stanza(("scrypt", "A" * 22, "21"), bytes(32))),
    "a work factor of thirty thousand digits": lambda: file_of(Stanza(("scrypt", "A" * 22, "9" * 30_000), bytes(32))),
}


@pytest.fixture(scope="module")
def keys() -> dict[str, Identity]:
    return {"X25519": X25519Identity.generate(), "hybrid": HybridIdentity.generate(), "scrypt": ScryptIdentity("guess")}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("key", ["X25519", "hybrid", "scrypt"])
def test_a_hostile_header_costs_at_most_10_ms_and_64_mib(name: str, key: str, keys: dict[str, Identity]) -> None:
    data, identity = HOSTILE[name](), keys[key]

    def cost() -> float:
        start = time.thread_time()
        with pytest.raises(AgeError):
            decrypt(io.BytesIO(data), io.BytesIO(), [identity])
        return time.thread_time() - start

    assert min(cost() for _ in range(5)) <= 0.010
    tracemalloc.start()
    cost()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 64 * 1024 * 1024


def test_the_limits_let_48_recipients_and_20_post_quantum_ones_through() -> None:
    x25519 = [X25519Identity.generate() for _ in range(48)]
    assert decrypt_bytes(encrypt_bytes(b"a", [key.recipient() for key in x25519]), x25519[-1:]) == b"a"
    hybrid = [HybridIdentity.generate() for _ in range(20)]
    assert decrypt_bytes(encrypt_bytes(b"b", [key.recipient() for key in hybrid]), hybrid[-1:]) == b"b"


def test_more_recipients_than_a_reader_accepts_are_refused_when_sealing() -> None:
    with pytest.raises(RecipientsError):
        encrypt_bytes(b"a", [X25519Identity.generate().recipient()] * (MAX_STANZAS + 1))
    with pytest.raises(RecipientsError):
        encrypt_bytes(b"a", [HybridIdentity.generate().recipient()] * (MAX_HEADER // 1500))


def test_a_reader_may_set_a_lower_work_factor() -> None:
    sealed = encrypt_bytes(b"a", [ScryptRecipient("secret", work_factor=6)])
    assert decrypt_bytes(sealed, [ScryptIdentity("secret", max_work_factor=6)]) == b"a"
    with pytest.raises(HeaderError, match="exceeds 5"):
        decrypt_bytes(sealed, [ScryptIdentity("secret", max_work_factor=5)])


def test_no_reader_accepts_more_than_the_highest_work_factor() -> None:
    with pytest.raises(HeaderError, match="exceeds 20"):
        decrypt_bytes(file_of(Stanza(("scrypt", "A" * 22, "21"), bytes(32))), [ScryptIdentity("x", max_work_factor=30)])


@pytest.mark.parametrize("work_factor", ["1x", "x1", "+1", "-1", "1_0", "01", "0", "1.", "1e"])
def test_a_work_factor_that_is_no_decimal_number_is_malformed(work_factor: str) -> None:
    with pytest.raises(HeaderError, match="no decimal number"):
        decrypt_bytes(file_of(Stanza(("scrypt", "A" * 22, work_factor), bytes(32))), [ScryptIdentity("x")])


def test_a_header_without_a_stanza_is_malformed(identity: X25519Identity) -> None:
    with pytest.raises(HeaderError, match="no stanza"):
        decrypt_bytes(file_of(), [identity])


def test_a_file_beyond_the_limit_of_the_caller_is_not_opened(identity: X25519Identity) -> None:
    sealed = encrypt_bytes(os.urandom(1000), [identity.recipient()])
    assert len(decrypt_bytes(sealed, [identity], limit=len(sealed))) == 1000
    with pytest.raises(PayloadError, match="more than the limit"):
        decrypt_bytes(sealed, [identity], limit=len(sealed) - 1)


@pytest.mark.parametrize("space", [b" " * 1_025, b"\n" * 1_025, b" \n" * 600, b"\r\n" * 600])
def test_endless_white_space_around_armor_is_refused(space: bytes) -> None:
    text = b"-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n"
    assert dearmor(text) == bytes(3)
    for attack in (space + b"\n" + text, text + space):
        with pytest.raises(ArmorError):
            dearmor(attack)


def test_an_endless_armor_line_is_refused_before_it_is_read_whole() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return b"A" * size

    source = Endless()
    with pytest.raises(ArmorError):
        ArmorReader(source).read(1)
    assert source.given <= 128 * 1024
