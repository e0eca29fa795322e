"""Reads many small objects at little cost: signed addresses, and one plain connection for each thread.

A client that retries and parses spends more processor time on a small object than the store does. Whatever is not the
plainest answer there is (RFC 9112: status 200, a Content-Length, so many bytes) is left to such a client: it reads the
object again and says what is the matter.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
_PORTS = {"http": 80, "https": 443}
KEYS_PER_CONNECTION = 4
"""Fewer keys are not worth another connection, which costs both sides more than a small object."""
_MAX_HEADERS = 100
_MAX_LINE = 8192  # bytes


class _NotPlain(Exception):
    """The answer is anything else than the content of the object."""


def read_many(
    keys: Sequence[str],
    sign: Callable[[str], str],
    *,
    workers: int,
    seconds: float,
    context: ssl.SSLContext | None,
) -> dict[str, bytes]:
    """Return the content of those objects that were read at the first try.

    Args:
        keys: the objects; the signed addresses of all of them must be on one host.
        sign: gives the address of a key that may be read without a further header.
        workers: threads, each with a connection of its own.
        seconds: longest wait for the store.
        context: for addresses that start with https.
    """
    return _ask_many(keys, sign, "GET", _content, workers, seconds, context)


def find_many(
    keys: Sequence[str],
    sign: Callable[[str], str],
    *,
    workers: int,
    seconds: float,
    context: ssl.SSLContext | None,
) -> dict[str, bool]:
    """Return which objects exist, of those that the store told plainly; see `read_many`.

    Args:
        sign: gives the address of a key that may be asked for with HEAD.
    """
    return _ask_many(keys, sign, "HEAD", _exists, workers, seconds, context)


def _ask_many(
    keys: Sequence[str],
    sign: Callable[[str], str],
    method: str,
    told: Callable[[BinaryIO], T],
    workers: int,
    seconds: float,
    context: ssl.SSLContext | None,
) -> dict[str, T]:
    """Share the keys out to threads, each with one connection; return what was told of each key."""

    def ask(share: Sequence[str]) -> dict[str, T]:
        """Ask one after the other, up to the first answer that is not plain."""
        found: dict[str, T] = {}
        try:
            with (
                closing(_connect(sign(share[0]), seconds, context)) as connection,
                connection.makefile("rb") as answers,
            ):
                for key in share:
                    connection.sendall(_request(sign(key), method))
                    found[key] = told(answers)
        except (OSError, ValueError, _NotPlain):
            pass  # a store that does not answer is asked once, not for every key; the caller asks again and reports
        return found

    workers = min(workers, -(-len(keys) // KEYS_PER_CONNECTION))
    shares = [keys[start::workers] for start in range(workers)]
    with ThreadPoolExecutor(max(1, len(shares))) as pool:
        return {key: answer for found in pool.map(ask, shares) for key, answer in found.items()}


def _exists(answers: BinaryIO) -> bool:
    """Read the answer to HEAD, which has no content (RFC 9110, 9.3.2)."""
    status = answers.readline(_MAX_LINE).split(b" ", 2)[:2]
    for _ in range(_MAX_HEADERS):
        if answers.readline(_MAX_LINE) == b"\r\n":
            break
    if status not in ([b"HTTP/1.1", b"200"], [b"HTTP/1.1", b"404"]):
        raise _NotPlain
    return status[1] == b"200"


def _connect(address: str, seconds: float, context: ssl.SSLContext | None) -> socket.socket:
    place = urlsplit(address)
    host = place.hostname or ""
    connection = socket.create_connection((host, place.port or _PORTS[place.scheme]), timeout=seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if place.scheme != "https":
        return connection
    if context is None:
        connection.close()
        raise _NotPlain
    return context.wrap_socket(connection, server_hostname=host)


def _request(address: str, method: str) -> bytes:
    host, _, path = address.partition("://")[2].partition("/")
    return f"{method} /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("ascii")


def _content(answers: BinaryIO) -> bytes:
    if answers.readline(_MAX_LINE).split(b" ", 2)[:2] != [b"HTTP/1.1", b"200"]:
        raise _NotPlain
    size = _size(answers)
    content = answers.read(size)
    if len(content) != size:
        raise _NotPlain
    return content


def _size(answers: BinaryIO) -> int:
    """Read the header lines and return the one Content-Length that they must hold."""
    sizes = []
    for _ in range(_MAX_HEADERS):
        name, colon, value = answers.readline(_MAX_LINE).partition(b":")
        if not colon and name == b"\r\n":
            break
        if not colon or name.lower() == b"transfer-encoding":
            raise _NotPlain
        if name.lower() == b"content-length":
            sizes.append(int(value))
    if len(sizes) != 1 or sizes[0] < 0:
        raise _NotPlain
    return sizes[0]
