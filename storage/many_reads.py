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
from typing import BinaryIO
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
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
    shares = [keys[start::workers] for start in range(min(workers, len(keys)))]
    found: dict[str, bytes] = {}
    with ThreadPoolExecutor(max(1, len(shares))) as pool:
        for read in pool.map(lambda share: _read_share(share, sign, seconds, context), shares):
            found |= read
    return found


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
    shares = [keys[start::workers] for start in range(min(workers, len(keys)))]
    found: dict[str, bool] = {}
    with ThreadPoolExecutor(max(1, len(shares))) as pool:
        for told in pool.map(lambda share: _find_share(share, sign, seconds, context), shares):
            found |= told
    return found


def _find_share(
    keys: Sequence[str], sign: Callable[[str], str], seconds: float, context: ssl.SSLContext | None
) -> dict[str, bool]:
    found: dict[str, bool] = {}
    try:
        with closing(_connect(sign(keys[0]), seconds, context)) as connection, connection.makefile("rb") as answers:
            for key in keys:
                connection.sendall(_request(sign(key), "HEAD"))
                found[key] = _exists(answers)
    except (OSError, ValueError, _NotPlain):
        pass  # as in `_read_share`
    return found


def _exists(answers: BinaryIO) -> bool:
    """Read the answer to HEAD, which has no content (RFC 9110, 9.3.2)."""
    status = answers.readline(_MAX_LINE).split(b" ", 2)[:2]
    for _ in range(_MAX_HEADERS):
        if answers.readline(_MAX_LINE) == b"\r\n":
            break
    if status not in ([b"HTTP/1.1", b"200"], [b"HTTP/1.1", b"404"]):
        raise _NotPlain
    return status[1] == b"200"


def _read_share(
    keys: Sequence[str], sign: Callable[[str], str], seconds: float, context: ssl.SSLContext | None
) -> dict[str, bytes]:
    """Read one after the other over one connection, up to the first answer that is not plain."""
    found: dict[str, bytes] = {}
    try:
        with closing(_connect(sign(keys[0]), seconds, context)) as connection, connection.makefile("rb") as answers:
            for key in keys:
                connection.sendall(_request(sign(key)))
                found[key] = _content(answers)
    except (OSError, ValueError, _NotPlain):
        pass  # a store that does not answer is asked once, not for every key; the caller asks again and reports
    return found


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


def _request(address: str, method: str = "GET") -> bytes:
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
