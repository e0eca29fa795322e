"""Seals content into age files, in bounded memory and with a length known beforehand."""

import io
import os
from collections.abc import Iterator, Sequence

from storage.age import hybrid, scrypt
from storage.age.context import ContextStanza
from storage.age.errors import RecipientsError
from storage.age.header import MAC_SIZE, MAX_HEADER, MAX_STANZAS, Header, Stanza
from storage.age.keywrap import FILE_KEY_SIZE, derive_key
from storage.age.recipients import Recipient
from storage.age.source import BlockReader, Readable, Source, Writable
from storage.age.stream import NONCE_SIZE, sealed_chunks, sealed_payload_length


class SealedReader(BlockReader):
    """The age file of a source, to be read (or uploaded) as it is made.

    Args:
        source: the content, read to its end; not closed.
        recipients: who may open it; at least one.
        context: what the file is sealed as.

    Raises:
        RecipientsError: no recipients, too many, or kinds that cannot stand together.
    """

    def __init__(
        self, source: Readable, recipients: Sequence[Recipient], *, context: ContextStanza | None = None
    ) -> None:
        super().__init__(_sealed_blocks(source, recipients, context))


def encrypt(
    source: Readable, target: Writable, recipients: Sequence[Recipient], *, context: ContextStanza | None = None
) -> None:
    """Seals all of `source` into `target`; memory does not grow with the content. Neither is closed.

    Raises:
        RecipientsError: see `SealedReader`; nothing is written then.
    """
    for block in _sealed_blocks(source, recipients, context):
        target.write(block)


def encrypt_bytes(data: bytes, recipients: Sequence[Recipient], *, context: ContextStanza | None = None) -> bytes:
    """The age file of `data`.

    Raises:
        RecipientsError: see `SealedReader`.
    """
    target = io.BytesIO()
    encrypt(io.BytesIO(data), target, recipients, context=context)
    return target.getvalue()


def sealed_length(plain_length: int, recipients: Sequence[Recipient], context: ContextStanza | None = None) -> int:
    """The exact length, in bytes, of the age file of `plain_length` bytes for these recipients.

    Raises:
        RecipientsError: see `SealedReader`.
    """
    stanzas = _with_context([recipient.blank() for recipient in recipients], context)
    return _header_length(stanzas) + sealed_payload_length(plain_length)


def _header_length(stanzas: Sequence[Stanza]) -> int:
    return len(Header(tuple(stanzas), bytes(MAC_SIZE)).encode())


def _sealed_blocks(
    source: Readable, recipients: Sequence[Recipient], context: ContextStanza | None
) -> Iterator[memoryview]:
    file_key, nonce = os.urandom(FILE_KEY_SIZE), os.urandom(NONCE_SIZE)
    header = Header.make(_with_context([recipient.wrap(file_key) for recipient in recipients], context), file_key)
    return _chain(
        memoryview(header.encode() + nonce), sealed_chunks(Source(source), derive_key(file_key, nonce, b"payload"))
    )


def _chain(start: memoryview, rest: Iterator[memoryview]) -> Iterator[memoryview]:
    yield start
    yield from rest


def _with_context(stanzas: list[Stanza], context: ContextStanza | None) -> tuple[Stanza, ...]:
    """All stanzas of a new header, checked to be a set that readers accept."""
    complete = (*stanzas, *([context.to_stanza()] if context else []))
    kinds = {stanza.type for stanza in stanzas}
    if not stanzas or len(complete) > MAX_STANZAS or _header_length(complete) > MAX_HEADER:
        raise RecipientsError(
            "age recipients: found {found}, expected at least one and at most {limit} in {size} bytes",
            found=len(stanzas), limit=MAX_STANZAS, size=MAX_HEADER,
        )  # fmt: skip
    if scrypt.TYPE in kinds and len(complete) > 1:
        raise RecipientsError("age recipients: a passphrase stands alone, without other recipients or context")
    if hybrid.TYPE in kinds and len(kinds) > 1:
        raise RecipientsError("age recipients: one that is not post-quantum would undo the ones that are")
    return complete
