"""Free ports for the embedded store, found once and kept."""

import json
import random
import socket
from collections.abc import Collection
from pathlib import Path

from storage.errors import StorageError

SERVICES = ("s3", "filer", "volume", "master", "admin")
GRPC_OFFSET = 10_000
"""Several clients inside the store take it for granted that gRPC listens at the HTTP port + 10000."""
LOWEST, HIGHEST = 12_000, 22_000
"""With + 10000 still below the range that the kernel hands out, so nobody is given one of our ports by chance."""


class NoFreePort(StorageError):
    """No free port was found, or a port kept from the last start is taken by another program."""


def load_or_find(path: Path) -> dict[str, int]:
    """Return the HTTP port of every service: those of the last start, or free ones, which are kept in `path`."""
    if path.exists():
        return {name: int(port) for name, port in json.loads(path.read_text()).items()}
    ports: dict[str, int] = {}
    for service in SERVICES:
        ports[service] = find_free(taken=ports.values(), offsets=(0, GRPC_OFFSET))
    path.write_text(json.dumps(ports))
    return ports


def find_free(*, taken: Collection[int] = (), offsets: tuple[int, ...] = (0,)) -> int:
    """Return a port that is free at every offset on the loopback interface.

    Raises:
        NoFreePort: none found among 200 tried.
    """
    for _ in range(200):
        port = random.randrange(LOWEST, HIGHEST)
        if port not in taken and all(is_free(port + offset) for offset in offsets):
            return port
    raise NoFreePort(
        "Ports: found none free between {low} and {high}; next: end other programs", low=LOWEST, high=HIGHEST
    )


def is_free(port: int) -> bool:
    """Tell whether a loopback port can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(ports: dict[str, int], offsets: tuple[int, ...] = (0, GRPC_OFFSET), *, file: str) -> None:
    """Raise unless every port kept from the last start is free.

    Raises:
        NoFreePort: names the service, the port, and the file that keeps it.
    """
    for service, port in ports.items():
        for offset in offsets:
            if not is_free(port + offset):
                raise NoFreePort(
                    "Port {port} ({service}): found it taken by another program, expected it free; "
                    "next: end that program, or change the port kept in {file}",
                    port=port + offset,
                    service=service,
                    file=file,
                )
