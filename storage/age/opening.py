"""Opens age files: header first, then chunk by chunk, and never a file on disk that is not whole."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.age.context import ContextStanza, check_context
from storage.age.errors import HeaderError, NoMatchError, PayloadError
from storage.age.header import Header, take_header
from storage.age.keywrap import derive_key
from storage.age.recipients import Identity
from storage.age.source import BlockReader, Readable, Source, Writable
from storage.age.stream import NONCE_SIZE, opened_chunks
from storage.age.wholefile import whole_file

DEFAULT_LIMIT = 256 * 1024 * 1024
"""Bytes of an age file that `decrypt_bytes` takes into memory unless told otherwise."""


class OpenedReader(BlockReader):
    """The content of an age file, to be read as it is opened.

    What was read is genuine, but the whole only once the end was reached without an error.

    Args:
        source: a binary age file; not closed.
        identities: tried in turn on each stanza.
        expect_context: what the file must have been sealed as.

    Raises:
        HeaderError, NoMatchError, HeaderMacError, ContextMismatch: at once.
        PayloadError: from reading, at the first chunk that is not genuine.
    """

    def __init__(
        self, source: Readable, identities: Sequence[Identity], *, expect_context: ContextStanza | None = None
    ) -> None:
        self.header, chunks = _open(source, identities, expect_context)
        super().__init__(chunks)


def decrypt(
    source: Readable,
    target: Writable,
    identities: Sequence[Identity],
    *,
    expect_context: ContextStanza | None = None,
) -> Header:
    """Opens an age file into `target`; memory does not grow with the content. Neither is closed.

    `target` gets each chunk as soon as it is known to be genuine: after an error it holds a genuine beginning.

    Returns:
        The header, its MAC verified.

    Raises:
        HeaderError, NoMatchError, HeaderMacError, ContextMismatch: before anything is written.
        PayloadError: the payload was altered, cut, extended or reordered.
    """
    header, chunks = _open(source, identities, expect_context)
    for chunk in chunks:
        target.write(chunk)
    return header


def decrypt_bytes(
    data: bytes,
    identities: Sequence[Identity],
    *,
    expect_context: ContextStanza | None = None,
    limit: int = DEFAULT_LIMIT,
) -> bytes:
    """The content of the age file `data`, all or nothing.

    Raises:
        PayloadError: also when `data` is longer than `limit` bytes.
        HeaderError, NoMatchError, HeaderMacError, ContextMismatch: as `decrypt`.
    """
    if len(data) > limit:
        raise PayloadError("age file: {size} bytes, more than the limit of {limit}", size=len(data), limit=limit)
    target = io.BytesIO()
    decrypt(io.BytesIO(data), target, identities, expect_context=expect_context)
    return target.getvalue()


def decrypt_to_file(
    source: Readable,
    path: Path,
    identities: Sequence[Identity],
    *,
    expect_context: ContextStanza | None = None,
) -> Header:
    """Opens an age file into `path` (mode 0600), which appears, or replaces what was there, only once it is whole.

    Raises:
        As `decrypt`; OSError where the disk refuses. Nothing is left then, and an older file stands.
    """
    with whole_file(path) as target:
        return decrypt(source, target, identities, expect_context=expect_context)


def read_header(source: Readable) -> Header:
    """The header of a binary age file, its MAC not verified. Some of the payload may be read, too.

    Raises:
        HeaderError: no age file, malformed, or beyond a limit.
    """
    return take_header(Source(source))


def _open(
    source: Readable, identities: Sequence[Identity], expect_context: ContextStanza | None
) -> tuple[Header, Iterator[memoryview]]:
    buffered = Source(source)
    header = take_header(buffered)
    file_key = _unwrap(header, identities)
    header.verify(file_key)
    if expect_context is not None:
        check_context(header, expect_context)
    nonce = memoryview(bytearray(NONCE_SIZE))
    if buffered.fill(nonce) < NONCE_SIZE:
        raise HeaderError("age file: it ends before its first chunk")
    return header, opened_chunks(buffered, derive_key(file_key, bytes(nonce), b"payload"))


def _unwrap(header: Header, identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        for stanza in header.stanzas:
            if (file_key := identity.unwrap(stanza)) is not None:
                return file_key
    raise NoMatchError(
        "age file: none of {identities} identities opens it; next: use the key or passphrase it was sealed to",
        identities=len(identities),
    )
