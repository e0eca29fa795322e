"""The payload: 64 KiB chunks, each sealed on its own, in an order that cannot be changed (c2sp.org/age, "Payload")."""

from collections.abc import Iterator
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.age.errors import PayloadError
from storage.age.source import Source

CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG
NONCE_SIZE = 16
"""Bytes before the first chunk, from which the payload key is derived."""


def sealed_payload_length(plain_length: int) -> int:
    """The length of nonce and chunks for `plain_length` bytes: an empty file still has one chunk."""
    chunks = max(1, -(-plain_length // CHUNK))
    return NONCE_SIZE + plain_length + TAG * chunks


def sealed_chunks(source: Source, key: bytes) -> Iterator[memoryview]:
    """Seals all that `source` holds. Each view is valid until the next is taken.

    One byte is always read ahead, because the last chunk is sealed under another nonce.
    """
    cipher = ChaCha20Poly1305(key)
    plain, sealed = memoryview(bytearray(CHUNK + 1)), memoryview(bytearray(SEALED_CHUNK))
    held = 0
    for number in count():
        filled = held + source.fill(plain[held:])
        size, final = min(filled, CHUNK), filled <= CHUNK
        cipher.encrypt_into(_nonce(number, final), plain[:size], None, sealed[: size + TAG])
        yield sealed[: size + TAG]
        if final:
            return
        plain[0], held = plain[CHUNK], 1


def opened_chunks(source: Source, key: bytes) -> Iterator[memoryview]:
    """Opens the chunks that `source` holds. Each view is valid until the next is taken.

    Raises:
        PayloadError: at the first chunk that is not the one sealed there, or where the end is not the sealed end.
            Chunks given out before are genuine, but not the whole.
    """
    cipher = ChaCha20Poly1305(key)
    sealed, plain = memoryview(bytearray(SEALED_CHUNK + 1)), memoryview(bytearray(CHUNK))
    held = 0
    for number in count():
        filled = held + source.fill(sealed[held:])
        size, final = min(filled, SEALED_CHUNK), filled <= SEALED_CHUNK
        if not _open(cipher, number, final, sealed[:size], plain):
            yield from _genuine_chunk_at_wrong_end(cipher, number, final, sealed[:size], plain)
        if size == TAG and number > 0:
            raise PayloadError("age payload: an empty last chunk")
        yield plain[: size - TAG]
        if final:
            return
        sealed[0], held = sealed[SEALED_CHUNK], 1


def _genuine_chunk_at_wrong_end(
    cipher: ChaCha20Poly1305, number: int, final: bool, sealed: memoryview, plain: memoryview
) -> Iterator[memoryview]:
    """Tells a cut or lengthened payload from an altered one; always raises, after giving out a genuine chunk."""
    if len(sealed) == SEALED_CHUNK and _open(cipher, number, not final, sealed, plain):
        yield plain
        if final:
            raise PayloadError("age payload: cut after chunk {chunk}; next: fetch the file again", chunk=number)
        raise PayloadError("age payload: data after the last chunk, {chunk}", chunk=number)
    raise PayloadError("age payload: chunk {chunk} was altered or cut; next: fetch the file again", chunk=number)


def _open(cipher: ChaCha20Poly1305, number: int, final: bool, sealed: memoryview, plain: memoryview) -> bool:
    if len(sealed) < TAG:
        return False
    try:
        cipher.decrypt_into(_nonce(number, final), sealed, None, plain[: len(sealed) - TAG])
    except InvalidTag:
        return False
    return True


def _nonce(number: int, final: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if final else b"\x00")
