"""Ways to a store that fail as networks do: an answer lost, a connection cut, and one through TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Relay = Callable[[socket.socket, socket.socket], None]


@contextmanager
def answer_lost(endpoint: str) -> Iterator[str]:
    """A way to the store on which the answer to the first request is lost and the connection cut."""
    lost = threading.Event()

    def relay(client: socket.socket, server: socket.socket) -> None:
        answer = server.recv(65536)
        if lost.is_set():
            client.sendall(answer)
            _pump(server, client)
        lost.set()

    with _proxy(endpoint, relay) as address:
        yield address


@contextmanager
def cut_after(endpoint: str, length: int) -> Iterator[str]:
    """A way to the store that is cut after so many bytes of answer."""

    def relay(client: socket.socket, server: socket.socket) -> None:
        sent = 0
        while sent < length and (chunk := server.recv(65536)):
            client.sendall(chunk)
            sent += len(chunk)

    with _proxy(endpoint, relay) as address:
        yield address


@contextmanager
def cut_in_upload(endpoint: str, length: int) -> Iterator[str]:
    """A way to the store on which every connection is cut after so many bytes that the client sent."""

    def upload(client: socket.socket, server: socket.socket) -> None:
        left = length
        while left > 0 and (chunk := client.recv(min(left, 65536))):
            server.sendall(chunk)
            left -= len(chunk)
        for end in (client, server):
            _shut(end)

    with _proxy(endpoint, lambda client, server: _pump(server, client), upload) as address:
        yield address


@contextmanager
def through_tls(endpoint: str, certificates: Path, *, host: str = "127.0.0.1") -> Iterator[str]:
    """A TLS endpoint before the store, with `store.pem` and `store.key` of a folder, at an address of this machine."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "store.pem", certificates / "store.key")
    with _proxy(endpoint, lambda client, server: _pump(server, client), wrap=context, own=host) as address:
        yield address


@contextmanager
def _proxy(
    endpoint: str,
    relay: Relay,
    upload: Relay | None = None,
    *,
    wrap: ssl.SSLContext | None = None,
    own: str = "127.0.0.1",
) -> Iterator[str]:
    host, _, port = endpoint.partition(":")
    listener = socket.create_server((own, 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    def handle(client: socket.socket) -> None:
        try:
            if wrap is not None:
                client = wrap.wrap_socket(client, server_side=True)
            with client, socket.create_connection((host, int(port))) as server:
                threading.Thread(target=upload or _pump, args=(client, server), daemon=True).start()
                relay(client, server)
                _shut(client)
        except OSError:
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"{own}:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
    except OSError:
        return


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
