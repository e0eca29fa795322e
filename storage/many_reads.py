"""Reads many small objects at little cost: signed addresses, and one plain connection for each thread.

A client that retries and parses spends more processor time on a small object than the store does. Whatever goes wrong
here is left to such a client: it reads the object again and says what is the matter.
"""

import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit


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


def _read_share(
    keys: Sequence[str], sign: Callable[[str], str], seconds: float, context: ssl.SSLContext | None
) -> dict[str, bytes]:
    place = urlsplit(sign(keys[0]))
    connection = (
        HTTPSConnection(place.netloc, timeout=seconds, context=context)
        if place.scheme == "https"
        else HTTPConnection(place.netloc, timeout=seconds)
    )
    found: dict[str, bytes] = {}
    try:
        for key in keys:
            content = _read(connection, sign(key))
            if content is not None:
                found[key] = content
    except (HTTPException, OSError):
        pass  # a store that does not answer is asked once, not for every key; the caller asks again and reports
    finally:
        connection.close()
    return found


def _read(connection: HTTPConnection, address: str) -> bytes | None:
    place = urlsplit(address)
    connection.request("GET", f"{place.path}?{place.query}")
    with connection.getresponse() as response:
        content = response.read()  # raises when it is shorter than announced
        return content if response.status == 200 else None
