"""What an attacker without the key can do to a sealed file: nothing that is accepted."""

import itertools
import os
from collections.abc import Callable, Iterable

import pytest

from storage.age import AgeError, ContextStanza, Stanza, X25519Identity, decrypt_bytes, encrypt_bytes

CHUNK, SEALED_CHUNK = 65_536, 65_552
Opens = Callable[[bytes], bool]


def accepted(opens: Opens, attacks: Iterable[bytes], what: str) -> int:
    """How many attacks were accepted; prints how many were tried."""
    tried = successes = 0
    for attack in attacks:
        tried += 1
        successes += opens(attack)
    print(f"\n{what}: {successes} of {tried} accepted")
    return successes


@pytest.fixture(scope="module")
def small(identity: X25519Identity, context: ContextStanza) -> bytes:
    """A file of one short chunk."""
    return encrypt_bytes(os.urandom(220), [identity.recipient()], context=context)


@pytest.fixture(scope="module")
def chunks(identity: X25519Identity, context: ContextStanza) -> tuple[bytes, list[bytes]]:
    """Header and nonce of a file, and its chunks: three whole, one short."""
    sealed = encrypt_bytes(os.urandom(3 * CHUNK + 100), [identity.recipient()], context=context)
    start = len(sealed) - 3 * SEALED_CHUNK - 116
    return sealed[:start], [sealed[at : at + SEALED_CHUNK] for at in range(start, len(sealed), SEALED_CHUNK)]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_no_flipped_bit_of_header_or_payload_is_accepted(small: bytes, opens: Opens) -> None:
    assert opens(small)
    bits = len(small) * 8
    assert bits >= 3_800
    assert accepted(opens, (flipped(small, bit) for bit in range(bits)), "flipped bits") == 0


def test_no_truncation_is_accepted(small: bytes, opens: Opens) -> None:
    assert accepted(opens, (small[:length] for length in range(len(small))), "truncations") == 0


def test_no_byte_at_the_end_is_accepted(small: bytes, opens: Opens) -> None:
    assert accepted(opens, (small + bytes([value]) for value in range(256)), "bytes added") == 0


def test_no_truncation_around_a_chunk_border_is_accepted(chunks: tuple[bytes, list[bytes]], opens: Opens) -> None:
    whole = chunks[0] + b"".join(chunks[1])
    lengths = [len(chunks[0]) + SEALED_CHUNK * n + d for n in range(4) for d in range(-20, 21)]
    assert accepted(opens, (whole[:length] for length in lengths), "truncations at chunk borders") == 0


def test_no_reordering_drop_or_duplicate_of_chunks_is_accepted(chunks: tuple[bytes, list[bytes]], opens: Opens) -> None:
    start, parts = chunks
    assert opens(start + b"".join(parts))
    orders = [order for n in range(6) for order in itertools.product(range(4), repeat=n) if order != (0, 1, 2, 3)]
    attacks = (start + b"".join(parts[index] for index in order) for order in orders)
    assert accepted(opens, attacks, "other sequences of up to five chunks") == 0


def test_no_chunk_header_or_nonce_of_another_file_is_accepted(
    chunks: tuple[bytes, list[bytes]], identity: X25519Identity, context: ContextStanza, opens: Opens
) -> None:
    start, parts = chunks
    other = encrypt_bytes(os.urandom(3 * CHUNK + 100), [identity.recipient()], context=context)
    theirs = [other[len(start) :][at : at + SEALED_CHUNK] for at in range(0, len(other) - len(start), SEALED_CHUNK)]
    swaps = [start + b"".join([*parts[:n], theirs[n], *parts[n + 1 :]]) for n in range(4)]
    swaps += [other[: len(start)] + b"".join(parts), other[: len(start) - 16] + start[-16:] + b"".join(parts)]
    assert accepted(opens, swaps, "parts of another file") == 0


def test_a_file_made_with_the_public_key_alone_has_not_the_context_of_another(
    identity: X25519Identity, context: ContextStanza, opens: Opens
) -> None:
    forged = [None, ContextStanza("agv-2025", context.object_id, context.version, context.compartment)]
    forged += [ContextStanza(context.tender, "00" * 16, context.version, context.compartment)]
    forged += [ContextStanza(context.tender, context.object_id, 2, context.compartment)]
    forged += [ContextStanza(context.tender, context.object_id, context.version, "technical")]
    files = (encrypt_bytes(b"price", [identity.recipient()], context=other) for other in forged)
    assert accepted(opens, files, "files of another context") == 0


def test_a_file_that_claims_two_contexts_has_neither(
    identity: X25519Identity, context: ContextStanza, opens: Opens
) -> None:
    class Claim:
        """A recipient that wraps nothing and adds another context."""

        def wrap(self, file_key: bytes) -> Stanza:
            return self.blank()

        def blank(self) -> Stanza:
            return ContextStanza("agv-2025", "00" * 16, 1, "technical").to_stanza()

    forged = encrypt_bytes(b"price", [identity.recipient(), Claim()], context=context)
    assert decrypt_bytes(forged, [identity]) == b"price"
    assert not opens(forged)


def test_a_context_stanza_moved_from_another_file_is_not_accepted(small: bytes, identity: X25519Identity) -> None:
    other = ContextStanza("agv-2024", "9f" * 16, 4, "price")
    moved = small.replace(b" 3 price\n", b" 4 price\n")
    assert moved != small
    with pytest.raises(AgeError, match="altered"):
        decrypt_bytes(moved, [identity], expect_context=other)
